"""Whom to ask to be a champion: greedy maximum coverage (METHODS d1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import e

import numpy as np

from .graph import Flags, Ints, Network, Reach, reach

GUARANTEE = 1 - 1 / e  # of the optimum, by Nemhauser, Wolsey and Fisher (1978)
_NEVER = -(2**60)


@dataclass(frozen=True, slots=True)
class Pick:
    """One suggested champion and what he or she adds to those before."""

    id: str
    gain: int  # people newly covered
    newly_covered: tuple[str, ...]
    covered: int  # with everybody picked so far
    share: float
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Suggested champions in the order of what they add."""

    picks: tuple[Pick, ...]
    size: int
    hops: int
    covered_at_start: int  # by the champions who are there already
    covered: int
    share: float
    guarantee: float = GUARANTEE  # at least this share of the best possible gain, if none is locked

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the suggested people in order."""
        return tuple([pick.id for pick in self.picks])


def greedy(
    network: Network,
    m: int,
    locked_in: Iterable[str] = (),
    never: Iterable[str] = (),
    start: Iterable[str] = (),
    hops: int = 1,
) -> Plan:
    """Return up to `m` champions, each adding the most people not yet covered.

    `locked_in` come first and count among the `m`; `start` are champions already and do not.
    Ties: the person asked by more, then the lower id. Nobody is suggested who adds nobody.
    """
    locked, blocked, there = network.places(locked_in), network.places(never), network.places(start)
    both = np.intersect1d(locked, blocked)
    if both.size:
        raise ValueError(f"Both always in and never: {', '.join(network.ids(both))}.")
    locked = np.setdiff1d(locked, there)
    relation = reach(network, hops)
    covered = None
    count = 0
    if there.size:
        covered = np.zeros(network.size, np.bool_)
        covered[relation.with_self(there)] = True
        count = int(covered.sum())
    covered_at_start = count
    is_locked = set(locked.tolist())
    picks = []
    for place, new in select(
        relation, network.in_degree, m, locked=locked, never=blocked, covered=covered
    ):
        count += new.size
        picks.append(
            Pick(
                id=network.people[place].id,
                gain=int(new.size),
                newly_covered=network.ids(new),
                covered=count,
                share=count / network.size,
                is_locked=place in is_locked,
            )
        )
    return Plan(
        picks=tuple(picks),
        size=network.size,
        hops=hops,
        covered_at_start=covered_at_start,
        covered=count,
        share=count / network.size if network.size else 0.0,
    )


def greedy_full_cover(
    network: Network, never: Iterable[str] = (), start: Iterable[str] = (), hops: int = 1
) -> Plan:
    """Return as many champions as the greedy rule needs until nobody more can be covered."""
    return greedy(network, network.size, never=never, start=start, hops=hops)


def select(
    relation: Reach,
    in_degree: Ints,
    m: int,
    *,
    locked: Ints | None = None,
    never: Ints | None = None,
    covered: Flags | None = None,
    weights: Ints | None = None,
) -> Iterator[tuple[int, Ints]]:
    """Yield the picks of the greedy rule with the places each one newly covers.

    `weights` count a person several times, as in a resample.
    """
    size = in_degree.size
    if not size:
        return
    is_open = np.ones(size, np.bool_) if covered is None else ~covered
    # Gain and in-degree in one number: the first largest is the pick, ties included. Gains are
    # kept exact by taking off what became covered, so each tie is read once in a whole plan.
    step = int(in_degree.max()) + 1
    worth = np.full(size, step) if weights is None else weights * step
    if weights is None and covered is None:
        rank = in_degree + (relation.covers.counts + 1) * step
    else:
        rank = in_degree.copy()
        _add(rank, relation, np.flatnonzero(is_open), worth)
    if never is not None:
        rank[never] = _NEVER
    start = relation.covers.start
    waiting = np.empty(0, np.int64) if locked is None else locked
    for _ in range(max(m, waiting.size)):
        if waiting.size:
            place = int(waiting[np.argmax(rank[waiting])])
            waiting = waiting[waiting != place]
        else:
            place = int(np.argmax(rank))
            if rank[place] < step:
                return
        near = relation.covers.to[start[place] : start[place + 1]]
        new = near[is_open[near]]
        if is_open[place]:
            new = np.insert(new, np.searchsorted(new, place), place)
        is_open[new] = False
        _add(rank, relation, new, -worth)
        yield place, new


def _add(rank: Ints, relation: Reach, people: Ints, worth: Ints) -> None:
    """Add what each of some people is worth to everybody who would cover them."""
    own = worth[people]
    rank[people] += own
    rows = relation.covered_by
    np.add.at(rank, rows.of(people), np.repeat(own, rows.start[people + 1] - rows.start[people]))
