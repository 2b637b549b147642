import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.engine import score, score_many
from assessments.scoring.types import Settings, StructuralGate

from .builders import (
    BANK,
    CODES,
    TODAY,
    all_items,
    answer,
    bank_with,
    five_lines,
    inputs,
    line,
)

QUICK = Settings(draws=500)


def dimension(card, code):
    return next(d for d in card.dimensions if d.code == code)


def cell(card, code, kind):
    return next(c for c in dimension(card, code).cells if c.kind == kind)


def test_the_same_inputs_give_the_same_card_in_any_order_of_rows():
    answers = all_items(3, ("ann", "ben", "cy"), but={"TRN-3": 1, "DAT-4": "dont_know"})
    shuffled = list(answers)
    random.Random(1).shuffle(shuffled)
    assert score(inputs(answers), BANK) == score(inputs(shuffled), BANK)


def test_another_seed_moves_the_median_a_little_and_the_point_not_at_all():
    one = score(inputs(all_items(3)), BANK)
    other = score(replace(inputs(all_items(3)), seed=8), BANK)
    assert one.score.point == other.score.point
    assert one.score.median != other.score.median
    assert one.score.median == pytest.approx(other.score.median, abs=0.5)


def test_a_batch_gives_each_project_what_it_gets_alone():
    many = [
        inputs(all_items(level, ("ann", "ben")), settings=replace(QUICK, draws=draws))
        for level, draws in ((1, 500), (4, 500), (2, 800))
    ]
    many.insert(1, inputs())
    many.insert(2, inputs(not_applicable=tuple((code, "No") for code in CODES)))
    assert score_many(many, BANK) == [score(one, BANK) for one in many]


def test_all_at_level_three_is_seventy_five_everywhere():
    card = score(inputs(all_items(3)), BANK)
    assert [d.value for d in card.dimensions] == [75] * 5
    assert card.score.point == pytest.approx(75)
    assert card.score.median < 75  # the minimum of noisy values is biased down
    assert card.weakest == tuple(CODES)
    assert card.item_coverage == 1
    assert card.evidence_held == 5


def test_empty_cells_are_empty_and_not_zero():
    card = score(inputs(all_items(3)), BANK)
    empty = cell(card, "STR", "voiced")
    assert (empty.state, empty.value, empty.n) == ("empty", None, 0)
    assert sum(c.state == "empty" for d in card.dimensions for c in d.cells) == 15


def test_nothing_at_all_gives_bounds_only():
    card = score(inputs(), BANK)
    assert (card.score.low, card.score.high) == pytest.approx((1, 100))
    assert card.score.median is card.score.point is card.score.band is None
    assert not card.score.is_shown
    assert {d.state for d in card.dimensions} == {"missing"}
    assert card.weak_link is None
    assert card.improvements == ()


def test_one_missing_dimension_leaves_a_score_and_wide_bounds():
    values = [80, 60, 90, 70]
    lines = tuple(line(code, value) for code, value in zip(CODES, values, strict=False))
    card = score(inputs(lines=lines), BANK)
    assert card.score.is_shown
    assert card.score.point == pytest.approx(66.703457941)
    assert (card.score.low, card.score.high) == pytest.approx((5.5983259241, 68.7280154845))
    assert card.score.q05 < 20  # drawn as anything from 0 to 100
    assert card.weights == tuple((code, pytest.approx(0.2)) for code in CODES)
    missing = dimension(card, "CHA")
    assert (missing.state, missing.weight, missing.omega) == ("missing", 0, 0)
    assert dimension(card, "STR").weight == pytest.approx(0.25)


def test_two_missing_dimensions_leave_bounds_only():
    lines = tuple(line(code, 80) for code in CODES[:3])
    card = score(inputs(lines=lines), BANK)
    assert not card.score.is_shown
    assert card.score.median is None
    assert dimension(card, "STR").missing_points is None


def test_too_little_weight_observed_leaves_bounds_only():
    lines = tuple(line(code, 80) for code in CODES[:4])
    heavy = tuple((code, 2.0 if code == "CHA" else 1.0) for code in CODES)
    assert not score(inputs(lines=lines, weights=heavy), BANK).score.is_shown
    light = tuple((code, 0.5 if code == "CHA" else 1.0) for code in CODES)
    assert score(inputs(lines=lines, weights=light), BANK).score.is_shown


def test_a_thin_dimension_shows_its_rows_and_counts_as_missing():
    answers = [a for a in all_items(3) if not a.item.startswith("CHA")]
    answers += [answer("CHA-1", 4), answer("CHA-2", 4)]
    card = score(inputs(answers), BANK)
    thin = dimension(card, "CHA")
    assert (thin.state, thin.value, thin.weight) == ("thin", 100, 0)
    assert "2 of 10 items" in thin.reason
    assert thin.confidence_state == "weak"
    assert cell(card, "CHA", "assessed").lines[0].rows
    assert card.score.low < 10


def test_a_dimension_declared_not_applicable_shares_its_weight():
    answers = [a for a in all_items(3) if not a.item.startswith("DAT")]
    card = score(inputs(answers, not_applicable=(("DAT", "No data move"),)), BANK)
    off = dimension(card, "DAT")
    assert (off.state, off.reason, off.weight) == ("not_applicable", "No data move", 0)
    assert {c.state for c in off.cells} == {"not_applicable"}
    assert dimension(card, "STR").weight == pytest.approx(0.25)
    assert card.score.low == card.score.high == pytest.approx(75)
    assert card.item_coverage == 1
    assert all(g.state == "not_applicable" for g in card.gates if g.dimension == "DAT")


def test_a_dimension_whose_items_all_do_not_apply_does_not_apply():
    answers = [a for a in all_items(3) if not a.item.startswith("CHA")]
    answers += [
        answer(item.code, "not_applicable", reason="Screens stay") for item in BANK.items_of("CHA")
    ]
    off = dimension(score(inputs(answers), BANK), "CHA")
    assert (off.state, off.reason) == ("not_applicable", "No item applies: Screens stay")


def test_a_rollout_to_which_nothing_applies_cannot_be_told():
    card = score(inputs(not_applicable=tuple((code, "No") for code in CODES)), BANK)
    assert card.verdict.code == "cannot_tell_yet"
    assert not card.score.is_shown


def test_kinds_are_pooled_by_precision_and_their_weights_sum_to_one():
    lines = (
        line("TRN", 33, 4),
        line("TRN", 26, 8, kind="measured"),
        line("TRN", 34, 12, kind="heard"),
    )
    card = score(inputs(all_items(3, ("ann", "ben")), lines=lines), BANK)
    trained = dimension(card, "TRN")
    assert 30 < trained.value < 50
    assert trained.sources_disagree
    assert trained.coverage == pytest.approx(1)
    assert sum(c.weight for c in trained.cells) == pytest.approx(1)
    assert trained.value == pytest.approx(sum(c.weight * c.value for c in trained.cells))


def test_lines_of_one_kind_are_pooled_before_the_kinds():
    lines = (line("TRN", 20, 5, key="a", n=10), line("TRN", 40, 5, key="b", n=30))
    pooled = cell(score(inputs(lines=lines), BANK), "TRN", "voiced")
    assert pooled.value == pytest.approx(30)
    assert (pooled.n, pooled.unit, pooled.weight) == (40, "answers", 1)
    assert [one.weight for one in pooled.lines] == pytest.approx([0.5, 0.5])


def test_lines_that_count_different_things_are_counted_as_lines():
    lines = (line("TRN", 20, key="a", unit="tests"), line("TRN", 40, key="b", unit="groups"))
    pooled = cell(score(inputs(lines=lines), BANK), "TRN", "voiced")
    assert (pooled.n, pooled.unit) == (2, "lines")


def test_a_line_about_one_group_does_not_speak_for_the_rollout():
    card = score(inputs(lines=(line("TRN", 20, group="Sales"),)), BANK)
    assert dimension(card, "TRN").state == "missing"


def test_old_evidence_keeps_its_value_and_loses_precision():
    fresh = score(inputs(all_items(3)), BANK)
    old = score(inputs(all_items(3, on=TODAY - timedelta(days=90))), BANK)
    then, now = cell(old, "TRN", "assessed"), cell(fresh, "TRN", "assessed")
    assert (then.value, then.se) == (now.value, pytest.approx(2 * now.se))
    assert (then.lines[0].se, then.lines[0].aged_se) == (15, pytest.approx(30))
    assert (then.age_days, then.is_stale, now.is_stale) == (90, True, False)
    assert old.stale_cells == 5
    assert old.score.q95 - old.score.q05 > fresh.score.q95 - fresh.score.q05


def test_a_cell_is_stale_after_sixty_days():
    for days, is_stale in ((60, False), (61, True)):
        card = score(inputs(all_items(3, on=TODAY - timedelta(days=days))), BANK)
        assert cell(card, "STR", "assessed").is_stale is is_stale


def test_the_waterfall_from_100_adds_up():
    card = score(inputs(lines=five_lines([43, 50, 36, 59, 40])), BANK)
    parts = {d.code: d.missing_points for d in card.dimensions}
    assert sum(parts.values()) == pytest.approx(100 - card.score.point)
    assert max(parts, key=parts.get) == "TRN"
    assert sum(d.omega for d in card.dimensions) == pytest.approx(1)


def test_the_band_is_uncertain_when_the_interval_crosses_a_limit():
    sharp = score(inputs(lines=five_lines([67] * 5, se=1)), BANK)
    assert (sharp.score.band, sharp.score.is_band_certain) == ("moderate", True)
    wide = score(inputs(lines=five_lines([67] * 5, se=10)), BANK)
    assert not wide.score.is_band_certain


@pytest.mark.parametrize(
    ("value", "band"), [(20, "high"), (50, "elevated"), (70, "moderate"), (90, "low")]
)
def test_bands_go_from_high_risk_to_low(value, band):
    assert score(inputs(lines=five_lines([value] * 5, se=1)), BANK).score.band == band


def test_a_very_low_dimension_is_a_blocker():
    card = score(inputs(lines=five_lines([80, 80, 15, 80, 80])), BANK)
    assert [d.code for d in card.dimensions if d.is_blocker] == ["TRN"]


@pytest.mark.parametrize("n", [2, 3, 7, 12])
def test_a_bank_may_have_any_number_of_dimensions(n):
    bank = bank_with(n)
    card = score(inputs(all_items(3, bank=bank, but={"D1-0": 1})), bank)
    assert len(card.dimensions) == n
    assert card.weakest == ("D1",)
    assert card.weak_link.code == "D1-0"
    assert card.score.is_shown
    assert sum(d.missing_points for d in card.dimensions) == pytest.approx(100 - card.score.point)


def test_a_bank_with_two_dimensions_needs_both():
    bank = bank_with(2)
    half = [a for a in all_items(3, bank=bank) if a.item.startswith("D0")]
    assert not score(inputs(half), bank).score.is_shown


@pytest.mark.parametrize(
    "broken",
    [
        {"answers": (answer("XXX-1", 3),)},
        {"answers": (answer("STR-1", 3), answer("STR-1", 4))},
        {"answers": (answer("STR-1", 5),)},
        {"answers": (answer("STR-1", -1),)},
        {"answers": (replace(answer("STR-1", "dont_know"), level=0),)},
        {"answers": (replace(answer("STR-1", 2), level=None),)},
        {"lines": (line("XXX", 50),)},
        {"lines": (line("STR", 101),)},
        {"lines": (line("STR", float("nan")),)},
        {"lines": (line("STR", 50, se=0),)},
        {"not_applicable": (("XXX", "why"),)},
        {"weights": (("STR", 1.0),)},
        {"weights": tuple((code, 0.0) for code in CODES)},
        {"structural_gates": (StructuralGate("g", "XXX", "G", "open"),)},
    ],
)
def test_what_would_give_a_wrong_number_in_silence_is_refused(broken):
    with pytest.raises(ValueError, match=r"\w"):
        score(replace(inputs(), **broken), BANK)


levels = st.sampled_from([0, 1, 2, 3, 4, "dont_know", "not_applicable", "blank"])
rounds = st.dictionaries(st.sampled_from([item.code for item in BANK.items]), levels)


@settings(max_examples=30, deadline=None)
@given(rounds, rounds)
def test_no_round_of_answers_breaks_the_card(ann, ben):
    given_answers = [answer(code, level, "ann") for code, level in ann.items()]
    given_answers += [answer(code, level, "ben", proven=False) for code, level in ben.items()]
    card = score(inputs(given_answers, settings=QUICK), BANK)
    assert 0 <= card.score.low <= card.score.high <= 100 + 1e-9
    assert 0 <= card.item_coverage <= 1
    if card.score.is_shown:
        assert card.score.low - 1e-9 <= card.score.point <= card.score.high + 1e-9
        assert card.score.q05 <= card.score.median <= card.score.q95
        parts = sum(d.missing_points or 0 for d in card.dimensions)
        assert parts == pytest.approx(100 - card.score.point, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=47, max_size=47), st.integers(0, 46))
def test_a_higher_level_never_lowers_the_point(chosen, which):
    item = BANK.items[which].code
    answers = [answer(i.code, level) for i, level in zip(BANK.items, chosen, strict=True)]
    raised = [replace(a, level=min(4, a.level + 1)) if a.item == item else a for a in answers]
    before = score(inputs(answers, settings=QUICK), BANK).score.point
    assert score(inputs(raised, settings=QUICK), BANK).score.point >= before - 1e-9
