from dataclasses import replace

import pytest

from assessments.scoring.engine import score
from assessments.scoring.types import StructuralGate

from .builders import BANK, all_items, answer, five_lines, inputs, line

LEVELS = {"STR": 3, "GOV": 3, "TRN": 2, "DAT": 3, "CHA": 3}


def step(card, code):
    return next(s for s in card.improvements if s.item == code)


def test_every_gain_is_the_score_recalculated():
    start = inputs(all_items(LEVELS, but={"TRN-3": 0, "STR-2": 1, "CHA-4": 4}))
    card = score(start, BANK)
    assert len(card.improvements) == 46
    for advice in card.improvements:
        after = replace(
            start,
            answers=tuple(
                replace(a, level=advice.level_to) if a.item == advice.item else a
                for a in start.answers
            ),
        )
        found = score(after, BANK)
        assert advice.gain == pytest.approx(found.score.point - card.score.point, abs=1e-9)
        value = next(d.value for d in found.dimensions if d.code == advice.dimension)
        assert advice.dimension_to == pytest.approx(value)


def test_the_gain_is_exact_when_other_kinds_are_pooled_in():
    start = inputs(all_items(LEVELS, but={"TRN-3": 1}), lines=five_lines([60, 60, 35, 60, 60]))
    card = score(start, BANK)
    after = replace(
        start,
        answers=tuple(replace(a, level=2) if a.item == "TRN-3" else a for a in start.answers),
    )
    gain = score(after, BANK).score.point - card.score.point
    assert step(card, "TRN-3").gain == pytest.approx(gain, abs=1e-9)


def test_the_largest_gain_comes_first_and_lies_in_the_weakest_dimension():
    card = score(inputs(all_items(LEVELS)), BANK)
    gains = [advice.gain for advice in card.improvements]
    assert gains == sorted(gains, reverse=True)
    assert {advice.dimension for advice in card.improvements[:9]} == {"TRN"}


def test_an_unproven_level_needs_evidence_and_not_work():
    answers = [
        replace(a, level=4, has_valid_evidence=False) if a.item == "TRN-1" else a
        for a in all_items(LEVELS)
    ]
    advice = step(score(inputs(answers), BANK), "TRN-1")
    assert (advice.needs, advice.level_from, advice.level_to) == ("evidence", 2, 4)
    assert advice.anchor_to == "They were revised after real-work tests"


def test_a_step_from_one_to_two_closes_an_open_gate_and_from_nought_to_one_does_not():
    for level, closes in ((0, False), (1, True)):
        card = score(inputs(all_items(LEVELS, but={"TRN-3": level})), BANK)
        assert step(card, "TRN-3").opens_gate is closes
        assert not step(card, "TRN-1").opens_gate


def test_an_item_at_the_top_or_without_a_level_is_no_improvement():
    card = score(inputs(all_items(LEVELS, but={"TRN-1": 4, "TRN-2": "dont_know"})), BANK)
    assert not {"TRN-1", "TRN-2"} & {advice.item for advice in card.improvements}


def test_improvements_are_offered_before_there_is_enough_for_a_score():
    card = score(inputs([answer("STR-1", 1), answer("STR-2", 2), answer("TRN-3", 1)]), BANK)
    assert not card.score.is_shown
    assert {advice.item for advice in card.improvements} == {"STR-1", "STR-2", "TRN-3"}


def test_the_weak_link_is_the_lowest_open_gate_of_the_weakest_dimension():
    card = score(inputs(all_items(LEVELS, but={"TRN-3": 1, "TRN-1": 0, "DAT-4": 0})), BANK)
    assert card.weakest == ("TRN",)
    link = card.weak_link
    assert (link.code, link.is_gate, link.level) == ("TRN-3", True, 1)
    assert link.passes_at == "There was a quiz"


def test_without_an_open_gate_there_it_is_the_lowest_item_of_the_weakest_dimension():
    card = score(inputs(all_items(LEVELS, but={"TRN-7": 1, "DAT-4": 0})), BANK)
    assert (card.weak_link.code, card.weak_link.is_gate) == ("TRN-7", False)
    assert card.weak_link.passes_at == "They had a briefing"


def test_with_nothing_else_it_is_an_open_gate_elsewhere():
    four = {**LEVELS, "TRN": 4, "STR": 4, "GOV": 4, "CHA": 4, "DAT": 4}
    lines = (line("TRN", 30, se=1),)
    card = score(inputs(all_items(four, but={"DAT-4": 1}), lines=lines), BANK)
    assert card.weakest == ("TRN",)
    assert card.weak_link.code == "DAT-4"


def test_a_structural_gate_can_be_the_weak_link():
    gate = StructuralGate("tests", "TRN", "A real-work test was passed", "open")
    card = score(inputs(all_items(LEVELS), structural_gates=(gate,)), BANK)
    assert (card.weak_link.code, card.weak_link.passes_at) == ("tests", "")


def test_a_weakest_dimension_without_items_is_named_itself():
    card = score(inputs(lines=five_lines([80, 80, 40, 80, 80])), BANK)
    assert (card.weak_link.dimension, card.weak_link.code) == ("TRN", "")


def test_there_is_no_weak_link_where_everything_is_at_the_top():
    assert score(inputs(all_items(4)), BANK).weak_link is None


def test_a_missing_dimension_narrows_the_bounds_by_all_their_width():
    lines = tuple(one for one in five_lines([80, 60, 90, 70, 50]) if one.dimension != "CHA")
    card = score(inputs(lines=lines), BANK)
    first = card.missing[0]
    assert first.dimension == "CHA"
    assert first.narrows == pytest.approx(card.score.high - card.score.low)
    assert first.text == "Answer the 10 items of champion coverage"


def test_a_second_assessor_and_the_open_items_are_offered():
    card = score(inputs(all_items(LEVELS, but={"TRN-1": "dont_know", "TRN-3": "blank"})), BANK)
    texts = {piece.text: piece.narrows for piece in card.missing}
    assert texts["Have a second person assess training"] > 0
    assert texts["Answer the remaining 2 items of training"] > 0
    assert texts["Answer the gate TRN-3"] == 0
    assert texts["Ask the users about training in a survey"] > 0


def test_evidence_on_the_weakest_dimension_narrows_most():
    card = score(inputs(all_items(LEVELS)), BANK)
    assert card.missing[0].dimension == "TRN"
    narrows = [piece.narrows for piece in card.missing]
    assert narrows == sorted(narrows, reverse=True)
