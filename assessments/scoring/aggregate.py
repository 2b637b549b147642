"""Dimensions to one figure: the ordered weighted geometric mean (METHODS a1–a4)."""

from __future__ import annotations

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
    mean = weights @ values if weights.ndim == 1 else np.einsum("ij,ij->j", weights, values)
    mean *= 1.0 - share
    mean += share * values.min(axis=0)
    return np.exp(mean, out=mean)  # type: ignore[no-any-return]


def exponents(values: ArrayLike, weights: ArrayLike, share: float, *, floor: float = 1.0) -> Floats:
    """Return the exponent of each dimension; tied minima split the share. NaN gives 0."""
    x = np.asarray(values, dtype=np.float64)
    is_there = ~np.isnan(x)
    if not is_there.any():
        return np.zeros_like(x)
    floored = np.where(is_there, np.maximum(x, floor), np.inf)
    w = np.where(is_there, np.asarray(weights, dtype=np.float64), 0.0)
    is_weakest = floored == floored.min()
    result: Floats = (1.0 - share) * w / w.sum() + share * is_weakest / is_weakest.sum()
    return result


def marginals(values: ArrayLike, weights: ArrayLike, share: float, *, floor: float = 1.0) -> Floats:
    """Return dR/ds of each dimension, 0 at or under the floor."""
    x = np.asarray(values, dtype=np.float64)
    omega = exponents(x, weights, share, floor=floor)
    score = float(owg(x, weights, share, floor=floor))
    safe = np.where(x > floor, x, 1.0)
    return np.where(x > floor, score * omega / safe, 0.0)


def bounds(
    values: ArrayLike, weights: ArrayLike, share: float, *, floor: float = 1.0
) -> tuple[float, float]:
    """Return the score with every missing dimension at 0, and at 100."""
    x = np.asarray(values, dtype=np.float64)
    low = owg(np.where(np.isnan(x), 0.0, x), weights, share, floor=floor)
    high = owg(np.where(np.isnan(x), 100.0, x), weights, share, floor=floor)
    return float(low), float(high)


def missing_points(
    values: ArrayLike, weights: ArrayLike, share: float, *, floor: float = 1.0
) -> Floats:
    """Return how much of 100 − R each dimension takes; NaN takes 0. The parts sum to 100 − R.

    R = exp(Σ ω ln x), so ln R splits exactly over the dimensions; the points follow that ratio.
    """
    x = np.asarray(values, dtype=np.float64)
    omega = exponents(x, weights, share, floor=floor)
    loss = -omega * np.log(np.where(np.isnan(x), 100.0, np.maximum(x, floor)) / 100.0)
    total = loss.sum()
    if total <= 0.0:
        return np.zeros_like(x)
    return (100.0 - float(owg(x, weights, share, floor=floor))) * loss / total  # type: ignore[no-any-return]
