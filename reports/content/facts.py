"""What a report knows beside the scorecard: the rollout, its people and its next steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assessments.bank import Bank
from assessments.scoring.types import Change

from .blocks import Logo

CLIENT = "client"
INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Rollout:
    name: str
    client: str
    organisation: str
    outcome: str
    system: str
    replaces: str = ""
    kind: str = ""
    use: str = ""
    phase: str = ""
    measure: str = ""
    baseline: str = ""
    target: str = ""
    outcome_due_on: date | None = None
    starts_on: date | None = None
    go_live_on: date | None = None
    parallel_until: date | None = None
    waves: tuple[str, ...] = ()
    sponsor_name: str = ""
    sponsor_title: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """A group of people whom the rollout touches."""

    name: str
    headcount: int
    site: str = ""
    shift: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    name: str
    status: str
    opened_on: date | None = None
    signed_off_on: date | None = None
    signed_off_by: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    item: str
    text: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Note:
    item: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """The run before this one, and what moved the score since."""

    number: int
    as_of: date
    median: float | None
    verdict: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    rollout: Rollout
    bank: Bank
    edition: int
    made_on: date
    run: int
    digest: str
    audience: str
    prepared_by: str
    groups: tuple[People, ...] = ()
    round: Round | None = None
    assessors: tuple[tuple[str, str], ...] = ()  # (id as in the scorecard, name)
    steps: tuple[NextStep, ...] = ()  # not done yet
    notes: tuple[Note, ...] = ()
    earlier: Earlier | None = None
    finished_rollouts: int = 0
    colour: str = ""
    logo: Logo | None = None

    @property
    def shows_names(self) -> bool:
        return self.audience == INTERNAL

    def assessor_name(self, assessor: str) -> str:
        """Return the person's name, or "Assessor 2" where names are left out."""
        for position, (key, name) in enumerate(self.assessors, start=1):
            if key == assessor:
                return name if self.shows_names else f"Assessor {position}"
        return "Assessor"

    def step_for(self, item: str) -> NextStep | None:
        """Return the first open step on an item."""
        return next((step for step in self.steps if step.item == item), None)

    def anchor(self, item: str, level: float) -> str:
        """Return the bank's words for the level that is reached; "" for an item it lacks."""
        try:
            return self.bank.item(item).anchors[int(level)]
        except (KeyError, IndexError):
            return ""

    def short(self, item: str, text: str) -> str:
        """Return the item's short statement for tables, or its text."""
        try:
            return self.bank.item(item).short or text
        except KeyError:
            return text
