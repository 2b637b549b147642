"""Answers to items, and items to the assessed line of a dimension (METHODS h)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING

from .types import AnswerState, EvidenceLine, ItemAnswer, ItemResult, LineRow, Settings

if TYPE_CHECKING:
    from ..bank import BankItem

POINTS_PER_LEVEL = 25.0
LEAST_ITEMS = 3  # h: fewer answered items are not a dimension
LEAST_SHARE = 0.5  # ... nor is less than half of the applicable weight
FIRST_PROVEN_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the answers say about one dimension. `value` is None without any level."""

    value: float | None
    se: float | None
    answered_items: int
    applicable_items: int
    answered_weight: float
    applicable_weight: float
    raters: int
    is_usable: bool
    newest_on: date | None
    oldest_on: date | None
    age_days: int | None  # mean over the answered items: one fresh answer does not renew the rest


def item_result(
    item: BankItem, answers: Sequence[ItemAnswer], consensus: ItemAnswer | None, settings: Settings
) -> ItemResult:
    """Return how one item counts. A blank answer is no answer."""
    given = tuple([a for a in answers if a.state != "blank"])
    is_agreed = consensus is not None and consensus.state != "blank"
    counting = (consensus,) if consensus is not None and is_agreed else given
    everyone = (*counting, *given) if is_agreed else given

    levels = [a.level for a in given if a.level is not None]
    said_sum = counted_sum = said_by = 0
    states: set[AnswerState] = set()
    reasons: dict[str, None] = {}
    titles: dict[str, None] = {}
    answered_on = None
    for a in counting:
        states.add(a.state)
        if a.level is not None:
            said_by += 1
            said_sum += a.level
            counted_sum += _counted(a, settings)
        elif a.reason and a.state == "not_applicable":
            reasons[a.reason] = None
        if a.answered_on is not None and (answered_on is None or a.answered_on > answered_on):
            answered_on = a.answered_on
    for a in everyone:
        for title in a.evidence:
            titles[title] = None
    return ItemResult(
        code=item.code,
        dimension=item.dimension,
        text=item.text,
        is_gate=item.is_gate,
        weight=item.weight,
        state=_state(states),
        said=said_sum / said_by if said_by else None,
        counted=counted_sum / said_by if said_by else None,
        is_capped=counted_sum < said_sum,
        raters=len(levels),
        spread=_sd(levels) if len(levels) > 1 else None,
        is_consensus=is_agreed,
        reason="; ".join(reasons),
        evidence=tuple(titles),
        answered_on=answered_on,
        answers=everyone,
        short=item.short,
    )


def assessed_line(items: Sequence[ItemResult], settings: Settings, as_of: date) -> Assessed:
    """Return the weighted mean of one dimension's items and how far it can be trusted."""
    applicable_weight = answered_weight = total = age = 0.0
    applicable = aged_items = 0
    answered = []
    newest: date | None = None
    oldest: date | None = None
    for item in items:
        if item.state == "not_applicable":
            continue
        applicable += 1
        applicable_weight += item.weight
        if item.counted is None:
            continue
        answered.append(item)
        answered_weight += item.weight
        total += item.weight * item.counted
        if item.answered_on is not None:
            aged_items += 1
            age += max(0, (as_of - item.answered_on).days)
            newest = item.answered_on if newest is None else max(newest, item.answered_on)
            oldest = item.answered_on if oldest is None else min(oldest, item.answered_on)

    value = se = None
    raters = 0
    if answered:
        value = POINTS_PER_LEVEL * total / answered_weight
        raters, spread_se = _raters(answered, settings)
        base = settings.more_assessors_se if raters > 1 else settings.one_assessor_se
        se = max(base / sqrt(answered_weight / applicable_weight), spread_se)
    return Assessed(
        value=value,
        se=se,
        answered_items=len(answered),
        applicable_items=applicable,
        answered_weight=answered_weight,
        applicable_weight=applicable_weight,
        raters=raters,
        # A share of exactly one half must pass whatever the weights' rounding.
        is_usable=len(answered) >= LEAST_ITEMS
        and answered_weight >= LEAST_SHARE * applicable_weight - 1e-9,
        newest_on=newest,
        oldest_on=oldest,
        age_days=round(age / aged_items) if aged_items else None,
    )


def as_evidence_line(
    dimension: str, assessed: Assessed, items: Sequence[ItemResult], settings: Settings
) -> EvidenceLine | None:
    """Return the answers as one evidence line, or None without any level."""
    if assessed.value is None or assessed.se is None:
        return None
    return EvidenceLine(
        key=f"assessed:{dimension}",
        dimension=dimension,
        kind="assessed",
        label="Assessment",
        value=assessed.value,
        se=assessed.se,
        n=assessed.raters,
        unit="rater" if assessed.raters == 1 else "raters",
        newest_on=assessed.newest_on,
        oldest_on=assessed.oldest_on,
        half_life_days=settings.assessed_half_life_days,
        is_usable=assessed.is_usable,
        note=f"{assessed.answered_items} of {assessed.applicable_items} items have a level",
        rows=tuple(
            LineRow(
                f"{item.code} {item.short}",
                f"{item.counted:.2f}".rstrip("0").rstrip("."),
                object_id=item.code,
            )
            for item in items
            if item.counted is not None
        ),
    )


def _state(states: set[AnswerState]) -> AnswerState:
    """Any level counts; one "does not apply" against a "don't know" leaves the item open."""
    if "level" in states:
        return "level"
    if "dont_know" in states:
        return "dont_know"
    return "not_applicable" if states else "blank"


def _counted(answer: ItemAnswer, settings: Settings) -> int:
    """Return the level after the evidence cap: say-so alone does not prove more."""
    assert answer.level is not None
    if answer.level < FIRST_PROVEN_LEVEL or answer.has_valid_evidence:
        return answer.level
    return min(answer.level, settings.unproven_level)


def _raters(answered: Sequence[ItemResult], settings: Settings) -> tuple[int, float]:
    """Return how many people gave a level, and the error their disagreement alone implies."""
    people: set[str] = set()
    sums: dict[str, float] = {}
    weights: dict[str, float] = {}
    for item in answered:
        for answer in item.answers:
            person = answer.assessor
            if not person or answer.level is None:
                continue
            people.add(person)
            # What was talked over and agreed no longer counts as disagreement.
            if not item.is_consensus:
                level = _counted(answer, settings)
                sums[person] = sums.get(person, 0.0) + item.weight * level
                weights[person] = weights.get(person, 0.0) + item.weight
    means = [POINTS_PER_LEVEL * sums[person] / weights[person] for person in sums]
    spread = _sd(means) / sqrt(len(means)) if len(means) > 1 else 0.0
    return max(1, len(people)), spread


def _sd(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sqrt(sum([(v - mean) ** 2 for v in values]) / (len(values) - 1))
