from datetime import date
from math import sqrt

import pytest

from assessments.scoring.network import (
    ImpactedGroup,
    Network,
    Person,
    Tie,
    bootstrap,
    coverage_line,
    coverage_lines,
    ratio_line,
    roster_line,
    unreached_groups_gate,
)

from .network_samples import OFFICE, network


def test_the_coverage_line_carries_the_dimension_score_and_its_spread():
    line = coverage_line(OFFICE, ["a", "h"], 7, date(2026, 11, 2), date(2026, 10, 1))
    assert (line.dimension, line.kind, line.unit, line.group) == ("CHA", "measured", "replies", "")
    assert line.value == pytest.approx(100 * sqrt(0.7 * 0.5))
    assert line.se == pytest.approx(bootstrap(OFFICE, ["a", "h"], seed=7).overall.se)
    assert line.n == 7
    assert line.is_usable
    assert (line.newest_on, line.oldest_on) == (date(2026, 11, 2), date(2026, 10, 1))
    assert line.note == "Lowest group: South at 50\u00a0% of 5 people"
    assert [(row.label, row.value) for row in line.rows] == [
        ("North", "4 of 5 in reach, 1 champion"),
        ("South", "2 of 5 in reach, 1 champion"),
    ]


def test_a_line_is_never_more_certain_than_two_points():
    assert coverage_line(network(("ba", "ca", "da", "ea", "fa")), ["a"], 1).se == 2.0


def test_four_replies_are_thin_and_weigh_little():
    line = coverage_line(network(("ba", "ca", "da", "ea")), ["a"], 1)
    assert not line.is_usable
    assert line.se == 25.0


def test_a_low_response_rate_is_said():
    line = coverage_line(network(("ba", "ca", "da", "ea", "fa"), "uvwxyz"), ["a"], 1)
    assert line.note == "Only 5 of 12 said whom they ask, less than 60\u00a0%"


def test_without_replies_there_is_no_line():
    assert coverage_lines(network((), "abc"), ["a"], 1) == ()
    assert coverage_line(network((), "abc"), ["a"], 1) is None


def test_each_large_group_has_a_line_of_its_own():
    _, north, south = coverage_lines(OFFICE, ["a", "h"], 7)
    assert (north.group, south.group) == ("North", "South")
    assert (north.value, south.value) == (90.0, 50.0)
    assert (north.n, south.n) == (4, 3)
    assert not north.is_usable
    assert len({north.key, south.key}) == 2


def test_a_group_of_which_nobody_answered_has_no_line():
    net = network(("ba", "ca", "da", "ea", "ab"), groups={"A": "abcde", "B": "vwxyz"})
    assert [line.group for line in coverage_lines(net, ["a"], 1)] == ["", "A"]


def test_the_roster_line_is_a_share_of_a_complete_register():
    line = roster_line(3, 5, date(2026, 11, 2))
    assert (line.value, line.se, line.n, line.is_usable) == (60.0, 5.0, 5, True)
    assert line.note == "3 of 5 are prepared"
    assert roster_line(0, 0) is None
    with pytest.raises(ValueError, match="some of the active"):
        roster_line(6, 5)


@pytest.mark.parametrize(("active", "value"), [(0, 0.0), (4, 80.0), (5, 100.0), (9, 100.0)])
def test_the_ratio_line_warns_and_proves_nothing(active, value):
    line = ratio_line(93, active)
    assert line.value == value
    assert line.note.startswith(f"{active} of 5 for 93 people")
    assert not line.is_usable


def test_without_people_there_is_no_ratio():
    assert ratio_line(0, 3) is None


LARGE = [ImpactedGroup("North", 12), ImpactedGroup("South", 10)]


def test_the_gate_is_open_while_a_large_group_has_no_champion_in_reach():
    gate = unreached_groups_gate(OFFICE, ["a"], LARGE)
    assert (gate.state, gate.dimension) == ("open", "CHA")
    assert gate.note == "No champion in reach: South"


def test_the_gate_passes_when_somebody_of_each_large_group_reaches_a_champion():
    assert unreached_groups_gate(OFFICE, ["a", "h"], LARGE).state == "passed"
    # Of South only f, by way of e, comes to d in two steps.
    assert unreached_groups_gate(OFFICE, ["d"], LARGE).state == "passed"


def test_a_group_below_ten_does_not_hold_the_gate():
    assert unreached_groups_gate(OFFICE, ["a"], [ImpactedGroup("South", 9)]).state == (
        "not_applicable"
    )


def test_the_gate_is_unknown_without_a_network_or_without_anybody_listed():
    assert unreached_groups_gate(None, [], LARGE).state == "unknown"
    silent = Network.build([Person("a", group="North")], [])
    assert unreached_groups_gate(silent, [], LARGE).state == "unknown"
    gate = unreached_groups_gate(OFFICE, ["a"], [LARGE[0], ImpactedGroup("Field", 40)])
    assert (gate.state, gate.note) == ("unknown", "Nobody listed yet: Field")


def test_a_group_without_any_champion_is_open_even_if_its_people_ask_each_other():
    net = Network.build([Person("a", "A"), Person("b", "A")], [Tie("a", "b")])
    assert unreached_groups_gate(net, [], [ImpactedGroup("A", 10)]).state == "open"
