"""The score's arithmetic for each stakeholder group that the evidence names (METHODS h)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import isnan, nan

from . import aggregate
from .impact import AtRisk, risk_shares
from .matrix import PooledDimension, pool_kinds, with_age
from .types import EvidenceLine, GroupDimension, GroupResult, Inputs


def groups_of(
    inputs: Inputs, dimensions: Sequence[PooledDimension], weights: Sequence[float]
) -> tuple[GroupResult, ...]:
    """Return every listed group with what names it, in the order given.

    `weights` are those of the score: 0 where a dimension does not apply.
    """
    lines: dict[str, dict[str, list[EvidenceLine]]] = defaultdict(lambda: defaultdict(list))
    for line in inputs.lines:
        if line.group:
            lines[line.group][line.dimension].append(line)
    seen = [
        tuple(_dimension(each, lines[facts.name][each.code], inputs) for each in dimensions)
        for facts in inputs.groups
    ]
    values = [
        [each.value if each.state == "observed" and each.value is not None else nan for each in row]
        for row in seen
    ]
    settings = inputs.settings
    share, floor = settings.weakest_link_share, settings.floor
    scores = [aggregate.point(row, weights, share, floor=floor) for row in values]
    readiness = [None if isnan(score) else score for score in scores]
    at_risk = [
        AtRisk(facts.headcount, facts.impact, ready)
        for facts, ready in zip(inputs.groups, readiness, strict=True)
    ]
    everybody = sum(facts.headcount for facts in inputs.groups)
    applicable = sum(weight > 0.0 for weight in weights)
    return tuple(
        GroupResult(
            id=facts.id,
            name=facts.name,
            headcount=facts.headcount,
            impact=facts.impact,
            dimensions=row,
            observed=sum(not isnan(value) for value in own),
            applicable=applicable,
            readiness=ready,
            weakest=_weakest(row, own),
            risk=_per_head(risk.weight, everybody),
            risk_share=risk_share,
        )
        for facts, row, own, ready, risk, risk_share in zip(
            inputs.groups, seen, values, readiness, at_risk, risk_shares(at_risk), strict=True
        )
    )


def _dimension(
    dimension: PooledDimension, lines: Sequence[EvidenceLine], inputs: Inputs
) -> GroupDimension:
    if dimension.state == "not_applicable":
        return GroupDimension(dimension.code, "not_applicable", None, None, 0, "", ())
    pooled = pool_kinds(dimension.code, with_age(lines, inputs.as_of), inputs.settings)
    cells = tuple(pooled.cells.values())
    units = {cell.unit for cell in cells}
    return GroupDimension(
        code=dimension.code,
        state=pooled.state,
        value=pooled.value,
        se=pooled.se,
        n=sum(cell.n for cell in cells) if len(units) == 1 else sum(len(c.lines) for c in cells),
        unit=units.pop() if len(units) == 1 else "lines" if cells else "",
        cells=cells,
    )


def _weakest(row: Sequence[GroupDimension], values: Sequence[float]) -> tuple[str, ...]:
    lowest = min((value for value in values if not isnan(value)), default=None)
    return tuple(each.code for each, value in zip(row, values, strict=True) if value == lowest)


def _per_head(weight: float | None, everybody: int) -> float | None:
    return None if weight is None or not everybody else weight / everybody
