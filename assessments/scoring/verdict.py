"""Gates and the verdict with its reasons (METHODS h)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .matrix import PooledDimension
from .types import (
    Band,
    DimensionResult,
    Gate,
    GateState,
    MissingEvidence,
    Settings,
    StructuralGate,
    Verdict,
)
from .words import PERCENT, counted, listed, points, spelled

if TYPE_CHECKING:
    from ..bank import Bank

BANDS: tuple[Band, ...] = ("high", "elevated", "moderate", "low")


@dataclass(frozen=True, slots=True)
class Range:
    """Median and 90 % interval of the draws, whether they may be shown or not."""

    median: float
    q05: float
    q95: float


def band(value: float, settings: Settings) -> Band:
    """Return the risk band a score lies in."""
    return BANDS[sum(value >= limit for limit in settings.band_limits)]


def minimum_observed(applicable: int, settings: Settings) -> int:
    """Return how many of the applicable dimensions must be observed: four of five, scaled up."""
    return -(-settings.minimum_dimensions * applicable // 5)


def has_enough(
    dimensions: Sequence[DimensionResult], observed_weight: float, settings: Settings
) -> bool:
    """Tell whether the score may be shown as one figure (a4)."""
    applicable = sum(d.state != "not_applicable" for d in dimensions)
    observed = sum(d.state == "observed" for d in dimensions)
    return (
        observed > 0
        and observed >= minimum_observed(applicable, settings)
        and observed_weight >= settings.minimum_weight - 1e-9
    )


def holds_gate(level: float, settings: Settings) -> bool:
    """Tell whether a mean level lies nearer to the levels that keep a gate open.

    One hopeful voice among six must not pass a gate, nor one doubtful voice hold it.
    """
    return level < settings.gate_open_at + 0.5


def gates_of(
    dimensions: Sequence[PooledDimension], structural: Sequence[StructuralGate], settings: Settings
) -> tuple[Gate, ...]:
    """Return the gate items in the bank's order, then the structural gates."""
    gates = []
    inapplicable = {d.code for d in dimensions if d.state == "not_applicable"}
    for dimension in dimensions:
        for item in dimension.items:
            if not item.is_gate:
                continue
            state: GateState
            if dimension.code in inapplicable or item.state == "not_applicable":
                state = "not_applicable"
            elif item.counted is None:
                state = "unknown"
            else:
                state = "open" if holds_gate(item.counted, settings) else "passed"
            gates.append(
                Gate(item.code, item.dimension, item.text, state, item.counted, False, item.reason)
            )
    for gate in structural:
        state = "not_applicable" if gate.dimension in inapplicable else gate.state
        gates.append(Gate(gate.key, gate.dimension, gate.label, state, None, True, gate.note))
    return tuple(gates)


def decide(
    dimensions: Sequence[DimensionResult],
    observed_weight: float,
    found: Range | None,
    gates: Sequence[Gate],
    missing: Sequence[MissingEvidence],
    bank: Bank,
    settings: Settings,
) -> Verdict:
    """Return the first verdict whose rule applies."""
    open_gates = [gate for gate in gates if gate.state == "open"]
    reasons = _cannot_tell(dimensions, observed_weight, found, settings)
    if reasons or found is None:
        if missing and missing[0].narrows > 0.0:
            best = missing[0].text
            reasons.append(f"Most would be learned this way: {best[:1].lower()}{best[1:]}.")
        if open_gates:
            reasons.append(f"{_open(open_gates)}.")
        return Verdict("cannot_tell_yet", 1, tuple(reasons), ())
    reasons = _not_ready(dimensions, found, open_gates, settings)
    if reasons:
        return Verdict("not_ready", 2, tuple(reasons), ())
    reasons, conditions = _conditions(dimensions, found, open_gates, missing, bank, settings)
    if reasons:
        return Verdict("ready_with_conditions", 3, tuple(reasons), tuple(conditions))
    return Verdict(
        "ready",
        4,
        (
            f"The score is {points(found.median, near=settings.ready_from)}.",
            f"The 90{PERCENT} interval is {points(found.q05)}–{points(found.q95)}.",
            "No gate has failed.",
        ),
        (),
    )


def _cannot_tell(
    dimensions: Sequence[DimensionResult],
    observed_weight: float,
    found: Range | None,
    settings: Settings,
) -> list[str]:
    applicable = [d for d in dimensions if d.state != "not_applicable"]
    observed = [d for d in applicable if d.state == "observed"]
    needed = minimum_observed(len(applicable), settings)
    reasons = []
    if not applicable or found is None:
        return ["No dimension applies to this rollout."]
    if len(observed) < max(1, needed):
        reasons.append(
            f"{len(observed)} of {counted(len(applicable), 'dimension')} "
            f"{'has' if len(observed) == 1 else 'have'} enough evidence; "
            f"{max(1, needed)} are needed."
        )
    if observed_weight < settings.minimum_weight - 1e-9:
        least = 100 * settings.minimum_weight
        reasons.append(
            f"The evidence covers {points(100 * observed_weight, near=least)}{PERCENT} "
            f"of the weight; {points(least)}{PERCENT} is needed."
        )
    if reasons:
        # The interval is not shown then, so it is no reason either.
        if bare := [d.name for d in applicable if d.state == "missing"]:
            reasons.append(f"No evidence yet for {listed(bare)}.")
        return reasons + [f"{d.name}: {d.reason}." for d in applicable if d.state == "thin"]
    low = points(found.q05, near=settings.not_ready_below)
    high = points(found.q95, near=settings.ready_from)
    width, widest = found.q95 - found.q05, settings.widest_interval
    if width > widest:
        shown = points(width, near=widest)
        reason = f"The 90{PERCENT} interval is {shown} points wide, {low}–{high}"
        return [f"{reason}; more than {points(widest)} says too little."]
    if found.q05 < settings.not_ready_below and found.q95 >= settings.ready_from:
        return [f"The 90{PERCENT} interval reaches from not ready to ready, {low}–{high}."]
    return []


def _not_ready(
    dimensions: Sequence[DimensionResult],
    found: Range,
    open_gates: Sequence[Gate],
    settings: Settings,
) -> list[str]:
    reasons = []
    limit = settings.not_ready_below
    if found.median < limit:
        reasons.append(f"The score is {points(found.median, near=limit)}, below {points(limit)}.")
    reasons += [
        f"{d.name} is {points(d.value, near=settings.blocker_below)}, below "
        f"{points(settings.blocker_below)}, and its 90{PERCENT} interval "
        f"ends at {points(d.q95, near=limit)}, below {points(limit)}."
        for d in dimensions
        if d.is_blocker and d.value is not None and d.q95 is not None and d.q95 < limit
    ]
    where = list(dict.fromkeys(gate.dimension for gate in open_gates))
    if len(where) > 1:
        names = {d.code: d.name for d in dimensions}
        parts = [
            f"{names[code]} ({_short([g for g in open_gates if g.dimension == code])})"
            for code in where
        ]
        reasons.append(f"Gates have failed in {len(where)} dimensions: {listed(parts)}.")
    elif reasons and open_gates:
        reasons.append(f"{_open(open_gates)}.")
    return reasons


def _conditions(
    dimensions: Sequence[DimensionResult],
    found: Range,
    open_gates: Sequence[Gate],
    missing: Sequence[MissingEvidence],
    bank: Bank,
    settings: Settings,
) -> tuple[list[str], list[str]]:
    reasons = []
    conditions = []
    if open_gates:
        reasons.append(f"{_open(open_gates)}.")
    for gate in open_gates:
        passes = passing_anchor(gate, bank, settings)
        name = "" if gate.is_structural else f"{gate.code}: "
        conditions.append(f"{name}{gate.label}." + (f" Passes at: {passes}." if passes else ""))
    if found.median < settings.ready_from:
        limit = points(settings.ready_from)
        shown = points(found.median, near=settings.ready_from)
        reasons.append(f"The score is {shown}, below {limit}.")
        weakest = [d for d in dimensions if d.is_weakest and d.value is not None]
        text = listed([f"{d.name} at {points(d.value)}" for d in weakest if d.value is not None])
        conditions.append(
            f"Raise the score from {shown} to {limit}"
            + (f", starting with {text}." if text else ".")
        )
    if found.q05 < settings.condition_q05_below:
        limit = points(settings.condition_q05_below)
        shown = points(found.q05, near=settings.condition_q05_below)
        reasons.append(f"The 90{PERCENT} interval starts at {shown}, below {limit}.")
        if found.median >= settings.ready_from:
            hint = f" {missing[0].text}." if missing and missing[0].narrows > 0.0 else ""
            conditions.append(f"Bring the lower end of the interval from {shown} to {limit}.{hint}")
    return reasons, conditions


def passing_anchor(gate: Gate, bank: Bank, settings: Settings) -> str:
    """Return the anchor of the lowest level that passes; "" for a structural gate."""
    if gate.is_structural:
        return ""
    return bank.item(gate.code).anchors[min(4, settings.gate_open_at + 1)]


def _short(gates: Sequence[Gate]) -> str:
    codes = [gate.code for gate in gates if not gate.is_structural]
    counts = len(gates) - len(codes)
    if not counts:
        return ", ".join(codes)
    return listed([*codes, f"{spelled(counts)} in the records"])


def _open(gates: Sequence[Gate]) -> str:
    names = listed([f"“{gate.label}”" if gate.is_structural else gate.code for gate in gates])
    return f"Gate {names} has failed" if len(gates) == 1 else f"Gates {names} have failed"
