"""Groups of people whom a rollout touches, and the people by name."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from .projects import ProjectOwned


class Group(ProjectOwned):
    """People who do the same work in the same place."""

    class Audience(models.TextChoices):
        USERS = "users", "Uses it for their own work"
        MANAGERS = "managers", "Leads people who use it"
        EXECUTIVES = "executives", "Reads its results"
        SUPPORT = "support", "Supports or administers it"
        EXTERNAL = "external", "Outside the organisation"

    name = models.CharField(max_length=120)
    headcount = models.PositiveIntegerField(
        "people", validators=[MinValueValidator(1, "Enter a whole number, for example 60.")]
    )
    site = models.CharField(max_length=120, blank=True)
    shift = models.CharField(max_length=60, blank=True)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.USERS)
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("project", Lower("name"), name="group_name_once_per_project")
        ]

    def __str__(self) -> str:
        return self.name


class Impact(ProjectOwned):
    """How much one aspect of a group's job changes, as the project or the group sees it."""

    class Aspect(models.TextChoices):
        TASKS = "tasks", "Daily tasks"
        PROCESS = "process", "Order of the work"
        TOOLS = "tools", "Tools"
        SKILLS = "skills", "Skills needed"
        DECISIONS = "decisions", "What one may decide"
        RELATIONS = "relations", "Whom one works with"
        MEASURES = "measures", "How work is measured"
        PACE = "pace", "Pace and load"
        PLACE = "place", "Place and hours"
        STANDING = "standing", "Standing and role"

    class View(models.TextChoices):
        PROJECT = "project", "The project"
        GROUP = "group", "The group itself"

    group = models.ForeignKey(Group, models.CASCADE, related_name="impacts")
    aspect = models.CharField(max_length=12, choices=Aspect.choices)
    view = models.CharField("rated by", max_length=8, choices=View.choices)
    level = models.PositiveSmallIntegerField("impact, 0–5")
    yesterday = models.CharField(max_length=200, blank=True)
    tomorrow = models.CharField(max_length=200, blank=True)
    rated_on = models.DateField()
    rated_by = models.CharField("who said so", max_length=120, blank=True)

    class Meta:
        ordering = ["group", "aspect", "view", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "aspect", "view"], name="one_impact_per_aspect_and_view"
            ),
            models.CheckConstraint(condition=Q(level__lte=5), name="impact_level_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.get_aspect_display()}: {self.level}"


class Effect(ProjectOwned):
    """What a group loses or gains, and whether the group itself confirmed it."""

    class Direction(models.TextChoices):
        LOSS = "loss", "Loss"
        GAIN = "gain", "Gain"

    class Of(models.TextChoices):
        TIME = "time", "Time"
        FREEDOM = "freedom", "Freedom"
        STATUS = "status", "Status"
        SHORT_CUTS = "short_cuts", "Short cuts"
        RELATIONS = "relations", "Relations"
        SKILL = "skill", "Skill"
        QUALITY = "quality", "Quality of the work"
        OTHER = "other", "Something else"

    group = models.ForeignKey(Group, models.CASCADE, related_name="effects")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    of = models.CharField(max_length=12, choices=Of.choices)
    text = models.CharField("what exactly", max_length=200)
    answer = models.TextField("our answer", blank=True)  # for a loss
    confirmed_on = models.DateField("confirmed by the group on", null=True, blank=True)
    confirmed_by = models.CharField("who confirmed it", max_length=120, blank=True)

    class Meta:
        ordering = ["group", "direction", "created_at", "id"]

    def __str__(self) -> str:
        return self.text


class OtherChange(ProjectOwned):
    """A change that takes hours of a group in the same weeks: another one, or the rollout's own."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="other_changes")
    name = models.CharField(max_length=120)
    hours = models.DecimalField("hours per person and week", max_digits=4, decimal_places=1)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    is_rollout = models.BooleanField("these are the rollout's own hours", default=False)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="change_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(hours__gte=0), name="change_hours_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def on_map(self) -> StakeholderQuerySet:
        """Keep the people who are placed on the map of influence and support."""
        return self.filter(influence__isnull=False, support_now__isnull=False)


class Stakeholder(ProjectOwned):
    """A named person whom the rollout touches; influence and support place them on the map."""

    class Support(models.IntegerChoices):
        OPPOSES = -2, "Opposes"
        DOUBTS = -1, "Doubts"
        NEUTRAL = 0, "Neutral"
        SUPPORTS = 1, "Supports"
        PROMOTES = 2, "Promotes"

    class Source(models.TextChoices):
        SELF = "self", "Said it themselves"
        INTERVIEW = "interview", "Interview"
        OBSERVED = "observed", "Seen in the work"
        COLLEAGUE = "colleague", "A colleague told us"
        GUESS = "guess", "Our guess"

    name = models.CharField(max_length=120)
    key = models.CharField(
        "identifier",
        max_length=60,
        blank=True,
        help_text="Staff number or e-mail, if names repeat.",
    )
    group = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, related_name="stakeholders"
    )
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField("e-mail", blank=True)
    rank = models.PositiveSmallIntegerField(
        "level in the organisation", null=True, blank=True, help_text="1 is the top."
    )
    is_manager = models.BooleanField("leads people", default=False)
    project_role = models.CharField("role in the project", max_length=120, blank=True)
    is_spokesperson = models.BooleanField("speaks for the group", default=False)
    influence = models.PositiveSmallIntegerField("influence, 1–5", null=True, blank=True)
    support_now = models.SmallIntegerField(choices=Support.choices, null=True, blank=True)
    support_needed = models.SmallIntegerField(choices=Support.choices, null=True, blank=True)
    reason = models.TextField("why they stand there", blank=True)
    source = models.CharField("how we know", max_length=10, choices=Source.choices, blank=True)
    relationship_owner = models.CharField("who talks to them", max_length=120, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField("by", null=True, blank=True)
    interviewed_on = models.DateField(null=True, blank=True)
    informed_on = models.DateField("last message on", null=True, blank=True)
    replied_on = models.DateField("answered who they ask on", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["project", "group"])]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "key"], condition=~Q(key=""), name="person_key_once_per_project"
            ),
            models.CheckConstraint(
                condition=Q(influence=None) | Q(influence__gte=1, influence__lte=5),
                name="influence_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(support_now=None) | Q(support_now__gte=-2, support_now__lte=2),
                name="support_now_in_range",
            ),
            models.CheckConstraint(
                condition=Q(support_needed=None) | Q(support_needed__gte=-2, support_needed__lte=2),
                name="support_needed_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def steps_to_move(self) -> int:
        """Steps of support from now to needed; 0 when either is unknown."""
        if self.support_now is None or self.support_needed is None:
            return 0
        return max(0, self.support_needed - self.support_now)


class Position(ProjectOwned):
    """Where a person stood, since when, why, and who noted it."""

    stakeholder = models.ForeignKey(Stakeholder, models.CASCADE, related_name="positions")
    influence = models.PositiveSmallIntegerField(null=True)
    support_now = models.SmallIntegerField(choices=Stakeholder.Support.choices, null=True)
    support_needed = models.SmallIntegerField(choices=Stakeholder.Support.choices, null=True)
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=10, choices=Stakeholder.Source.choices, blank=True)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.stakeholder} on {self.noted_on}"
