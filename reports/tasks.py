"""The work that Celery does. Every task takes ids and may run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from assessments.models import Project
from reports import jobs, runs
from reports.export_tasks import build_export
from reports.models import ExportFile, ScoreRun

logger = logging.getLogger(__name__)


@shared_task(name="reports.tasks.run_scoring")
def run_scoring(*, run_id: str) -> None:
    """Calculate one queued run."""
    runs.execute(run_id, clock=timezone.now)


@shared_task(name="reports.tasks.sweep")
def sweep() -> None:
    """Send again what the broker forgot or a worker left unfinished."""
    now = timezone.now()
    for run_id in jobs.sweep(ScoreRun, now=now):
        jobs.send(run_scoring, run_id=run_id)
    for edition_id in jobs.sweep(ExportFile, now=now):
        jobs.send(build_export, edition_id=edition_id)


@shared_task(name="reports.tasks.score_nightly")
def score_nightly() -> None:
    """Score every active project of which anything that counts has changed."""
    now = timezone.now()
    for project in Project.objects.active().select_related("bank_file").order_by("pk"):
        try:
            if runs.has_new_inputs(project, today=timezone.localdate(now)):
                run = runs.enqueue(project, by=None, now=now)
                jobs.send(run_scoring, run_id=str(run.pk))
        except Exception:
            # One project that cannot be read must not cost the others their night.
            logger.exception("Project %s could not be scored tonight.", project.pk)


# Each kind of job with the task that does it and the task's argument.
SWEPT = ((ScoreRun, run_scoring, "run_id"), (ExportFile, build_export, "edition_id"))
