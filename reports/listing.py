"""The portfolio as rows: filtered, sorted and counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    FloatField,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Abs, Cast, Coalesce

from assessments.models import Group, Project
from reports.content.portfolio import Standing

VERDICTS = ("not_ready", "cannot_tell_yet", "ready_with_conditions", "ready")
SHOWN_FROM = 0.5  # points; less would show as 0
UNSCORED_RANK = 2  # a rollout without a run stands at "cannot tell yet"

ORDERS: dict[str, Any] = {
    "name": F("name"),
    "verdict": F("rank"),
    "score": F("median"),
    "change": F("change"),
    "golive": F("go_live_on"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader narrowed the portfolio to."""

    query: str = ""
    client: str = ""
    verdict: str = ""
    phase: str = ""
    sort: str = ""


def scored(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Join each project with its newest run's copies."""
    people = (
        Group.objects.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(all=Sum("headcount"))
        .values("all")
    )
    return projects.annotate(
        latest=FilteredRelation("scoreruns", condition=Q(scoreruns__is_latest=True)),
        rank=Coalesce(F("latest__verdict_rank"), Value(UNSCORED_RANK)),
        median=F("latest__median"),
        verdict=Coalesce(F("latest__verdict"), Value("cannot_tell_yet")),
        change=Cast(KeyTextTransform("change", "latest__summary"), FloatField()),
        people=Coalesce(Subquery(people, output_field=IntegerField()), Value(0)),
    )


def narrowed(projects: QuerySet[Project], filters: Filters) -> QuerySet[Project]:
    """Keep the projects that match every filter."""
    if filters.query:
        wanted = filters.query
        projects = projects.filter(
            Q(name__icontains=wanted)
            | Q(system__icontains=wanted)
            | Q(client__name__icontains=wanted)
        )
    if filters.verdict in VERDICTS:
        projects = projects.filter(verdict=filters.verdict)
    if filters.phase in Project.Phase.values:
        projects = projects.filter(phase=filters.phase)
    return projects


def ordered(projects: QuerySet[Project], sort: str) -> QuerySet[Project]:
    """Sort by the chosen column; by default by verdict, then by days to go-live."""
    column = ORDERS.get(sort.removeprefix("-"))
    if column is None:
        return projects.order_by("rank", F("go_live_on").asc(nulls_last=True), "name", "pk")
    direction = column.desc if sort.startswith("-") else column.asc
    return projects.order_by(direction(nulls_last=True), "name", "pk")


def standings(projects: QuerySet[Project], today: date) -> list[dict[str, Any]]:
    """Return counts, people and nearest go-live by verdict, client and phase."""
    return list(
        projects.order_by()
        .values("verdict", "client_id", "phase")
        .annotate(
            count=Count("pk"),
            headcount=Sum("people"),
            next_on=Min("go_live_on", filter=Q(go_live_on__gte=today)),
        )
    )


def by_verdict(rows: list[dict[str, Any]], today: date) -> tuple[Standing, ...]:
    """Fold the counted rows into one standing per verdict."""
    result = []
    for verdict in VERDICTS:
        mine = [row for row in rows if row["verdict"] == verdict]
        days = [(row["next_on"] - today).days for row in mine if row["next_on"]]
        result.append(
            Standing(verdict, sum(row["count"] for row in mine), min(days, default=None))
        )
    return tuple(result)


def movers(projects: QuerySet[Project], *, limit: int) -> list[dict[str, Any]]:
    """Return what moved the scores most, over the projects that moved most."""
    moved = (
        projects.filter(change__isnull=False)
        .annotate(size=Abs("change"))
        .order_by("-size", "name", "pk")
        .values("pk", "name", "latest__summary")[:limit]
    )
    causes = [
        {"project_id": row["pk"], "project": row["name"], **cause}
        for row in moved
        for cause in row["latest__summary"].get("changes", ())
        # Without a dimension it is the arithmetic that moved, not the rollout.
        if cause["dimension"] and abs(cause["points"]) >= SHOWN_FROM
    ]
    return sorted(causes, key=lambda cause: (-abs(cause["points"]), cause["project"]))[:limit]
