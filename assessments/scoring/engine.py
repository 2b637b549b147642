"""Evidence in, scorecard out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite, isnan
from typing import TYPE_CHECKING

from . import aggregate
from .groups import groups_of
from .improvements import improvements_of, missing_evidence, weak_link_of
from .matrix import PooledDimension, dimensions_of
from .types import DimensionResult, Inputs, Score, Scorecard, Settings
from .uncertainty import DrawPlan, Draws, simulate
from .verdict import Range, band, decide, gates_of, has_enough

if TYPE_CHECKING:
    from ..bank import Bank

ENGINE_VERSION = "1.1"

# b6, states of a dimension's confidence
MEASURED_FROM = 70.0
PARTIAL_FROM = 40.0

LEVELS = frozenset(range(5))


def score(inputs: Inputs, bank: Bank) -> Scorecard:
    """Return the scorecard of one project; the same inputs and bank give the same card."""
    return score_many((inputs,), bank)[0]


def score_many(inputs: Sequence[Inputs], bank: Bank) -> list[Scorecard]:
    """Return the scorecard of each project, in order, as `score` gives it for each alone."""
    for one in inputs:
        _check(one, bank)
    evidence = [dimensions_of(one, bank) for one in inputs]
    plans = [_plan(one, dimensions, bank) for one, dimensions in zip(inputs, evidence, strict=True)]
    drawn = iter(simulate([plan for plan in plans if any(plan.weights)]))
    return [
        _scorecard(one, bank, dimensions, plan, next(drawn) if any(plan.weights) else None)
        for one, dimensions, plan in zip(inputs, evidence, plans, strict=True)
    ]


def _weights(inputs: Inputs, bank: Bank) -> dict[str, float]:
    given = dict(inputs.weights) or {d.code: d.weight for d in bank.dimensions}
    total = sum(given.values())
    return {d.code: given[d.code] / total for d in bank.dimensions}


def _plan(inputs: Inputs, dimensions: Sequence[PooledDimension], bank: Bank) -> DrawPlan:
    given = _weights(inputs, bank)
    weights = [0.0 if d.state == "not_applicable" else given[d.code] for d in dimensions]
    total = sum(weights)
    settings = inputs.settings
    return DrawPlan(
        seed=inputs.seed,
        draws=settings.draws,
        values=tuple(float("nan") if d.value is None else d.value for d in dimensions),
        ses=tuple(float("nan") if d.se is None else d.se for d in dimensions),
        is_counted=tuple(d.state == "observed" for d in dimensions),
        weights=tuple(weight / total if total else 0.0 for weight in weights),
        share=settings.weakest_link_share,
        floor=settings.floor,
        method_uncertainty=settings.method_uncertainty,
        high_risk_below=settings.band_limits[0],
    )


def _scorecard(
    inputs: Inputs,
    bank: Bank,
    pooled: tuple[PooledDimension, ...],
    plan: DrawPlan,
    drawn: Draws | None,
) -> Scorecard:
    settings = inputs.settings
    observed_weight = sum(
        w for w, is_counted in zip(plan.weights, plan.is_counted, strict=True) if is_counted
    )
    dimensions = _dimension_results(pooled, plan, drawn, observed_weight, settings)
    is_shown = drawn is not None and has_enough(dimensions, observed_weight, settings)
    if not is_shown:
        dimensions = tuple(_without_points(d) for d in dimensions)
    gates = gates_of(pooled, inputs.structural_gates, settings)
    missing = missing_evidence(pooled, plan.weights, gates, settings)
    weakest = tuple(d.code for d in dimensions if d.is_weakest)
    found = None if drawn is None else Range(drawn.median, drawn.q05, drawn.q95)
    applicable = [d for d in pooled if d.state != "not_applicable"]
    cells = [cell for d in dimensions for cell in d.cells]
    all_items = sum(d.assessed.applicable_items for d in applicable)
    return Scorecard(
        engine_version=ENGINE_VERSION,
        bank_id=bank.id,
        bank_version=bank.version,
        bank_sha256=bank.sha256,
        project=inputs.project,
        as_of=inputs.as_of,
        seed=inputs.seed,
        draws=settings.draws,
        settings=settings,
        verdict=decide(dimensions, observed_weight, found, gates, missing, bank, settings),
        score=_score(plan, drawn, is_shown, inputs),
        dimensions=dimensions,
        items=tuple(item for d in pooled for item in d.items),
        gates=gates,
        weakest=weakest,
        weak_link=weak_link_of(pooled, weakest, gates, bank, settings),
        improvements=improvements_of(
            pooled, plan.weights, gates, bank, settings, only_observed=is_shown
        ),
        missing=missing,
        evidence_held=sum(cell.state == "value" for cell in cells),
        stale_cells=sum(cell.is_stale for cell in cells),
        item_coverage=sum(d.assessed.answered_items for d in applicable) / all_items
        if all_items
        else 0.0,
        weights=tuple(_weights(inputs, bank).items()),
        groups=groups_of(inputs, pooled, plan.weights),
        people=inputs.people,
    )


def _observed_values(plan: DrawPlan) -> list[float]:
    return [v if ok else float("nan") for v, ok in zip(plan.values, plan.is_counted, strict=True)]


def _score(plan: DrawPlan, drawn: Draws | None, is_shown: bool, inputs: Inputs) -> Score:
    if drawn is None:
        return Score(None, None, None, None, None, 0.0, 100.0, None, False, False)
    applicable = [d for d, weight in enumerate(plan.weights) if weight > 0.0]
    observed = _observed_values(plan)
    values, weights = [observed[d] for d in applicable], [plan.weights[d] for d in applicable]
    low, high = aggregate.bounds(values, weights, plan.share, floor=plan.floor)
    if not is_shown:
        return Score(None, None, None, None, None, low, high, None, False, False)
    settings = inputs.settings
    return Score(
        median=drawn.median,
        q05=drawn.q05,
        q95=drawn.q95,
        p_high_risk=drawn.p_high_risk,
        point=aggregate.point(values, weights, plan.share, floor=plan.floor),
        low=low,
        high=high,
        band=band(drawn.median, settings),
        is_band_certain=band(drawn.q05, settings) == band(drawn.q95, settings),
        is_shown=True,
    )


def _dimension_results(
    pooled: Sequence[PooledDimension],
    plan: DrawPlan,
    drawn: Draws | None,
    observed_weight: float,
    settings: Settings,
) -> tuple[DimensionResult, ...]:
    observed = _observed_values(plan)
    omegas = [0.0] * len(pooled)
    slopes, points = list(omegas), list(omegas)
    if observed_weight > 0.0:
        how = (observed, plan.weights, plan.share)
        omegas = aggregate.exponents(*how, floor=plan.floor)
        slopes = aggregate.marginals(*how, floor=plan.floor)
        points = aggregate.missing_points(*how, floor=plan.floor)
    lowest = min((max(v, plan.floor) for v in observed if not isnan(v)), default=None)
    results = []
    for index, d in enumerate(pooled):
        is_in = d.state == "observed"
        q05 = q95 = confidence = None
        if drawn is not None and d.value is not None:
            q05, q95 = drawn.dimension_q05[index], drawn.dimension_q95[index]
            confidence = 100.0 * max(0.0, 1.0 - (q95 - q05) / 2.0 / 50.0)
        results.append(
            DimensionResult(
                code=d.code,
                name=d.name,
                state=d.state,
                reason=d.reason,
                value=d.value,
                se=d.se,
                q05=q05,
                q95=q95,
                tau2=d.tau2,
                sources_disagree=d.sources_disagree,
                coverage=d.coverage,
                confidence=confidence,
                confidence_state=_confidence_state(confidence, is_in),
                weight=plan.weights[index] / observed_weight if is_in else 0.0,
                omega=omegas[index],
                is_weakest=is_in and max(observed[index], plan.floor) == lowest,
                is_blocker=is_in and observed[index] < settings.blocker_below,
                marginal=slopes[index] if is_in else None,
                missing_points=points[index] if is_in else None,
                answered_items=d.assessed.answered_items,
                applicable_items=d.assessed.applicable_items,
                cells=d.cells,
            )
        )
    return tuple(results)


def _confidence_state(confidence: float | None, is_observed: bool) -> str:
    if confidence is None:
        return "none"
    if not is_observed or confidence < PARTIAL_FROM:
        return "weak"
    return "measured" if confidence >= MEASURED_FROM else "partial"


def _without_points(dimension: DimensionResult) -> DimensionResult:
    """Without a score there is nothing a dimension could add to it."""
    return replace(dimension, marginal=None, missing_points=None)


def _check(inputs: Inputs, bank: Bank) -> None:
    """Refuse what would give a wrong number in silence."""
    items = {item.code for item in bank.items}
    dimensions = {dimension.code for dimension in bank.dimensions}
    for answers in (inputs.answers, inputs.consensus):
        if unknown := {answer.item for answer in answers} - items:
            raise ValueError(f"Not in {bank.id}: {', '.join(sorted(unknown))}")
        if len({(answer.item, answer.assessor) for answer in answers}) < len(answers):
            raise ValueError("The same person answered an item twice")
        for answer in answers:
            if (answer.level in LEVELS) != (answer.state == "level"):
                raise ValueError(
                    f"{answer.item}: level {answer.level} and {answer.state} do not fit"
                )
            if answer.state != "level" and answer.level is not None:
                raise ValueError(f"{answer.item}: a level without the state level")
    for line in inputs.lines:
        if not (
            0.0 <= line.value <= 100.0
            and line.se > 0.0
            and isfinite(line.se)
            and line.half_life_days > 0
        ):
            raise ValueError(
                f"{line.key}: a value of 0–100, an error and a half-life above 0 are needed"
            )
    names = [facts.name for facts in inputs.groups]
    if len(set(names)) < len(names):
        raise ValueError("Two groups have the same name")
    if inputs.groups and (unknown := {line.group for line in inputs.lines} - {"", *names}):
        raise ValueError(f"Lines name groups that are not listed: {', '.join(sorted(unknown))}")
    for facts in inputs.groups:
        if facts.headcount < 0 or not 0.0 <= (facts.impact or 0.0) <= 5.0:
            raise ValueError(f"{facts.name}: people and an impact of 0–5 are needed")
    named = [line.dimension for line in inputs.lines]
    named += [gate.dimension for gate in inputs.structural_gates]
    named += [code for code, _ in inputs.not_applicable] + [code for code, _ in inputs.weights]
    for code in named:
        if code not in dimensions:
            raise ValueError(f"{code} is not a dimension of {bank.id}")
    if inputs.weights:
        if {code for code, _ in inputs.weights} != dimensions:
            raise ValueError("Give a weight for every dimension, or for none")
        if not all(isfinite(weight) and weight > 0.0 for _, weight in inputs.weights):
            raise ValueError("Every weight must be above 0")
