"""What the map of people says, and where its dots stand."""

import itertools
import math
import random
from datetime import date

import pytest

from assessments.scoring import stakeholders
from assessments.scoring.stakeholders import Move, Standing
from assessments.scoring.stakeholders.placing import STEP, WIDTH, text_width


def person(name, influence, now, needed=None, owner="", **more):
    return Standing(
        key=name, name=name, influence=influence, now=now, needed=needed, owner=owner, **more
    )


def crowd(count, seed=1):
    rng = random.Random(seed)
    people = [
        Standing(
            key=f"{n:04}",
            name=f"Person with number {n}",
            influence=rng.choice([1, 1, 2, 3, 4, 5]),
            now=rng.randint(-2, 2),
            needed=rng.choice([None, 0, 1, 2]),
        )
        for n in range(count)
    ]
    rng.shuffle(people)
    return people


SIX = [
    person("Helga Brandt", 5, 1, 2, "Jonas Feld"),
    person("Ralf Öztürk", 5, 0, 2, "Jonas Feld", next_on=date(2026, 11, 26)),
    person("Claire Whitfield", 4, -1, 1, "Jonas Feld", next_on=date(2026, 11, 27)),
    person("Mehmet Aydin", 4, -2, 0, next_on=date(2026, 12, 1)),
    person("Karl Reuter", 4, -1, 1, next_on=date(2026, 12, 3)),
    person("Lars Petersen", 4, 0, 1, "Helga Brandt"),
]


class TestHeadline:
    def test_all_must_move_and_two_are_alone(self):
        assert stakeholders.headline([*SIX, person("Emma", 1, 1, 1)]) == (
            "All six of the most influential people must move, "
            "and two of them have nobody talking to them"
        )

    @pytest.mark.parametrize(
        ("people", "words"),
        [
            ([], "Nobody stands on the map yet"),
            (
                [person("A", 5, 0, 1)],
                "The most influential person must move, and nobody talks to this person",
            ),
            (
                [person("A", 5, 0, 1, "X"), person("B", 4, 0, 1, "X")],
                "Both of the most influential people must move, and somebody talks to each of them",
            ),
            (
                [person("A", 5, 0, 1), person("B", 4, 0, 1), person("C", 4, 1, 1)],
                "Two of the three most influential people must move, "
                "and nobody talks to any of them",
            ),
            (
                [person("A", 5, 0, 1), person("B", 4, 0, 1, "X"), person("C", 4, 0, 1, "X")],
                "All three of the most influential people must move, "
                "and one of them has nobody talking to them",
            ),
            (
                [person("A", 5, 2, 2), person("B", 2, 0, 1)],
                "The most influential person stands where they are needed; one other must move",
            ),
            (
                [person("A", 5, 2, 2), person("B", 4, 2, 1)],
                "Both of the most influential people stand where they are needed",
            ),
            (
                [person("A", 5, 2, 2), person("B", 4, 2)],
                "One of the two most influential people has no support needed set",
            ),
            (
                [person("A", 3, 0, 1), person("B", 1, 0, 0)],
                "Nobody on the map has great influence; one of two must move",
            ),
            (
                [person("A", 3, 0)],
                "Nobody on the map has great influence, and nobody is known to have to move",
            ),
        ],
    )
    def test_every_state_has_its_sentence(self, people, words):
        assert stakeholders.headline(people) == words

    def test_unknown_need_is_never_called_settled(self):
        assert "stand" not in stakeholders.headline([person("A", 5, 2), person("B", 5, 2)])

    def test_owner_of_spaces_is_nobody(self):
        assert "nobody talks" in stakeholders.headline([person("A", 5, 0, 1, "  ")])


class TestWhomFirst:
    def test_influence_times_steps_then_the_next_date(self):
        names = [p.name for p in stakeholders.whom_first(reversed(SIX))]
        assert names == [
            "Ralf Öztürk",
            "Claire Whitfield",
            "Mehmet Aydin",
            "Karl Reuter",
            "Helga Brandt",
            "Lars Petersen",
        ]

    def test_who_stands_as_needed_or_beyond_is_not_listed(self):
        people = [person("A", 5, 1, 1), person("B", 5, 2, 0), person("C", 5, 0)]
        assert stakeholders.whom_first(people) == []

    def test_settled_are_named_while_they_are_few(self):
        few = [person("Anja", 3, 1, 1), person("Lars", 4, 0, 1), person("Yuki", 2, 2, 2)]
        assert stakeholders.settled(few) == "Two people are where they should be: Anja, Yuki."
        many = [person(f"P{n}", 3, 1, 1) for n in range(13)]
        assert stakeholders.settled(many) == "13 people are where they should be."


class TestMovement:
    def test_people_count_once_by_their_balance(self):
        moves = [Move("a", 0, 1), Move("a", 1, 2), Move("b", 1, -1), Move("c", 0, 1)]
        assert stakeholders.movement(moves, 28) == (
            "Two people moved towards support in 28 days, one away from it"
        )

    def test_there_and_back_is_no_change_on_balance(self):
        moves = [Move("a", 2, 1), Move("a", 1, 2)]
        assert stakeholders.movement(moves, 28) == "Nobody’s support changed on balance in 28 days"
        assert stakeholders.movement([Move("a", 1, 1)], 28) == "Nobody’s support changed in 28 days"


def boxes(picture):
    """Return the space that each name takes, with its dot's row."""
    for dot in picture.dots:
        if dot.is_named:
            start = dot.x + dot.label_x
            width = text_width(dot.label)
            left = start - width if dot.is_backwards else start
            yield dot, left, left + width


class TestPlacing:
    @pytest.mark.parametrize("count", [1, 14, 31, 400, 1000])
    def test_dots_stand_in_their_lane(self, count):
        picture = stakeholders.place(crowd(count))
        lanes = {lane.influence: lane for lane in picture.lanes}
        assert list(lanes) == [5, 4, 3, 2, 1]
        assert len(picture.dots) == count
        for dot in picture.dots:
            lane = lanes[dot.person.influence]
            assert lane.top < dot.y < lane.top + lane.height

    @pytest.mark.parametrize("count", [14, 30, 31, 400, 1000])
    def test_no_two_dots_stand_on_one_another(self, count):
        dots = stakeholders.place(crowd(count)).dots
        places = [(dot.x, dot.y) for dot in dots]
        assert min(map(math.dist, *zip(*itertools.combinations(places, 2), strict=True))) >= STEP

    @pytest.mark.parametrize("count", [14, 30, 31, 400, 1000])
    def test_no_two_names_overlap_and_all_fit(self, count):
        rows: dict[float, list] = {}
        for dot, left, right in boxes(stakeholders.place(crowd(count))):
            assert 0 <= left
            assert right <= WIDTH + 8
            rows.setdefault(dot.y, []).append((left, right))
        for spans in rows.values():
            spans.sort()
            for (_, end), (start, _) in itertools.pairwise(spans):
                assert end <= start

    def test_same_people_in_any_order_give_the_same_picture(self):
        people = crowd(200)
        assert stakeholders.place(people) == stakeholders.place(people[::-1])

    def test_small_map_names_everybody_and_a_large_one_who_weighs_most(self):
        assert all(dot.is_named for dot in stakeholders.place(crowd(30)).dots)
        picture = stakeholders.place(crowd(400))
        named = [dot.person.weight for dot in picture.dots if dot.is_named]
        others = [dot.person.weight for dot in picture.dots if not dot.is_named]
        assert 10 <= len(named) <= 24
        # At most eight in a lane have names, so a lane may hold heavier ones without.
        assert sum(named) / len(named) > 2 * sum(others) / len(others)

    def test_blocks_count_everybody_without_a_name(self):
        picture = stakeholders.place(crowd(400))
        unnamed = [dot for dot in picture.dots if not dot.is_named]
        assert sum(cluster.count for cluster in picture.clusters) == len(unnamed)
        movers = sum(1 for dot in unnamed if dot.person.steps)
        assert sum(cluster.movers for cluster in picture.clusters) == movers

    def test_arrow_ends_at_the_needed_support(self):
        (dot,) = stakeholders.place([person("A", 5, -2, 0)]).dots
        assert dot.x + dot.tip == stakeholders.column(0)
        (dot,) = stakeholders.place([person("A", 5, 1, 1)]).dots
        assert dot.tip is None
        (dot,) = stakeholders.place([person("A", 5, 2, 0)]).dots
        assert dot.x + dot.tip == stakeholders.column(0)

    def test_long_and_wide_names_are_cut_to_fit(self):
        people = [person("W" * 120, 5, 2, 2), person("漢" * 20, 4, -2, 2)]
        for _, left, right in boxes(stakeholders.place(people)):
            assert 0 <= left <= right <= WIDTH + 8
