"""Where each person stands in the picture of the network: the same place on every visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from .graph import Flags, Floats, Network, group_of

_GOLDEN_ANGLE = pi * (3 - sqrt(5))
_MARGIN = 1.5  # around a disc, in the distance between two people


@dataclass(frozen=True, slots=True)
class Disc:
    """The circle in which a group stands; "" holds the people without a group."""

    name: str
    x: float
    y: float
    radius: float
    size: int


def discs(network: Network, groups: Sequence[str] = ()) -> tuple[Disc, ...]:
    """Return one disc per group, in rows, in the given order and then by name.

    Two neighbours in a disc stand about one unit apart; the picture starts at (0, 0).
    """
    names, codes = network.parts(group_of)
    sizes = dict(zip(names, np.bincount(codes[codes >= 0], minlength=len(names)), strict=True))
    alone = int((codes < 0).sum())
    order = [name for name in dict.fromkeys(groups) if name in sizes]
    order += [name for name in names if name not in order]
    counts = [int(sizes[name]) for name in order]
    if alone:
        order.append("")
        counts.append(alone)
    radii = [_radius(count) for count in counts]
    # A picture somewhat wider than high: rows as long as the area asks for.
    width = max(
        1.6 * sqrt(sum((2 * radius) ** 2 for radius in radii)),
        max((2 * radius for radius in radii), default=0.0),
    )
    placed: list[Disc] = []
    left = top = height = 0.0
    for name, count, radius in zip(order, counts, radii, strict=True):
        if left and left + 2 * radius > width:
            left, top, height = 0.0, top + height, 0.0
        placed.append(Disc(name, left + radius, top + radius, radius, count))
        left += 2 * radius
        height = max(height, 2 * radius)
    return tuple(placed)


def layout(
    network: Network, groups: Sequence[str] = (), seed: int = 0, champions: Iterable[str] = ()
) -> dict[str, tuple[float, float]]:
    """Return the place of each person: by id around the middle of the group, champions inmost.

    Champions change places with those inmost, the others stay. The seed turns the discs.
    """
    _, codes = network.parts(group_of)
    names = [person.group for person in network.people]
    is_champion = np.zeros(network.size, np.bool_)
    is_champion[network.places(champions)] = True
    places = np.empty((network.size, 2))
    rng = np.random.Generator(np.random.SFC64(seed))
    # By name, so that a turn does not depend on the order of the groups.
    found = sorted(discs(network, groups), key=lambda disc: disc.name)
    turns = rng.uniform(0, 2 * pi, len(found)).tolist()
    by_code = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[by_code], np.arange(-1, len(found) + 1))
    for disc, turn in zip(found, turns, strict=True):
        code = codes[names.index(disc.name)]
        members = by_code[bounds[code + 1] : bounds[code + 2]]
        spot = _spots(is_champion[members])
        places[members] = _sunflower(members.size, turn)[spot] + (disc.x, disc.y)
    return {
        person.id: (x, y)
        for person, (x, y) in zip(network.people, places.round(3).tolist(), strict=True)
    }


def _radius(count: int) -> float:
    return sqrt(count / pi) * 1.1 + _MARGIN


def _sunflower(count: int, turn: float) -> Floats:
    i = np.arange(count)
    radius = 1.1 * np.sqrt((i + 0.5) / pi)
    angle = i * _GOLDEN_ANGLE + turn
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _spots(is_champion: Flags) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the spot of each member: the own one, but champions swap into the inmost ones."""
    spots = np.arange(is_champion.size, dtype=np.int64)
    inmost = int(is_champion.sum())
    outside = np.flatnonzero(is_champion[inmost:]) + inmost
    inside = np.flatnonzero(~is_champion[:inmost])
    spots[outside], spots[inside] = inside, outside
    return spots
