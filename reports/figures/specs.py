"""Typed charts: what is drawn, in words and numbers, for every medium.

A spec holds plain values. The web, the PDF and later formats each draw a kind once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assessments.scoring.types import KINDS, Change, DimensionResult, Scorecard

GRID = (0, 40, 60, 75, 100)
DRAWN_FROM = 0.2  # points; smaller causes of a movement share one bar


@dataclass(frozen=True, slots=True)
class Table:
    """The same numbers as rows; the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One value on 0–100 with its interval; without a value the bounds are drawn dashed."""

    code: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class IntervalBars:
    """Values with intervals, one row each, against a target."""

    key: str
    title: str
    measure: str
    alt: str
    rows: tuple[IntervalRow, ...]
    target: float | None
    table: Table
    kind: str = "interval_bars"


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: a change in points, or a total that it stands at."""

    label: str
    points: float | None = None
    total: float | None = None
    code: str = ""
    is_highlight: bool = False
    aside: str = ""  # a small grey figure beside the label
    low: float | None = None  # the interval of a total
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Changes that join from a start to an end and add up exactly."""

    key: str
    title: str
    measure: str
    alt: str
    start: float
    steps: tuple[Step, ...]
    low: float
    high: float
    note: str
    table: Table
    kind: str = "waterfall"


@dataclass(frozen=True, slots=True)
class MatrixCell:
    kind: str
    state: str
    value: float | None
    n: int
    unit: str
    age_days: int | None
    is_stale: bool
    note: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    code: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    sources_disagree: bool
    is_weakest: bool
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dimensions by kinds of evidence; a cell without evidence is empty, never zero."""

    key: str
    title: str
    measure: str
    alt: str
    rows: tuple[MatrixRow, ...]
    as_of: date
    target: float
    table: Table
    kind: str = "matrix"


@dataclass(frozen=True, slots=True)
class HeatCell:
    state: str  # observed, thin, missing or not_applicable
    value: float | None
    is_weakest: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One group; what is not known of it is None."""

    name: str
    headcount: int
    impact: float | None
    cells: tuple[HeatCell, ...]
    readiness: float | None
    observed: int
    applicable: int
    share: int | None  # of the risk, per cent


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Groups by dimensions on the heat ramp, with their share of the risk."""

    key: str
    title: str
    measure: str
    alt: str
    columns: tuple[tuple[str, str], ...]  # code and name of each dimension
    rows: tuple[HeatRow, ...]
    table: Table
    kind: str = "heat_map"


Spec = IntervalBars | Waterfall | Matrix | HeatMap


def whole(value: float | None) -> str:
    """Return a score as a whole number, rounded half up, or an en dash."""
    return "–" if value is None else str(int(value + 0.5))


def signed(value: float) -> str:
    """Return a change with one decimal and a true minus."""
    text = f"{value:+.1f}".replace("-", "−")
    return "0.0" if text in ("+0.0", "−0.0") else text


def span(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{whole(low)}–{whole(high)}"


def shown(dimension: DimensionResult) -> bool:
    """Tell whether a dimension's value may stand as a figure."""
    return dimension.state == "observed" and dimension.value is not None


def profile(scorecard: Scorecard) -> IntervalBars:
    """Draw the dimensions with their intervals against the target."""
    rows = tuple(
        IntervalRow(
            code=each.code,
            label=each.name,
            value=each.value if shown(each) else None,
            low=each.q05 if shown(each) else None,
            high=each.q95 if shown(each) else None,
            is_bold=each.is_weakest,
        )
        for each in scorecard.dimensions
        if each.state != "not_applicable"
    )
    target = scorecard.settings.target
    said = "; ".join(
        f"{row.label} {whole(row.value)}, interval {span(row.low, row.high)}"
        if row.value is not None
        else f"{row.label} not enough evidence"
        for row in rows
    )
    return IntervalBars(
        key="profile",
        title=f"Five dimensions against the target of {whole(target)}"
        if len(rows) == 5
        else f"{len(rows)} dimensions against the target of {whole(target)}",
        measure="Readiness 0–100, bar: 90 % interval",
        alt=f"{said}. Target {whole(target)}.",
        rows=rows,
        target=target,
        table=Table(
            ("Dimension", "Score", "90 % interval", "Target"),
            tuple(
                (row.label, whole(row.value), span(row.low, row.high), whole(target))
                for row in rows
            ),
        ),
    )


def missing_points(scorecard: Scorecard) -> Waterfall:
    """Draw the way from 100 down to the score, dimension by dimension, largest loss first."""
    lost = sorted(
        (each for each in scorecard.dimensions if each.missing_points is not None),
        key=lambda each: (-(each.missing_points or 0), each.code),
    )
    point = scorecard.score.point
    steps = [
        Step(
            each.name,
            points=-(each.missing_points or 0),
            code=each.code,
            is_highlight=position == 0,
        )
        for position, each in enumerate(lost)
    ]
    note = ""
    if point is not None:
        steps.append(Step("Arithmetic", total=point))
        if scorecard.score.median is not None:
            gap = scorecard.score.median - point
            note = (
                f"Uncertainty {'takes' if gap < 0 else 'adds'} the last {abs(gap):.1f}: the score "
                f"shown is {whole(scorecard.score.median)}, the middle of "
                f"{scorecard.draws:,} recalculations."
            )
    missing = 100 - (point or 0)
    said = "; ".join(f"{step.label} {signed(step.points)}" for step in steps if step.points)
    return Waterfall(
        key="missing-points",
        title=f"Where the {whole(missing)} missing points went",
        measure="Points of the overall score, from 100 down",
        alt=f"From 100: {said}; this leaves {point or 0:.1f}.",
        start=100,
        steps=tuple(steps),
        low=0,
        high=100,
        note=note,
        table=Table(
            ("Step", "Points"),
            tuple(
                (
                    step.label,
                    signed(step.points) if step.points is not None else f"{step.total or 0:.1f}",
                )
                for step in steps
            ),
        ),
    )


def folded(causes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the causes with all that are too small to draw as one, the last."""
    small = [each for each in causes if abs(each.points) < DRAWN_FROM]
    if len(small) < 2:
        return causes
    rest = Change("", "", "", "Smaller causes together", sum(each.points for each in small))
    return (*(each for each in causes if each not in small), rest)


def changes(
    before: float, after: float, causes: tuple[Change, ...], labels: tuple[str, str]
) -> Waterfall:
    """Draw the movement from one score to the next; the table keeps every cause."""
    drawn = folded(causes)
    ends = Step(labels[0], total=before), Step(labels[1], total=after)
    steps, rows = (
        (ends[0], *(Step(c.text, points=c.points, code=c.dimension) for c in each), ends[1])
        for each in (drawn, causes)
    )
    level, seen = before, [before, after]
    for each in drawn:
        level += each.points
        seen.append(level)
    return Waterfall(
        key="changes",
        title=f"{whole(before)} to {whole(after)}, by cause",
        measure="Points of the overall score",
        alt=f"From {whole(before)}: "
        + "; ".join(f"{each.text} {signed(each.points)}" for each in drawn)
        + f"; this gives {whole(after)}.",
        start=before,
        steps=steps,
        low=max(min(seen) - 6, 0),
        high=min(max(seen) + 6, 100),
        note="",
        table=Table(
            ("Step", "Points"),
            tuple(
                (
                    step.label,
                    signed(step.points) if step.points is not None else whole(step.total),
                )
                for step in rows
            ),
        ),
    )


def matrix(scorecard: Scorecard) -> Matrix:
    """Draw the evidence matrix."""
    rows = []
    for each in scorecard.dimensions:
        by_kind = {cell.kind: cell for cell in each.cells}
        cells = tuple(
            MatrixCell(
                kind=kind,
                state=cell.state,
                value=cell.value,
                n=cell.n,
                unit=cell.unit,
                age_days=cell.age_days,
                is_stale=cell.is_stale,
                note=cell.note,
            )
            for kind in KINDS
            if (cell := by_kind.get(kind)) is not None
        )
        rows.append(
            MatrixRow(
                code=each.code,
                name=each.name,
                value=each.value if shown(each) else None,
                low=each.q05 if shown(each) else None,
                high=each.q95 if shown(each) else None,
                sources_disagree=each.sources_disagree,
                is_weakest=each.is_weakest,
                cells=cells,
            )
        )
    held = scorecard.evidence_held
    return Matrix(
        key="matrix",
        title="What each kind of evidence says",
        measure="Readiness 0–100 by dimension and kind of evidence",
        alt=f"Evidence matrix of {len(rows)} dimensions by {len(KINDS)} kinds of evidence; "
        f"{held} cells hold evidence. The table gives every value.",
        rows=tuple(rows),
        as_of=scorecard.as_of,
        target=scorecard.settings.target,
        table=Table(
            ("Dimension", *(kind.capitalize() for kind in KINDS), "Pooled", "90 % interval"),
            tuple(
                (
                    row.name,
                    *(
                        f"{whole(cell.value)} ({cell.n} {cell.unit})"
                        if cell.state == "value"
                        else {"hidden": "hidden", "not_applicable": "n/a"}.get(
                            cell.state, "no evidence"
                        )
                        for cell in row.cells
                    ),
                    whole(row.value),
                    span(row.low, row.high),
                )
                for row in rows
            ),
        ),
    )


FIGURES: dict[str, Callable[[Scorecard], Spec]] = {
    "profile": profile,
    "missing-points": missing_points,
    "matrix": matrix,
}
