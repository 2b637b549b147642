"""How much work changes for each group, who sees it otherwise, and how full its weeks are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

HIGHEST = 5  # of the levels 0–5
WIDE_GAP = 2  # levels between project and group from which a gap is marked; judgement
HEAVY_WEEK_HOURS = 8.0  # hours of change per person and week from which a week is marked; judgement
WEEK = timedelta(days=7)

LEVELS = (
    "Nothing changes",
    "Hardly to be felt",
    "Small parts change",
    "Half of it changes",
    "Most of it changes",
    "A different job",
)


@dataclass(frozen=True, slots=True)
class Rating:
    """How much one aspect of the work changes, 0–5, as each side sees it."""

    aspect: str
    project: int | None = None
    group: int | None = None

    @property
    def gap(self) -> int | None:
        """The group's level less the project's; None where one of the two is missing."""
        if self.project is None or self.group is None:
            return None
        return self.group - self.project

    @property
    def is_wide(self) -> bool:
        return self.gap is not None and abs(self.gap) >= WIDE_GAP


@dataclass(frozen=True, slots=True)
class Summary:
    """A group's impact: means over the rated aspects, and the mean gap where both rated."""

    project: float | None
    group: float | None
    project_n: int
    group_n: int
    gap: float | None
    gap_n: int
    wide: tuple[Rating, ...]

    @property
    def is_wide(self) -> bool:
        """The two sides are far apart on the whole, not only on one aspect."""
        return self.gap is not None and abs(self.gap) >= WIDE_GAP

    @property
    def level(self) -> float | None:
        """The impact that counts: the project's, else the group's own."""
        return self.group if self.project is None else self.project


def mean(levels: Iterable[float | None]) -> float | None:
    """Return the mean of the levels that are there; an aspect nobody rated is not a 0."""
    given = [level for level in levels if level is not None]
    return sum(given) / len(given) if given else None


def summarise(ratings: Iterable[Rating]) -> Summary:
    """Return a group's means and where the two sides are far apart, the widest gap first."""
    rows = tuple(ratings)
    gaps = [row.gap for row in rows if row.gap is not None]
    wide = sorted((row for row in rows if row.is_wide), key=lambda row: -abs(row.gap or 0))
    return Summary(
        project=mean(row.project for row in rows),
        group=mean(row.group for row in rows),
        project_n=sum(row.project is not None for row in rows),
        group_n=sum(row.group is not None for row in rows),
        gap=mean(gaps),
        gap_n=len(gaps),
        wide=tuple(wide),
    )


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What a group's risk is made of: people, impact 0–5, readiness 0–100."""

    headcount: int
    impact: float | None
    readiness: float | None

    @property
    def weight(self) -> float | None:
        """Headcount × impact × (1 − readiness); None where one of them is not known."""
        if self.impact is None or self.readiness is None:
            return None
        # A mean of full marks may come out a hair above 100.
        return self.headcount * self.impact / HIGHEST * max(1 - self.readiness / 100, 0.0)


def risk_shares(groups: Sequence[AtRisk]) -> list[float | None]:
    """Return each group's share of the risk, 0–1, over the groups whose risk is known."""
    weights = [group.weight for group in groups]
    whole = sum(weight for weight in weights if weight is not None)
    return [None if weight is None else (weight / whole if whole else 0.0) for weight in weights]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours per person and week that a change takes from a group, first to last day."""

    group: str
    hours: float
    starts_on: date
    ends_on: date

    def touches(self, monday: date) -> bool:
        """Tell whether the change falls into the week; one day of it makes it a full week."""
        return self.starts_on < monday + WEEK and self.ends_on >= monday


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks_from(day: date, count: int) -> tuple[date, ...]:
    """Return the Mondays of so many weeks, beginning with the week of the day."""
    first = monday_of(day)
    return tuple(first + at * WEEK for at in range(count))


def calendar(changes: Iterable[Hours], weeks: Sequence[date]) -> dict[str, tuple[float, ...]]:
    """Return the hours per person of each week, by group; a group without any has no row."""
    sums: dict[str, list[float]] = {}
    for change in changes:
        for at, monday in enumerate(weeks):
            if change.touches(monday):
                row = sums.setdefault(change.group, [0.0] * len(weeks))
                row[at] += change.hours
    # Tenths add up to 7.999…; a limit of 8 must see 8.
    return {group: tuple(round(hours, 2) for hours in row) for group, row in sums.items()}


@dataclass(frozen=True, slots=True)
class Peak:
    """The heaviest week of all groups."""

    group: str
    week: date
    hours: float


def peak(loads: Mapping[str, Sequence[float]], weeks: Sequence[date]) -> Peak | None:
    """Return the heaviest week; the earlier one of equals, then the group first by name."""
    every = [
        Peak(group, week, hours)
        for group, row in loads.items()
        for week, hours in zip(weeks, row, strict=True)
        if hours
    ]
    return min(every, key=lambda each: (-each.hours, each.week, each.group), default=None)


def load_step(hours: float, limit: float) -> int:
    """Return the step of the heat ramp, 5 (pale) to 1; steps 2 and 1 lie above the limit."""
    if hours > limit:
        return 1 if hours > 1.5 * limit else 2
    return 3 if hours > limit / 2 else 4 if hours > limit / 4 else 5
