"""Save one rollout: project, groups, evidence, decisions and next steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify

from assessments.models import Client, Decision, Evidence, NextStep, Organisation, Project, User
from assessments.services.projects import create_project
from reports.demo.story import FILES, Calendar, fields_of

ADDRESSES = uuid.UUID("5d0c4a6e-9f53-4f0c-8a3e-2b61c7a1d7f0")


def save_project(
    told: dict[str, Any],
    *,
    organisation: Organisation,
    client: Client | None,
    calendar: Calendar,
    by: User,
) -> Project:
    """Return the saved rollout with its groups, as the guided set-up would leave it."""
    sponsor_name, sponsor_title = told["sponsor"]
    day = calendar.day
    project = create_project(
        organisation=organisation,
        client=client,
        fields={
            # Always the same, so that the runs' seeds and with them the scores are too.
            "id": uuid.uuid5(ADDRESSES, f"{organisation.name} {told['name']}"),
            "name": told["name"],
            "system": told["system"],
            "replaces": told["replaces"],
            "kind": told["kind"],
            "use": told["use"],
            "phase": told["phase"],
            "outcome": calendar.fill(told["outcome"]),
            "outcome_measure": told["measure"],
            "outcome_baseline": told["baseline"],
            "outcome_target": told["target"],
            "outcome_due_on": day(told["outcome_due"]),
            "starts_on": day(told["starts"]),
            "go_live_on": day(told["go_live"]),
            "parallel_until": day(told["parallel"]) if "parallel" in told else None,
            "waves": calendar.fill(told["waves"]),
            "sponsor_name": sponsor_name,
            "sponsor_title": sponsor_title,
        },
        groups=[_group(row) for row in told["groups"]],
        user=by,
    )
    started_at = calendar.at(told["starts"], 9)
    Project.objects.filter(pk=project.pk).update(created_at=started_at)
    project.history.update(history_date=started_at)
    project.groups.update(created_at=started_at, updated_at=started_at)
    return project


def _group(row: str) -> dict[str, Any]:
    name, headcount, site, shift, audience, notes = fields_of(row, 6)
    return {
        "name": name,
        "headcount": int(headcount),
        "site": site,
        "shift": shift,
        "audience": audience,
        "notes": notes,
    }


def save_evidence(
    told: dict[str, Any], project: Project, *, calendar: Calendar, added_by: list[User]
) -> None:
    """Save what proves the levels: notes, links and a few real files, with their dates."""
    host = f"files.{slugify(project.client.name if project.client else 'tarn-valley')}.example"
    for number, row in enumerate(told.get("evidence", ())):
        item, span, title, text = fields_of(row, 4)
        since, _, until = span.partition("..")
        evidence = Evidence(
            project=project,
            item=item,
            kind=Evidence.Kind.NOTE,
            title=calendar.fill(title),
            effective_on=calendar.day(int(since)),
            expires_on=calendar.day(int(until)) if until else None,
            added_by=added_by[number % len(added_by)],
        )
        if text.startswith("file:"):
            name = text.removeprefix("file:")
            evidence.kind, evidence.file_name = Evidence.Kind.FILE, name
            evidence.file.save(name, ContentFile((FILES / name).read_bytes()), save=False)
        elif text:
            evidence.text = calendar.fill(text)
        else:
            evidence.kind = Evidence.Kind.LINK
            evidence.url = f"https://{host}/{slugify(project.name)}/{slugify(title)}"
        evidence.full_clean()
        evidence.save()
        # On the shelf the day after it came into effect.
        added_at = calendar.at(min(int(since) + 1, 0), 10 + number % 7)
        Evidence.objects.filter(pk=evidence.pk).update(created_at=added_at, updated_at=added_at)


def save_decisions(
    told: dict[str, Any], project: Project, *, calendar: Calendar, people: dict[str, User]
) -> None:
    """Save what was asked, of whom and until when, and what was decided."""
    for row in told.get("decisions", ()):
        question, context, decider, asker, asked, limit, decided, outcome = fields_of(row, 8)
        decision = Decision(
            project=project,
            question=calendar.fill(question),
            context=calendar.fill(context),
            decider=people[decider],
            asked_by=people[asker],
            asked_on=calendar.day(int(asked)),
            limit_on=calendar.day(int(limit)),
            outcome=calendar.fill(outcome),
            decided_on=calendar.day(int(decided)) if decided else None,
            decided_by=people[decider] if decided else None,
        )
        decision.full_clean()
        decision.save()


def save_steps(
    told: dict[str, Any], project: Project, *, calendar: Calendar, people: dict[str, User]
) -> None:
    """Save who mends which item, and by when."""
    for row in told.get("steps", ()):
        item, text, owner, due, done = fields_of(row, 5)
        step = NextStep(
            project=project,
            item=item,
            text=calendar.fill(text),
            owner=people[owner],
            owner_name=people[owner].name,
            due_on=calendar.day(int(due)),
            done_on=calendar.day(int(done)) if done else None,
        )
        step.full_clean()
        step.save()
