from math import isnan

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from assessments.scoring.network import Network, Person, Tie, hidden_influencers, measures
from assessments.scoring.network.structure import ROLES, affordable_sources

from .network_samples import OFFICE, network, networks

ROLES_OF_THREE = {"coordinator": "AAA", "itinerant": "ABA", "representative": "AAB"}
ROLES_OF_THREE |= {"gatekeeper": "ABB", "liaison": "ABC"}


def of(net, person):
    return next(found for found in measures(net).people if found.id == person)


def test_the_whole_network_is_counted_by_hand():
    found = measures(OFFICE)
    assert (found.size, found.ties) == (10, 7)
    assert found.density == pytest.approx(7 / 90)
    assert found.reciprocity == 0.0
    # The largest in-degree is 3; the differences to it sum to 30 - 7.
    assert found.centralisation == pytest.approx(23 / 81)


def test_a_star_is_fully_centralised_and_a_ring_not_at_all():
    assert measures(network(("ba", "ca", "da", "ea"))).centralisation == 1.0
    assert measures(network(("ab", "bc", "ca"))).centralisation == 0.0


def test_a_returned_tie_counts_in_both_directions():
    assert measures(network(("ab", "ba", "ca"))).reciprocity == pytest.approx(2 / 3)


def test_page_rank_is_solved_by_hand():
    # a and b ask c, who asks nobody: x = .05 + .85y/3, 2x + y = 1.
    net = network(("ac", "bc"))
    assert of(net, "a").page_rank == pytest.approx(0.2127659574)
    assert of(net, "c").page_rank == pytest.approx(0.5744680851)


def test_the_middle_of_a_line_lies_on_its_only_way():
    net = network(("ab", "bc"))
    assert of(net, "b").betweenness == pytest.approx(0.5)
    assert of(net, "a").betweenness == 0.0


def test_a_broker_between_two_strangers_is_the_least_constrained():
    net = network(("ab", "bc"))
    assert of(net, "b").constraint == pytest.approx(0.5**2 + 0.5**2)
    assert of(net, "b").effective_size == pytest.approx(2.0)
    assert of(net, "a").constraint == pytest.approx(1.0)


def test_contacts_who_know_each_other_count_less():
    # In a full triangle each contact is half redundant through the other.
    net = network(("ab", "bc", "ca"))
    assert of(net, "a").effective_size == pytest.approx(1.0)
    assert of(net, "a").constraint == pytest.approx(2 * (0.5 + 0.25) ** 2)


def test_the_isolated_have_no_constraint():
    assert of(network(("ab",), "c"), "c").constraint is None
    assert of(network(("ab",), "c"), "c").effective_size is None


@pytest.mark.parametrize(("role", "groups"), ROLES_OF_THREE.items())
def test_each_way_over_a_broker_is_one_role(role, groups):
    net = Network.build(
        [Person(i, group=group) for i, group in zip("xyz", groups, strict=True)],
        [Tie("x", "y"), Tie("y", "z")],
    )
    broker = of(net, "y")
    assert {name: getattr(broker, name) for name in ROLES} == {
        name: int(name == role) for name in ROLES
    }
    assert broker.brokerage == 1


def test_a_direct_tie_leaves_nothing_to_broker():
    net = network(("ab", "bc", "ac", "ba"), groups={"A": "abc"})
    assert of(net, "b").brokerage == 0


def test_ways_through_people_without_a_group_are_left_out():
    assert of(network(("ab", "bc"), groups={"A": "ab"}), "b").brokerage == 0


def test_the_gap_of_ranks_is_negative_for_who_is_asked_more_than_the_level_says():
    people = [Person("a", rank=1), Person("b", rank=2), Person("c", rank=2), Person("d")]
    ties = [Tie("a", "c"), Tie("b", "c"), Tie("d", "c"), Tie("b", "a")]
    net = Network.build(people, ties)
    # Asked: c 3, a 1, b 0, so ranks 1, 2, 3; levels: a 1, b and c 2.5 each.
    assert [found.rank_gap for found in measures(net).people] == [1.0, 0.5, -1.5, None]
    # d is asked by nobody either: ranks 3 and 4 are shared.
    assert [found.in_degree_rank for found in measures(net).people] == [2.0, 3.5, 1.0, 3.5]


def test_hidden_influencers_neither_lead_nor_have_a_role():
    asked = {"m": 6, "r": 5, "h": 4, "x": 1}
    people = [Person(f"{i:02}") for i in range(16)]
    people += [Person("m", is_manager=True), Person("r", has_project_role=True)]
    people += [Person("h"), Person("x")]
    ties = [Tie(f"{i:02}", name) for name, count in asked.items() for i in range(count)]
    # 15 % of 20 are three: m and r are seen already, h is hidden, x is not among them.
    assert hidden_influencers(Network.build(people, ties)) == ("h",)


def test_equals_at_the_limit_are_hidden_influencers_too():
    assert hidden_influencers(network(("ab", "ac", "dc", "db"))) == ("b", "c")


def test_nobody_is_an_influencer_whom_nobody_asks():
    assert hidden_influencers(network((), "abc")) == ()
    assert hidden_influencers(Network.build([], [])) == ()


def ring(size):
    """Return people who each ask three others at the same steps of a ring: all stand alike."""
    ties = [Tie(str(i), str((i + step) % size)) for i in range(size) for step in (1, 9, 31)]
    return Network.build([Person(str(i)) for i in range(size)], ties)


def test_sampled_betweenness_says_so_and_comes_near():
    net = ring(150)
    whole, sample = measures(net), measures(net, seed=4, sources=75)
    assert (whole.is_sampled, whole.sources) == (False, 150)
    assert (sample.is_sampled, sample.sources) == (True, 75)
    truth = whole.people[0].betweenness
    found = [person.betweenness for person in sample.people]
    assert np.mean(found) == pytest.approx(truth)
    assert np.std(found) < 0.2 * truth


def test_a_sample_repeats_by_its_seed():
    net = ring(40)
    assert measures(net, 4, sources=10) == measures(net, 4, sources=10)
    assert measures(net, 4, sources=10) != measures(net, 5, sources=10)


def test_above_two_thousand_people_only_some_are_followed():
    assert affordable_sources(ring(2_000)) == 2_000
    assert affordable_sources(ring(2_001)) < 2_001


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(12))
def test_the_measures_equal_those_of_networkx(net):
    graph = nx.DiGraph()
    graph.add_nodes_from(person.id for person in net.people)
    for i, person in enumerate(net.people):
        graph.add_edges_from(
            (person.id, net.people[j].id) for j in net.asks.of(np.array([i])).tolist()
        )
    found = measures(net)
    between = nx.betweenness_centrality(graph)
    # Node by node: with scipy the short cut for all divides by the wrong person's closest tie.
    constraint = nx.constraint(graph, nodes=list(graph))
    effective = nx.effective_size(graph, nodes=list(graph))
    assert found.density == pytest.approx(nx.density(graph))
    for person in found.people:
        assert person.betweenness == pytest.approx(between[person.id])
        if not isnan(constraint[person.id]):
            assert person.constraint == pytest.approx(constraint[person.id])
            assert person.effective_size == pytest.approx(effective[person.id])
    if found.ties:
        assert found.reciprocity == pytest.approx(nx.reciprocity(graph))
