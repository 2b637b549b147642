"""The best champions there are, by branch and bound, for networks where that can be finished.

Both searches bound a branch by Lagrangian relaxation: every person gets a price, improved by
subgradient steps, and the priced problem is solved at once. A branch whose bound is no better
than the best solution known is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from .champions import greedy, greedy_full_cover
from .graph import Flags, Floats, Ints, Network, reach

LARGEST = 500  # people; above, the greedy answer is given as it is
NODE_LIMIT = 20_000
_ROOT_STEPS, _STEPS = 400, 40
_SLACK = 1e-7


@dataclass(frozen=True, slots=True)
class Optimum:
    """The most people that `m` champions can cover, as far as it was searched."""

    ids: tuple[str, ...]
    covered: int
    share: float
    bound: int  # nobody can cover more than this
    is_proven: bool
    nodes: int


@dataclass(frozen=True, slots=True)
class DominatingSet:
    """The fewest champions that cover everybody, as far as it was searched."""

    ids: tuple[str, ...]
    size: int
    bound: int  # fewer than this cannot do
    is_proven: bool
    nodes: int


def _in_time() -> bool:
    return False


def optimum(
    network: Network,
    m: int,
    *,
    hops: int = 1,
    never: Iterable[str] = (),
    is_late: Callable[[], bool] = _in_time,
    node_limit: int = NODE_LIMIT,
) -> Optimum:
    """Return the best `m` champions; `is_proven` is false where the search was cut short."""
    never = tuple(never)
    plan = greedy(network, m, never=never, hops=hops)
    if network.size > LARGEST or not plan.picks:
        is_proven = not plan.picks
        bound = plan.covered if is_proven else network.size
        return Optimum(plan.ids, plan.covered, plan.share, bound, is_proven, 0)
    allowed = np.ones(network.size, np.bool_)
    allowed[network.places(never)] = False
    search = _MaximumCover(_matrix(network, hops), network.places(plan.ids), plan.covered)
    is_proven, nodes = search.run(m, allowed, is_late, node_limit)
    return Optimum(
        ids=network.ids(search.best),
        covered=search.covered,
        share=search.covered / network.size,
        bound=search.covered if is_proven else max(search.root, search.covered),
        is_proven=is_proven,
        nodes=nodes,
    )


def minimum_dominating_set(
    network: Network,
    *,
    hops: int = 1,
    is_late: Callable[[], bool] = _in_time,
    node_limit: int = NODE_LIMIT,
) -> DominatingSet:
    """Return the fewest champions that leave nobody out; `is_proven` as in `optimum`."""
    plan = greedy_full_cover(network, hops=hops)
    if network.size > LARGEST or not plan.picks:
        size = len(plan.picks)
        return DominatingSet(plan.ids, size, min(size, 1), size == 0, 0)
    search = _SetCover(_matrix(network, hops), network.places(plan.ids))
    is_proven, nodes = search.run(is_late, node_limit)
    size = search.best.size
    return DominatingSet(
        ids=network.ids(search.best),
        size=size,
        bound=size if is_proven else min(search.root, size),
        is_proven=is_proven,
        nodes=nodes,
    )


def _matrix(network: Network, hops: int) -> Floats:
    """Return 1 where the person of the row is covered by the person of the column."""
    rows = reach(network, hops).covered_by
    matrix = np.eye(network.size)
    matrix[np.repeat(np.arange(network.size), rows.counts), rows.to] = 1.0
    return matrix


class _MaximumCover:
    """Depth first over "this one is in" and "this one is out"."""

    def __init__(self, matrix: Floats, best: Ints, covered: int) -> None:
        self.matrix = matrix
        self.best = best
        self.covered = covered
        self.root = matrix.shape[0]

    def run(
        self, m: int, allowed: Flags, is_late: Callable[[], bool], limit: int
    ) -> tuple[bool, int]:
        """Search, and return whether it was finished and after how many branches."""
        prices = np.ones(self.matrix.shape[0])
        stack = [(np.empty(0, np.int64), np.flatnonzero(allowed), prices)]
        nodes = 0
        while stack:
            if nodes >= limit or (nodes and is_late()):
                return False, nodes
            chosen, columns, prices = stack.pop()
            nodes += 1
            stack.extend(self._branch(chosen, columns, prices, m, nodes == 1))
        return True, nodes

    def _branch(
        self, chosen: Ints, columns: Ints, prices: Floats, m: int, is_root: bool
    ) -> list[tuple[Ints, Ints, Floats]]:
        is_open = self.matrix[:, chosen].sum(axis=1) == 0
        rows = np.flatnonzero(is_open)
        base = is_open.size - rows.size
        left = m - chosen.size
        block = self.matrix[np.ix_(rows, columns)]
        if left == 1 or columns.size <= left:
            take = np.argsort(-block.sum(axis=0), kind="stable")[:left]
            self._keep(np.append(chosen, columns[take]))
            return []
        price = prices[rows]
        bound, best_price = np.inf, price
        pace, since = 1.0, 0
        for _ in range(_ROOT_STEPS if is_root else _STEPS):
            value = price @ block
            take = np.argpartition(-value, left - 1)[:left]
            here = float(base + (1.0 - price).sum() + value[take].sum())
            if here < bound - _SLACK:
                bound, best_price, since = here, price, 0
                if floor(bound + _SLACK) <= self.covered:
                    break
            else:
                since += 1
                if since == 5:
                    pace, since = pace / 2, 0
            times = block[:, take].sum(axis=1)
            if base + np.count_nonzero(times) > self.covered:
                self._keep(np.append(chosen, columns[take]))
            slope = times - 1.0
            # A price at its limit that would leave it does not count in the step's length.
            slope[((price <= 0) & (slope > 0)) | ((price >= 1) & (slope < 0))] = 0.0
            length = float(slope @ slope)
            if length == 0.0:
                break
            price = np.clip(price - pace * (here - self.covered) / length * slope, 0.0, 1.0)
        if is_root:
            self.root = min(self.root, floor(bound + _SLACK))
        if floor(bound + _SLACK) <= self.covered:
            return []
        value = best_price @ block
        order = np.argsort(-value, kind="stable")
        # With this one in and the weakest of the chosen out the bound must still be better.
        could = bound - value[order[left - 1]] + value
        keep = np.floor(could + _SLACK) > self.covered
        keep[order[:left]] = True
        first = columns[order[0]]
        columns = columns[keep]
        others = columns[columns != first]
        prices = prices.copy()
        prices[rows] = best_price
        return [(chosen, others, prices), (np.append(chosen, first), others, prices)]

    def _keep(self, chosen: Ints) -> None:
        covered = int(np.count_nonzero(self.matrix[:, chosen].sum(axis=1)))
        if covered > self.covered:
            self.covered, self.best = covered, np.sort(chosen)


class _SetCover:
    """Depth first over who covers the person with the fewest possible champions."""

    def __init__(self, matrix: Floats, best: Ints) -> None:
        self.matrix = matrix
        self.best = best
        self.root = 1

    def run(self, is_late: Callable[[], bool], limit: int) -> tuple[bool, int]:
        """Search, and return whether it was finished and after how many branches."""
        size = self.matrix.shape[0]
        everybody = np.arange(size, dtype=np.int64)
        stack = [(np.empty(0, np.int64), everybody, np.full(size, 1.0 / size))]
        nodes = 0
        while stack:
            if nodes >= limit or (nodes and is_late()):
                return False, nodes
            chosen, columns, prices = stack.pop()
            nodes += 1
            stack.extend(self._branch(chosen, columns, prices, nodes == 1))
        return True, nodes

    def _branch(
        self, chosen: Ints, columns: Ints, prices: Floats, is_root: bool
    ) -> list[tuple[Ints, Ints, Floats]]:
        chosen, columns, rows = self._forced(chosen, columns)
        if not rows.size:
            if chosen.size < self.best.size:
                self.best = np.sort(chosen)
            return []
        block = self.matrix[np.ix_(rows, columns)]
        if not block.any(axis=1).all():
            return []
        price = prices[rows]
        bound, best_price = -np.inf, price
        pace, since = 1.0, 0
        for _ in range(_ROOT_STEPS if is_root else _STEPS):
            cost = 1.0 - price @ block
            here = float(chosen.size + price.sum() + np.minimum(cost, 0.0).sum())
            if here > bound + _SLACK:
                bound, best_price, since = here, price, 0
                if ceil(bound - _SLACK) >= self.best.size:
                    break
            else:
                since += 1
                if since == 5:
                    pace, since = pace / 2, 0
            slope = 1.0 - block[:, cost < 0].sum(axis=1)
            slope[(price <= 0) & (slope < 0)] = 0.0
            length = float(slope @ slope)
            if length == 0.0:
                break
            price = np.maximum(price + pace * (self.best.size - here) / length * slope, 0.0)
        if is_root:
            self.root = ceil(bound - _SLACK)
        cost = 1.0 - best_price @ block
        self._complete(chosen, columns, block, cost)
        if ceil(bound - _SLACK) >= self.best.size:
            return []
        # Whoever would lift the bound to the best known size cannot be in a better solution.
        keep = np.ceil(bound + np.maximum(cost, 0.0) - _SLACK) < self.best.size
        prices = prices.copy()
        prices[rows] = best_price
        columns, cost, block = columns[keep], cost[keep], block[:, keep]
        ways = block.sum(axis=1)
        if not ways.all():
            return []
        able = np.flatnonzero(block[np.argmin(ways)])
        able = able[np.argsort(cost[able], kind="stable")]
        branches = []
        for i, column in enumerate(able):
            rest = np.delete(columns, able[: i + 1])
            branches.append((np.append(chosen, columns[column]), rest, prices))
        return branches[::-1]

    def _forced(self, chosen: Ints, columns: Ints) -> tuple[Ints, Ints, Ints]:
        """Take whoever is the only one left for somebody, until there is no such person."""
        while True:
            rows = np.flatnonzero(self.matrix[:, chosen].sum(axis=1) == 0)
            block = self.matrix[np.ix_(rows, columns)]
            single = block[block.sum(axis=1) == 1]
            taken = single.any(axis=0)
            if not taken.any():
                return chosen, columns[block.any(axis=0)], rows
            chosen, columns = np.append(chosen, columns[taken]), columns[~taken]

    def _complete(self, chosen: Ints, columns: Ints, block: Floats, cost: Floats) -> None:
        """Make a solution from the prices: the cheapest first, then without the needless."""
        times = np.zeros(block.shape[0])
        taken: list[int] = []
        for column in np.argsort(cost, kind="stable").tolist():
            if (block[:, column] > times).any():
                taken.append(column)
                times += block[:, column]
                if times.all():
                    break
        for column in reversed(taken.copy()):
            if (times - block[:, column]).all():
                taken.remove(column)
                times -= block[:, column]
        if chosen.size + len(taken) < self.best.size:
            self.best = np.sort(np.append(chosen, columns[taken]))
