"""Frozen calculations and the documents bound to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.models import Assessment, ProjectOwned


class JobQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(status__in=Job.UNFINISHED)

    def claim(self, pk, *, now: datetime, lost_before: datetime) -> bool:
        """Take the job for this worker; False when another has it.

        A queued job may be taken, and a running one whose heartbeat stopped:
        two workers may receive the same message, so the UPDATE decides.
        """
        free = Q(status=Job.Status.QUEUED) | Q(
            status=Job.Status.RUNNING, heartbeat_at__lt=lost_before
        )
        return bool(
            self.filter(free, pk=pk).update(
                status=Job.Status.RUNNING,
                started_at=now,
                heartbeat_at=now,
                attempt=F("attempt") + 1,
                progress=0,
                step="",
                error="",
            )
        )


class Job(ProjectOwned):
    """Work that a Celery worker does while a page shows its progress."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)
    LOST_AFTER = timedelta(seconds=90)  # without a heartbeat
    MAX_ATTEMPTS = 3

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    step = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)  # a sentence for the user
    attempt = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED

    def report(self, progress: int, step: str, *, now: datetime) -> None:
        """Show how far the work is; also the sign of life."""
        self.progress, self.step, self.heartbeat_at = progress, step, now
        self.save(update_fields=["progress", "step", "heartbeat_at", "updated_at"])

    def fail(self, sentence: str, *, now: datetime) -> None:
        """End without a result, with a sentence that the user can act on."""
        self.status, self.error, self.finished_at = self.Status.FAILED, sentence[:300], now
        self.save(update_fields=["status", "error", "finished_at", "updated_at"])


class ScoreRun(Job):
    """One calculation, frozen: every chart and document reads a run, never live rows."""

    number = models.PositiveIntegerField()
    assessment = models.ForeignKey(
        Assessment, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    as_of = models.DateField()
    seed = models.PositiveBigIntegerField()
    engine_version = models.CharField(max_length=20, blank=True)
    bank_id = models.CharField(max_length=60, blank=True)
    bank_version = models.CharField(max_length=20, blank=True)
    inputs_digest = models.CharField(max_length=64, blank=True)
    is_latest = models.BooleanField(default=False)  # the newest finished run of its project

    # Copies out of `result`, so that a portfolio of 1,000 never opens 1,000 scorecards.
    verdict = models.CharField(max_length=24, blank=True)
    verdict_rank = models.PositiveSmallIntegerField(default=0)  # 1 not ready … 4 ready
    median = models.FloatField(null=True, blank=True)
    change = models.FloatField(null=True, blank=True)  # since the run compared with
    # Last in the row: SQLite reads through a long value to reach the columns behind it.
    summary = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)  # scoring.serialise, "scorecard/1"

    class Meta:
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="run_number_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(status__in=["queued", "running"]),
                name="one_unfinished_run",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_latest=True), name="one_latest_run"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "status", "-number"]),
            models.Index(fields=["status", "heartbeat_at"]),
        ]

    def __str__(self) -> str:
        return f"Score run {self.number}"


class ExportFile(Job):
    """An edition: a document made from one run, kept with its checksum."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        HTML = "html", "Interactive report, one HTML file"
        JSON = "json", "JSON"

    class Audience(models.TextChoices):
        CLIENT = "client", "Client version"
        INTERNAL = "internal", "Internal version"

    number = models.PositiveIntegerField()  # edition number inside the project
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="exports")
    format = models.CharField(max_length=4, choices=Format.choices)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.CLIENT)
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes
    pages = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["run", "format", "audience"],
                condition=Q(status__in=["queued", "running"]),
                name="one_unfinished_export",
            ),
        ]
        indexes = [models.Index(fields=["status", "heartbeat_at"])]

    def __str__(self) -> str:
        return f"Edition {self.number}"
