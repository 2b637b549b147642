"""The drawn network: where people, names and lines stand, the same on every visit."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from .coverage import Coverage
from .graph import Ints, Network
from .layout import Disc, discs, layout

WIDTH = 610.0
TALLEST = 600.0  # of a picture of 500 people, as long as dots stay readable
AIRY, MOST_AIR = 480.0, 48.0
LARGEST_SCALE, SMALLEST_SCALE = 13.0, 5.0  # pixels between two people
LABEL = 40.0  # above a disc: the name and a count
LETTER, BOLD_LETTER, WIDE_LETTER = 6.6, 7.0, 12.5
NARROWEST, WIDEST_LABEL = 96.0, 190.0
FEW_GROUPS = 12  # more have shorter names
LINE = 13.0  # between two names
FAR = 15.0  # a name may stand so far from its dot
PEOPLE_UP_TO = 1_500  # above, groups are drawn instead of people
MOST_LINES = 60  # between groups
NO_GROUP = "No group"


@dataclass(frozen=True, slots=True)
class Dot:
    """One person; `state` is champion, direct, two or out."""

    id: str
    x: float
    y: float
    state: str
    place: int  # in the list that the page hands to its script


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    x: float
    y: float
    is_left: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group: its name stands above its disc."""

    name: str  # "" holds the people without one
    label: str
    x: float
    y: float
    radius: float
    size: int
    in_reach: int
    is_worst: bool

    @property
    def name_y(self) -> float:
        return self.y - self.radius - 20

    @property
    def count_y(self) -> float:
        return self.y - self.radius - 6

    @property
    def inner(self) -> float:
        """The radius of the part of the disc's area that is in reach."""
        return round(self.radius * sqrt(self.in_reach / self.size), 1) if self.size else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """Questions between two groups, both ways."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    ties: int


@dataclass(frozen=True, slots=True)
class Picture:
    width: float
    height: float
    radius: float  # of a person's mark
    clusters: tuple[Cluster, ...]
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    path: str  # every line from a person to a champion they ask
    lines: tuple[Line, ...]

    @property
    def core(self) -> float:
        """The radius of the point inside the ring of a person two steps away."""
        return round(self.radius * 0.42, 2)

    @property
    def champion(self) -> float:
        return round(max(self.radius * 1.8, 3.5), 2)


def states(network: Network, found: Coverage) -> dict[str, str]:
    """Return for everybody whether they are a champion, ask one, are two steps away or out."""
    result = dict.fromkeys((person.id for person in network.people), "out")
    result.update(dict.fromkeys(found.reachable_ids, "two"))
    result.update(dict.fromkeys(found.covered_ids, "direct"))
    result.update(dict.fromkeys(found.champions, "champion"))
    return result


def people_picture(
    network: Network,
    state: Mapping[str, str],
    names: Mapping[str, str],
    *,
    worst: str = "",
    shown: Iterable[str] | None = None,
) -> Picture:
    """Return the picture of people in their groups; `shown` keeps some of them.

    `state` comes from `states`; a group's count tells how many of all its people are in reach.
    """
    ids = [person.id for person in network.people]
    kept = set(ids) if shown is None else set(shown)
    part = network if shown is None else _only(network, kept)
    found = discs(part)
    spots = layout(part)
    scale, middles, height = _pack(found, lambda disc, size: disc.radius * size)
    middle_of = dict(zip((disc.name for disc in found), middles, strict=True))
    disc_of = {disc.name: disc for disc in found}
    at: dict[str, tuple[float, float]] = {}
    for person in part.people:
        disc, (x, y) = disc_of[person.group], middle_of[person.group]
        left, top = spots[person.id]
        at[person.id] = (
            round(x + (left - disc.x) * scale, 1),
            round(y + (top - disc.y) * scale, 1),
        )
    place = {name: i for i, name in enumerate(ids)}
    dots = tuple(Dot(i, *at[i], state[i], place[i]) for i in ids if i in kept)
    return Picture(
        width=WIDTH,
        height=round(height, 1),
        radius=round(min(3.4, scale * 0.27), 2),
        clusters=_clusters(network, found, middles, state, worst, scale),
        dots=dots,
        names=_names([dot for dot in dots if dot.state == "champion"], names),
        path=_path(network, state, at, place),
        lines=(),
    )


def groups_picture(network: Network, state: Mapping[str, str], *, worst: str = "") -> Picture:
    """Return the picture of groups as discs, with lines for the questions between them."""
    found = discs(network)
    largest = max((disc.size for disc in found), default=1)

    def radius(disc: Disc, size: float) -> float:
        return max(4.0, 5 * size * sqrt(disc.size / largest))

    scale, middles, height = _pack(found, radius)
    clusters = _clusters(network, found, middles, state, worst, scale, radius)
    names, codes = network.parts(lambda person: person.group)
    askers = np.repeat(codes, network.out_degree)
    asked = codes[network.asks.to]
    between = (askers >= 0) & (asked >= 0) & (askers != asked)
    low = np.minimum(askers, asked)[between]
    high = np.maximum(askers, asked)[between]
    pairs, counts = np.unique(low * max(len(names), 1) + high, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_LINES]
    spot = {cluster.name: (cluster.x, cluster.y) for cluster in clusters}
    most = int(counts.max()) if counts.size else 1
    lines = []
    for pair, ties in zip(pairs[order].tolist(), counts[order].tolist(), strict=True):
        first, second = divmod(pair, max(len(names), 1))
        width = round(0.6 + 4 * sqrt(ties / most), 2)
        lines.append(Line(*spot[names[first]], *spot[names[second]], width, ties))
    return Picture(WIDTH, round(height, 1), 0.0, clusters, (), (), "", tuple(lines))


def _only(network: Network, kept: set[str]) -> Network:
    people = tuple(person for person in network.people if person.id in kept)
    return Network.build(people, (), network.threshold)


def _pack(
    found: Sequence[Disc], radius: Callable[[Disc, float], float]
) -> tuple[float, list[tuple[float, float]], float]:
    """Return the scale, the middle of each disc and the height: rows as wide as the picture."""
    people = sum(disc.size for disc in found)
    tallest = TALLEST + max(0.0, people - 500) / 4
    scale = LARGEST_SCALE
    while True:
        middles, height = _rows(found, [radius(disc, scale) for disc in found])
        too_wide = any(2 * radius(disc, scale) > WIDTH for disc in found)
        if (height <= tallest and not too_wide) or scale <= SMALLEST_SCALE:
            return scale, middles, height
        scale -= 0.5


def _rows(found: Sequence[Disc], radii: Sequence[float]) -> tuple[list[tuple[float, float]], float]:
    longest = _longest(found)
    wide = [
        max(2 * r, NARROWEST, min(text_width(disc.name or NO_GROUP, BOLD_LETTER), longest))
        for disc, r in zip(found, radii, strict=True)
    ]
    rows: list[list[int]] = []
    left = WIDTH + 1
    for i, width in enumerate(wide):
        if left + width > WIDTH:
            rows.append([])
            left = 0.0
        rows[-1].append(i)
        left += width
    heights = [LABEL + 2 * max(radii[i] for i in row) for row in rows]
    # A low picture gets air between its rows.
    air = min(MOST_AIR, max(0.0, AIRY - sum(heights)) / max(len(rows) - 1, 1))
    middles: list[tuple[float, float]] = []
    top = 0.0
    for row, height in zip(rows, heights, strict=True):
        gap = max(0.0, WIDTH - sum(wide[i] for i in row)) / (len(row) + 1)
        tallest = max(radii[i] for i in row)
        x = gap
        for i in row:
            middles.append((round(x + wide[i] / 2, 1), round(top + LABEL + tallest, 1)))
            x += wide[i] + gap
        top += height + air
    return middles, top - air + 10 if rows else 10.0


def _longest(found: Sequence[Disc]) -> float:
    return WIDEST_LABEL if len(found) <= FEW_GROUPS else NARROWEST


def _clusters(
    network: Network,
    found: Sequence[Disc],
    middles: Sequence[tuple[float, float]],
    state: Mapping[str, str],
    worst: str,
    scale: float,
    radius: Callable[[Disc, float], float] | None = None,
) -> tuple[Cluster, ...]:
    size: dict[str, int] = {}
    reach: dict[str, int] = {}
    for person in network.people:
        size[person.group] = size.get(person.group, 0) + 1
        if state[person.id] in ("champion", "direct"):
            reach[person.group] = reach.get(person.group, 0) + 1
    return tuple(
        Cluster(
            name=disc.name,
            label=shortened(disc.name or NO_GROUP, _longest(found), BOLD_LETTER),
            x=x,
            y=y,
            radius=round(radius(disc, scale) if radius else (disc.radius - 1) * scale, 1),
            size=size[disc.name],
            in_reach=reach.get(disc.name, 0),
            is_worst=bool(worst) and disc.name == worst,
        )
        for disc, (x, y) in zip(found, middles, strict=True)
    )


def _path(
    network: Network,
    state: Mapping[str, str],
    at: Mapping[str, tuple[float, float]],
    place: Mapping[str, int],
) -> str:
    parts = []
    for person_id, (x, y) in at.items():
        if state[person_id] != "champion":
            continue
        i = place[person_id]
        row: Ints = network.asked_by.to[network.asked_by.start[i] : network.asked_by.start[i + 1]]
        for j in row.tolist():
            asker = network.people[j].id
            if asker in at:
                parts.append(f"M{at[asker][0]} {at[asker][1]}L{x} {y}")
    return "".join(parts)


def _names(champions: Sequence[Dot], names: Mapping[str, str]) -> tuple[Name, ...]:
    """Return the champions' names beside their dots; one that finds no free place is left out."""
    taken: list[tuple[float, float, float]] = []  # left, right, y
    placed = []
    for dot in sorted(champions, key=lambda each: (each.y, each.x, each.id)):
        text = shortened(names[dot.id], WIDEST_LABEL, LETTER)
        width = text_width(text, LETTER)
        for left, is_left in ((dot.x + 10, False), (dot.x - 10 - width, True)):
            if left < 0 or left + width > WIDTH:
                continue
            y = dot.y
            while y - dot.y <= FAR and any(
                left < right and left + width > start and abs(y - other) < LINE
                for start, right, other in taken
            ):
                y += 1
            if y - dot.y <= FAR:
                taken.append((left, left + width, y))
                x = dot.x - 10 if is_left else dot.x + 10
                placed.append(Name(text, round(x, 1), round(y + 4, 1), is_left))
                break
    return tuple(placed)


def text_width(text: str, letter: float) -> float:
    """Return about how wide a text is; letters of East Asia are twice as wide."""
    return sum(
        0.0
        if unicodedata.combining(sign)
        else WIDE_LETTER
        if unicodedata.east_asian_width(sign) in "WF"
        else letter
        for sign in text
    )


def shortened(text: str, width: float, letter: float) -> str:
    """Return a text that fits a width, its end cut off where it does not."""
    if text_width(text, letter) <= width:
        return text
    while text and text_width(text + "…", letter) > width:
        text = text[:-1]
    return text.rstrip() + "…"
