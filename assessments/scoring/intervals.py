"""Intervals for shares (METHODS b1)."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054
Z68 = 0.994457883209753


def wilson(
    hits: float, n: float, *, population: int | None = None, z: float = Z95
) -> tuple[float, float]:
    """Return the Wilson interval of hits/n, corrected for the share of the population asked."""
    if n <= 0 or not 0 <= hits <= n:
        raise ValueError("hits must lie between 0 and n, and n above 0")
    p = hits / n
    if population is not None:
        if population < n:
            raise ValueError("the population is smaller than n")
        if population == n:
            return p, p
        n = n * (population - 1) / (population - n)
    z2 = z * z
    scale = 1.0 + z2 / n
    centre = (p + z2 / (2.0 * n)) / scale
    half = z * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / scale
    # Rounding can leave 1e-17 where the end is exactly 0 or 1.
    low = 0.0 if hits == 0 else centre - half
    high = 1.0 if p == 1.0 else centre + half
    return low, high


def share_se(hits: float, n: float, *, population: int | None = None, floor: float = 2.0) -> float:
    """Return the standard error of 100·hits/n in points: half the 68 % Wilson width."""
    low, high = wilson(hits, n, population=population, z=Z68)
    return max(floor, 50.0 * (high - low))
