"""Where each dot, arrow and name stands on the map: the same people give the same picture.

Lanes run from influence 5 down to 1; support is the place from left to right. A small map
names everybody. A large one names those who matter most and packs the rest in blocks.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .finding import Standing

WIDTH = 540
LEFT = 36  # of the lanes
COLUMN = 99
FIRST_COLUMN = 98
ROW = 33  # one named person
LABEL_FROM, LABEL_BACK = -5, 6  # of a name from its dot, written forwards or backwards
LONGEST_NAME = 26
LETTER, WIDE_LETTER = 7.2, 13.0
GAP = 12  # between two people in one row
EVERYBODY_NAMED = 30  # up to so many people each has a name and a row
NAMED, NAMED_IN_LANE = 24, 8  # on a larger map
STEP, IN_ROW = 13, 7  # of the dots in a block
COUNT_LINE = 18


@dataclass(frozen=True, slots=True)
class Dot:
    """One person's place; `tip` is how far to the right the arrow ends."""

    person: Standing
    x: float
    y: float
    tip: float | None
    is_named: bool
    label: str = ""
    label_x: float = LABEL_FROM
    is_backwards: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """How many unnamed dots stand in one block, and how many of them must move."""

    x: float
    y: float
    count: int
    movers: int


@dataclass(frozen=True, slots=True)
class Lane:
    influence: int
    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole map, in units of about one pixel."""

    height: float
    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    clusters: tuple[Cluster, ...]
    is_crowded: bool


def column(support: int) -> float:
    """Return the place of a level of support from left to right."""
    return FIRST_COLUMN + COLUMN * (support + 2)


def place(people: Sequence[Standing]) -> Picture:
    """Return where everybody stands, without two names or two dots on one another."""
    is_crowded = len(people) > EVERYBODY_NAMED
    by_lane: dict[int, list[Standing]] = defaultdict(list)
    for person in sorted(people, key=_first):
        by_lane[person.influence].append(person)
    named = _named(by_lane) if is_crowded else {person.key for person in people}
    top = 0.0
    lanes: list[Lane] = []
    dots: list[Dot] = []
    clusters: list[Cluster] = []
    for influence in range(5, 0, -1):
        members = by_lane.get(influence, [])
        with_name = [person for person in members if person.key in named]
        rows = _rows(with_name, is_crowded)
        offset = top + (28 if len(rows) == 1 else 24)
        for at, row in enumerate(rows):
            dots += [_named_dot(person, offset + ROW * at) for person in row]
        below = top + (ROW * len(rows) + 11 if rows else 0)
        rest = [person for person in members if person.key not in named]
        height = max(_blocks(rest, below, dots, clusters) - top, 44.0)
        lanes.append(Lane(influence, top, height))
        top += height
    return Picture(top, tuple(lanes), tuple(dots), tuple(clusters), is_crowded)


def _first(person: Standing) -> tuple[int, int, date, str, str]:
    """Order those who weigh most first; the key breaks ties, so that no visit differs."""
    return (
        -int(person.is_far),
        -person.weight,
        person.next_on or date.max,
        person.name.casefold(),
        person.key,
    )


def _named(by_lane: dict[int, list[Standing]]) -> set[str]:
    """Choose whom a crowded map names: those who weigh most, then the most influential."""

    def order(person: Standing) -> tuple[int, int, str, str]:
        return -person.weight, -person.influence, person.name, person.key

    chosen = [
        person
        for members in by_lane.values()
        for person in sorted(members, key=order)[:NAMED_IN_LANE]
    ]
    return {person.key for person in sorted(chosen, key=order)[:NAMED]}


def _rows(people: Sequence[Standing], is_packed: bool) -> list[list[Standing]]:
    """Return who stands in which row: one each, or as many as fit side by side."""
    if not is_packed:
        return [[person] for person in people]
    rows: list[list[Standing]] = []
    ends: list[list[tuple[float, float]]] = []
    for person in people:
        low, high = _extent(person)
        for row, taken in zip(rows, ends, strict=True):
            if all(high + GAP <= start or low >= end + GAP for start, end in taken):
                row.append(person)
                taken.append((low, high))
                break
        else:
            rows.append([person])
            ends.append([(low, high)])
    return rows


def _extent(person: Standing) -> tuple[float, float]:
    """Return the left and right end of a person's dot, arrow and name."""
    dot = _named_dot(person, 0)
    width = text_width(dot.label)
    start = dot.x + dot.label_x
    label = (start - width, start) if dot.is_backwards else (start, start + width)
    tip = dot.x if dot.tip is None else dot.x + dot.tip
    return min(dot.x - 7, tip, label[0]), max(dot.x + 7, tip, label[1])


def _named_dot(person: Standing, y: float) -> Dot:
    x = column(person.now)
    label = shortened(person.name)
    is_backwards = x + LABEL_FROM + text_width(label) > WIDTH
    return Dot(
        person=person,
        x=x,
        y=y,
        tip=_tip(person),
        is_named=True,
        label=label,
        label_x=LABEL_BACK if is_backwards else LABEL_FROM,
        is_backwards=is_backwards,
    )


def _tip(person: Standing) -> float | None:
    if person.needed is None or person.needed == person.now:
        return None
    return float(COLUMN * (person.needed - person.now))


def _blocks(
    people: Sequence[Standing], top: float, dots: list[Dot], clusters: list[Cluster]
) -> float:
    """Pack unnamed people in a block under each level of support; return the lower end."""
    blocks: dict[int, list[Standing]] = defaultdict(list)
    for person in people:
        blocks[person.now].append(person)
    bottom = top
    for support, members in sorted(blocks.items()):
        x = column(support)
        movers = sum(1 for person in members if person.steps)
        clusters.append(Cluster(x, top + 13, len(members), movers))
        for at, person in enumerate(members):
            row, place_in_row = divmod(at, IN_ROW)
            left = x - STEP * (min(len(members) - row * IN_ROW, IN_ROW) - 1) / 2
            dots.append(
                Dot(
                    person=person,
                    x=left + STEP * place_in_row,
                    y=top + COUNT_LINE + 9 + STEP * row,
                    tip=_tip(person),
                    is_named=False,
                )
            )
        rows = -(-len(members) // IN_ROW)
        bottom = max(bottom, top + COUNT_LINE + STEP * rows + 10)
    return bottom


def shortened(name: str) -> str:
    """Return a name that fits between two columns and a half."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def text_width(text: str) -> float:
    """Return about how wide a name is; letters of East Asia are twice as wide."""
    return sum(
        0.0
        if unicodedata.combining(letter)
        else WIDE_LETTER
        if unicodedata.east_asian_width(letter) in "WF"
        else LETTER
        for letter in text
    )
