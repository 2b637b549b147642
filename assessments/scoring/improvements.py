"""What to do next: the gain of each step, the weak link, and the evidence that would tell most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor, isnan, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from .aggregate import bounds, marginals, owg
from .assessed import POINTS_PER_LEVEL
from .matrix import PooledDimension
from .pooling import pool
from .types import (
    KINDS,
    Gate,
    Improvement,
    ItemResult,
    Kind,
    MissingEvidence,
    Settings,
    WeakLink,
)
from .verdict import holds_gate, passing_anchor
from .words import counted as count

if TYPE_CHECKING:
    from ..bank import Bank

HIGHEST = 4
# Usual standard errors of one more source, to rank what to collect. Judgement.
USUAL_SE: dict[Kind, float] = {"assessed": 10.0, "voiced": 6.0, "heard": 12.0, "measured": 8.0}
INTERVAL_SDS = 2 * 1.6449
PROBES = (10.0, 30.0, 50.0, 70.0, 90.0)


def improvements_of(
    dimensions: Sequence[PooledDimension],
    weights: Sequence[float],
    gates: Sequence[Gate],
    bank: Bank,
    settings: Settings,
    *,
    only_observed: bool,
) -> tuple[Improvement, ...]:
    """Return one step per item that is not at the top, the largest gain first.

    Each gain is the score recalculated with that one change. Without enough evidence for a score
    (`only_observed` false) thin dimensions take part with what they have.
    """
    values = [
        d.value if d.value is not None and (d.state == "observed" or not only_observed) else nan
        for d in dimensions
    ]
    steps = []
    for index, dimension in enumerate(dimensions):
        if isnan(values[index]) or not dimension.assessed.answered_items:
            continue
        value_after = _repooling(dimension)
        for item in dimension.items:
            if item.counted is not None and item.counted < HIGHEST:
                target, level_to, needs = _step(item)
                steps.append((index, item, target, level_to, needs, value_after(item, target)))
    if not steps:
        return ()
    after = np.tile(np.array(values), (len(steps) + 1, 1))
    for row, step in enumerate(steps, start=1):
        after[row, step[0]] = step[5]
    scores = owg(after, weights, settings.weakest_link_share, floor=settings.floor)
    gains = (scores[1:] - scores[0]).tolist()
    is_open = {gate.code for gate in gates if gate.state == "open" and not gate.is_structural}
    anchors = {item.code: item.anchors for item in bank.items}
    found = [
        Improvement(
            dimension=item.dimension,
            item=item.code,
            text=item.text,
            level_from=item.counted,
            level_to=level_to,
            anchor_to=anchors[item.code][level_to],
            gain=gain,
            dimension_from=values[index],
            dimension_to=value,
            opens_gate=item.code in is_open and not holds_gate(target, settings),
            needs=needs,
        )
        for (index, item, target, level_to, needs, value), gain in zip(steps, gains, strict=True)
    ]
    # Sources that disagree more after a step can eat its gain; such a step is no advice.
    found = [step for step in found if step.gain > 1e-9 or step.opens_gate]
    return tuple(sorted(found, key=lambda step: (-round(step.gain, 9), not step.opens_gate)))


def _step(item: ItemResult) -> tuple[float, int, str]:
    assert item.counted is not None
    assert item.said is not None
    if item.is_capped:
        return item.said, ceil(item.said - 1e-9), "evidence"
    target = floor(item.counted + 1e-9) + 1
    return float(target), target, "work"


def _repooling(dimension: PooledDimension) -> Callable[[ItemResult, float], float]:
    """Return a function that gives the dimension's value with one item at another level."""
    per_level = POINTS_PER_LEVEL / dimension.assessed.answered_weight
    cells = [
        (cell.kind == "assessed", cell.lines, cell.value, cell.se)
        for cell in dimension.cells
        if cell.value is not None and cell.se is not None
    ]

    def value_after(item: ItemResult, target: float) -> float:
        assert item.counted is not None
        moved = per_level * item.weight * (target - item.counted)
        values, ses = [], []
        for is_assessed, lines, value, se in cells:
            if is_assessed:
                # The answers are the first line; others may stand beside them.
                moved_values = [lines[0].value + moved, *(line.value for line in lines[1:])]
                value, se = pool(moved_values, [line.aged_se for line in lines])[:2]
            values.append(value)
            ses.append(se)
        return pool(values, ses)[0]

    return value_after


def weak_link_of(
    dimensions: Sequence[PooledDimension],
    weakest: Sequence[str],
    gates: Sequence[Gate],
    bank: Bank,
    settings: Settings,
) -> WeakLink | None:
    """Return what to mend first, or None when nothing is known to be weak."""
    open_gates = sorted(
        (gate for gate in gates if gate.state == "open"), key=lambda gate: gate.level or 0.0
    )
    for gate in open_gates:
        if gate.dimension in weakest:
            return _gate_link(gate, bank, settings)
    weak = [d for d in dimensions if d.code in weakest]
    items = [
        item
        for d in weak
        for item in d.items
        if item.counted is not None and item.counted < HIGHEST
    ]
    if items:
        item = min(items, key=lambda item: item.counted if item.counted is not None else HIGHEST)
        _, level_to, _ = _step(item)
        anchor = bank.item(item.code).anchors[level_to]
        return WeakLink(item.dimension, item.code, item.text, item.counted, anchor, False)
    if open_gates:
        return _gate_link(open_gates[0], bank, settings)
    for dimension in weak:
        if dimension.value is not None and dimension.value < settings.target:
            return WeakLink(dimension.code, "", dimension.name, None, "", False)
    return None


def _gate_link(gate: Gate, bank: Bank, settings: Settings) -> WeakLink:
    return WeakLink(
        gate.dimension,
        gate.code,
        gate.label,
        gate.level,
        passing_anchor(gate, bank, settings),
        True,
    )


def missing_evidence(
    pooled: Sequence[PooledDimension],
    applicable_weights: Sequence[float],
    gates: Sequence[Gate],
    settings: Settings,
) -> tuple[MissingEvidence, ...]:
    """Return the pieces of evidence that are not there, the one that narrows most first.

    For a dimension that does not count yet it is the width of the bounds (mean over what it may
    turn out to be); for one that does, the width of the 90 % interval to first order, if the new
    source agrees.
    """
    found = []
    inside = [d for d in pooled if d.state != "not_applicable"]
    weights = [weight for weight in applicable_weights if weight > 0.0]
    values = [d.value if d.state == "observed" and d.value is not None else nan for d in inside]
    share, least = settings.weakest_link_share, settings.floor
    slopes = marginals(values, weights, share, floor=least)
    variances = [
        0.0 if isnan(value) or d.se is None else (slope * d.se) ** 2
        for value, slope, d in zip(values, slopes, inside, strict=True)
    ]
    total = sum(variances)

    def width(row: Sequence[float]) -> float:
        low, high = bounds(row, weights, share, floor=least)
        return high - low

    for index, dimension in enumerate(inside):
        if dimension.state != "observed":
            probed = [width([*values[:index], probe, *values[index + 1 :]]) for probe in PROBES]
            narrows = width(values) - sum(probed) / len(probed)
            found += [
                MissingEvidence(dimension.code, kind, _ask(kind, dimension), narrows)
                for kind in KINDS
            ]
        else:
            for kind, text, se in _sharper(dimension, settings):
                left = total - variances[index] + (slopes[index] * se) ** 2
                narrows = INTERVAL_SDS * (sqrt(total) - sqrt(max(0.0, left)))
                found.append(MissingEvidence(dimension.code, kind, text, max(0.0, narrows)))
        unknown = [
            gate for gate in gates if gate.dimension == dimension.code and gate.state == "unknown"
        ]
        if codes := [gate.code for gate in unknown if not gate.is_structural]:
            text = f"Answer the {'gate' if len(codes) == 1 else 'gates'} {', '.join(codes)}"
            found.append(MissingEvidence(dimension.code, "assessed", text, 0.0))
        found += [
            MissingEvidence(
                dimension.code, "measured", f"Start the register behind: {gate.label}", 0.0
            )
            for gate in unknown
            if gate.is_structural
        ]
    return tuple(sorted(found, key=lambda piece: -round(piece.narrows, 9)))


def _ask(kind: Kind, dimension: PooledDimension) -> str:
    if kind == "voiced":
        return f"Ask the users about {dimension.name.lower()} in a survey"
    if kind == "heard":
        return f"Cover {dimension.name.lower()} in at least 3 interviews"
    if kind == "measured":
        return f"Keep the records that measure {dimension.name.lower()}"
    answers = dimension.assessed
    if not answers.answered_items:
        return f"Answer the {count(answers.applicable_items, 'item')} of {dimension.name.lower()}"
    return (
        f"Answer more items of {dimension.name.lower()}: "
        f"{answers.answered_items} of {answers.applicable_items} have a level"
    )


def _sharper(dimension: PooledDimension, settings: Settings) -> list[tuple[Kind, str, float]]:
    """Each way to sharpen an observed dimension, with the standard error it would leave."""
    assert dimension.se is not None
    ways: list[tuple[Kind, str, float]] = []
    for cell in dimension.cells:
        if cell.state == "empty":
            se = 1.0 / sqrt(1.0 / dimension.se**2 + 1.0 / USUAL_SE[cell.kind] ** 2)
            ways.append((cell.kind, _ask(cell.kind, dimension), se))
    own = next((cell for cell in dimension.cells if cell.kind == "assessed" and cell.lines), None)
    answers = dimension.assessed
    if own is None or answers.se is None or own.se is None:
        return ways
    name = dimension.name.lower()
    if (left := answers.applicable_items - answers.answered_items) > 0:
        full = sqrt(answers.answered_weight / answers.applicable_weight)
        text = f"Answer the remaining {count(left, 'item')} of {name}"
        ways.append(("assessed", text, _se_with(dimension, own.se * full)))
    if answers.raters == 1:
        factor = settings.more_assessors_se / settings.one_assessor_se
        ways.append(
            (
                "assessed",
                f"Have a second person assess {name}",
                _se_with(dimension, own.se * factor),
            )
        )
    if own.is_stale:
        text = f"Renew the assessment of {name}, {own.age_days} days old on average"
        ways.append(("assessed", text, _se_with(dimension, answers.se)))
    return ways


def _se_with(dimension: PooledDimension, assessed_se: float) -> float:
    cells = [
        replace(cell, se=assessed_se) if cell.kind == "assessed" else cell
        for cell in dimension.cells
        if cell.value is not None
    ]
    return pool(
        [c.value for c in cells if c.value is not None], [c.se for c in cells if c.se is not None]
    ).se
