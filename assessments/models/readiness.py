"""Assessment rounds, answers and the evidence behind them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from assessments.bank import Bank, load_bank, parse_bank

from .organisations import BankFile
from .projects import ProjectOwned


class Assessment(ProjectOwned):
    """A round: the same items answered by several people, then agreed and signed off."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        SUBMITTED = "submitted", "Submitted"
        SIGNED_OFF = "signed_off", "Signed off"

    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    bank_id = models.CharField(max_length=60)
    bank_version = models.CharField(max_length=20)
    bank_sha256 = models.CharField(max_length=64)
    bank_file = models.ForeignKey(BankFile, models.PROTECT, null=True, blank=True, related_name="+")
    previous = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    opened_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    assessors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="assessments"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=~Q(status="signed_off"),
                name="one_round_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bank(self) -> Bank:
        """The question bank that this round was opened with."""
        if self.bank_file is not None:
            return parse_bank(self.bank_file.text, self.bank_file.name)
        return load_bank(self.bank_id)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class RoundEvent(ProjectOwned):
    """Who submitted, signed off or reopened a round, and why."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        SUBMITTED = "submitted", "Submitted"
        SIGNED_OFF = "signed_off", "Signed off"
        REOPENED = "reopened", "Reopened"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.assessment}"


class Answer(ProjectOwned):
    """One person's answer to one item; without an assessor it is the agreed one."""

    class State(models.TextChoices):
        BLANK = "blank", "Not answered"
        LEVEL = "level", "Level"
        DONT_KNOW = "dont_know", "Don’t know"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=20)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="answers"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.BLANK)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField("why it does not apply", blank=True)
    note = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    is_carried_over = models.BooleanField(default=False)  # copied from the last round, not touched
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(excluded_fields=["project", "created_at"])

    class Meta:
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item", "assessor"], name="one_answer_per_person_and_item"
            ),
            models.UniqueConstraint(
                fields=["assessment", "item"],
                condition=Q(assessor=None),
                name="one_agreed_answer_per_item",
            ),
            models.CheckConstraint(
                condition=Q(state="level", level__gte=0, level__lte=4)
                | (~Q(state="level") & Q(level=None)),
                name="level_only_when_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state="not_applicable") | ~Q(reason=""),
                name="not_applicable_needs_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.level if self.state == self.State.LEVEL else self.state}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def valid_on(self, day: date) -> EvidenceQuerySet:
        """Keep what counts on `day`: not removed, already in effect, not expired."""
        return self.filter(
            Q(expires_on=None) | Q(expires_on__gte=day), removed_at=None, effective_on__lte=day
        )


class Evidence(ProjectOwned):
    """What proves a level: a file, a link or a note, for a span of time."""

    class Kind(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link"
        NOTE = "note", "Note"

    item = models.CharField(max_length=20)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    title = models.CharField(max_length=160)
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    url = models.URLField("link", max_length=500, blank=True)
    text = models.TextField("note", blank=True)
    effective_on = models.DateField("in effect since")
    expires_on = models.DateField("valid until", null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on", "id"]
        indexes = [models.Index(fields=["project", "item", "removed_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=models.F("effective_on")),
                name="evidence_expires_after_it_starts",
            )
        ]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.title

    def is_valid_on(self, day: date) -> bool:
        """Tell whether it counts on `day`."""
        return (
            self.removed_at is None
            and self.effective_on <= day
            and (self.expires_on is None or self.expires_on >= day)
        )
