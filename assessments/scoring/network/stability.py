"""How far the answers that did not come could move the result (METHODS d3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .champions import select
from .coverage import Division, dimension_score, worth
from .graph import Flags, Floats, Ints, Network, distances, links, reach
from .measures import mean_ranks

STABLE_FROM = 0.6  # judgement (d3): below this response rate every suggestion is unstable
_CELLS = 2_000_000  # weights held at once


@dataclass(frozen=True, slots=True)
class NonResponse:
    """What would have been found, had a further share of people not answered."""

    share: float
    draws: int
    rank_correlation: float  # Spearman of in-degree with the full answers, mean over draws
    rank_correlation_q05: float
    coverage_full: float  # of the champions chosen on all answers, one hop
    coverage_mean: float  # true coverage of those chosen on fewer answers


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often resamples of the answers suggest this person as well."""

    id: str
    share: float


class Spread(NamedTuple):
    """A standard error and a 90 % interval, on 0–100."""

    se: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stability:
    """The spread of the coverage over resamples of those who answered."""

    overall: Spread  # of the dimension score
    groups: tuple[tuple[str, Spread], ...]  # of 100 · coverage, groups of five people or more
    champions: tuple[Chosen, ...]
    response_rate: float
    resamples: int
    seed: int

    @property
    def is_unstable(self) -> bool:
        """Tell whether too few answered for any suggestion to be called stable."""
        return self.response_rate < STABLE_FROM


def response_rate(network: Network) -> float:
    """Return the share of people who said whom they ask."""
    return float(network.has_answered.mean()) if network.size else 0.0


def nonresponse_check(
    network: Network, share: float = 0.2, draws: int = 1000, seed: int = 0, m: int = 5
) -> NonResponse:
    """Return how in-degree and the best `m` champions hold when a share of people falls silent."""
    size = network.size
    silent = round(share * size)
    rng = np.random.Generator(np.random.SFC64(seed))
    truth = mean_ranks(network.in_degree)
    asker = np.repeat(np.arange(size), network.out_degree)
    full = reach(network)

    def covered(chosen: list[int]) -> float:
        return full.with_self(np.array(chosen, np.int64)).size / size

    correlations, shares = np.empty(draws), np.empty(draws)
    for draw in range(draws):
        speaks = np.ones(size, np.bool_)
        speaks[rng.choice(size, silent, replace=False)] = False
        less = _without(network, speaks, asker)
        correlations[draw] = _correlation(mean_ranks(less.in_degree), truth)
        picks = select(reach(less), less.in_degree, m)
        shares[draw] = covered([place for place, _ in picks])
    return NonResponse(
        share=share,
        draws=draws,
        rank_correlation=float(correlations.mean()),
        rank_correlation_q05=float(np.quantile(correlations, 0.05)),
        coverage_full=covered([place for place, _ in select(full, network.in_degree, m)]),
        coverage_mean=float(shares.mean()),
    )


def bootstrap(
    network: Network,
    champions: Iterable[str],
    resamples: int = 500,
    seed: int = 0,
    hops: int = 1,
    locked_in: Iterable[str] = (),
    never: Iterable[str] = (),
) -> Stability:
    """Return how much the dimension score moves, and how often each champion is suggested again.

    A resample draws as many of those who answered, with replacement; who is drawn twice counts
    twice, with all he or she named. Who did not answer stays as counted: out of reach unless a
    champion. `locked_in` are in every suggestion, `never` in none.
    """
    if resamples < 2:
        raise ValueError("A spread needs two resamples or more.")
    chosen = network.places(champions)
    value = worth(distances(network, chosen, hops + 1), hops)
    division = Division.of(network)
    relation = reach(network, hops)
    locked, blocked = network.places(locked_in), network.places(never)
    scores = np.empty(resamples)
    by_group = np.empty((resamples, len(division.names)))
    again = np.zeros(network.size, np.int64)
    done = 0
    for weights in _resampled(network.has_answered, resamples, seed):
        rows = slice(done, done + len(weights))
        parts = (weights * value) @ division.members
        sizes = weights @ division.members
        by_group[rows] = np.divide(parts, sizes, out=np.full(sizes.shape, np.nan), where=sizes > 0)
        scores[rows] = dimension_score(weights @ value / max(network.size, 1), by_group[rows])
        for row in weights:
            picks = select(
                relation,
                network.in_degree,
                chosen.size,
                locked=locked,
                never=blocked,
                weights=row,
            )
            for place, _ in picks:
                again[place] += 1
        done += len(weights)
    return Stability(
        overall=_spread(scores),
        groups=tuple(
            (name, _spread(100.0 * column[np.isfinite(column)]))
            for name, column in zip(division.names, by_group.T, strict=True)
        ),
        champions=tuple(
            Chosen(network.people[place].id, float(again[place] / resamples)) for place in chosen
        ),
        response_rate=response_rate(network),
        resamples=resamples,
        seed=seed,
    )


def _resampled(has_answered: Flags, resamples: int, seed: int) -> Iterable[Ints]:
    """Yield how often each person counts, one row per resample, a block at a time."""
    rng = np.random.Generator(np.random.SFC64(seed))
    answered = np.flatnonzero(has_answered)
    size = has_answered.size
    rows = max(1, _CELLS // max(size, 1))
    for first in range(0, resamples, rows):
        count = min(rows, resamples - first)
        weights = np.tile(np.where(has_answered, 0, 1), (count, 1))
        if answered.size:
            drawn = answered[rng.integers(0, answered.size, (count, answered.size))]
            drawn += np.arange(count)[:, None] * size
            weights += np.bincount(drawn.ravel(), minlength=count * size).reshape(count, size)
        yield weights


def _without(network: Network, speaks: Flags, asker: Ints) -> Network:
    """Return the network without what the silent ones said."""
    kept = speaks[asker]
    rows, to = asker[kept], network.asks.to[kept]
    return Network(
        network.people,
        network.threshold,
        links(rows, to, network.size),
        links(to, rows, network.size),
        network.has_answered & speaks,
    )


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 1.0


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, (0.05, 0.95))
    return Spread(float(values.std(ddof=1)), float(low), float(high))
