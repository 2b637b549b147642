"""Whom the champions reach, in which part of the organisation, and who hangs on one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from .graph import Flags, Floats, Ints, Network, Person, distances, group_of

FURTHER = 0.5  # judgement (d1): worth of a person one step beyond the reach
SHOWN_FROM = 3  # people; a smaller part is not shown on its own
COUNTED_FROM = 5  # people; a smaller part does not decide the worst one
FLOOR = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """A group, site or shift as the champions reach it; shares are 0–1."""

    name: str
    size: int
    score: float  # people in reach, those one step beyond at half
    one_hop: float
    two_hop: float
    champions: int
    silent: int
    is_shown: bool
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whom a set of champions reaches."""

    size: int
    champions: tuple[str, ...]
    hops: int
    score: float  # people in reach, those one step beyond at half; 0–1
    one_hop: float  # share of people who are a champion or ask one directly
    two_hop: float
    groups: tuple[Part, ...]
    sites: tuple[Part, ...]
    shifts: tuple[Part, ...]
    worst_group: Part | None
    covered_ids: tuple[str, ...]
    reachable_ids: tuple[str, ...]  # one step beyond
    uncovered_ids: tuple[str, ...]
    silent_ids: tuple[str, ...]  # name nobody: only covered as champion or by a buddy
    dimension_score: float  # 1–100


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes when one champion leaves."""

    id: str
    people: tuple[str, ...]  # no longer in reach
    share: float  # of all people
    points: float  # off the dimension score


@dataclass(frozen=True, slots=True)
class Division:
    """The groups that are large enough to decide the worst one."""

    members: Floats  # one column per group, 1 where a person belongs to it
    names: tuple[str, ...]

    @classmethod
    def of(cls, network: Network) -> Division:
        """Return the groups of five people or more."""
        names, codes = network.parts(group_of)
        sizes = np.bincount(codes[codes >= 0], minlength=len(names))
        places = np.flatnonzero(sizes >= COUNTED_FROM)
        members = (codes[:, None] == places).astype(np.float64)
        return cls(members, tuple([names[place] for place in places]))


def worth(steps: Ints, hops: int) -> Floats:
    """Return what each person counts for, by the steps to the nearest champion."""
    return np.where(steps <= hops, 1.0, np.where(steps == hops + 1, FURTHER, 0.0))


def dimension_score(total: Floats, by_group: Floats) -> Floats:
    """Return 100·√(coverage · worst group's coverage) for one or more rows of groups."""
    # NaN stands for a group of which nobody was drawn; without any group the whole is the worst.
    worst = np.fmin.reduce(by_group, axis=1, initial=np.inf)
    worst = np.where(np.isfinite(worst), worst, total)
    return np.maximum(FLOOR, 100.0 * np.sqrt(total * worst))


def coverage(network: Network, champions: Iterable[str], hops: int = 1) -> Coverage:
    """Return whom the champions reach; `hops` is the distance that counts in full."""
    chosen = network.places(champions)
    steps = distances(network, chosen, max(hops + 1, 2))
    value = worth(steps, hops)
    is_silent = network.out_degree == 0
    groups = _parts(network, group_of, steps, value, is_silent)
    counted = [part for part in groups if part.is_counted]
    return Coverage(
        size=network.size,
        champions=network.ids(chosen),
        hops=hops,
        score=_mean(value),
        one_hop=_mean(steps <= 1),
        two_hop=_mean(steps <= 2),
        groups=groups,
        sites=_parts(network, lambda person: person.site, steps, value, is_silent),
        shifts=_parts(network, lambda person: person.shift, steps, value, is_silent),
        worst_group=min(counted, key=lambda part: (part.score, part.name), default=None),
        covered_ids=network.ids(np.flatnonzero(steps <= hops)),
        reachable_ids=network.ids(np.flatnonzero(steps == hops + 1)),
        uncovered_ids=network.ids(np.flatnonzero(steps > hops + 1)),
        silent_ids=network.ids(np.flatnonzero(is_silent)),
        dimension_score=_score(value, Division.of(network)),
    )


def loss_if_leaves(network: Network, champions: Iterable[str], hops: int = 1) -> tuple[Loss, ...]:
    """Return for each champion who falls out of reach without him or her, and at what price."""
    chosen = network.places(champions)
    division = Division.of(network)
    before = distances(network, chosen, hops + 1)
    score = _score(worth(before, hops), division)
    losses = []
    for place in chosen:
        after = distances(network, chosen[chosen != place], hops + 1)
        lost = np.flatnonzero((before <= hops) & (after > hops))
        losses.append(
            Loss(
                id=network.people[place].id,
                people=network.ids(lost),
                share=lost.size / network.size,
                points=score - _score(worth(after, hops), division),
            )
        )
    return tuple(losses)


def _score(value: Floats, division: Division) -> float:
    total = np.array([_mean(value)])
    by_group = (value @ division.members) / division.members.sum(axis=0)
    return float(dimension_score(total, by_group[None, :])[0])


def _mean(values: Floats | Flags) -> float:
    return float(values.mean()) if values.size else 0.0


def _parts(
    network: Network,
    name_of: Callable[[Person], str],
    steps: Ints,
    value: Floats,
    is_silent: Flags,
) -> tuple[Part, ...]:
    names, codes = network.parts(name_of)

    def total(values: Floats | Flags) -> Floats:
        known = codes >= 0
        sums = np.bincount(codes[known], weights=values[known], minlength=len(names))
        return sums.astype(np.float64)

    sizes = total(np.ones(network.size))
    columns = np.column_stack(
        (
            total(value) / sizes,
            total(steps <= 1) / sizes,
            total(steps <= 2) / sizes,
            total(steps == 0),
            total(is_silent),
        )
    ).tolist()
    return tuple(
        Part(
            name=name,
            size=int(size),
            score=score,
            one_hop=one,
            two_hop=two,
            champions=int(of_them),
            silent=int(silent),
            is_shown=size >= SHOWN_FROM,
            is_counted=size >= COUNTED_FROM,
        )
        for name, size, (score, one, two, of_them, silent) in zip(
            names, sizes.tolist(), columns, strict=True
        )
    )
