"""What the impact pages say in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .impact import Peak, Summary, peak
from .words import counted, level, listed

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence whose subject is a name that people typed; pages set the name apart."""

    subject: str
    text: str

    def __str__(self) -> str:
        return self.subject + self.text


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a group loses and gains, and how much of it is settled."""

    losses: int = 0
    answered: int = 0
    gains: int = 0
    confirmed: int = 0  # gains that the group itself confirmed

    @property
    def unanswered(self) -> int:
        return self.losses - self.answered

    @property
    def unconfirmed(self) -> int:
        return self.gains - self.confirmed

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(
            self.losses + other.losses,
            self.answered + other.answered,
            self.gains + other.gains,
            self.confirmed + other.confirmed,
        )


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One group as the list tells of it."""

    name: str
    headcount: int
    impact: Summary
    ledger: Ledger


def group_headline(name: str, impact: Summary, ledger: Ledger) -> Finding:
    """Return how much one group's work changes and what about it is open."""
    if impact.level is None and not ledger.losses and not ledger.gains:
        return Finding(name, ": nobody has said yet what changes")
    return Finding(name, f": {_impact(impact)}, {_and_open(impact, ledger)}")


def _impact(impact: Summary) -> str:
    if impact.level is None:
        return "impact not rated yet"
    # A whole level keeps its decimal: it is a mean, and the next one may not be whole.
    said = f"impact {impact.level:.1f} of 5"
    return said if impact.project is not None else f"{said} in its own eyes"


def _and_open(impact: Summary, ledger: Ledger) -> str:
    if ledger.unanswered:
        return f"and {losses_unanswered(ledger)}"
    if impact.gap is not None and impact.is_wide:
        more = "more" if impact.gap > 0 else "less"
        return f"and it sees far {more} change than the project does"
    if not ledger.losses:
        return "and no loss is written down yet"
    return f"and {_every_loss(ledger.losses)}"


def losses_unanswered(ledger: Ledger) -> str:
    """Return how many losses have no answer, of how many; none is every loss answered."""
    if not ledger.losses:
        return "no loss is written down yet"
    if not ledger.unanswered:
        return _every_loss(ledger.losses)
    if ledger.losses == 1:
        return "its one loss has no answer"
    if ledger.unanswered == ledger.losses:
        return f"none of its {_word(ledger.losses)} losses has an answer"
    verb = "has" if ledger.unanswered == 1 else "have"
    return f"{_word(ledger.unanswered)} of {_word(ledger.losses)} losses {verb} no answer"


def gains_unconfirmed(ledger: Ledger) -> str:
    """Return how many gains the group has confirmed, of how many."""
    if not ledger.gains:
        return "no gain is written down yet"
    if not ledger.unconfirmed:
        return "the group confirmed every gain" if ledger.gains > 1 else "the group confirmed it"
    if not ledger.confirmed:
        return "the group confirmed none"
    return f"the group confirmed {_word(ledger.confirmed)} of {_word(ledger.gains)} gains"


def _every_loss(losses: int) -> str:
    return "its one loss has an answer" if losses == 1 else "every loss has an answer"


def changes_headline(ahead: int) -> str:
    """Return how many changes take hours from a group now or later."""
    if not ahead:
        return "Nothing else is planned for this group"
    changes = "change takes" if ahead == 1 else "changes take"
    return f"{_word(ahead).capitalize()} {changes} hours from this group now or later"


def gaps_headline(impact: Summary, names: Mapping[str, str]) -> str:
    """Return where the group and the project see the change differently."""
    if not impact.project_n and not impact.group_n:
        return "Nobody has rated the impact yet"
    if not impact.group_n:
        return "The group has not rated its own change yet"
    if not impact.project_n:
        return "The project has not rated this group yet"
    if not impact.wide:
        return "The group and the project see the change alike"
    wide = impact.wide
    where = listed([names[row.aspect].lower() for row in wide[:3]])
    if len(wide) > 3:
        where = f"{_word(len(wide))} of ten aspects, most on {names[wide[0].aspect].lower()}"
    ups = {(row.gap or 0) > 0 for row in wide}
    if len(ups) > 1:
        return f"The group and the project are far apart on {where}"
    more = "more" if ups == {True} else "less"
    return f"The group sees far {more} change than the project on {where}"


def groups_headline(groups: Sequence[GroupFacts]) -> Finding:
    """Return which group's work changes most, and how many losses have no answer."""
    if not groups:
        return Finding("", "Nobody is named yet whose work changes")
    rated = [group for group in groups if group.impact.level is not None]
    if not rated:
        people = sum(group.headcount for group in groups)
        who = "1 person" if people == 1 else f"{people:,} people"
        return Finding(
            "", f"{who} in {counted(len(groups), 'group')}; nobody has rated yet what changes"
        )
    most = min(rated, key=lambda g: (-(g.impact.level or 0), -g.headcount, g.name))
    together = sum((group.ledger for group in groups), Ledger())
    text = f" changes most, {most.impact.level:.1f} of 5"
    if len(rated) < len(groups):
        text += (
            f" among the {_word(len(rated))} rated" if len(rated) > 1 else ", the only one rated"
        )
    return Finding(most.name, f"{text}; {losses_unanswered(together).replace('its ', 'the ')}")


def calendar_headline(
    loads: Mapping[str, Sequence[float]],
    weeks: Sequence[date],
    *,
    limit: float,
    go_live: date | None,
) -> Finding:
    """Return the heaviest week, and how many groups have a week above the limit."""
    top = peak(loads, weeks)
    if top is None:
        return Finding("", "No hours are planned in these weeks")
    text = f" carries {level(top.hours)} {_hours(top.hours)} a week in {_week(top, go_live)}"
    heavy = sum(any(hours > limit for hours in row) for row in loads.values())
    if heavy > 1:
        text += f"; {_word(heavy)} groups go above {level(limit)}"
    elif not heavy:
        text += f", within the limit of {level(limit)}"
    return Finding(top.group, text)


def _hours(hours: float) -> str:
    return "hour" if hours == 1 else "hours"


def _week(top: Peak, go_live: date | None) -> str:
    if go_live is not None and 0 <= (go_live - top.week).days < 7:
        return "the go-live week"
    return f"the week of {top.week.day} {top.week:%b}"


def _word(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"
