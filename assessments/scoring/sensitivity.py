"""Which input moves the result: variance-based indices (METHODS a6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .aggregate import Floats, owg_draws
from .types import Scorecard
from .uncertainty import DIRICHLET_CONCENTRATION, SHARE_HALF_WIDTH, beta_parameters

BASE_SAMPLE = 2**14
DIGITS_DOWN_TO = 1e-9


class Indices(NamedTuple):
    """First-order and total index of each input, shares of the variance."""

    first: tuple[float, ...]
    total: tuple[float, ...]


def sobol_indices(
    function: Callable[[Floats], Floats],
    inputs: Sequence[int],
    *,
    seed: int,
    base_sample: int = BASE_SAMPLE,
) -> Indices:
    """Return the indices of a function of points in the unit cube.

    `inputs` gives the number of columns of each input, so that a block counts as one. First order
    by Saltelli (2010), total by Jansen (1999), on scrambled Halton points.
    """
    rng = np.random.default_rng(seed)
    columns = sum(inputs)
    both = _scrambled_halton(rng, base_sample, 2 * columns)
    a, b = both[:, :columns], both[:, columns:]
    of_a, of_b = function(a), function(b)
    variance = float(np.var(np.concatenate((of_a, of_b))))
    if variance == 0.0:
        nothing = (0.0,) * len(inputs)
        return Indices(nothing, nothing)
    # Centring leaves the index as it is and takes most of the noise.
    centre = float(of_b.mean())
    first, total = [], []
    start = 0
    for width in inputs:
        mixed = a.copy()
        mixed[:, start : start + width] = b[:, start : start + width]
        of_mixed = function(mixed)
        first.append(float(np.mean((of_b - centre) * (of_mixed - of_a))) / variance)
        total.append(float(np.mean((of_a - of_mixed) ** 2)) / (2.0 * variance))
        start += width
    return Indices(tuple(first), tuple(total))


class Influence(NamedTuple):
    """How much of the result's variance one input carries, alone and with all it touches."""

    name: str  # a dimension's code, "weights" or "weakest_link_share"
    first: float
    total: float


def influences(card: Scorecard, *, base_sample: int = 2**11) -> tuple[Influence, ...]:
    """Return what moves the score most: each applicable dimension, the weights, the share.

    Weights and share vary as with "method uncertainty" (a5), whether that is switched on or not.
    """
    applicable = [d for d in card.dimensions if d.state != "not_applicable"]
    if not applicable:
        return ()
    n = len(applicable)
    rng = np.random.default_rng(card.seed)
    # Sorted draws serve as quantile functions: place u of n is the value at u.
    scores = np.empty((n, card.draws))
    for row, d in enumerate(applicable):
        alpha, beta = 1.0, 1.0
        if d.state == "observed" and d.value is not None and d.se is not None:
            alpha, beta = beta_parameters(d.value, d.se)
        scores[row] = np.sort(100.0 * rng.beta(alpha, beta, size=card.draws))
    given = dict(card.weights)
    weights = np.array([given.get(d.code, 1.0) for d in applicable])
    shapes = DIRICHLET_CONCENTRATION * weights / weights.sum()
    gammas = np.sort(rng.standard_gamma(shapes[:, None], size=(n, card.draws)), axis=1)
    middle = card.settings.weakest_link_share
    least, most = max(0.0, middle - SHARE_HALF_WIDTH), min(1.0, middle + SHARE_HALF_WIDTH)

    def result(u: Floats) -> Floats:
        place = np.minimum((u * card.draws).astype(np.intp), card.draws - 1)
        values = np.stack([scores[k][place[:, k]] for k in range(n)])
        drawn = np.stack([gammas[k][place[:, n + k]] for k in range(n)])
        share = least + (most - least) * u[:, 2 * n]
        return owg_draws(values, drawn / drawn.sum(axis=0), share, floor=card.settings.floor)

    indices = sobol_indices(result, [1] * n + [n, 1], seed=card.seed, base_sample=base_sample)
    names = [d.code for d in applicable] + ["weights", "weakest_link_share"]
    found = [Influence(*one) for one in zip(names, *indices, strict=True)]
    return tuple(sorted(found, key=lambda one: -one.total))


def _scrambled_halton(rng: np.random.Generator, n: int, columns: int) -> Floats:
    """Return n evenly spread points; every digit of every column is shuffled."""
    points = np.empty((columns, n))
    for row, base in enumerate(_primes(columns)):
        rest, unit, total = np.arange(n), 1.0, np.zeros(n)
        while unit > DIGITS_DOWN_TO:
            unit /= base
            total += unit * rng.permutation(base)[rest % base]
            rest //= base
        points[row] = total
    return points.T


def _primes(n: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < n:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found
