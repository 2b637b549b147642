"""Projects (rollouts) and what every row under a project shares."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from simple_history.models import HistoricalRecords

from assessments.bank import Bank, load_bank, parse_bank

from .organisations import BankFile, Client, Membership, Organisation

DEFAULT_BANK = "readiness-1"


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user) -> ProjectQuerySet:
        """Keep the projects that `user` may see: own organisations, within the client walls."""
        seen = Membership.objects.filter(
            models.Q(all_clients=True) | models.Q(clients=models.OuterRef("client")),
            user=user,
            organisation=models.OuterRef("organisation"),
        )
        return self.filter(models.Exists(seen))

    def active(self) -> ProjectQuerySet:
        return self.filter(archived_at=None)

    def with_people_on_map(self) -> ProjectQuerySet:
        """Add how many people have a place on the map, which every page of a project shows."""
        from .people import Stakeholder  # people build on projects

        placed = Stakeholder.objects.on_map().filter(project=models.OuterRef("pk"))
        count = placed.order_by().values("project").annotate(all=models.Count("pk")).values("all")
        return self.annotate(people_on_map=models.Subquery(count))


class Project(models.Model):
    """One rollout of a system to people."""

    class Kind(models.TextChoices):
        MFA = "mfa", "Sign-in and security"
        CRM = "crm", "Customer relations and sales"
        ERP = "erp", "Enterprise resources and finance"
        COLLABORATION = "collaboration", "Microsoft 365 and collaboration"
        AI_ASSISTANT = "ai_assistant", "AI assistant"
        GENERIC = "generic", "Other system"

    class Use(models.TextChoices):
        VOLUNTARY = "voluntary", "Voluntary"
        EXPECTED = "expected", "Expected"
        OBLIGATORY = "obligatory", "Obligatory, the old system is switched off"

    class Phase(models.TextChoices):
        PLANNING = "planning", "Planning"
        PREPARING = "preparing", "Preparing"
        PILOT = "pilot", "Pilot"
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="projects")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True, editable=False)
    outcome = models.TextField(
        "business outcome",
        help_text="What must be different for the business, before any word about the tool.",
    )
    outcome_measure = models.CharField(
        "measured by", max_length=200, blank=True, help_text="For example: days from call to quote."
    )
    outcome_baseline = models.CharField("today", max_length=60, blank=True)
    outcome_target = models.CharField("target", max_length=60, blank=True)
    outcome_due_on = models.DateField("target reached by", null=True, blank=True)
    system = models.CharField("new system", max_length=120)
    replaces = models.CharField("what it replaces", max_length=200, blank=True)
    kind = models.CharField("kind of rollout", max_length=20, choices=Kind.choices)
    use = models.CharField("use is", max_length=12, choices=Use.choices, default=Use.EXPECTED)
    starts_on = models.DateField("work starts on", null=True, blank=True)
    go_live_on = models.DateField("go-live on", null=True, blank=True)
    parallel_until = models.DateField("old system tolerated until", null=True, blank=True)
    waves = models.TextField(
        blank=True, help_text="Who goes when, one wave per line. What is left out, said openly."
    )
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.PREPARING)
    sponsor_name = models.CharField("sponsor", max_length=120, blank=True)
    sponsor_title = models.CharField("sponsor's job title", max_length=120, blank=True)
    bank_file = models.ForeignKey(
        BankFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="question bank",
    )
    method = models.JSONField(default=dict, blank=True)  # weakest_link_share, weights
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["updated_at"])

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["organisation", "archived_at", "go_live_on"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        if not self.slug:
            self.slug = f"{slugify(self.name)[:120] or 'rollout'}-{self.pk.hex[:8]}"
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.client_id and self.client.organisation_id != self.organisation_id:
            raise ValidationError({"client": "Choose a client of this organisation."})
        if self.bank_file_id and self.bank_file.organisation_id != self.organisation_id:
            raise ValidationError({"bank_file": "Choose a question bank of this organisation."})
        if self.starts_on and self.go_live_on and self.starts_on > self.go_live_on:
            raise ValidationError(
                {"starts_on": "Work must start before go-live. Change one of the two dates."}
            )
        if self.parallel_until and self.go_live_on and self.parallel_until < self.go_live_on:
            raise ValidationError(
                {"parallel_until": "The old system cannot be switched off before go-live."}
            )

    @property
    def bank(self) -> Bank:
        """The question bank that this project's next round uses."""
        if self.bank_file is not None:
            return parse_bank(self.bank_file.text, self.bank_file.name)
        return load_bank(DEFAULT_BANK)

    def days_to_go_live(self, today: date) -> int | None:
        return (self.go_live_on - today).days if self.go_live_on else None


class ProjectOwned(models.Model):
    """A row that belongs to exactly one project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="%(class)ss")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a link into another project, so that no form can cross the wall."""
        super().clean()
        for field in self._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.name == "project":
                continue
            if not getattr(self, field.attname):
                continue
            if issubclass(field.related_model, ProjectOwned):
                if getattr(self, field.name).project_id != self.project_id:
                    raise ValidationError({field.name: "Choose one of this project."})


class DimensionException(ProjectOwned):
    """A dimension that cannot apply to this rollout, declared by a person with a reason."""

    dimension = models.CharField(max_length=20)
    reason = models.TextField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["dimension", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "dimension"], name="exception_once")
        ]

    def __str__(self) -> str:
        return f"{self.dimension} does not apply"


class Decision(ProjectOwned):
    """A question that waits for one person, with a limit and what was decided."""

    question = models.CharField(max_length=200)
    context = models.TextField(blank=True, help_text="What stands still until it is decided.")
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name="who decides",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_on = models.DateField()
    limit_on = models.DateField("decided by")
    outcome = models.TextField("what was decided", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["limit_on", "id"]
        indexes = [models.Index(fields=["decider", "decided_on", "limit_on"])]

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        super().clean()
        if self.asked_on and self.limit_on and self.limit_on < self.asked_on:
            raise ValidationError({"limit_on": "The limit must not be before the day of asking."})

    def days_left(self, today: date) -> int:
        return (self.limit_on - today).days


class NextStep(ProjectOwned):
    """Who mends an item of the bank, and by when."""

    item = models.CharField(max_length=20, blank=True)
    text = models.CharField("what to do", max_length=200)
    owner_name = models.CharField("who", max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="next_steps"
    )
    due_on = models.DateField("by")
    done_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["owner", "done_on", "due_on"])]

    def __str__(self) -> str:
        return self.text
