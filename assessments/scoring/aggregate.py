"""Dimensions to one figure: the ordered weighted geometric mean (METHODS a1–a4)."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isnan, log, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def owg(values: ArrayLike, weights: ArrayLike, share: ArrayLike, *, floor: float = 1.0) -> Floats:
    """Return the score of each row; the last axis is the dimensions, NaN is missing and skipped.

    Weights are rescaled over what is there. `share` is the weakest-link share, one or one per row.
    A row without any value gives NaN.
    """
    x = np.asarray(values, dtype=np.float64)
    w = np.broadcast_to(np.asarray(weights, dtype=np.float64), x.shape)
    is_there = ~np.isnan(x)
    logs = np.log(np.maximum(np.where(is_there, x, np.inf), floor))
    w = np.where(is_there, w, 0.0)
    total = w.sum(axis=-1)
    lam = np.asarray(share, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(is_there, w * logs, 0.0).sum(axis=-1) / total
        result: Floats = np.exp((1.0 - lam) * mean + lam * logs.min(axis=-1))
    return result


def owg_draws(
    values: Floats, weights: Floats, share: float | Floats, *, floor: float = 1.0
) -> Floats:
    """Return the score of each column of a complete (dimensions × draws) array.

    The array is overwritten. `weights` sums to 1 over the dimensions: one per dimension, or one
    per dimension and draw.
    """
    np.maximum(values, floor, out=values)
    np.log(values, out=values)
    # Not `@`: BLAS would start threads for it, and add in an order of its own.
    mean = np.einsum("i,ij->j" if weights.ndim == 1 else "ij,ij->j", weights, values)
    mean *= 1.0 - share
    mean += share * values.min(axis=0)
    return np.exp(mean, out=mean)  # type: ignore[no-any-return]


def point(
    values: Sequence[float], weights: Sequence[float], share: float, *, floor: float = 1.0
) -> float:
    """Return the score of one row as `owg` does, without the price of an array."""
    logs = [(w, log(max(x, floor))) for x, w in zip(values, weights, strict=True) if not isnan(x)]
    if not logs:
        return nan
    mean = sum(w * x for w, x in logs) / sum(w for w, _ in logs)
    return exp((1.0 - share) * mean + share * min(x for _, x in logs))


def exponents(
    values: Sequence[float], weights: Sequence[float], share: float, *, floor: float = 1.0
) -> list[float]:
    """Return the exponent of each dimension; tied minima split the share. NaN gives 0."""
    there = [max(x, floor) for x in values if not isnan(x)]
    if not there:
        return [0.0] * len(values)
    lowest = min(there)
    part = share / there.count(lowest)
    total = sum(w for x, w in zip(values, weights, strict=True) if not isnan(x))
    return [
        0.0 if isnan(x) else (1.0 - share) * w / total + part * (max(x, floor) == lowest)
        for x, w in zip(values, weights, strict=True)
    ]


def marginals(
    values: Sequence[float], weights: Sequence[float], share: float, *, floor: float = 1.0
) -> list[float]:
    """Return dR/ds of each dimension, 0 at or under the floor and for NaN."""
    score = point(values, weights, share, floor=floor)
    omegas = exponents(values, weights, share, floor=floor)
    return [
        score * omega / x if x > floor else 0.0 for x, omega in zip(values, omegas, strict=True)
    ]


def bounds(
    values: Sequence[float], weights: Sequence[float], share: float, *, floor: float = 1.0
) -> tuple[float, float]:
    """Return the score with every missing dimension at 0, and at 100."""
    low = point([0.0 if isnan(x) else x for x in values], weights, share, floor=floor)
    high = point([100.0 if isnan(x) else x for x in values], weights, share, floor=floor)
    return low, high


def missing_points(
    values: Sequence[float], weights: Sequence[float], share: float, *, floor: float = 1.0
) -> list[float]:
    """Return how much of 100 − R each dimension takes; NaN takes 0. The parts sum to 100 − R.

    R = exp(Σ ω ln x), so ln R splits exactly over the dimensions; the points follow that ratio.
    """
    omegas = exponents(values, weights, share, floor=floor)
    losses = [
        0.0 if isnan(x) else -omega * log(max(x, floor) / 100.0)
        for x, omega in zip(values, omegas, strict=True)
    ]
    total = sum(losses)
    if total <= 0.0:
        return [0.0] * len(losses)
    gap = 100.0 - point(values, weights, share, floor=floor)
    return [gap * loss / total for loss in losses]
