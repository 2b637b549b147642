"""Draws of the score from the uncertainty of its dimensions (METHODS a5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from .aggregate import Floats, owg_draws

LEAST_CONCENTRATION = 2.0  # h: thin evidence must not make U-shaped draws
EDGE = 0.01  # the floor of a3 on the unit scale: a Beta needs a mean inside 0–1
DIRICHLET_CONCENTRATION = 50.0
SHARE_HALF_WIDTH = 0.25
SAMPLED = 20  # one draw in so many finds where the ends begin


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """One project's dimensions as they are to be drawn.

    `values` and `ses` have one entry per dimension, NaN where nothing is known.
    `is_counted` says which of them speak for the score; other applicable ones are Uniform(0, 100).
    `weights` is 0 where a dimension does not apply.
    """

    seed: int
    draws: int
    values: tuple[float, ...]
    ses: tuple[float, ...]
    is_counted: tuple[bool, ...]
    weights: tuple[float, ...]
    share: float
    floor: float
    method_uncertainty: bool
    high_risk_below: float


@dataclass(frozen=True, slots=True)
class Draws:
    """What the draws of one project say."""

    median: float
    q05: float
    q95: float
    p_high_risk: float
    dimension_q05: tuple[float, ...]  # NaN where nothing is known
    dimension_q95: tuple[float, ...]


def beta_parameters(value: float, se: float) -> tuple[float, float]:
    """Return the Beta parameters with this mean and standard error in points.

    Near 0 and 100 no single-peaked Beta is as wide as a large error. Its mean then moves towards
    the middle until the error fits, so that an extreme value never looks surer than a moderate one.
    """
    m = min(max(value / 100.0, EDGE), 1.0 - EDGE)
    v = (se / 100.0) ** 2
    k = m * (1.0 - m) / v - 1.0
    if k < LEAST_CONCENTRATION:
        k = LEAST_CONCENTRATION
        off_centre = sqrt(max(0.0, 0.25 - (k + 1.0) * v))
        m = 0.5 + min(off_centre, abs(m - 0.5)) * (1.0 if m > 0.5 else -1.0)
    return m * k, (1.0 - m) * k


def simulate(plans: Sequence[DrawPlan]) -> list[Draws]:
    """Return the draws of each project; a project's result depends on its own plan only."""
    # One scratch array stays in the processor's cache; a block for 1,000 projects would not.
    scratch: dict[tuple[int, int], Floats] = {}
    return [_simulate_one(plan, scratch) for plan in plans]


def _simulate_one(plan: DrawPlan, scratch: dict[tuple[int, int], Floats]) -> Draws:
    applicable = [d for d, weight in enumerate(plan.weights) if weight > 0.0]
    shape = (len(applicable), plan.draws)
    x = scratch.get(shape)
    if x is None:
        x = scratch[shape] = np.empty(shape)
    low = [np.nan] * len(plan.weights)
    high = [np.nan] * len(plan.weights)
    for row, d in enumerate(applicable):
        # A stream per dimension: news about one leaves the draws of the others as they were.
        rng = np.random.Generator(np.random.SFC64((plan.seed, d)))
        if not np.isnan(plan.values[d]):
            x[row] = rng.beta(*beta_parameters(plan.values[d], plan.ses[d]), size=plan.draws)
            x[row] *= 100.0
            low[d], high[d] = middle_90(x[row])
        if not plan.is_counted[d]:
            x[row] = rng.random(plan.draws)
            x[row] *= 100.0
    weights = np.array([plan.weights[d] for d in applicable])
    weights /= weights.sum()
    share: float | Floats = plan.share
    if plan.method_uncertainty:
        rng = np.random.Generator(np.random.SFC64((plan.seed, len(plan.weights))))
        weights = np.ascontiguousarray(
            rng.dirichlet(DIRICHLET_CONCENTRATION * weights, size=plan.draws).T
        )
        least, most = (
            max(0.0, plan.share - SHARE_HALF_WIDTH),
            min(1.0, plan.share + SHARE_HALF_WIDTH),
        )
        share = rng.uniform(least, most, size=plan.draws)
    scores = owg_draws(x, weights, share, floor=plan.floor)
    p_high_risk = float(np.count_nonzero(scores < plan.high_risk_below)) / plan.draws
    q05, median, q95 = quantiles(scores, (0.05, 0.5, 0.95))
    return Draws(median, q05, q95, p_high_risk, tuple(low), tuple(high))


def middle_90(values: Floats) -> tuple[float, float]:
    """Return the 5 % and 95 % quantiles, as `quantiles` gives them.

    Ranking the two ends alone takes half the time, and there is one such call per dimension.
    """
    last = values.size - 1
    place = 0.05 * last
    k = int(place)
    sample = np.sort(values[::SAMPLED])
    # About 10 % lie beyond the cuts, twice what is needed; few enough to sort.
    cut = sample.size // 10
    low = values.compress(values <= sample[cut])
    high = values.compress(values >= sample[-1 - cut])
    if min(low.size, high.size) < k + 2:
        q05, q95 = quantiles(values, (0.05, 0.95))
        return q05, q95
    low.sort()
    high.sort()
    part = place - k
    q05 = low[k] + (low[k + 1] - low[k]) * part
    q95 = high[-1 - k] - (high[-1 - k] - high[-2 - k]) * part
    return float(q05), float(q95)


def quantiles(values: Floats, shares: Sequence[float]) -> list[float]:
    """Return quantiles with linear interpolation, as numpy's default gives them."""
    last = values.size - 1
    places = [share * last for share in shares]
    needed = sorted({k for place in places for k in (int(place), min(int(place) + 1, last))})
    ranked = np.partition(values, needed)
    result = []
    for place in places:
        k = int(place)
        below, above = float(ranked[k]), float(ranked[min(k + 1, last)])
        result.append(below + (above - below) * (place - k))
    return result
