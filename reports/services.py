"""What people ask for: one keyword-only call each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assessments.models import Project, User
from reports import jobs, runs, tasks
from reports.models import ScoreRun


@transaction.atomic
def request_run(*, project: Project, by: User | None, now: datetime) -> ScoreRun:
    """Return a queued run of the project, or the one that is already under way."""
    run = runs.enqueue(project, by=by, now=now)
    transaction.on_commit(lambda: jobs.send(tasks.run_scoring, run_id=str(run.pk)))
    return run
