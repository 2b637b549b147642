"""Charts of one dimension's sources and of the score over the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.scoring.types import Cell, DimensionResult, Kind, Scorecard

from .specs import Step, Table, Waterfall, missing_points, signed, span, whole

Z90 = 1.6449  # half a 90 % interval in standard errors
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KIND_NAMES: dict[Kind, str] = {
    "assessed": "Assessed",
    "voiced": "Voiced",
    "heard": "Heard",
    "measured": "Measured",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One kind of evidence on 0–100 with its interval and its weight in the pooled value."""

    kind: Kind
    label: str
    note: str
    value: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class SourceStrip:
    """The sources of one dimension as marks with intervals, above the pooled value."""

    key: str
    title: str
    measure: str
    alt: str
    code: str
    name: str
    rows: tuple[SourceRow, ...]
    value: float | None
    low: float | None
    high: float | None
    table: Table
    kind: str = "source_strip"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One run's score on its day; without a value only its bounds are known."""

    day: date
    number: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The score over the runs, with its interval."""

    key: str
    title: str
    measure: str
    alt: str
    points: tuple[TrendPoint, ...]
    table: Table
    kind: str = "trend"


def day_month(day: date) -> str:
    """Return a date as 6 Nov."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def counted(n: int, unit: str) -> str:
    """Return a count with its unit, singular where it is one."""
    if n == 1 and unit.endswith("ies"):
        unit = f"{unit[:-3]}y"
    elif n == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{n:,} {unit}".strip()


def held(cells: Sequence[Cell]) -> list[Cell]:
    """Keep the cells that hold a value."""
    return [cell for cell in cells if cell.state == "value" and cell.value is not None]


def sources(dimension: DimensionResult) -> SourceStrip:
    """Draw what each kind of evidence says about one dimension."""
    rows = tuple(
        SourceRow(
            kind=cell.kind,
            label=KIND_NAMES[cell.kind],
            note=counted(cell.n, cell.unit),
            value=cell.value or 0.0,
            low=max((cell.value or 0.0) - Z90 * (cell.se or 0.0), 0.0),
            high=min((cell.value or 0.0) + Z90 * (cell.se or 0.0), 100.0),
            weight=cell.weight,
        )
        for cell in held(dimension.cells)
    )
    said = "; ".join(f"{row.label} {whole(row.value)} ({row.note})" for row in rows)
    shares = whole_shares([row.weight for row in rows])
    return SourceStrip(
        key="sources",
        title=f"{dimension.name}: what each kind of evidence says",
        measure="Readiness 0–100, line: 90 % interval of each source",
        alt=f"{dimension.name}, sources: {said or 'no evidence'}. "
        f"Pooled {whole(dimension.value)}, interval {span(dimension.q05, dimension.q95)}.",
        code=dimension.code,
        name=dimension.name,
        rows=rows,
        value=dimension.value,
        low=dimension.q05,
        high=dimension.q95,
        table=Table(
            ("Source", "Counted", "Value", "90 % interval", "Weight"),
            (
                *(
                    (row.label, row.note, whole(row.value), span(row.low, row.high), f"{share} %")
                    for row, share in zip(rows, shares, strict=True)
                ),
                (
                    f"{dimension.name}, pooled",
                    "",
                    whole(dimension.value),
                    span(dimension.q05, dimension.q95),
                    "",
                ),
            ),
        ),
    )


def whole_shares(shares: Sequence[float]) -> list[int]:
    """Return shares in whole per cent that sum to 100, the largest remainders rounded up."""
    total = sum(shares)
    if total <= 0:
        return [0 for _ in shares]
    exact = [100 * share / total for share in shares]
    result = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (result[at] - exact[at], at))
    for at in by_remainder[: 100 - sum(result)]:
        result[at] += 1
    return result


def breakdown(scorecard: Scorecard) -> Waterfall:
    """Draw the way from 100 to the score shown: dimensions, then what uncertainty takes."""
    base = missing_points(scorecard)
    score = scorecard.score
    own = {each.code: whole(each.value) for each in scorecard.dimensions}
    steps = [
        Step("Nothing missing", total=100.0),
        *(
            Step(
                step.label,
                points=step.points,
                total=step.total,
                code=step.code,
                is_highlight=step.is_highlight,
                aside=own.get(step.code, ""),
            )
            for step in base.steps
        ),
    ]
    if score.median is not None and score.point is not None:
        steps.append(Step("Uncertainty", points=score.median - score.point))
        steps.append(Step("Shown as score", total=score.median, low=score.q05, high=score.q95))
    return Waterfall(
        key="breakdown",
        title=base.title,
        measure="Points of the overall score; small grey figure: the dimension’s own score",
        alt=base.alt,
        start=100,
        steps=tuple(steps),
        low=0,
        high=100,
        note=base.note,
        table=Table(
            ("Step", "Points", "Own score"),
            tuple((step.label, step_value(step), step.aside) for step in steps),
        ),
    )


def step_value(step: Step) -> str:
    """Return a step's change, or the total it stands at with its interval."""
    if step.points is not None:
        return signed(step.points)
    if step.low is not None:
        return f"{whole(step.total)}, interval {span(step.low, step.high)}"
    return f"{step.total or 0:.1f}"


def trend(points: Sequence[TrendPoint], shown: int) -> Trend:
    """Draw the score over the runs; `shown` is the number of the run on the page."""
    valued = [point for point in points if point.value is not None]
    title = "The score over the runs"
    if len(valued) > 1:
        first, last = valued[0], valued[-1]
        title = (
            f"From {whole(first.value)} to {whole(last.value)} "
            f"in {(last.day - first.day).days} days, {len(points)} runs"
        )
    return Trend(
        key="trend",
        title=title,
        measure="Score 0–100 with 90 % interval; without a figure: outermost bounds",
        alt="; ".join(
            f"run {point.number}, {day_month(point.day)}: {whole(point.value)}" for point in points
        )
        + ".",
        points=tuple(points),
        table=Table(
            ("Run", "Day", "Score", "Interval or bounds"),
            tuple(
                (
                    f"Run {point.number}" + (" (shown)" if point.number == shown else ""),
                    f"{day_month(point.day)} {point.day.year}",
                    whole(point.value),
                    span(point.low, point.high),
                )
                for point in reversed(points)
            ),
        ),
    )
