"""The portfolio as rows: read once, then counted, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum

from assessments.models import Group, Project
from reports.content.portfolio import Standing

VERDICTS = ("not_ready", "cannot_tell_yet", "ready_with_conditions", "ready")
RANKS = {verdict: at for at, verdict in enumerate(VERDICTS, start=1)}
UNSCORED = "cannot_tell_yet"  # where a rollout without a run stands
SHOWN_FROM = 0.5  # points; less would show as 0


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader narrowed the portfolio to."""

    query: str = ""
    client: str = ""
    verdict: str = ""
    phase: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rollout with the few values that it is found, counted and sorted by."""

    pk: UUID
    name: str
    system: str
    client: str
    phase: str
    go_live_on: date | None
    verdict: str
    median: float | None
    change: float | None
    people: int = 0


def with_latest(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Join each project with its newest finished run."""
    return projects.annotate(
        latest=FilteredRelation("scoreruns", condition=Q(scoreruns__is_latest=True))
    )


def entries(projects: QuerySet[Project]) -> list[Entry]:
    """Return all projects as entries, with one narrow query.

    One pass over a thousand short rows costs less than a query each for counting, for the
    page, for its length and for the movements.
    """
    rows = (
        with_latest(projects)
        .order_by()
        .values_list(
            "pk", "name", "system", "client__name", "phase", "go_live_on",
            "latest__verdict", "latest__median", "latest__change", people_of(),
        )
    )  # fmt: skip
    return [
        Entry(
            pk, name, system, client or "", phase, live, verdict or UNSCORED, *figures, people or 0
        )
        for pk, name, system, client, phase, live, verdict, *figures, people in rows
    ]


def people_of() -> Subquery:
    """Return a project's headcount over its groups, as a column."""
    groups = Group.objects.filter(project=OuterRef("pk")).order_by().values("project")
    return Subquery(groups.annotate(all=Sum("headcount")).values("all"))


def details(projects: QuerySet[Project], pks: Iterable[UUID]) -> dict[UUID, Project]:
    """Return the projects that a page shows, with people and the copies out of newest runs."""
    found = (
        with_latest(projects)
        .filter(pk__in=list(pks))
        .order_by()
        .select_related("client")
        .annotate(
            verdict=F("latest__verdict"),
            median=F("latest__median"),
            change=F("latest__change"),
            summary=F("latest__summary"),
            run=F("latest__number"),
            run_on=F("latest__as_of"),
            people=people_of(),
        )
    )
    return {project.pk: project for project in found}


def narrowed(found: Sequence[Entry], filters: Filters) -> list[Entry]:
    """Keep the entries that match every filter."""
    wanted = filters.query.casefold()
    verdict = filters.verdict if filters.verdict in VERDICTS else ""
    phase = filters.phase if filters.phase in Project.Phase.values else ""
    return [
        entry
        for entry in found
        if (not wanted or wanted in f"{entry.name}\n{entry.system}\n{entry.client}".casefold())
        and verdict in ("", entry.verdict)
        and phase in ("", entry.phase)
    ]


KEYS: dict[str, Callable[[Entry], Any]] = {
    "name": lambda entry: entry.name.casefold(),
    "verdict": lambda entry: RANKS[entry.verdict],
    "score": lambda entry: entry.median,
    "change": lambda entry: entry.change,
    "golive": lambda entry: entry.go_live_on,
}


def ordered(found: Sequence[Entry], sort: str) -> list[Entry]:
    """Sort by the chosen column, unknown values last; by default by verdict and go-live."""
    by_name = sorted(found, key=lambda entry: (entry.name.casefold(), entry.pk))
    key = KEYS.get(sort.removeprefix("-"))
    if key is None:
        return sorted(
            by_name, key=lambda entry: (RANKS[entry.verdict], entry.go_live_on or date.max)
        )
    known = [entry for entry in by_name if key(entry) is not None]
    unknown = [entry for entry in by_name if key(entry) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown


def standings(found: Sequence[Entry], today: date) -> tuple[Standing, ...]:
    """Return how many entries stand at each verdict, and the nearest go-live of each."""
    result = []
    for verdict in VERDICTS:
        mine = [entry for entry in found if entry.verdict == verdict]
        ahead = [
            (entry.go_live_on - today).days
            for entry in mine
            if entry.go_live_on is not None and entry.go_live_on >= today
        ]
        result.append(Standing(verdict, len(mine), min(ahead, default=None)))
    return tuple(result)


def moved_most(found: Sequence[Entry], *, limit: int) -> list[UUID]:
    """Return the entries whose scores moved most."""
    moved = [entry for entry in found if entry.change]
    return [
        entry.pk
        for entry in sorted(moved, key=lambda entry: (-abs(entry.change or 0), entry.name))[:limit]
    ]


def causes_of(projects: Iterable[Project], *, limit: int) -> list[dict[str, Any]]:
    """Return what moved the projects' scores, the largest movement first."""
    causes = [
        {"project_id": project.pk, "project": project.name, **cause}
        for project in projects
        for cause in (project.summary or {}).get("changes", ())
        # Without a dimension it is the arithmetic that moved, not the rollout.
        if cause["dimension"] and abs(cause["points"]) >= SHOWN_FROM
    ]
    return sorted(causes, key=lambda cause: (-abs(cause["points"]), cause["project"]))[:limit]
