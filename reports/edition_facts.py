"""Rows to what a report knows beside the scorecard."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from django.utils import timezone

from assessments.bank import Bank
from assessments.models import Answer, Assessment, Client, Project, User
from assessments.scoring.types import Change, Scorecard
from reports.content.blocks import Logo
from reports.content.facts import (
    Context,
    Earlier,
    NextStep,
    Note,
    People,
    Rollout,
    Round,
)
from reports.models import ExportFile, ScoreRun

MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def context_of(edition: ExportFile, scorecard: Scorecard) -> Context:
    """Return the context of one edition, with a fixed number of queries."""
    run, project = edition.run, edition.project
    internal = edition.audience == ExportFile.Audience.INTERNAL
    client = project.client
    return Context(
        rollout=_rollout(project),
        bank=_bank(run, project),
        edition=edition.number,
        made_on=timezone.localdate(edition.requested_at),
        run=run.number,
        digest=run.inputs_digest,
        audience=edition.audience,
        prepared_by=_prepared_by(edition.requested_by, project),
        groups=tuple(
            People(row.name, row.headcount, row.site, row.shift, row.get_audience_display())
            for row in project.groups.order_by("name", "pk")
        ),
        round=_round(run.assessment),
        assessors=_assessors(scorecard),
        steps=tuple(
            NextStep(row.item, row.text, row.owner_name, row.due_on)
            for row in project.nextsteps.filter(done_on=None).order_by("due_on", "pk")
        ),
        notes=_notes(run.assessment) if internal else (),
        earlier=_earlier(run),
        colour=client.colour if client else "",
        logo=_logo(client),
    )


def _rollout(project: Project) -> Rollout:
    return Rollout(
        name=project.name,
        client=project.client.name if project.client else "",
        organisation=project.organisation.name,
        outcome=project.outcome,
        system=project.system,
        replaces=project.replaces,
        kind=project.get_kind_display(),
        use=project.get_use_display(),
        phase=project.get_phase_display(),
        measure=project.outcome_measure,
        baseline=project.outcome_baseline,
        target=project.outcome_target,
        outcome_due_on=project.outcome_due_on,
        starts_on=project.starts_on,
        go_live_on=project.go_live_on,
        parallel_until=project.parallel_until,
        waves=tuple(line.strip() for line in project.waves.splitlines() if line.strip()),
        sponsor_name=project.sponsor_name,
        sponsor_title=project.sponsor_title,
    )


def _bank(run: ScoreRun, project: Project) -> Bank:
    return run.assessment.bank if run.assessment else project.bank


def _prepared_by(person: User | None, project: Project) -> str:
    name = person.get_full_name() if person else ""
    return ", ".join(part for part in (name, project.organisation.name) if part)


def _round(assessment: Assessment | None) -> Round | None:
    if assessment is None:
        return None
    return Round(
        name=assessment.name,
        status=assessment.get_status_display(),
        opened_on=assessment.opened_on,
        signed_off_on=timezone.localdate(assessment.signed_off_at)
        if assessment.signed_off_at
        else None,
        signed_off_by=str(assessment.signed_off_by or ""),
    )


def _assessors(scorecard: Scorecard) -> tuple[tuple[str, str], ...]:
    """Return the people who rated, each as named in the scorecard, in the order of joining."""
    keys = {answer.assessor for item in scorecard.items for answer in item.answers}
    people = User.objects.filter(pk__in=[key for key in keys if key.isdigit()]).order_by("pk")
    return tuple((str(person.pk), person.get_full_name()) for person in people)


def _notes(assessment: Assessment | None) -> tuple[Note, ...]:
    if assessment is None:
        return ()
    rows = (
        Answer.objects.filter(assessment=assessment)
        .exclude(note="")
        .select_related("assessor")
        .order_by("item", "pk")
    )
    return tuple(Note(row.item, str(row.assessor or "Agreed"), row.note) for row in rows)


def _earlier(run: ScoreRun) -> Earlier | None:
    """Return the run that this one was compared with when it was finished."""
    kept = run.summary
    if kept.get("change_number") is None or not kept.get("change_since"):
        return None
    verdict = (
        run.project.scoreruns.filter(number=kept["change_number"])
        .values_list("verdict", flat=True)
        .first()
    )
    changes = [
        Change(each["dimension"], "", each["code"], each["text"], each["points"])
        for each in kept.get("changes", ())
    ]
    rest = kept.get("changes_rest") or 0
    if abs(rest) >= 0.05:
        changes.append(Change("", "", "", "Smaller causes together", rest))
    return Earlier(
        number=kept["change_number"],
        as_of=date.fromisoformat(kept["change_since"]),
        median=kept.get("change_from"),
        verdict=verdict or "",
        changes=tuple(changes),
    )


def _logo(client: Client | None) -> Logo | None:
    if client is None or not client.logo:
        return None
    media_type = MEDIA_TYPES.get(PurePath(client.logo.name).suffix.lower())
    if media_type is None or not client.logo.storage.exists(client.logo.name):
        return None
    with client.logo.open("rb") as stored:
        return Logo(stored.read(), media_type)
