from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessments.scoring.digest import inputs_digest
from assessments.scoring.engine import score
from assessments.scoring.facts import CoverageFacts, GroupFacts
from assessments.scoring.serialise import from_dict, to_dict
from assessments.scoring.types import Settings

from .builders import BANK, all_items, inputs, line

FAST = Settings(draws=200)
FIELD, LEEDS, PRICING = (
    GroupFacts("g1", "Field sales", 60, 4.0),
    GroupFacts("g2", "Inside sales", 40, 2.0),
    GroupFacts("g3", "Pricing desk", 20),
)
LINES = (
    line("TRN", 20, key="voiced:field", group="Field sales"),
    line("CHA", 80, kind="measured", key="measured:field", group="Field sales"),
    line("CHA", 50, kind="measured", key="measured:leeds", group="Inside sales"),
)


def groups(lines=LINES, listed=(FIELD, LEEDS, PRICING), **more):
    card = score(inputs(lines=lines, groups=listed, settings=FAST, **more), BANK)
    return card.groups


def test_a_groups_readiness_is_the_scores_arithmetic_over_what_names_it():
    field, leeds, _ = groups()
    # Two dimensions: geometric mean √(20 · 80) = 40, half of it pulled to the minimum of 20.
    assert field.readiness == pytest.approx(sqrt(40 * 20))
    assert (field.observed, field.applicable, field.weakest) == (2, 5, ("TRN",))
    assert (leeds.readiness, leeds.observed) == (pytest.approx(50), 1)


def test_risk_is_headcount_share_times_impact_times_what_is_missing():
    field, leeds, _ = groups()
    assert field.risk == pytest.approx(60 / 120 * 4 / 5 * (1 - sqrt(800) / 100))
    assert leeds.risk == pytest.approx(40 / 120 * 2 / 5 * 0.5)
    assert field.risk_share == pytest.approx(field.risk / (field.risk + leeds.risk))
    assert field.risk_share + leeds.risk_share == pytest.approx(1)


def test_a_group_without_evidence_is_empty_and_never_zero():
    *_, pricing = groups()
    assert [each.state for each in pricing.dimensions] == ["missing"] * 5
    assert {each.value for each in pricing.dimensions} == {None}
    assert (pricing.readiness, pricing.risk, pricing.risk_share) == (None, None, None)


def test_a_group_whose_impact_nobody_rated_has_no_risk():
    field, leeds, _ = groups(listed=(replace(FIELD, impact=None), LEEDS, PRICING))
    assert field.readiness is not None
    assert (field.risk, field.risk_share) == (None, None)
    assert leeds.risk_share == 1.0


def test_thin_evidence_shows_its_value_and_does_not_count():
    thin = line("CHA", 5, kind="measured", key="thin", group="Pricing desk", is_usable=False, n=3)
    *_, pricing = groups((*LINES, thin))
    champions = next(each for each in pricing.dimensions if each.code == "CHA")
    assert (champions.state, champions.value, champions.n) == ("thin", 5, 3)
    assert (pricing.readiness, pricing.observed) == (None, 0)


def test_kinds_are_pooled_for_a_group_as_for_the_rollout():
    lines = (line("TRN", 30), line("TRN", 70, 8.0, kind="measured"))
    whole = score(inputs(lines=lines, settings=FAST), BANK)
    (only,) = groups(tuple(replace(each, group="Field sales") for each in lines), listed=(FIELD,))
    expected = next(each for each in whole.dimensions if each.code == "TRN")
    found = next(each for each in only.dimensions if each.code == "TRN")
    assert (found.value, found.se) == (expected.value, expected.se)
    assert found.cells == tuple(cell for cell in expected.cells if cell.state == "value")


def test_lines_about_a_group_leave_the_score_of_the_rollout_alone():
    alone = score(inputs(all_items(2), settings=FAST), BANK)
    with_groups = score(
        inputs(all_items(2), lines=LINES, groups=(FIELD, LEEDS, PRICING), settings=FAST), BANK
    )
    assert with_groups.score == alone.score
    assert with_groups.dimensions == alone.dimensions


def test_a_dimension_that_does_not_apply_does_not_count_in_any_group():
    field, *_ = groups(not_applicable=(("TRN", "No training"),))
    assert field.readiness == pytest.approx(80)
    assert (field.observed, field.applicable) == (1, 4)
    assert next(e for e in field.dimensions if e.code == "TRN").state == "not_applicable"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ((FIELD, replace(LEEDS, name="Field sales")), "same name"),
        ((FIELD,), "Inside sales"),
        ((replace(FIELD, impact=6.0), LEEDS), "0–5"),
    ],
)
def test_groups_that_would_give_a_wrong_number_are_refused(listed, said):
    with pytest.raises(ValueError, match=said):
        groups(listed=listed)


@example([(1, 1.0, 0.0), (1, 1.0, 100.0)])
@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 5), st.floats(0, 100)), min_size=1))
@settings(deadline=None)
def test_shares_of_risk_lie_between_0_and_1_and_sum_to_1(rows):
    listed = tuple(
        GroupFacts(str(n), f"Group {n}", people, impact)
        for n, (people, impact, _) in enumerate(rows)
    )
    lines = tuple(
        line("CHA", value, key=f"line:{n}", group=f"Group {n}")
        for n, (_, _, value) in enumerate(rows)
    )
    found = groups(lines, listed)
    shares = [each.risk_share for each in found]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1) or not any(each.risk for each in found)


FACTS = CoverageFacts(
    people=10, replies=7, response_rate=0.7, is_stable=True, ties=7, threshold=4, champions=2,
    prepared=1, headcount=100, champions_needed=5, score=59.0, low=40.0, high=70.0, coverage=0.7,
    one_hop=0.6, two_hop=0.8, worst_group="South", silent=3,
)  # fmt: skip


def test_the_coverage_facts_come_out_as_they_went_in():
    card = score(inputs(people=FACTS, settings=FAST), BANK)
    assert card.people == FACTS
    assert from_dict(to_dict(card)) == card


def test_a_card_from_before_groups_is_read():
    data = to_dict(score(inputs(groups=(FIELD,), people=FACTS, settings=FAST), BANK))
    del data["groups"], data["people"]
    card = from_dict(data)
    assert (card.groups, card.people) == ((), None)


@pytest.mark.parametrize("change", [{"groups": (FIELD,)}, {"people": FACTS}])
def test_the_digest_tells_groups_and_coverage(change):
    assert inputs_digest(inputs(**change), BANK) != inputs_digest(inputs(), BANK)


def test_the_digest_does_not_depend_on_the_order_of_groups():
    one, other = inputs(groups=(FIELD, LEEDS)), inputs(groups=(LEEDS, FIELD))
    assert inputs_digest(one, BANK) == inputs_digest(other, BANK)
