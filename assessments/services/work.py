"""What one person has to do next, over all rollouts of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value

from assessments.bank import load_bank
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
    projects = (
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


def count_due(*, membership: Membership, today: date) -> int:
    """Return how many rows `due_for` gives, as a rule with two queries."""
    seen = _seen(membership)
    rounds = list(
        _open_rounds(membership, seen)
        .defer("bank_file__text")
        .annotate(
            exceptions=Count("project__dimensionexceptions", distinct=True),
            answered=Count(
                "answers__item",
                filter=Q(answers__assessor=membership.user_id)
                & ~Q(answers__state=Answer.State.BLANK),
                distinct=True,
            ),
        )
    )
    if any(each.exceptions for each in rounds):
        waiting = len(list(_answers(membership, {each.project_id: None for each in rounds})))
    else:
        waiting = sum(each.answered < _items_of(each) for each in rounds)
    parts = (
        _open_decisions(membership, seen),
        _open_steps(membership, seen),
        _ending_evidence(membership, seen, today),
    )
    first, *rest = (part.order_by().annotate(one=Value(1)).values_list("one") for part in parts)
    return waiting + first.union(*rest, all=True).count()


def _items_of(assessment: Assessment) -> int:
    if assessment.bank_file is not None:
        return assessment.bank_file.item_count
    return len(load_bank(assessment.bank_id).items)


def _seen(membership: Membership) -> Q:
    """Return what keeps rows to the active projects that the member sees.

    Joined, since most people wait for few rows: they need not be sought among all projects.
    """
    seen = Q(project__organisation=membership.organisation_id, project__archived_at=None)
    if membership.all_clients:
        return seen
    return seen & Q(project__client__in=membership.clients.all())


def _open_rounds(membership: Membership, seen: Q) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        seen, status=Assessment.Status.OPEN, assessors=membership.user_id
    ).select_related("bank_file")


def _open_decisions(membership: Membership, seen: Q) -> QuerySet[Decision]:
    return Decision.objects.filter(seen, decider=membership.user_id, decided_on=None)


def _open_steps(membership: Membership, seen: Q) -> QuerySet[NextStep]:
    return NextStep.objects.filter(seen, owner=membership.user_id, done_on=None)


def _ending_evidence(membership: Membership, seen: Q, today: date) -> QuerySet:
    """Return the items at level 3 or 4 whose last evidence ends soon or has ended."""
    newest = Assessment.objects.filter(project=OuterRef("project")).order_by("-number").values("pk")
    high = Answer.objects.filter(
        project=OuterRef("project"),
        item=OuterRef("item"),
        level__gte=3,
        assessment=Subquery(newest[:1]),
    )
    found = (
        Evidence.objects.filter(seen, Exists(high), removed_at=None)
        .order_by()
        .values("project_id", "item")
        .annotate(endless=Count("pk", filter=Q(expires_on=None)), last=Max("expires_on"))
        .filter(endless=0, last__lte=today + EXPIRY_NOTICE)
    )
    if membership.reaches(Role.EDITOR):
        return found
    return found.annotate(mine=Count("pk", filter=Q(added_by=membership.user_id))).filter(
        mine__gt=0
    )


def _answers(membership: Membership, projects: dict) -> Iterable[Due]:
    rounds = _open_rounds(membership, _seen(membership)).prefetch_related(
        "project__dimensionexceptions"
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
    for decision in _open_decisions(membership, _seen(membership)):
        yield Due(
            kind="decision",
            title=decision.question,
            detail=decision.context,
            project=projects[decision.project_id],
            on=decision.limit_on,
            object_id=str(decision.pk),
        )


def _steps(membership: Membership, projects: dict) -> Iterable[Due]:
    for step in _open_steps(membership, _seen(membership)):
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
    for row in _ending_evidence(membership, _seen(membership), today):
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
