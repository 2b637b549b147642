from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.changes import explain
from assessments.scoring.engine import score
from assessments.scoring.types import Settings

from .builders import BANK, TODAY, all_items, answer, bank_with, five_lines, inputs, line

START = inputs(all_items(2, but={"TRN-3": 1}))


def cards(after, before=START, bank=BANK):
    return score(before, bank), score(after, bank)


def with_levels(start, levels, **more):
    return replace(
        start,
        answers=tuple(
            replace(a, level=levels[a.item], **more) if a.item in levels else a
            for a in start.answers
        ),
    )


def adds_up(before, after, changes):
    moved = after.score.median - before.score.median
    return sum(change.points for change in changes) == pytest.approx(moved, abs=1e-9)


def find(changes, code):
    return next(change for change in changes if change.code == code)


def find_dimension(changes, code):
    return next(change for change in changes if change.dimension == code)


def test_nothing_changed_gives_no_change():
    card = score(START, BANK)
    assert explain(card, card) == ()


def test_one_item_carries_the_whole_movement():
    before, after = cards(with_levels(START, {"TRN-3": 3}))
    changes = explain(before, after)
    own = find(changes, "TRN-3")
    assert own.text == "TRN-3 Shown on own task and data: level 1 → 3"
    assert (own.dimension, own.kind) == ("TRN", "assessed")
    assert own.points == pytest.approx(after.score.median - before.score.median)
    assert [c.kind for c in changes] == ["assessed"]


def test_items_share_the_movement_of_their_dimension_in_the_ratio_of_their_steps():
    before, after = cards(with_levels(START, {"TRN-3": 3, "TRN-1": 3}))
    changes = explain(before, after)
    assert find(changes, "TRN-3").points == pytest.approx(2 * find(changes, "TRN-1").points)


def test_items_that_cancel_are_both_told():
    before, after = cards(with_levels(START, {"TRN-1": 3, "TRN-2": 1}))
    changes = explain(before, after)
    assert find(changes, "TRN-1").points > 0
    assert find(changes, "TRN-1").points == pytest.approx(-find(changes, "TRN-2").points)
    assert adds_up(before, after, changes)


def test_lost_and_attached_evidence_is_told_as_such():
    proven = with_levels(START, {"TRN-1": 3})
    bare = with_levels(START, {"TRN-1": 3}, has_valid_evidence=False)
    lost = find(explain(*cards(bare, proven)), "TRN-1")
    assert lost.text.endswith("evidence no longer valid, level counts 3 → 2")
    assert lost.points < 0
    found = find(explain(*cards(proven, bare)), "TRN-1")
    assert found.text.endswith("evidence attached, level counts 2 → 3")


def test_a_new_answer_moves_the_score_by_how_far_it_lies_from_the_mean():
    without = replace(START, answers=tuple(a for a in START.answers if a.item != "TRN-1"))
    for level, sign in ((4, 1), (0, -1)):
        changes = explain(*cards(with_levels(START, {"TRN-1": level}), without))
        own = find(changes, "TRN-1")
        assert own.text.endswith(f"answered, level {level}")
        assert own.points * sign > 0


def test_an_item_that_no_longer_counts_is_told():
    after = replace(
        START,
        answers=tuple(
            answer(a.item, "not_applicable") if a.item == "TRN-3" else a for a in START.answers
        ),
    )
    changes = explain(*cards(after))
    assert find(changes, "TRN-3").text.endswith("does not apply")
    assert find(changes, "TRN-3").points > 0


def test_new_evidence_of_another_kind_is_one_cause():
    before, after = cards(replace(START, lines=(line("TRN", 20),)))
    changes = explain(before, after)
    new = next(c for c in changes if c.kind == "voiced")
    assert new.text == "New: voiced, 50 answers"
    assert new.points < 0
    assert adds_up(before, after, changes)


def test_new_records_are_named_by_the_first_of_them():
    told = {"kind": "measured", "unit": "replies", "n": 212}
    first = line("CHA", 26, key="champions.coverage", label="Champion coverage", **told)
    second = line("CHA", 55, key="champions.prepared", label="Prepared champions", **told)
    alone = explain(*cards(replace(START, lines=(first,))))
    both = explain(*cards(replace(START, lines=(first, second))))
    assert find_dimension(alone, "CHA").text == "New: Champion coverage, 212 replies"
    assert find_dimension(both, "CHA").text == "New: Champion coverage, 212 replies, and 1 more"


def test_a_line_that_moved_is_named():
    before = replace(START, lines=five_lines([60] * 5))
    after = replace(START, lines=five_lines([60, 60, 40, 60, 60]))
    found = cards(after, before)
    changes = explain(*found)
    assert find(changes, "voiced:TRN").text == "Survey: 60 → 40"
    assert adds_up(*found, changes)


def test_age_alone_is_told_as_a_wider_margin():
    before, after = cards(replace(START, as_of=TODAY + timedelta(days=30)))
    changes = explain(before, after)
    assert {c.kind for c in changes} == {"margin"}
    assert find_dimension(changes, "TRN").text == (
        "Training is less sure: margin of error 15.0 → 18.9"
    )
    assert adds_up(before, after, changes)


def test_another_seed_is_told_as_such():
    before, after = cards(replace(START, seed=8))
    changes = explain(before, after)
    assert [c.kind for c in changes] == ["recalculation"]
    assert abs(changes[0].points) < 0.5


def test_a_dimension_that_begins_to_count_is_one_cause():
    without = replace(START, answers=tuple(a for a in START.answers if a.item[:3] != "CHA"))
    before, after = cards(START, without)
    changes = explain(before, after)
    # At the same level as the rest it leaves the point where it is.
    assert not [c for c in changes if c.dimension == "CHA" and c.code]
    assert adds_up(before, after, changes)
    higher = with_levels(START, {item.code: 4 for item in BANK.items_of("CHA")})
    told = next(c for c in explain(*cards(higher, without)) if c.dimension == "CHA")
    assert told.text == "Champion coverage has enough evidence now and counts"


def test_other_weights_are_a_cause_of_their_own():
    weights = tuple((d.code, 3.0 if d.code == "TRN" else 1.0) for d in BANK.dimensions)
    before, after = cards(replace(START, weights=weights))
    changes = explain(before, after)
    assert next(c for c in changes if c.kind == "weights").points < 0
    assert adds_up(before, after, changes)


def test_another_weakest_link_share_is_a_cause_of_its_own():
    before, after = cards(replace(START, settings=Settings(weakest_link_share=0.9)))
    changes = explain(before, after)
    assert next(c for c in changes if c.kind == "weights").points < 0
    assert adds_up(before, after, changes)


def test_without_two_shown_scores_nothing_can_be_explained():
    card, nothing = score(START, BANK), score(inputs(), BANK)
    assert explain(card, nothing) == explain(nothing, card) == ()


def test_many_dimensions_still_add_up():
    bank = bank_with(13)
    before = score(inputs(all_items(2, bank=bank)), bank)
    raised = {f"D{n}-1": n % 5 for n in range(13)}
    after = score(inputs(all_items(2, bank=bank, but=raised)), bank)
    assert adds_up(before, after, explain(before, after))


levels = st.sampled_from([0, 1, 2, 3, 4, "dont_know", "not_applicable"])
moves = st.dictionaries(st.sampled_from([item.code for item in BANK.items]), levels, max_size=20)
surveys = st.dictionaries(st.sampled_from(["STR", "TRN", "CHA"]), st.floats(0, 100))


@settings(max_examples=60, deadline=None)
@given(moves, moves, surveys, surveys)
def test_parts_always_add_up_to_the_movement(first, second, asked, again):
    before, after = (
        score(
            inputs(
                all_items(2, but=changed),
                lines=tuple(line(code, value) for code, value in lines.items()),
                settings=Settings(draws=400),
            ),
            BANK,
        )
        for changed, lines in ((first, asked), (second, again))
    )
    if before.score.is_shown and after.score.is_shown:
        assert adds_up(before, after, explain(before, after))
