"""How the score comes about, in words: from the whole to a dimension to its items."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from assessments.scoring.types import (
    Cell,
    DimensionResult,
    ItemResult,
    Scorecard,
    Settings,
)
from assessments.scoring.verdict import holds_gate
from reports.figures.sources import held, whole_shares

from . import sentences, words
from .method import LABELS, UNITS

Words = tuple[tuple[str, ...], ...]  # paragraphs of parts; every second part is bold


def headline(card: Scorecard) -> str:
    """Return the page's finding: the score, and what takes most of what is missing."""
    score = card.score
    if not score.is_shown or score.median is None:
        return f"No single score: the evidence allows anything from {sentences.bounds(card)}"
    costly = most_costly(card)
    missing = 100 - words.rounded(score.median)
    if costly is None or not missing:
        return f"The score is {words.number(score.median)} of 100"
    return (
        f"The score is {words.number(score.median)}, and {words.lowered(costly.name)} alone takes "
        f"{words.number(costly.missing_points)} of the {missing} points that are missing"
    )


def dimension_headline(dimension: DimensionResult) -> str:
    """Return what one dimension stands at and how much it counts."""
    if dimension.state == "not_applicable":
        return f"{dimension.name} does not apply to this rollout"
    if dimension.state == "missing":
        return f"{dimension.name} has no evidence yet"
    if dimension.state == "thin":
        return f"{dimension.name} holds too little evidence to count"
    return (
        f"{dimension.name} is {words.number(dimension.value)} of 100 and counts for "
        f"{words.per_cent(dimension.omega)} of the score"
    )


def most_costly(card: Scorecard) -> DimensionResult | None:
    """Return the dimension that takes most points."""
    costly = [each for each in card.dimensions if each.missing_points]
    return max(costly, key=lambda each: (each.missing_points or 0, each.code), default=None)


def whole_in_words(card: Scorecard) -> Words:
    """Return how the dimensions make the score, and how sure that is."""
    score = card.score
    counting = [each for each in card.dimensions if each.omega > 0]
    if not score.is_shown or score.median is None or score.point is None:
        return (
            (
                "A dimension without enough evidence could stand anywhere. With all of them at 0 "
                "the score would be ",
                words.number(score.low),
                ", with all at 100 it would be ",
                words.number(score.high),
                ". No figure between the two can be defended.",
            ),
        )
    weakest = [each for each in counting if each.is_weakest]
    rest = [each for each in counting if not each.is_weakest]
    paragraphs: list[tuple[str, ...]] = []
    if weakest and rest:
        names = words.listed([words.lowered(each.name) for each in weakest])
        shares = sorted({round(each.omega, 4) for each in rest})
        others = (
            f"{words.per_cent(shares[0])} each"
            if len(shares) == 1
            else f"between {words.per_cent(shares[0])} and {words.per_cent(shares[-1])}"
        )
        verb = "is" if len(weakest) == 1 else "are"
        paragraphs.append(
            (
                "The weakest dimension carries "
                f"{words.per_cent(sum(each.omega for each in weakest))} of the weight, "
                f"the other {words.spelled(len(rest))} {others}. "
                f"{words.opened(names)} {verb} weakest.",
            )
        )
    gap = score.median - score.point
    how = "close to the arithmetic"
    if gap <= -0.5:
        how = "under the arithmetic, because any of several dimensions may turn out weakest"
    elif gap >= 0.5:
        how = "above the arithmetic"
    paragraphs.append(
        (
            f"Each dimension is itself uncertain. We recalculate {card.draws:,} times within those "
            "margins: the middle result is ",
            words.number(score.median),
            f", {how}. Nine in ten results fall between ",
            f"{words.number(score.q05)} and {words.number(score.q95)}",
            ".",
        )
    )
    if score.band is not None:
        limit = words.number(card.settings.band_limits[0])
        paragraphs.append(
            (
                f"In {words.number((score.p_high_risk or 0) * 100)} of 100 recalculations the "
                f"score is under {limit}. The band “{sentences.BANDS[score.band]}” is ",
                "certain" if score.is_band_certain else "likely, not certain",
                ".",
            )
        )
    return tuple(paragraphs)


def sources_headline(dimension: DimensionResult) -> str:
    """Return what the sources of a dimension say, side by side."""
    cells = held(dimension.cells)
    if not cells or dimension.value is None:
        return f"{dimension.name} has no evidence yet"
    said = [f"{cell.kind} evidence says {words.number(cell.value)}" for cell in cells]
    if len(cells) == 1:
        return (
            f"{dimension.name} is {words.number(dimension.value)}, from {cells[0].kind} "
            "evidence alone"
        )
    return f"{dimension.name} is {words.number(dimension.value)}: {words.listed(said)}"


def sources_in_words(dimension: DimensionResult) -> Words:
    """Return how the sources are pooled, as a sum that can be checked."""
    cells = held(dimension.cells)
    if not cells:
        return ((dimension.reason or "Nothing has been collected for this dimension.",),)
    paragraphs: list[tuple[str, ...]] = []
    if len(cells) == 1:
        cell = cells[0]
        paragraphs.append(
            (
                "One kind of evidence stands alone, so it carries all the weight. "
                f"{words.opened(cell.kind)} evidence from {count_of(cell)} has a standard error of "
                f"{words.number(cell.se, 1)} points; the 90{words.NBSP}% interval is ",
                words.span(dimension.q05, dimension.q95),
                ".",
            )
        )
    else:
        shares = whole_shares([cell.weight for cell in cells])
        total = " + ".join(
            f"{words.number(cell.value)} × {share}{words.NBSP}%"
            for cell, share in zip(cells, shares, strict=True)
        )
        paragraphs += [
            ("A source weighs more the more precise it is.",),
            (f"{total} = ", words.number(dimension.value)),
        ]
    if dimension.sources_disagree:
        paragraphs.append(
            (
                "The sources disagree by more than chance explains, so the interval is ",
                f"widened to {words.span(dimension.q05, dimension.q95)}",
                " instead of hiding it in the mean.",
            )
        )
    if dimension.state == "thin":
        paragraphs.append(
            (f"This is too thin to count: {words.lowered(words.unstopped(dimension.reason))}.",)
        )
    return tuple(paragraphs)


def count_of(cell: Cell) -> str:
    """Return what a cell counted: 6 raters, 1 rater."""
    unit = cell.unit[:-1] if cell.n == 1 and cell.unit.endswith("s") else cell.unit
    return f"{words.number(cell.n)} {unit}"


@dataclass(frozen=True, slots=True)
class Sum:
    """The items of a dimension added up: counted levels of the possible ones."""

    counted: float
    possible: float
    answered: int
    is_weighted: bool

    @property
    def value(self) -> float | None:
        return 100 * self.counted / self.possible if self.possible else None


def sum_of(items: tuple[ItemResult, ...]) -> Sum:
    """Add up the answered items, each by its weight."""
    answered = [item for item in items if item.counted is not None]
    return Sum(
        counted=sum((item.counted or 0) * item.weight for item in answered),
        possible=sum(4 * item.weight for item in answered),
        answered=len(answered),
        is_weighted=len({item.weight for item in items}) > 1,
    )


def items_headline(dimension: DimensionResult, items: tuple[ItemResult, ...]) -> str:
    """Return which items the assessed value comes from."""
    total = sum_of(items)
    if total.value is None:
        return f"No item of {words.lowered(dimension.name)} is answered yet"
    return (
        f"The assessed {words.number(total.value)} comes from "
        f"{words.spelled(total.answered)} item{'' if total.answered == 1 else 's'}"
    )


def items_in_words(items: tuple[ItemResult, ...], settings: Settings) -> Words:
    """Return the sum of the levels, what was capped, and what a gate holds."""
    total = sum_of(items)
    paragraphs: list[tuple[str, ...]] = []
    if total.value is not None:
        weighted = " weighted" if total.is_weighted else ""
        paragraphs.append(
            (
                f"{tidy(total.counted)} of {tidy(total.possible)} possible{weighted} levels is ",
                f"{words.number(total.value)} of 100",
                ".",
            )
        )
    capped = [item for item in items if item.is_capped]
    if capped:
        with_proof = sum(
            ((item.said if item.is_capped else item.counted) or 0) * item.weight
            for item in items
            if item.counted is not None
        )
        names = words.listed([item.code for item in capped])
        verb = "was" if len(capped) == 1 else "were"
        paragraphs.append(
            (
                f"Levels 3 and 4 need evidence. {names} {verb} said to be higher than proven, so "
                f"the unproven part counts as {settings.unproven_level} (hatched). With evidence "
                f"the line would be {words.number(100 * with_proof / total.possible)}.",
            )
        )
    open_gates = [
        item.code
        for item in items
        if item.is_gate and item.counted is not None and holds_gate(item.counted, settings)
    ]
    if open_gates:
        verb = "is a gate" if len(open_gates) == 1 else "are gates"
        paragraphs.append(
            (
                f"{words.listed(open_gates)} {verb}: at level 0 or 1 no average buys it back, and "
                "the verdict cannot be “ready”.",
            )
        )
    open_items = [item for item in items if item.state in ("dont_know", "blank")]
    if open_items:
        paragraphs.append(
            (
                f"{words.opened(words.plural(len(open_items), 'item'))} "
                f"{'has' if len(open_items) == 1 else 'have'} no level. "
                "That does not lower the value; it widens the interval.",
            )
        )
    return tuple(paragraphs)


def tidy(value: float) -> str:
    """Return a sum without a decimal that says nothing."""
    return words.number(value, 0 if abs(value - round(value)) < 0.05 else 1)


def method_rows(card: Scorecard) -> list[tuple[str, str, bool]]:
    """Return every judgement value: what it is, its value, and whether it was changed."""
    default = Settings()
    rows = [
        (
            LABELS[field.name],
            f"{_shown(getattr(card.settings, field.name))} {UNITS.get(field.name, '')}".strip(),
            getattr(card.settings, field.name) != getattr(default, field.name),
        )
        for field in fields(Settings)
    ]
    names = {each.code: each.name for each in card.dimensions}
    weights = [f"{names.get(code, code)} {words.per_cent(w)}" for code, w in card.weights]
    if weights:
        rows.insert(1, ("Weights of the dimensions", ", ".join(weights), False))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(
            f"{each[0]} {_shown(each[1])}" if isinstance(each, tuple) else _shown(each)
            for each in value
        )
    if isinstance(value, float) and not value.is_integer():
        return f"{value:g}"
    return words.number(value)
