"""Who asks whom, as two compressed lists: whom a person asks, and by whom a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OFTEN = 4  # of 5; the frequency from which a tie counts by default


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the network; rank 1 is the top of the organisation."""

    id: str
    group: str = ""
    site: str = ""
    shift: str = ""
    is_manager: bool = False
    has_project_role: bool = False
    rank: int | None = None
    has_answered: bool = False  # said whom they ask, even if nobody
    order: str = ""  # tells equal people apart in place of the id, if that is random


def _place_of(person: Person) -> tuple[int, str, str]:
    # The shorter one first: plain numbers then stand in their own order.
    order = person.order or person.id
    return len(order), order, person.id


@dataclass(frozen=True, slots=True)
class Tie:
    """`asker` turns to `asked` for help; frequency 1 (never) to 5 (very often)."""

    asker: str
    asked: str
    frequency: int = OFTEN


@dataclass(frozen=True, slots=True)
class Links:
    """A relation as rows of neighbours: row i is `to[start[i]:start[i + 1]]`, ascending."""

    start: Ints
    to: Ints

    @property
    def counts(self) -> Ints:
        """Return the length of each row."""
        return np.diff(self.start)

    def of(self, rows: Ints) -> Ints:
        """Return the neighbours of several rows, one row after the other."""
        return self.to[self.positions(rows)]

    def positions(self, rows: Ints) -> Ints:
        """Return where in `to` the neighbours of several rows stand."""
        first = self.start[rows]
        counts = self.start[rows + 1] - first
        ends = np.cumsum(counts)
        total = int(ends[-1]) if ends.size else 0
        return np.repeat(first - ends + counts, counts) + np.arange(total)


def links(rows: Ints, to: Ints, size: int) -> Links:
    """Return the relation of distinct pairs as rows of neighbours."""
    order = np.argsort(rows * size + to, kind="stable")
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=start[1:])
    return Links(start, to[order])


@dataclass(frozen=True, eq=False)
class Network:
    """People in the order of their ids, and the ties among them that count."""

    people: tuple[Person, ...]
    threshold: int
    asks: Links
    asked_by: Links
    has_answered: Flags

    @classmethod
    def build(
        cls, people: Iterable[Person], ties: Iterable[Tie], threshold: int = OFTEN
    ) -> Network:
        """Return the network of the ties at or above the threshold."""
        ordered = tuple(sorted(people, key=_place_of))
        index = {person.id: i for i, person in enumerate(ordered)}
        size = len(ordered)
        if len(index) < size:
            raise ValueError("Two people have the same id.")
        named = list(ties)
        unknown = sorted({i for tie in named for i in (tie.asker, tie.asked) if i not in index})
        if unknown:
            raise ValueError(f"Ties name people who are not in the network: {', '.join(unknown)}.")
        own = sorted({tie.asker for tie in named if tie.asker == tie.asked})
        if own:
            raise ValueError(f"People name themselves: {', '.join(own)}.")
        askers = np.fromiter((index[tie.asker] for tie in named), np.int64, len(named))
        asked = np.fromiter((index[tie.asked] for tie in named), np.int64, len(named))
        often = np.fromiter((tie.frequency for tie in named), np.int64, len(named))

        has_answered = np.fromiter((p.has_answered for p in ordered), np.bool_, size)
        has_answered[askers] = True
        # A tie named twice counts once, if the higher frequency reaches the threshold.
        pairs = np.unique((askers * size + asked)[often >= threshold])
        rows, to = np.divmod(pairs, max(size, 1))
        return cls(ordered, threshold, links(rows, to, size), links(to, rows, size), has_answered)

    @property
    def size(self) -> int:
        """Return the number of people."""
        return len(self.people)

    @property
    def ties(self) -> int:
        """Return the number of ties that count."""
        return int(self.asks.to.size)

    @cached_property
    def index(self) -> dict[str, int]:
        """Return the place of each id."""
        return {person.id: i for i, person in enumerate(self.people)}

    @cached_property
    def in_degree(self) -> Ints:
        """Return by how many each person is asked."""
        return self.asked_by.counts

    @cached_property
    def out_degree(self) -> Ints:
        """Return how many each person asks."""
        return self.asks.counts

    def places(self, ids: Iterable[str]) -> Ints:
        """Return the places of some people, each once, in ascending order."""
        wanted = set(ids)
        unknown = sorted(wanted - self.index.keys())
        if unknown:
            raise ValueError(f"Not in the network: {', '.join(unknown)}.")
        return np.array(sorted(self.index[i] for i in wanted), np.int64)

    def ids(self, places: Ints) -> tuple[str, ...]:
        """Return the ids at some places."""
        return tuple(self._names[places].tolist())

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.array([person.id for person in self.people], dtype=object)

    def parts(self, name_of: Callable[[Person], str]) -> tuple[tuple[str, ...], Ints]:
        """Return the names of a division, sorted, and each person's place in it; -1 is none."""
        given = [name_of(person) for person in self.people]
        names = tuple(sorted({name for name in given if name}))
        code = {name: i for i, name in enumerate(names)}
        return names, np.array([code.get(name, -1) for name in given], np.int64)


def group_of(person: Person) -> str:
    """Return the group of a person."""
    return person.group


def distances(network: Network, champions: Ints, limit: int) -> Ints:
    """Return how many steps of asking lead from each person to a champion; limit + 1 is more."""
    found = np.full(network.size, limit + 1, np.int64)
    found[champions] = 0
    front = champions
    for step in range(1, limit + 1):
        near = network.asked_by.of(front)
        front = np.unique(near[found[near] > step])
        found[front] = step
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Who covers which others within some steps; everybody also covers himself or herself."""

    covers: Links  # row: the champion
    covered_by: Links  # row: the person who asks

    def with_self(self, champions: Ints) -> Ints:
        """Return the people whom some champions cover, themselves included, each once."""
        return np.unique(np.concatenate((champions, self.covers.of(champions))))


def reach(network: Network, hops: int = 1) -> Reach:
    """Return who would be covered by whom within the given steps."""
    if hops < 1:
        raise ValueError("Coverage needs at least one step.")
    if hops == 1:
        return Reach(network.asked_by, network.asks)
    size = network.size
    rows = to = np.arange(size, dtype=np.int64)
    pairs = rows * size + to
    for _ in range(hops):
        steps = np.repeat(rows, network.out_degree[to]) * size + network.asks.of(to)
        pairs = np.unique(np.concatenate((pairs, steps)))
        rows, to = np.divmod(pairs, max(size, 1))
    other = rows != to
    rows, to = rows[other], to[other]
    return Reach(links(to, rows, size), links(rows, to, size))
