"""Who is asked, who connects, and who has influence that no chart shows (METHODS d2)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from .graph import Floats, Ints, Network, group_of
from .structure import (
    ROLES,
    affordable_sources,
    betweenness,
    brokerage,
    page_rank,
    structural_holes,
)

HIDDEN_SHARE = 0.15  # judgement (d2): the most asked among whom to look


@dataclass(frozen=True, slots=True)
class PersonMeasures:
    """One person's place in the network."""

    id: str
    in_degree: int
    out_degree: int
    in_degree_rank: float  # 1 = asked by most; equal ones share the mean rank
    rank_gap: float | None  # minus the rank of the level; below 0 = asked more than the level says
    page_rank: float
    betweenness: float
    constraint: float | None  # low = between groups that do not ask each other
    effective_size: float | None
    coordinator: int  # all three in one group
    itinerant: int  # between two of one group, from outside
    representative: int  # carries questions out of the own group
    gatekeeper: int  # lets questions into the own group
    liaison: int  # between two groups, of a third
    brokerage: int  # all five roles


@dataclass(frozen=True, slots=True)
class Measures:
    """The network as a whole, and everybody in it in the order of the ids."""

    people: tuple[PersonMeasures, ...]
    size: int
    ties: int
    density: float
    reciprocity: float  # share of ties that are returned
    centralisation: float  # Freeman, of the in-degree
    is_sampled: bool  # betweenness is estimated from some of the people
    sources: int  # people from whom ways were followed


def measures(network: Network, seed: int = 0, sources: int | None = None) -> Measures:
    """Return the measures of the network.

    Betweenness follows ways from `sources` people, drawn by the seed; from all up to 2,000.
    """
    sources = affordable_sources(network) if sources is None else min(sources, network.size)
    _, codes = network.parts(group_of)
    between = betweenness(network, sources, seed)
    constraint, effective = structural_holes(network)
    asked = mean_ranks(-network.in_degree)
    gaps = _rank_gaps(network, asked)
    ranks = page_rank(network)
    roles = brokerage(network, codes)
    size, ties = network.size, network.ties
    return Measures(
        people=tuple(
            PersonMeasures(
                id=person.id,
                in_degree=int(network.in_degree[i]),
                out_degree=int(network.out_degree[i]),
                in_degree_rank=float(asked[i]),
                rank_gap=gaps[i],
                page_rank=float(ranks[i]),
                betweenness=float(between[i]),
                constraint=_known(constraint[i]),
                effective_size=_known(effective[i]),
                brokerage=int(roles[i].sum()),
                **dict(zip(ROLES, roles[i].tolist(), strict=True)),
            )
            for i, person in enumerate(network.people)
        ),
        size=size,
        ties=ties,
        density=ties / (size * (size - 1)) if size > 1 else 0.0,
        reciprocity=_returned(network) / ties if ties else 0.0,
        centralisation=_centralisation(network.in_degree),
        is_sampled=sources < size,
        sources=sources,
    )


def hidden_influencers(network: Network, share: float = HIDDEN_SHARE) -> tuple[str, ...]:
    """Return the most asked who neither lead people nor have a project role, most asked first."""
    degree = network.in_degree
    most = max(1, int(share * network.size))
    if not degree.size:
        return ()
    # Equal ones at the limit belong to it.
    limit = max(1, int(np.sort(degree)[-most]))
    order = np.argsort(-degree, kind="stable")
    return tuple(
        person.id
        for person in (network.people[i] for i in order[degree[order] >= limit])
        if not person.is_manager and not person.has_project_role
    )


def mean_ranks(values: Ints | Floats) -> Floats:
    """Return ranks from 1 for the lowest; equal values share their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _rank_gaps(network: Network, asked: Floats) -> list[float | None]:
    known = [i for i, person in enumerate(network.people) if person.rank is not None]
    gaps: list[float | None] = [None] * network.size
    levels = np.array([network.people[i].rank for i in known], np.int64)
    # Both ranks among the people whose level is known.
    difference = mean_ranks(asked[known]) - mean_ranks(levels) if known else np.empty(0)
    for i, gap in zip(known, difference.tolist(), strict=True):
        gaps[i] = gap
    return gaps


def _returned(network: Network) -> int:
    rows = np.repeat(np.arange(network.size), network.out_degree)
    there = rows * network.size + network.asks.to
    back = network.asks.to * network.size + rows
    return int(np.isin(there, back).sum())


def _centralisation(degree: Ints) -> float:
    if degree.size < 2:
        return 0.0
    # A star, in which all ask one, has the sum (n - 1)².
    return float((degree.max() - degree).sum()) / (degree.size - 1) ** 2
