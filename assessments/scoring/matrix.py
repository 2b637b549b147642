"""Evidence lines to cells, and cells to dimensions (METHODS h, both stages)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from .assessed import Assessed, as_evidence_line, assessed_line, item_result
from .pooling import aged, disagree, pool
from .types import (
    KINDS,
    Cell,
    DimensionState,
    EvidenceLine,
    Inputs,
    ItemAnswer,
    ItemResult,
    Kind,
    LineResult,
    Settings,
)
from .words import counted

if TYPE_CHECKING:
    from ..bank import Bank, BankDimension


Aged = tuple[EvidenceLine, int | None]  # a line with its age in days


@dataclass(frozen=True, slots=True)
class PooledDimension:
    """One dimension before it enters the score."""

    code: str
    name: str
    state: DimensionState
    reason: str
    value: float | None
    se: float | None
    tau2: float
    sources_disagree: bool
    coverage: float
    assessed: Assessed
    items: tuple[ItemResult, ...]
    cells: tuple[Cell, ...]


def dimensions_of(inputs: Inputs, bank: Bank) -> tuple[PooledDimension, ...]:
    """Return every dimension of the bank with its items and cells, in the bank's order."""
    answers: dict[str, list[ItemAnswer]] = defaultdict(list)
    # In one order, so that sums do not depend on how the rows came.
    for answer in sorted(inputs.answers, key=attrgetter("assessor")):
        answers[answer.item].append(answer)
    consensus = {answer.item: answer for answer in inputs.consensus}
    items: dict[str, list[ItemResult]] = {dimension.code: [] for dimension in bank.dimensions}
    for item in bank.items:
        result = item_result(
            item, answers.get(item.code, ()), consensus.get(item.code), inputs.settings
        )
        items[item.dimension].append(result)
    lines: dict[str, list[EvidenceLine]] = defaultdict(list)
    for line in inputs.lines:
        # A line about one group speaks for that group, not for the rollout.
        if not line.group:
            lines[line.dimension].append(line)
    declared = dict(inputs.not_applicable)
    return tuple(
        _dimension(
            dimension,
            tuple(items[dimension.code]),
            lines[dimension.code],
            declared.get(dimension.code),
            inputs.settings,
            inputs.as_of,
        )
        for dimension in bank.dimensions
    )


def _dimension(
    dimension: BankDimension,
    items: tuple[ItemResult, ...],
    lines: Sequence[EvidenceLine],
    declared: str | None,
    settings: Settings,
    as_of: date,
) -> PooledDimension:
    assessed = assessed_line(items, settings, as_of)
    not_applicable = declared
    if not_applicable is None and items and not assessed.applicable_items and not lines:
        reasons = list(dict.fromkeys(item.reason for item in items if item.reason))
        not_applicable = f"No item applies: {reasons[0]}" if reasons else "No item applies"
    if not_applicable is not None:
        cells = tuple(_blank_cell(dimension.code, kind, not_applicable) for kind in KINDS)
        return PooledDimension(
            dimension.code,
            dimension.name,
            "not_applicable",
            not_applicable,
            None,
            None,
            0.0,
            False,
            0.0,
            assessed,
            items,
            cells,
        )

    own = as_evidence_line(dimension.code, assessed, items, settings)
    first = [] if own is None else [(own, assessed.age_days)]
    pooled = pool_kinds(dimension.code, [*first, *with_age(lines, as_of)], settings)
    return PooledDimension(
        code=dimension.code,
        name=dimension.name,
        state=pooled.state,
        reason=_shortfall(pooled.state, list(pooled.cells), assessed),
        value=pooled.value,
        se=pooled.se,
        tau2=pooled.tau2,
        sources_disagree=pooled.sources_disagree,
        coverage=sum(
            weight
            for kind, weight in settings.kind_weights
            if kind in pooled.cells and pooled.cells[kind].is_usable
        ),
        assessed=assessed,
        items=items,
        cells=tuple(
            pooled.cells[kind] if kind in pooled.cells else _blank_cell(dimension.code, kind)
            for kind in KINDS
        ),
    )


def with_age(lines: Iterable[EvidenceLine], as_of: date) -> list[Aged]:
    """Return lines in the order of their keys, each with its age in days."""
    return [
        (line, None if line.newest_on is None else max(0, (as_of - line.newest_on).days))
        for line in sorted(lines, key=attrgetter("key"))
    ]


@dataclass(frozen=True, slots=True)
class PooledKinds:
    """What the kinds of evidence say together, and each for itself."""

    state: DimensionState  # observed, thin or missing
    value: float | None
    se: float | None
    tau2: float
    sources_disagree: bool
    cells: dict[Kind, Cell]  # of the kinds that hold a line


def pool_kinds(code: str, lines: Sequence[Aged], settings: Settings) -> PooledKinds:
    """Return the lines of one dimension pooled by kind, and the kinds pooled (METHODS h)."""
    by_kind = {kind: [each for each in lines if each[0].kind == kind] for kind in KINDS}
    held = [kind for kind in KINDS if by_kind[kind]]
    if not held:
        return PooledKinds("missing", None, None, 0.0, False, {})
    pooled = [_pool_cell(by_kind[kind]) for kind in held]
    values = [cell.value for cell in pooled]
    value, se, tau2, shares = pool(values, [cell.se for cell in pooled])
    cells = {
        kind: _value_cell(code, kind, by_kind[kind], cell, share, settings)
        for kind, cell, share in zip(held, pooled, shares, strict=True)
    }
    return PooledKinds(
        state="observed" if any(cell.is_usable for cell in cells.values()) else "thin",
        value=value,
        se=se,
        tau2=tau2,
        sources_disagree=disagree(
            values, tau2, tau2_limit=settings.disagree_tau2, gap_limit=settings.disagree_gap
        ),
        cells=cells,
    )


@dataclass(frozen=True, slots=True)
class _PooledCell:
    value: float
    se: float
    tau2: float
    shares: tuple[float, ...]
    aged_ses: tuple[float, ...]


def _pool_cell(lines: Sequence[Aged]) -> _PooledCell:
    ses = tuple(aged(line.se, age or 0, line.half_life_days) for line, age in lines)
    pooled = pool([line.value for line, _ in lines], ses)
    return _PooledCell(pooled.value, pooled.se, pooled.tau2, pooled.weights, ses)


def _value_cell(
    dimension: str,
    kind: Kind,
    lines: Sequence[Aged],
    pooled: _PooledCell,
    weight: float,
    settings: Settings,
) -> Cell:
    units = {line.unit for line, _ in lines}
    ages = [age for _, age in lines if age is not None]
    age = min(ages) if ages else None
    return Cell(
        dimension=dimension,
        kind=kind,
        state="value",
        value=pooled.value,
        se=pooled.se,
        n=sum(line.n for line, _ in lines) if len(units) == 1 else len(lines),
        unit=lines[0][0].unit if len(units) == 1 else "lines",
        newest_on=max((line.newest_on for line, _ in lines if line.newest_on), default=None),
        oldest_on=min(
            (line.oldest_on or line.newest_on for line, _ in lines if line.newest_on), default=None
        ),
        age_days=age,
        is_stale=age is not None and age > settings.stale_after_days,
        is_usable=any(line.is_usable for line, _ in lines),
        weight=weight,
        tau2=pooled.tau2,
        note="; ".join(dict.fromkeys(line.note for line, _ in lines if line.note)),
        lines=tuple(
            LineResult(
                key=line.key,
                label=line.label,
                value=line.value,
                se=line.se,
                aged_se=aged_se,
                weight=share,
                n=line.n,
                unit=line.unit,
                newest_on=line.newest_on,
                age_days=line_age,
                is_usable=line.is_usable,
                note=line.note,
                rows=line.rows,
            )
            for (line, line_age), aged_se, share in zip(
                lines, pooled.aged_ses, pooled.shares, strict=True
            )
        ),
    )


def _blank_cell(dimension: str, kind: Kind, not_applicable: str | None = None) -> Cell:
    return Cell(
        dimension=dimension,
        kind=kind,
        state="empty" if not_applicable is None else "not_applicable",
        value=None,
        se=None,
        n=0,
        unit="",
        newest_on=None,
        oldest_on=None,
        age_days=None,
        is_stale=False,
        is_usable=False,
        weight=0.0,
        tau2=0.0,
        note=not_applicable or "",
        lines=(),
    )


def _shortfall(state: DimensionState, held: Sequence[Kind], assessed: Assessed) -> str:
    if state == "missing":
        return "No evidence yet"
    if state == "observed":
        return ""
    if list(held) == ["assessed"]:
        return (
            f"{assessed.answered_items} of {counted(assessed.applicable_items, 'item')} "
            f"{'has' if assessed.answered_items == 1 else 'have'} a level; "
            "at least 3 and half of the weight are needed"
        )
    return "No kind of evidence has enough answers, interviews or records"
