from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.network import Network, Person, Tie, coverage, loss_if_leaves

from .network_samples import OFFICE, network, networks


def test_direct_askers_count_in_full_and_the_next_step_half():
    found = coverage(OFFICE, ["a"])
    # a, b, c, d in reach; e asks d who asks a; five of ten are out.
    assert found.score == pytest.approx(4.5 / 10)
    assert (found.one_hop, found.two_hop) == (0.4, 0.5)
    assert found.covered_ids == ("a", "b", "c", "d")
    assert found.reachable_ids == ("e",)
    assert found.uncovered_ids == ("f", "g", "h", "i", "j")


def test_people_who_name_nobody_are_listed():
    assert coverage(OFFICE, []).silent_ids == ("a", "h", "j")


def test_the_dimension_score_halves_its_logarithm_between_all_and_the_worst_group():
    found = coverage(OFFICE, ["a", "h"])
    # North 4.5 of 5; South: h, g in reach, i at half, f and j out.
    assert [part.score for part in found.groups] == [0.9, 0.5]
    assert found.worst_group.name == "South"
    assert found.dimension_score == pytest.approx(100 * sqrt(0.7 * 0.5))


def test_a_group_out_of_reach_takes_the_score_to_its_floor():
    assert coverage(OFFICE, ["a"]).groups[1].score == 0.0
    assert coverage(OFFICE, ["a"]).dimension_score == 1.0


def test_a_group_below_five_is_shown_but_does_not_decide():
    few = network(("ba", "ca", "da", "ea"), groups={"Large": "abcde", "Small": "xyz", "Two": "vw"})
    found = coverage(few, ["a"])
    assert [(p.name, p.is_shown, p.is_counted) for p in found.groups] == [
        ("Large", True, True),
        ("Small", True, False),
        ("Two", False, False),
    ]
    assert found.worst_group.name == "Large"
    assert found.dimension_score == pytest.approx(100 * sqrt(0.5 * 1.0))


def test_the_worst_group_may_lie_above_the_whole():
    # Everybody of the only group is in reach, the four without a group are not.
    found = coverage(network(("ba", "ca", "da", "ea"), "wxyz", groups={"G": "abcde"}), ["a"])
    assert found.dimension_score == pytest.approx(100 * sqrt(5 / 9))


def test_without_a_large_group_the_whole_is_the_worst():
    found = coverage(network(("ba", "ca", "xy")), ["a"])
    assert found.worst_group is None
    assert found.dimension_score == pytest.approx(60.0)


def test_sites_and_shifts_are_told_apart():
    people = [
        Person("a", site="Ulm", shift="Day"),
        Person("b", site="Ulm", shift="Night"),
        Person("c", site="Hof", shift="Night"),
    ]
    found = coverage(Network.build(people, [Tie("b", "a")]), ["a"])
    assert [(p.name, p.one_hop) for p in found.sites] == [("Hof", 0.0), ("Ulm", 1.0)]
    assert [(p.name, p.one_hop, p.champions) for p in found.shifts] == [
        ("Day", 1.0, 1),
        ("Night", 0.5, 0),
    ]


def test_two_steps_may_count_in_full():
    found = coverage(OFFICE, ["a"], hops=2)
    assert found.covered_ids == ("a", "b", "c", "d", "e")
    assert found.reachable_ids == ("f",)
    assert found.score == pytest.approx(5.5 / 10)


def test_a_champion_who_is_not_in_the_network_is_refused():
    with pytest.raises(ValueError, match="Not in the network: x"):
        coverage(OFFICE, ["x"])


def test_the_loss_names_who_hangs_on_one_champion():
    without_a, without_d = loss_if_leaves(OFFICE, ["a", "d"])
    # d stays a champion of its own and is still asked by e.
    assert without_a.people == ("a", "b", "c")
    assert without_a.share == pytest.approx(0.3)
    # d still asks a, so only e falls out; e is then one step beyond.
    assert without_d.people == ("e",)


def test_the_loss_is_the_fall_of_the_dimension_score():
    champions = ["a", "h"]
    before = coverage(OFFICE, champions).dimension_score
    losses = {loss.id: loss.points for loss in loss_if_leaves(OFFICE, champions)}
    assert losses["h"] == pytest.approx(before - coverage(OFFICE, ["a"]).dimension_score)


def test_nobody_covers_nobody():
    found = coverage(Network.build([], []), [])
    assert (found.score, found.dimension_score) == (0.0, 1.0)


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(), st.data())
def test_one_more_champion_never_lowers_coverage(net, data):
    ids = [person.id for person in net.people]
    some = data.draw(st.lists(st.sampled_from(ids), unique=True))
    more = [*some, data.draw(st.sampled_from(ids))]
    before, after = coverage(net, some), coverage(net, more)
    assert after.score >= before.score
    assert after.dimension_score >= before.dimension_score
    assert set(before.covered_ids) <= set(after.covered_ids)
