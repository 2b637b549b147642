"""Greedy coverage against plain loops: python -m tests.bench.bench_network [PEOPLE]

The first rival is a lazy greedy in plain Python on the same compressed lists, the second the
same rule written on a networkx graph with sets, on a tenth of the people. All must cover as many.
"""

from __future__ import annotations

import heapq
import resource
import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

import networkx as nx
import numpy as np

from assessments.scoring.network import Network, Person, Tie, bootstrap, greedy, layout

CHAMPIONS = 50
NAMED = 5
SEED = 20260101


def office(size: int) -> Network:
    """Return people who each name five others; a few are named by very many."""
    rng = np.random.default_rng(SEED)
    popularity = rng.pareto(1.2, size) + 0.5
    named = rng.choice(size, (size, NAMED), p=popularity / popularity.sum())
    # Redraw evenly whoever drew himself, herself or a name twice, until all is distinct.
    while True:
        order = np.sort(named, axis=1)
        twice = (order[:, 1:] == order[:, :-1]).any(axis=1)
        wrong = np.flatnonzero(twice | (named == np.arange(size)[:, None]).any(axis=1))
        if not wrong.size:
            break
        named[wrong] = rng.integers(0, size, (wrong.size, NAMED))
    ids = [f"{i:06}" for i in range(size)]
    return Network.build(
        [Person(ids[i], group=f"Group {i % 200}") for i in range(size)],
        (Tie(ids[i], ids[j]) for i, row in enumerate(named.tolist()) for j in row),
    )


def lazy_greedy(start: list[int], to: list[int], m: int) -> tuple[int, list[int]]:
    """Return how many are covered and by whom: the usual heap of stale gains, in plain Python."""
    size = len(start) - 1
    degree = [start[v + 1] - start[v] for v in range(size)]
    heap = [(-(degree[v] + 1), -degree[v], v) for v in range(size)]
    heapq.heapify(heap)
    covered = bytearray(size)
    count, picks = 0, []
    while heap and len(picks) < m:
        stale, by, v = heapq.heappop(heap)
        gain = 1 - covered[v]
        for u in to[start[v] : start[v + 1]]:
            gain += 1 - covered[u]
        if gain < -stale:
            heapq.heappush(heap, (-gain, by, v))
            continue
        if not gain:
            break
        covered[v] = 1
        for u in to[start[v] : start[v + 1]]:
            covered[u] = 1
        count += gain
        picks.append(v)
    return count, picks


def graph_greedy(graph: nx.DiGraph[int], m: int) -> int:
    """Return how many are covered: the rule as one writes it down first, on a networkx graph."""
    covered: set[int] = set()
    for _ in range(m):
        best = max(
            graph,
            key=lambda v: (
                len(({v} | set(graph.predecessors(v))) - covered),
                graph.in_degree(v),
                -v,
            ),
        )
        covered |= {best} | set(graph.predecessors(best))
    return len(covered)


def seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the median processor time of a call; what else the machine does is not counted."""
    times = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def main(arguments: Sequence[str]) -> None:
    """Print the times, the ratios and the memory; fail if fewer people were covered."""
    size = int(arguments[0]) if arguments else 100_000
    net = office(size)
    print(f"numpy {np.__version__}, {net.size:,} people, {net.ties:,} ties, {CHAMPIONS} champions")
    plan = greedy(net, CHAMPIONS)
    lists = net.asked_by.start.tolist(), net.asked_by.to.tolist()
    plain, picks = lazy_greedy(*lists, CHAMPIONS)
    assert plan.covered >= plain, (plan.covered, plain)
    assert plan.ids == net.ids(picks)
    ours = seconds(lambda: greedy(net, CHAMPIONS))
    lazy = seconds(lambda: lazy_greedy(*lists, CHAMPIONS))
    print(f"covered {plan.covered:,} people, plain lazy greedy {plain:,}, the same champions")
    print(f"greedy {1e3 * ours:.1f} ms, plain lazy greedy {1e3 * lazy:.1f} ms: {lazy / ours:.1f}×")

    small = office(size // 10)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(small.size))
    askers = np.repeat(np.arange(small.size), small.out_degree)
    graph.add_edges_from(zip(askers.tolist(), small.asks.to.tolist(), strict=True))
    few = CHAMPIONS // 5
    assert greedy(small, few).covered >= graph_greedy(graph, few)
    ours, slow = seconds(lambda: greedy(small, few)), seconds(lambda: graph_greedy(graph, few), 1)
    print(
        f"{small.size:,} people, {few} champions: {1e3 * ours:.1f} ms, "
        f"networkx {1e3 * slow:.0f} ms: {slow / ours:.0f}×"
    )

    team = office(500)
    chosen = greedy(team, 25).ids
    print(f"bootstrap, 500 people × 200: {seconds(lambda: bootstrap(team, chosen, 200)):.2f} s")
    crowd = office(5_000)
    print(f"layout, 5,000 people: {1e3 * seconds(lambda: layout(crowd)):.0f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, rivals included")


if __name__ == "__main__":
    main(sys.argv[1:])
