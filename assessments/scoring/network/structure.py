"""Measures of who stands between others, on the compressed lists (METHODS d2).

networkx does the same in Python loops and asks for scipy; the tests compare with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .graph import Floats, Ints, Links, Network, links

_PATHS_AT_ONCE = 2_000_000
_SOURCES_AT_ONCE = 64
_MOST_STEPS = 5_000_000  # ties times sources that betweenness may follow
ALL_SOURCES_UP_TO = 2_000  # people
ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")


def page_rank(network: Network, damping: float = 0.85) -> Floats:
    """Return who is asked by people who are asked themselves; sums to 1."""
    size = network.size
    if not size:
        return np.empty(0)
    rows = np.repeat(np.arange(size), network.out_degree)
    share = 1.0 / np.maximum(network.out_degree, 1)
    is_silent = network.out_degree == 0
    rank = np.full(size, 1.0 / size)
    for _ in range(200):
        flow = np.bincount(network.asks.to, weights=(rank * share)[rows], minlength=size)
        new = damping * (flow + rank[is_silent].sum() / size) + (1 - damping) / size
        done = float(np.abs(new - rank).sum()) < 1e-12
        rank = new
        if done:
            break
    return rank


def affordable_sources(network: Network) -> int:
    """Return from how many people betweenness follows ways: all up to 2,000, then a sample."""
    if network.size <= ALL_SOURCES_UP_TO:
        return network.size
    most = max(_SOURCES_AT_ONCE, _MOST_STEPS // max(network.ties, 1))
    return min(most, network.size)


def betweenness(network: Network, sources: int, seed: int) -> Floats:
    """Return how often each person lies on a shortest way of asking.

    Normalised by (n - 1)(n - 2); estimated from a sample where not all sources are followed.
    """
    size = network.size
    total = np.zeros(size)
    if size < 3:
        return total
    rng = np.random.Generator(np.random.SFC64(seed))
    followed = np.sort(rng.choice(size, sources, replace=False))
    for first in range(0, sources, _SOURCES_AT_ONCE):
        total += _dependencies(network, followed[first : first + _SOURCES_AT_ONCE])
    return total * (size / sources) / ((size - 1) * (size - 2))


def _dependencies(network: Network, sources: Ints) -> Floats:
    """Return Brandes' dependencies for several sources at once, one column per source."""
    shape = (network.size, sources.size)
    columns = np.arange(sources.size)
    paths = np.zeros(shape)
    paths[sources, columns] = 1.0
    depth = np.full(shape, -1, np.int16)
    depth[sources, columns] = 0
    step = 0
    while True:
        arriving = _sums(network.asked_by, np.where(depth == step, paths, 0.0))
        is_new = (depth < 0) & (arriving > 0)
        if not is_new.any():
            break
        step += 1
        depth[is_new] = step
        paths[is_new] = arriving[is_new]
    dependency = np.zeros(shape)
    safe = np.maximum(paths, 1.0)
    for level in range(step, 0, -1):
        share = np.where(depth == level, (1.0 + dependency) / safe, 0.0)
        back = _sums(network.asks, share)
        dependency += np.where(depth == level - 1, paths * back, 0.0)
    dependency[sources, columns] = 0.0
    return dependency.sum(axis=1)  # type: ignore[no-any-return]


def _sums(rows: Links, values: Floats) -> Floats:
    """Return for each row the sum of its neighbours' values."""
    result = np.zeros_like(values)
    filled = np.flatnonzero(rows.counts)
    if filled.size:
        result[filled] = np.add.reduceat(values[rows.to], rows.start[filled], axis=0)
    return result


def _chunks(work: Ints) -> Iterator[Ints]:
    """Yield places in runs whose work stays within what memory should hold."""
    bins = np.cumsum(work) // _PATHS_AT_ONCE
    edges = np.flatnonzero(np.diff(bins)) + 1
    yield from np.split(np.arange(work.size), edges)


def structural_holes(network: Network) -> tuple[Floats, Floats]:
    """Return Burt's constraint and the effective size of each person; NaN for the isolated."""
    size = network.size
    asker = np.repeat(np.arange(size), network.out_degree)
    pairs = np.concatenate((asker * size + network.asks.to, network.asks.to * size + asker))
    keys, mutual = np.unique(pairs, return_counts=True)
    rows, to = np.divmod(keys, max(size, 1))
    near = links(rows, to, size)
    total = np.bincount(rows, weights=mutual, minlength=size)
    most = np.zeros(size)
    np.maximum.at(most, rows, mutual)
    share = mutual / total[rows]  # the part of one's contacts that goes to this one
    scaled = mutual / most[rows]
    indirect = np.zeros(keys.size)
    redundant = np.zeros(size)
    work = np.bincount(rows, weights=near.counts[to], minlength=size).astype(np.int64)
    for chosen in _chunks(work):
        first = near.positions(chosen)
        second = near.positions(to[first])
        lengths = near.counts[to[first]]
        source, share_of_first = np.repeat(rows[first], lengths), np.repeat(share[first], lengths)
        key = source * size + to[second]
        place = np.minimum(np.searchsorted(keys, key), max(keys.size - 1, 0))
        closed = keys[place] == key
        place, second = place[closed], second[closed]
        source, share_of_first = source[closed], share_of_first[closed]
        np.add.at(indirect, place, share_of_first * share[second])
        # The two shares run against each other: j's contacts are scaled by j's closest one.
        back = np.searchsorted(keys, to[second] * size + rows[second])
        np.add.at(redundant, source, share_of_first * scaled[back])
    constraint: Floats = np.zeros(size)
    np.add.at(constraint, rows, (share + indirect) ** 2)
    effective: Floats = near.counts - redundant
    isolated = near.counts == 0
    constraint[isolated] = effective[isolated] = np.nan
    return constraint, effective


def brokerage(network: Network, codes: Ints) -> Ints:
    """Return Gould and Fernandez' roles of each person, one column per name in ROLES.

    Counted are ways a → broker → c where a does not ask c. Ways through people without a
    group are left out.
    """
    size = network.size
    counts = np.zeros((size, len(ROLES)), np.int64)
    asker = np.repeat(np.arange(size), network.out_degree)
    keys = asker * size + network.asks.to
    work = np.bincount(asker, weights=network.out_degree[network.asks.to], minlength=size)
    for chosen in _chunks(work.astype(np.int64)):
        first = network.asks.positions(chosen)
        broker = network.asks.to[first]
        lengths = network.out_degree[broker]
        end = network.asks.of(broker)
        source, broker = np.repeat(asker[first], lengths), np.repeat(broker, lengths)
        key = source * size + end
        place = np.minimum(np.searchsorted(keys, key), max(keys.size - 1, 0))
        a, b, c = codes[source], codes[broker], codes[end]
        is_open = (source != end) & (keys[place] != key) & (a >= 0) & (b >= 0) & (c >= 0)
        a, b, c, broker = a[is_open], b[is_open], c[is_open], broker[is_open]
        roles = (
            (a == b) & (b == c),
            (a == c) & (a != b),
            (a == b) & (b != c),
            (b == c) & (a != b),
            (a != b) & (b != c) & (a != c),
        )
        for column, held in enumerate(roles):
            counts[:, column] += np.bincount(broker[held], minlength=size)
    return counts
