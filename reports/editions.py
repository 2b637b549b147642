"""Make one edition: claim, read the run, write the report, keep the file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from assessments.models import Project, User
from assessments.scoring import serialise
from reports import jobs
from reports.content import build_report
from reports.edition_facts import context_of
from reports.exports import EXPORTERS, pdf
from reports.models import ExportFile, Job, ScoreRun

logger = logging.getLogger(__name__)

FAILED = (
    "The file could not be made because of a fault in the product. The score is not affected. "
    "The log holds the details for the person who runs this installation."
)
FORBIDDEN_IN_NAMES = '/\\:*?"<>|'
LONGEST_NAME = 60


def same_editions(run: ScoreRun, *, format: str, audience: str):
    """Return the editions of one run in one format for one audience, newest first."""
    return run.exports.filter(format=format, audience=audience).order_by("-number", "pk")


def enqueue(
    run: ScoreRun, *, format: str, audience: str, by: User | None, now: datetime
) -> tuple[ExportFile, bool]:
    """Return a queued edition and True, or the one already under way and False."""
    with transaction.atomic():
        # One at a time: the next number and "none under way" must stay true until the end.
        project = Project.objects.select_for_update().get(pk=run.project_id)
        under_way = same_editions(run, format=format, audience=audience).unfinished().first()
        if under_way is not None:
            if not jobs.is_past_time_limit(under_way, now):
                return under_way, False
            under_way.fail(jobs.TOO_LONG, now=now)
        number = (project.exportfiles.aggregate(last=Max("number"))["last"] or 0) + 1
        edition = project.exportfiles.create(
            run=run,
            number=number,
            format=format,
            audience=audience,
            requested_by=by,
            requested_at=now,
        )
    return edition, True


def execute(edition_id: str, *, clock: Callable[[], datetime]) -> bool:
    """Make a queued edition and keep its file; False when it was not this worker's to do."""
    now = clock()
    if not ExportFile.objects.claim(edition_id, now=now, lost_before=now - Job.LOST_AFTER):
        return False
    edition = ExportFile.objects.select_related(
        "project__organisation",
        "project__client",
        "project__bank_file",
        "requested_by",
        "run__assessment__bank_file",
        "run__assessment__signed_off_by",
    ).get(pk=edition_id)
    try:
        with jobs.heartbeat(edition, clock):
            return _make(edition, clock)
    except Exception:
        logger.exception("Edition %s of project %s failed.", edition.number, edition.project_id)
        jobs.fail_if_owned(edition, FAILED, now=clock())
        return False


def _make(edition: ExportFile, clock: Callable[[], datetime]) -> bool:
    exporter = EXPORTERS[edition.format]
    edition.report(10, f"Reading score run {edition.run.number}", now=clock())
    scorecard = serialise.from_dict(edition.run.result)
    report = build_report(scorecard, context_of(edition, scorecard))
    edition.report(45, exporter.step, now=clock())
    data = exporter.render(report)
    edition.report(85, "Keeping the file", now=clock())
    folder = edition.requested_at.strftime("exports/%Y/%m")
    stored = default_storage.save(f"{folder}/{edition.pk}.{exporter.suffix}", ContentFile(data))
    edition.file.name = stored
    edition.file_name = file_name(edition, exporter.suffix)
    edition.sha256 = hashlib.sha256(data).hexdigest()
    edition.size = len(data)
    edition.pages = pdf.page_count(data) if edition.format == ExportFile.Format.PDF else 0
    if _finish(edition, now=clock()):
        return True
    # Another worker has taken the edition up and keeps a file of its own.
    default_storage.delete(stored)
    return False


def _finish(edition: ExportFile, *, now: datetime) -> bool:
    with transaction.atomic():
        # The row's lock lets only the worker that still owns the edition go on.
        owned = ExportFile.objects.select_for_update().filter(jobs.still_owned(edition)).first()
        if owned is None:
            return False
        edition.status, edition.progress, edition.step = Job.Status.DONE, 100, ""
        edition.error, edition.finished_at = "", now
        edition.save()
    return True


def file_name(edition: ExportFile, suffix: str) -> str:
    """Return a name that says whose it is and fits every file system."""
    project = edition.project
    owner = project.client or project.organisation
    parts = [_name_part(owner.name), _name_part(project.name), "readiness"]
    parts.append(f"edition {edition.number}")
    if edition.audience == ExportFile.Audience.INTERNAL:
        parts.append("internal")
    return f"{' – '.join(part for part in parts if part)}.{suffix}"


def _name_part(text: str) -> str:
    kept = "".join(
        " " if char in FORBIDDEN_IN_NAMES or not char.isprintable() else char for char in text
    )
    return " ".join(kept.split())[:LONGEST_NAME].strip(" .")
