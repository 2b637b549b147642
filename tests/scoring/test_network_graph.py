import pytest

from assessments.scoring.network import Network, Person, Tie, response_rate
from assessments.scoring.network.graph import distances, reach

from .network_samples import OFFICE, network


def test_people_stand_in_the_order_of_their_ids_and_numbers_in_their_own():
    found = Network.build([Person("10"), Person("9"), Person("2")], [])
    assert [person.id for person in found.people] == ["2", "9", "10"]


def test_a_tie_counts_from_the_threshold():
    people = [Person("a"), Person("b"), Person("c")]
    ties = [Tie("a", "b", 3), Tie("a", "c", 4)]
    assert Network.build(people, ties).ties == 1
    assert Network.build(people, ties, threshold=3).ties == 2


def test_a_tie_named_twice_counts_once_at_its_highest_frequency():
    people = [Person("a"), Person("b")]
    found = Network.build(people, [Tie("a", "b", 2), Tie("a", "b", 5), Tie("a", "b", 4)])
    assert found.ties == 1
    assert found.in_degree.tolist() == [0, 1]
    assert found.out_degree.tolist() == [1, 0]


def test_ties_to_unknown_people_are_refused_by_name():
    with pytest.raises(ValueError, match="not in the network: x, y"):
        Network.build([Person("a")], [Tie("a", "y"), Tie("x", "a")])


def test_nobody_may_name_himself_or_herself():
    with pytest.raises(ValueError, match="themselves: a"):
        Network.build([Person("a")], [Tie("a", "a")])


def test_two_people_with_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        Network.build([Person("a"), Person("a")], [])


def test_a_rare_tie_and_an_empty_answer_are_answers_too():
    people = [Person("a"), Person("b", has_answered=True), Person("c"), Person("d")]
    found = Network.build(people, [Tie("a", "b", 1)])
    assert found.ties == 0
    assert response_rate(found) == 0.5


def test_an_empty_network_has_no_answers():
    assert response_rate(Network.build([], [])) == 0.0


def test_steps_follow_the_asking_and_not_back():
    # d and b ask a, e asks d, f asks e; nobody whom a asks.
    steps = distances(OFFICE, OFFICE.places(["a"]), 2)
    assert dict(zip("abcdefghij", steps.tolist(), strict=True)) == dict(
        zip("abcdefghij", [0, 1, 1, 1, 2, 3, 3, 3, 3, 3], strict=True)
    )


def test_reach_of_two_steps_holds_those_of_one():
    relation = reach(OFFICE, 2)
    assert OFFICE.ids(relation.with_self(OFFICE.places(["a"]))) == ("a", "b", "c", "d", "e")
    assert OFFICE.ids(relation.with_self(OFFICE.places(["h", "g"]))) == ("g", "h", "i")


def test_a_cycle_reaches_everybody_once():
    relation = reach(network(("ab", "bc", "ca")), 2)
    assert relation.covers.counts.tolist() == [2, 2, 2]
    assert relation.covered_by.to.tolist() == [1, 2, 0, 2, 0, 1]


def test_coverage_of_no_steps_is_refused():
    with pytest.raises(ValueError, match="at least one step"):
        reach(OFFICE, 0)
