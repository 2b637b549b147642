"""Several measurements of one thing to one value that keeps their disagreement (METHODS b6)."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple


class Pooled(NamedTuple):
    """A pooled value, its standard error, the variance between sources and each source's share."""

    value: float
    se: float
    tau2: float
    weights: tuple[float, ...]


def pool(values: Sequence[float], ses: Sequence[float]) -> Pooled:
    """Return the DerSimonian-Laird random-effects mean of one or more values."""
    if len(values) == 1:
        return Pooled(values[0], ses[0], 0.0, (1.0,))
    w = [1.0 / (se * se) for se in ses]
    total = sum(w)
    mean = sum([a * x for a, x in zip(w, values, strict=True)]) / total
    q = sum([a * (x - mean) ** 2 for a, x in zip(w, values, strict=True)])
    spread = total - sum(a * a for a in w) / total
    # One source infinitely more precise than the rest leaves no room to tell.
    tau2 = max(0.0, (q - (len(w) - 1)) / spread) if spread > 0.0 else 0.0
    w = [1.0 / (se * se + tau2) for se in ses]
    total = sum(w)
    value = sum([a * x for a, x in zip(w, values, strict=True)]) / total
    return Pooled(value, 1.0 / sqrt(total), tau2, tuple([a / total for a in w]))


# 2**20 times the error carries no weight; more would overflow on a mistyped date.
MOST_HALF_LIVES = 20.0


def aged(se: float, age_days: float, half_life_days: float) -> float:
    """Return the standard error after ageing: it doubles with every half-life."""
    return se * float(2.0 ** (min(max(0.0, age_days) / half_life_days, MOST_HALF_LIVES)))


def disagree(values: Sequence[float], tau2: float, *, tau2_limit: float, gap_limit: float) -> bool:
    """Tell whether sources differ by more than chance, or by a gap people would notice."""
    return len(values) > 1 and (tau2 > tau2_limit or max(values) - min(values) >= gap_limit)
