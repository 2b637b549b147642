"""What the map of people says, in one sentence, and whom to move first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

MOST_INFLUENTIAL = 4  # of 5; from here on a person counts as one of the most influential
FAR = 2  # steps of support from which a move is marked

MOST_NAMES = 12  # written out in a sentence

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands: influence 1–5, support −2 to 2 now and needed."""

    key: str
    name: str
    influence: int
    now: int
    needed: int | None = None
    owner: str = ""
    next_on: date | None = None
    mark: int = 0  # which shape and colour; the same for people of one group

    @property
    def steps(self) -> int:
        """Steps of support to move; 0 when the needed support is unknown or reached."""
        return 0 if self.needed is None else max(0, self.needed - self.now)

    @property
    def is_far(self) -> bool:
        return self.steps >= FAR

    @property
    def weight(self) -> int:
        return self.influence * self.steps


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a person's support."""

    key: str
    before: int
    after: int


def whom_first(people: Iterable[Standing]) -> list[Standing]:
    """Return everybody who must move: by influence × steps, then by the date of the next step."""
    movers = [person for person in people if person.steps]
    return sorted(
        movers,
        key=lambda p: (-p.weight, -p.influence, p.next_on or date.max, p.name, p.key),
    )


def headline(people: Sequence[Standing]) -> str:
    """Return the finding of the map as a sentence without its full stop."""
    if not people:
        return "Nobody stands on the map yet"
    top = [person for person in people if person.influence >= MOST_INFLUENTIAL]
    if not top:
        return _without_top(people)
    movers = [person for person in top if person.steps]
    if not movers:
        return _top_is_settled(top, people)
    return f"{_share(len(movers), len(top))} must move, {_alone(movers)}"


def _without_top(people: Sequence[Standing]) -> str:
    movers = sum(1 for person in people if person.steps)
    subject = "Nobody on the map has great influence"
    if not movers:
        return f"{subject}, and nobody is known to have to move"
    return f"{subject}; {_number(movers)} of {_number(len(people))} must move"


def _top_is_settled(top: Sequence[Standing], people: Sequence[Standing]) -> str:
    unknown = sum(1 for person in top if person.needed is None)
    if unknown:
        subject = _share(unknown, len(top))
        return f"{subject} {'has' if unknown == 1 else 'have'} no support needed set"
    verb = "stands where they are needed" if len(top) == 1 else "stand where they are needed"
    others = sum(1 for person in people if person.steps)
    if not others:
        return f"{_share(len(top), len(top))} {verb}"
    noun = "other" if others == 1 else "others"
    return f"{_share(len(top), len(top))} {verb}; {_number(others)} {noun} must move"


def _share(part: int, whole: int) -> str:
    """Return how many of the most influential people, as the subject of a sentence."""
    if whole == 1:
        return "The most influential person"
    if part == whole:
        count = "Both" if whole == 2 else f"All {_number(whole)}"
        return f"{count} of the most influential people"
    return f"{_number(part).capitalize()} of the {_number(whole)} most influential people"


def _alone(movers: Sequence[Standing]) -> str:
    """Return how many of those who must move nobody talks to."""
    alone = sum(1 for person in movers if not person.owner.strip())
    count = len(movers)
    if count == 1:
        return "and nobody talks to this person" if alone else "and somebody talks to this person"
    if not alone:
        return "and somebody talks to each of them"
    if alone == count:
        return "and nobody talks to any of them"
    verb = "has" if alone == 1 else "have"
    return f"and {_number(alone)} of them {verb} nobody talking to them"


def settled(people: Iterable[Standing]) -> str:
    """Return who stands where they are needed, by name if they are few; "" when nobody does."""
    names = [person.name for person in people if person.needed is not None and not person.steps]
    if not names:
        return ""
    verb = "is where they" if len(names) == 1 else "are where they"
    who = f": {', '.join(names)}" if len(names) <= MOST_NAMES else ""
    return f"{_people(len(names))} {verb} should be{who}."


def movement(moves: Iterable[Move], days: int) -> str:
    """Return how many people's support rose or fell on balance, as a sentence."""
    net: dict[str, int] = {}
    for move in moves:
        if move.before == move.after:
            continue
        net[move.key] = net.get(move.key, 0) + move.after - move.before
    up = sum(1 for change in net.values() if change > 0)
    down = sum(1 for change in net.values() if change < 0)
    if not up and not down:
        balance = " on balance" if net else ""
        return f"Nobody’s support changed{balance} in {days} days"
    if not down:
        return f"{_people(up)} moved towards support in {days} days, none away from it"
    if not up:
        return f"{_people(down)} moved away from support in {days} days, none towards it"
    return (
        f"{_people(up)} moved towards support in {days} days, "
        f"{'one' if down == 1 else _number(down)} away from it"
    )


def _people(count: int) -> str:
    return f"{_number(count).capitalize()} {'person' if count == 1 else 'people'}"


def _number(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"
