from math import dist

import pytest

from assessments.scoring.network import Network, Person, discs, layout

from .network_samples import OFFICE, network

GROUPS = {"A": "abcdefgh", "B": "ijk", "C": "l"}


def crowd(size, groups=7):
    return Network.build([Person(str(i), group=f"G{i % groups}") for i in range(size)], [])


def test_the_picture_is_the_same_on_every_visit_and_turns_with_the_seed():
    assert layout(OFFICE, seed=5) == layout(OFFICE, seed=5)
    assert layout(OFFICE, seed=5) != layout(OFFICE, seed=6)


def test_nobody_stands_on_anybody_and_everybody_inside_the_own_disc():
    net = crowd(300)
    found = layout(net, seed=1)
    circles = {disc.name: disc for disc in discs(net)}
    for person in net.people:
        disc = circles[person.group]
        assert dist(found[person.id], (disc.x, disc.y)) < disc.radius - 1
    places = list(found.values())
    assert min(dist(a, b) for i, a in enumerate(places) for b in places[:i]) > 0.9


def test_discs_do_not_overlap_and_hold_the_people_without_a_group():
    found = discs(network((), "xyz", groups=GROUPS), ["C", "A"])
    assert [(disc.name, disc.size) for disc in found] == [("C", 1), ("A", 8), ("B", 3), ("", 3)]
    for i, one in enumerate(found):
        for other in found[:i]:
            assert dist((one.x, one.y), (other.x, other.y)) >= one.radius + other.radius - 1e-9


def test_a_champion_changes_places_with_the_inmost_and_nobody_else_moves():
    net = network((), groups=GROUPS)
    before, after = layout(net, seed=2), layout(net, seed=2, champions=["f"])
    assert after["f"] == before["a"]
    assert after["a"] == before["f"]
    assert {i for i in before if before[i] != after[i]} == {"a", "f"}


def test_champions_stand_nearest_to_the_middle():
    net = crowd(100, groups=1)
    champions = {"50", "60", "70"}
    found = layout(net, champions=champions)
    (disc,) = discs(net)
    nearest = sorted(found, key=lambda i: dist(found[i], (disc.x, disc.y)))
    assert set(nearest[:3]) == champions


def test_an_empty_network_has_an_empty_picture():
    empty = Network.build([], [])
    assert layout(empty) == {}
    assert discs(empty) == ()


@pytest.mark.parametrize("size", [1, 5_000])
def test_one_and_five_thousand_people_have_a_place(size):
    found = layout(crowd(size))
    assert len(set(found.values())) == size
