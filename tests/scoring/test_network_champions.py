from itertools import combinations
from math import e

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.network import (
    Network,
    Person,
    Tie,
    coverage,
    greedy,
    greedy_full_cover,
    minimum_dominating_set,
    optimum,
)

from .network_samples import OFFICE, OVERLAP, network, networks


def best_by_trying(net, m):
    ids = [person.id for person in net.people]
    return max(len(coverage(net, some).covered_ids) for some in combinations(ids, min(m, len(ids))))


def test_each_pick_adds_the_most_people_not_yet_covered():
    plan = greedy(OFFICE, 3)
    assert [(p.id, p.gain, p.newly_covered, p.share) for p in plan.picks] == [
        ("a", 4, ("a", "b", "c", "d"), 0.4),
        ("e", 2, ("e", "f"), 0.6),
        ("g", 2, ("g", "i"), 0.8),
    ]
    assert plan.guarantee == pytest.approx(1 - 1 / e)


def test_of_equal_gains_the_more_asked_wins_and_then_the_lower_id():
    # e, g and h add two each and are asked by one each; h before j: asked by one against none.
    assert greedy_full_cover(OFFICE).ids == ("a", "e", "g", "h", "j")
    # x and y each add two once a is in; y is asked by one more, who is covered already.
    net = network(("ba", "ca", "da", "mx", "ny", "by"))
    assert greedy(net, 2).ids == ("a", "y")


def test_nobody_is_suggested_who_adds_nobody():
    plan = greedy(network(("ba", "ca")), 3)
    assert plan.ids == ("a",)
    assert plan.share == 1.0


def test_locked_people_come_first_and_count_among_the_picks():
    plan = greedy(OFFICE, 2, locked_in=["j"])
    assert plan.ids == ("j", "a")
    assert [pick.is_locked for pick in plan.picks] == [True, False]


def test_locked_people_stay_even_if_they_add_nobody():
    plan = greedy(OFFICE, 2, locked_in=["a", "b", "c"])
    assert plan.ids == ("a", "b", "c")
    assert [pick.gain for pick in plan.picks] == [4, 0, 0]


def test_champions_who_are_there_already_do_not_count_among_the_picks():
    plan = greedy(OFFICE, 1, start=["a"], locked_in=["a"])
    assert plan.covered_at_start == 4
    assert plan.ids == ("e",)
    assert plan.covered == 6


def test_always_in_and_never_is_a_contradiction():
    with pytest.raises(ValueError, match="Both always in and never: a"):
        greedy(OFFICE, 1, locked_in=["a"], never=["a", "b"])


def test_two_steps_cover_more_with_one_champion():
    # d is asked by e, who is asked by f; a by b, c, d and through d by e.
    assert greedy(OFFICE, 1, hops=2).picks[0].newly_covered == ("a", "b", "c", "d", "e")


def test_greedy_can_miss_the_optimum():
    assert greedy(OVERLAP, 2).covered == 7
    found = optimum(OVERLAP, 2)
    assert (found.ids, found.covered, found.bound, found.is_proven) == (("p", "q"), 8, 8, True)


def test_the_silent_must_all_be_champions_to_leave_nobody_out():
    found = minimum_dominating_set(OFFICE)
    assert found.size == 5
    assert found.is_proven
    assert {"a", "h", "j"} <= set(found.ids)
    assert coverage(OFFICE, found.ids).one_hop == 1.0


def test_a_search_cut_short_says_so_and_keeps_a_bound():
    # Each asks three others at steps of a ring: no one stands out, so the search must branch.
    ids = [f"{i:02}" for i in range(40)]
    ties = [Tie(ids[i], ids[(i + step) % 40]) for i in range(40) for step in (1, 7, 12)]
    net = Network.build([Person(i) for i in ids], ties)
    cut = optimum(net, 12, is_late=lambda: True)
    full = optimum(net, 12)
    assert not cut.is_proven
    assert full.is_proven
    assert (cut.covered, full.covered) == (38, 39)
    assert full.covered <= cut.bound <= 40
    fewest = minimum_dominating_set(net, node_limit=1)
    assert not fewest.is_proven
    assert fewest.bound <= minimum_dominating_set(net).size <= fewest.size


def test_a_network_too_large_for_proof_gets_the_greedy_answer():
    net = Network.build([Person(f"{i:03}") for i in range(501)], [Tie("001", "000")])
    found = optimum(net, 1)
    assert (found.ids, found.covered, found.is_proven) == (("000",), 2, False)
    assert not minimum_dominating_set(net).is_proven


def test_an_empty_network_needs_nobody():
    empty = Network.build([], [])
    assert greedy(empty, 3).picks == ()
    assert optimum(empty, 3).is_proven
    assert minimum_dominating_set(empty).size == 0


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(), st.integers(1, 4))
def test_greedy_reaches_its_guarantee_and_the_search_the_optimum(net, m):
    best = best_by_trying(net, m)
    found = optimum(net, m)
    assert found.is_proven
    assert found.covered == best == len(coverage(net, found.ids).covered_ids)
    assert greedy(net, m).covered >= (1 - 1 / e) * best


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks())
def test_the_dominating_set_is_the_smallest(net):
    found = minimum_dominating_set(net)
    assert found.is_proven
    assert coverage(net, found.ids).one_hop == 1.0
    assert found.size == 1 or best_by_trying(net, found.size - 1) < net.size


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(), st.data())
def test_never_is_never_picked(net, data):
    ids = [person.id for person in net.people]
    never = data.draw(st.lists(st.sampled_from(ids), unique=True))
    assert not set(never) & set(greedy_full_cover(net, never=never).ids)
    assert not set(never) & set(optimum(net, 2, never=never).ids)


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(), st.integers(1, 3))
def test_a_plan_counts_what_coverage_counts(net, hops):
    plan = greedy(net, 2, hops=hops)
    covered = coverage(net, plan.ids, hops=hops).covered_ids
    assert plan.covered == len(covered)
    assert sorted(i for pick in plan.picks for i in pick.newly_covered) == sorted(covered)


def test_the_search_finishes_on_a_few_hundred_people():
    rng = np.random.default_rng(5)
    ids = [f"{i:03}" for i in range(200)]
    ties = [Tie(a, ids[b]) for a in ids for b in rng.choice(200, 3, replace=False) if ids[b] != a]
    net = Network.build([Person(i) for i in ids], ties)
    found = optimum(net, 3)
    assert found.is_proven
    assert found.covered >= greedy(net, 3).covered
