"""Sentences and picture of the network, worked by hand."""

import pytest

from assessments.scoring.network import Network, Person, coverage, greedy
from assessments.scoring.network.finding import (
    appointed,
    appointed_sentence,
    arithmetic,
    blind_headline,
    headline,
    outlook,
    roster_headline,
)
from assessments.scoring.network.picture import (
    LETTER,
    LINE,
    groups_picture,
    people_picture,
    states,
    text_width,
)

from .network_samples import network

NBSP = "\u00a0"
THREES = {"A": "abc", "B": "def", "C": "ghi"}


def office(leeds_ties=(), champions="a"):
    """Ten in Halle of whom six ask a; ten in Leeds of whom those in `leeds_ties` do."""
    halle, leeds = "abcdefghij", "klmnopqrst"
    ties = [f"{letter}a" for letter in "bcdefg"]
    ties += [f"{letter}a" for letter in leeds_ties] + ["tk"]
    net = network(ties, groups={"Halle": halle, "Leeds": leeds})
    return net, coverage(net, champions)


class TestHeadline:
    def test_nobody_listed(self):
        net = Network.build([], [])
        assert headline(net, coverage(net, [])) == "Nobody is listed yet who could ask or be asked"

    def test_nobody_answered(self):
        net = network((), "abc")
        assert headline(net, coverage(net, [])) == "Nobody has said yet whom they ask for help"

    def test_too_few_answers_make_no_finding(self):
        net = network(("ab", "cb"), "abcdefghij")
        assert headline(net, coverage(net, "b")) == (
            "Only two of ten said whom they ask, too few to tell"
        )

    def test_no_champion(self):
        net, _ = office()
        assert headline(net, coverage(net, "")) == (
            "No champion is active yet, so nobody can ask one"
        )

    def test_group_without_anybody_to_ask(self):
        assert headline(*office()) == (
            f"One champion reaches 35{NBSP}% of colleagues; in Leeds nobody can ask one"
        )

    def test_group_with_almost_nobody(self):
        assert headline(*office("l")).endswith("; in Leeds almost nobody can ask one")

    def test_group_below_the_target(self):
        assert headline(*office("lmn")).endswith(f"; in Leeds only 30{NBSP}% can ask one")

    def test_every_group_above_the_target(self):
        assert headline(*office("klmnopqrs")).endswith(f", and at least 70{NBSP}% in every group")

    def test_one_group_names_no_other(self):
        net = network(("ba", "ca", "da", "ea", "fa"), groups={"All": "abcdefgh"})
        assert headline(net, coverage(net, "a")) == (
            f"One champion reaches 75{NBSP}% of colleagues"
        )

    def test_counts_are_words_up_to_twelve(self):
        net, found = office(champions="ab")
        assert headline(net, found).startswith("Two champions reach")


def test_arithmetic_gives_the_numbers_of_the_score():
    _, found = office("lm")
    # Halle: 7 of 10; Leeds: l and m of 10; nobody two steps away.
    assert found.dimension_score == pytest.approx(100 * (0.45 * 0.2) ** 0.5)
    assert arithmetic(found).startswith("= 100 × √0.45 × √0.20. A colleague in reach counts 1")
    assert arithmetic(found).endswith("so Leeds holds the figure down")


class TestBlindHeadline:
    """What stands over the groups in which nobody can ask; it never contradicts the headline."""

    def test_group_in_which_nobody_can_ask_is_named(self):
        assert blind_headline(*office()) == "In Leeds nobody can ask a champion"

    def test_several_such_groups_are_counted(self):
        net = network(("ba", "ca", "ed", "fd", "hg", "ig"), groups=THREES)
        assert blind_headline(net, coverage(net, "a")) == "In two groups nobody can ask a champion"

    def test_group_with_almost_nobody_is_named_with_its_share(self):
        assert blind_headline(*office("l")) == (
            f"In every group somebody can ask a champion; fewest in Leeds, 10{NBSP}%"
        )

    def test_without_a_group_of_five_no_lowest_is_named(self):
        net = network(("ba", "ca", "ed", "fd", "hg", "ig"), groups=THREES)
        assert blind_headline(net, coverage(net, "adg")) == (
            "In every group somebody can ask a champion"
        )

    def test_without_groups_the_whole_is_said(self):
        net = network(("ba", "ca", "da", "ef", "fe"), "abcdefgh")
        assert blind_headline(net, coverage(net, "a")) == (
            f"50{NBSP}% of colleagues can ask a champion"
        )

    def test_without_a_champion_nobody_can_ask(self):
        net, _ = office()
        assert blind_headline(net, coverage(net, "")) == (
            "No champion is active, so nobody can ask one"
        )

    def test_too_few_answers_tell_nothing(self):
        net = network(("ab", "cb"), "abcdefghij")
        assert blind_headline(net, coverage(net, "b")) == (
            "Too few have answered to tell who has nobody to ask"
        )


class TestOutlook:
    def test_group_that_gains_most_is_named(self):
        net, before = office()
        after = coverage(net, "ak")
        assert outlook(before, after) == (
            f"With this one, reach rises from 35 to 45{NBSP}% and Leeds from 0 to 20{NBSP}%"
        )

    def test_nothing_added_says_nothing(self):
        _, before = office()
        assert outlook(before, before) == ""


class TestAppointed:
    def test_appointed_are_held_beside_the_best(self):
        net, _ = office("lm")
        found = appointed(net, "ch")
        assert (found.count, found.among_most_asked) == (2, 0)
        assert found.best_reach == greedy(net, 2).share
        assert appointed_sentence(found) == (
            f"Of two appointed, none is among the most asked. They reach 10{NBSP}% of colleagues; "
            f"the best two could reach 55{NBSP}%"
        )

    def test_one_appointed_who_is_asked(self):
        net, _ = office()
        assert appointed_sentence(appointed(net, "a")).startswith(
            "The one who was appointed is among the most asked and reaches"
        )

    def test_without_ties_there_is_nothing_to_compare(self):
        assert appointed(network((), "abc"), "a") is None


@pytest.mark.parametrize(
    ("active", "prepared", "listed", "words"),
    [
        (0, 0, 0, "Nobody is a champion yet"),
        (0, 0, 1, "One person is on the way, but no champion is active yet"),
        (1, 0, 1, "One champion is active, but not prepared"),
        (1, 1, 2, "One champion is active, and prepared"),
        (11, 8, 12, "Eleven champions are active, eight of them prepared"),
        (2, 2, 2, "Two champions are active, all of them prepared"),
        (2, 0, 2, "Two champions are active, none of them prepared"),
    ],
)
def test_roster_headline(active, prepared, listed, words):
    assert roster_headline(active, prepared, listed) == words


class TestPicture:
    def test_every_person_has_the_state_of_their_reach(self):
        net = network(("ba", "cb", "dc"), groups={"G": "abcd"})
        assert states(net, coverage(net, "a")) == {
            "a": "champion",
            "b": "direct",
            "c": "two",
            "d": "out",
        }

    def test_picture_is_the_same_on_every_visit_and_with_other_champions(self):
        net, found = office("lm")
        names = {person.id: person.id for person in net.people}
        one = people_picture(net, states(net, found), names)
        two = people_picture(net, states(net, coverage(net, "k")), names)
        assert [(d.id, d.x, d.y) for d in one.dots] == [(d.id, d.x, d.y) for d in two.dots]

    def test_count_above_a_group_is_its_reach(self):
        net, found = office("lm")
        names = {person.id: person.id for person in net.people}
        picture = people_picture(net, states(net, found), names, worst="Leeds")
        assert [(c.name, c.in_reach, c.size, c.is_worst) for c in picture.clusters] == [
            ("Halle", 7, 10, False),
            ("Leeds", 2, 10, True),
        ]

    def test_everything_stands_inside_the_picture(self):
        people = [Person(f"{i:04}", group=f"Group {i % 23}") for i in range(700)]
        net = Network.build(people, [])
        state = states(net, coverage(net, ["0003", "0004"]))
        names = {person.id: "A name of some length" for person in people}
        for picture in (people_picture(net, state, names), groups_picture(net, state)):
            for cluster in picture.clusters:
                assert 0 <= cluster.x - cluster.radius
                assert cluster.x + cluster.radius <= picture.width
                assert cluster.y + cluster.radius <= picture.height
            for dot in picture.dots:
                assert 0 <= dot.x <= picture.width
                assert 0 <= dot.y <= picture.height

    def test_names_of_champions_do_not_cover_one_another(self):
        people = [Person(f"{i:02}", group="G") for i in range(40)]
        net = Network.build(people, [])
        champions = [f"{i:02}" for i in range(25)]
        names = {person.id: "Marta Kowalski" for person in people}
        picture = people_picture(net, states(net, coverage(net, champions)), names)
        spans = []
        for name in picture.names:
            width = text_width(name.text, LETTER)
            left = name.x - width if name.is_left else name.x
            spans.append((left, left + width, name.y))
        assert len(spans) > 10
        for i, (left, right, y) in enumerate(spans):
            for start, end, other in spans[:i]:
                assert abs(y - other) >= LINE - 0.2 or right <= start or end <= left

    def test_opened_group_shows_its_people_and_the_champions_they_ask(self):
        net, found = office("lm")
        names = {person.id: person.id for person in net.people}
        picture = people_picture(net, states(net, found), names, shown={*"klmnopqrst", "a"})
        assert {dot.id for dot in picture.dots} == {*"klmnopqrst", "a"}
        # The count still tells of the whole group.
        assert [(c.name, c.size) for c in picture.clusters] == [("Halle", 10), ("Leeds", 10)]

    def test_lines_between_groups_count_ties_both_ways(self):
        net = network(("ad", "da", "be"), groups={"One": "abc", "Two": "def"})
        picture = groups_picture(net, states(net, coverage(net, "")))
        assert [line.ties for line in picture.lines] == [3]

    def test_filled_area_is_the_share_in_reach(self):
        net, found = office("lm")
        leeds = groups_picture(net, states(net, found)).clusters[1]
        assert (leeds.inner / leeds.radius) ** 2 == pytest.approx(0.2, abs=0.01)
