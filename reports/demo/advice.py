"""Draw who asks whom: from how many of a group replied and reach a champion, with a fixed seed.

The story gives counts; who it is, is drawn. Coverage is calculated by the product from the ties.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.demo.story import dice

MOST_NAMED = 5
ASKED_AT_MOST = 5  # by colleagues without a champion; who is asked more is told by name
OWN_GROUP = 0.85  # of the names that people give


@dataclass
class Circle:
    """One group: its people, how many replied, how many reach a champion, and whom they ask."""

    name: str
    people: Sequence[str]
    replied: int
    reached: int
    asks: Sequence[str]
    known: frozenset[str]  # told by name, so they did reply
    open_ends: float  # share of names given by the unreached that lead to people in reach
    answered: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)  # in reach
    far: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A person whom many name."""

    name: str
    by: int
    by_far: int  # of them without a champion


def draw_ties(
    circles: Sequence[Circle], *, champions: set[str], asked: Sequence[Asked], seed: str
) -> dict[str, list[str]]:
    """Return whom each person who replied named, up to five; the circles learn who replied."""
    rng = dice(seed)
    popular = {each.name for each in asked}
    named: dict[str, list[str]] = {}
    for circle in circles:
        _divide(circle, champions, popular, rng)
        named.update((who, []) for who in circle.answered)
    home = {who: circle for circle in circles for who in circle.people}
    for circle in circles:
        askers = [who for who in circle.near if who not in champions]
        for place, who in enumerate(askers):
            named[who].append(circle.asks[place % len(circle.asks)])
    for each in asked:
        _name_popular(each, home[each.name], named, champions, rng)
    taken: Counter[str] = Counter()
    for circle in circles:
        others = [each for each in circles if each is not circle]
        for who in circle.answered:
            wanted = len(named[who]) or 1
            wanted = max(wanted, rng.choice((1, 2, 3, 3, 4, 5)))
            is_near = who in circle.near
            for _ in range(12):
                if len(named[who]) >= wanted:
                    break
                at = circle if rng.random() < OWN_GROUP else rng.choice(others)
                other = _pick(at, is_near, circle.open_ends, champions, popular, taken, rng)
                if other and other != who and other not in named[who]:
                    named[who].append(other)
                    taken[other] += not is_near
    return named


def _divide(circle: Circle, champions: set[str], popular: set[str], rng: random.Random) -> None:
    """Draw who replied and who is in reach; champions did and are, the popular ones are not."""
    own = [who for who in circle.people if who in champions]
    rest = [who for who in circle.people if who not in champions and who not in popular]
    rng.shuffle(rest)
    count = max(0, circle.reached - len(own))
    circle.near = own + rest[:count]
    circle.far = [who for who in circle.people if who in popular]
    circle.far += sorted(rest[count:], key=lambda who: who not in circle.known)
    circle.answered = (circle.near + circle.far)[: circle.replied]


def _name_popular(
    each: Asked,
    circle: Circle,
    named: dict[str, list[str]],
    champions: set[str],
    rng: random.Random,
) -> None:
    far = [who for who in circle.far if who in named and who != each.name]
    near = [who for who in circle.near if who not in champions]
    rng.shuffle(far)
    rng.shuffle(near)
    # The ones with the fewest names first, so that the popular share few of their askers.
    far.sort(key=lambda who: len(named[who]))
    for who in far[: each.by_far] + near[: each.by - each.by_far]:
        if len(named[who]) < MOST_NAMED:
            named[who].append(each.name)


def _pick(
    circle: Circle,
    is_near: bool,
    open_ends: float,
    champions: set[str],
    popular: set[str],
    taken: Counter[str],
    rng: random.Random,
) -> str | None:
    """Return a colleague to name; who has no champion never names one."""
    if is_near:
        other = rng.choice([*circle.near, *circle.people])
        return None if other in popular else other
    pool = circle.near if rng.random() < open_ends else circle.far
    # The first of a group are asked more than the last.
    pool = [
        who
        for who in pool
        if who not in champions and who not in popular and taken[who] < ASKED_AT_MOST
    ]
    return pool[int(len(pool) * rng.random() ** 2)] if pool else None
