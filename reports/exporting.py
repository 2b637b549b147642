"""Ask for a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from assessments.models import Project, User
from reports import editions, jobs
from reports.export_tasks import build_export
from reports.models import ExportFile, Job, ScoreRun


@dataclass(frozen=True, slots=True)
class Requested:
    """The edition that a request leads to, and whether it is new."""

    edition: ExportFile
    state: Literal["queued", "under_way", "exists"]


@transaction.atomic
def request_export(
    *,
    project: Project,
    run: ScoreRun,
    format: str,
    audience: str,
    by: User | None,
    now: datetime,
    is_anew: bool = False,
) -> Requested:
    """Return a queued edition, the one under way, or the same one made before unless `is_anew`."""
    if run.project_id != project.pk or run.status != Job.Status.DONE:
        raise ValueError("An edition needs a finished run of its own project.")
    same = editions.same_editions(run, format=format, audience=audience)
    made = same.filter(status=Job.Status.DONE).first()
    if made is not None and not is_anew:
        return Requested(made, "exists")
    edition, is_new = editions.enqueue(run, format=format, audience=audience, by=by, now=now)
    if is_new:
        transaction.on_commit(lambda: jobs.send(build_export, edition_id=str(edition.pk)))
    return Requested(edition, "queued" if is_new else "under_way")
