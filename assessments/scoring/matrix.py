"""Evidence lines to cells, and cells to dimensions (METHODS h, both stages)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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

    by_kind: dict[Kind, list[tuple[EvidenceLine, int | None]]] = {kind: [] for kind in KINDS}
    own = as_evidence_line(dimension.code, assessed, items, settings)
    if own is not None:
        by_kind["assessed"].append((own, assessed.age_days))
    for line in sorted(lines, key=lambda line: line.key):
        age = None if line.newest_on is None else max(0, (as_of - line.newest_on).days)
        by_kind[line.kind].append((line, age))

    held = [kind for kind in KINDS if by_kind[kind]]
    pooled_cells = {kind: _pool_cell(by_kind[kind]) for kind in held}
    value = se = None
    tau2 = 0.0
    weights: dict[Kind, float] = {}
    is_disputed = False
    if held:
        values = [pooled_cells[kind].value for kind in held]
        value, se, tau2, shares = pool(values, [pooled_cells[kind].se for kind in held])
        weights = dict(zip(held, shares, strict=True))
        is_disputed = disagree(
            values, tau2, tau2_limit=settings.disagree_tau2, gap_limit=settings.disagree_gap
        )
    usable = {kind for kind in held if any(line.is_usable for line, _ in by_kind[kind])}
    state: DimensionState = "observed" if usable else "thin" if held else "missing"
    return PooledDimension(
        code=dimension.code,
        name=dimension.name,
        state=state,
        reason=_shortfall(state, held, assessed),
        value=value,
        se=se,
        tau2=tau2,
        sources_disagree=is_disputed,
        coverage=sum(weight for kind, weight in settings.kind_weights if kind in usable),
        assessed=assessed,
        items=items,
        cells=tuple(
            _value_cell(
                dimension.code,
                kind,
                by_kind[kind],
                pooled_cells[kind],
                weights[kind],
                kind in usable,
                settings,
            )
            if kind in pooled_cells
            else _blank_cell(dimension.code, kind)
            for kind in KINDS
        ),
    )


@dataclass(frozen=True, slots=True)
class _PooledCell:
    value: float
    se: float
    tau2: float
    shares: tuple[float, ...]
    aged_ses: tuple[float, ...]


def _pool_cell(lines: Sequence[tuple[EvidenceLine, int | None]]) -> _PooledCell:
    ses = tuple(aged(line.se, age or 0, line.half_life_days) for line, age in lines)
    pooled = pool([line.value for line, _ in lines], ses)
    return _PooledCell(pooled.value, pooled.se, pooled.tau2, pooled.weights, ses)


def _value_cell(
    dimension: str,
    kind: Kind,
    lines: Sequence[tuple[EvidenceLine, int | None]],
    pooled: _PooledCell,
    weight: float,
    is_usable: bool,
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
        is_usable=is_usable,
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
