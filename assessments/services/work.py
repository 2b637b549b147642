"""What one person has to do next, over all rollouts of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, OuterRef, Q, Subquery

from assessments.models import (
    Answer,
    Assessment,
    Decision,
    Evidence,
    Membership,
    NextStep,
    Project,
    Role,
)

EXPIRY_NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that waits for the person."""

    kind: str  # answers, step, decision, evidence
    title: str
    detail: str
    project: Project
    on: date | None
    object_id: str = ""
    item: str = ""
    count: int = 1

    def days_left(self, today: date) -> int | None:
        return (self.on - today).days if self.on else None


def due_for(*, membership: Membership, today: date) -> list[Due]:
    """Return what waits for the member, the most urgent first, with a fixed number of queries."""
    projects = list(
        Project.objects.filter(organisation=membership.organisation_id)
        .visible_to(membership.user)
        .active()
        .select_related("client")
    )
    by_id = {project.pk: project for project in projects}
    found = [
        *_answers(membership, by_id),
        *_decisions(membership, by_id),
        *_steps(membership, by_id),
        *_evidence(membership, by_id, today),
    ]
    return sorted(
        found, key=lambda due: (due.on or date.max, due.project.name, due.title, due.object_id)
    )


def _answers(membership: Membership, projects: dict) -> Iterable[Due]:
    rounds = (
        Assessment.objects.filter(
            project__in=projects, status=Assessment.Status.OPEN, assessors=membership.user_id
        )
        .select_related("bank_file")
        .prefetch_related("project__dimensionexceptions")
    )
    answered: dict = {}
    for assessment_id, item in (
        Answer.objects.filter(assessment__in=rounds, assessor=membership.user_id)
        .exclude(state=Answer.State.BLANK)
        .values_list("assessment_id", "item")
    ):
        answered.setdefault(assessment_id, set()).add(item)
    for assessment in rounds:
        excluded = {row.dimension for row in assessment.project.dimensionexceptions.all()}
        wanted = {item.code for item in assessment.bank.items if item.dimension not in excluded}
        left = len(wanted - answered.get(assessment.pk, set()))
        if left:
            yield Due(
                kind="answers",
                title=f"Answer {left} item{'s' if left != 1 else ''} of {assessment.name}",
                detail=f"{len(wanted) - left} of {len(wanted)} answered",
                project=projects[assessment.project_id],
                on=assessment.due_on,
                object_id=str(assessment.pk),
                count=left,
            )


def _decisions(membership: Membership, projects: dict) -> Iterable[Due]:
    for decision in Decision.objects.filter(
        project__in=projects, decider=membership.user_id, decided_on=None
    ):
        yield Due(
            kind="decision",
            title=decision.question,
            detail=decision.context,
            project=projects[decision.project_id],
            on=decision.limit_on,
            object_id=str(decision.pk),
        )


def _steps(membership: Membership, projects: dict) -> Iterable[Due]:
    for step in NextStep.objects.filter(
        project__in=projects, owner=membership.user_id, done_on=None
    ):
        yield Due(
            kind="step",
            title=step.text,
            detail=f"Mends {step.item}" if step.item else "",
            project=projects[step.project_id],
            on=step.due_on,
            object_id=str(step.pk),
            item=step.item,
        )


def _evidence(membership: Membership, projects: dict, today: date) -> Iterable[Due]:
    """Give the items at level 3 or 4 whose last evidence ends soon or has ended."""
    newest = Subquery(
        Assessment.objects.filter(project=OuterRef("project")).order_by("-number").values("pk")[:1]
    )
    high = set(
        Answer.objects.filter(project__in=projects, assessment=newest, level__gte=3)
        .values_list("project_id", "item")
        .distinct()
    )
    rows = (
        Evidence.objects.filter(project__in=projects, removed_at=None)
        .order_by()
        .values("project_id", "item")
        .annotate(
            endless=Count("pk", filter=Q(expires_on=None)),
            last=Max("expires_on"),
            mine=Count("pk", filter=Q(added_by=membership.user_id)),
        )
        .filter(endless=0, last__lte=today + EXPIRY_NOTICE)
    )
    is_editor = membership.reaches(Role.EDITOR)
    for row in rows:
        if (row["project_id"], row["item"]) not in high:
            continue
        if not (is_editor or row["mine"]):
            continue
        is_over = row["last"] < today
        yield Due(
            kind="evidence",
            title=f"Renew the evidence for {row['item']}",
            detail=(
                "Ended; the level counts as 2 until it is renewed"
                if is_over
                else "Ends soon; without it the level counts as 2"
            ),
            project=projects[row["project_id"]],
            on=row["last"],
            item=row["item"],
        )
