"""Who asks whom for help, and the champions who answer."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q

from .people import Stakeholder
from .projects import ProjectOwned

NOMINATION_SALT = "assessments.nomination"


class AdviceTie(ProjectOwned):
    """`asker` asks `asked` for help with the work or the systems."""

    class Source(models.TextChoices):
        HAND = "hand", "Entered by hand"
        IMPORT = "import", "Imported"
        NAMED = "named", "Named by the person"

    OFTEN = 4  # of 5; the frequency from which a tie counts by default

    asker = models.ForeignKey(Stakeholder, models.CASCADE, related_name="asks")
    asked = models.ForeignKey(Stakeholder, models.CASCADE, related_name="asked_by")
    frequency = models.PositiveSmallIntegerField("how often, 1–5", default=OFTEN)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.HAND)

    class Meta:
        ordering = ["asker", "asked", "id"]
        constraints = [
            models.UniqueConstraint(fields=["asker", "asked"], name="tie_once"),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="nobody_asks_oneself"),
            models.CheckConstraint(
                condition=Q(frequency__gte=1, frequency__lte=5), name="frequency_1_to_5"
            ),
        ]
        indexes = [models.Index(fields=["project", "asker"])]

    def __str__(self) -> str:
        return f"{self.asker} asks {self.asked}"


class NominationRound(ProjectOwned):
    """A time in which people are asked whom they turn to."""

    name = models.CharField(max_length=120)
    question = models.CharField(
        max_length=200, default="Whom do you ask for help with your work or with systems?"
    )
    opened_on = models.DateField()
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(closed_at=None), name="one_nomination_round_open"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opened_on")), name="nomination_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NominationLink(ProjectOwned):
    """One person's single-use link to the form; nothing secret is stored."""

    round = models.ForeignKey(NominationRound, models.CASCADE, related_name="links")
    person = models.ForeignKey(Stakeholder, models.CASCADE, related_name="nomination_links")
    used_at = models.DateTimeField(null=True, blank=True)
    named_nobody = models.BooleanField(default=False)

    class Meta:
        ordering = ["person__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="one_link_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.round}"

    @property
    def token(self) -> str:
        return signing.dumps(str(self.pk), salt=NOMINATION_SALT)

    def is_open(self, now: datetime) -> bool:
        """Tell whether the form still takes an answer."""
        return (
            self.used_at is None
            and self.round.closed_at is None
            and now.date() <= self.round.closes_on
        )


class UnmatchedTie(ProjectOwned):
    """A tie to or from a name that is not on the list yet; kept until somebody matches it."""

    asker = models.ForeignKey(
        Stakeholder, models.CASCADE, null=True, blank=True, related_name="unmatched_asks"
    )
    asker_name = models.CharField(max_length=120, blank=True)
    asked = models.ForeignKey(
        Stakeholder, models.CASCADE, null=True, blank=True, related_name="unmatched_asked_by"
    )
    asked_name = models.CharField(max_length=120, blank=True)
    frequency = models.PositiveSmallIntegerField(default=AdviceTie.OFTEN)
    source = models.CharField(max_length=6, choices=AdviceTie.Source.choices)
    row = models.PositiveIntegerField(null=True, blank=True)  # of the imported file
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "row", "id"]

    def __str__(self) -> str:
        return f"{self.asker or self.asker_name} asks {self.asked or self.asked_name}"


class Champion(ProjectOwned):
    """A person whom colleagues can ask: from candidate to active, with what was agreed."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        INVITED = "invited", "Invited"
        ACTIVE = "active", "Active"
        LAPSED = "lapsed", "Lapsed"
        DECLINED = "declined", "Declined"

    class Lock(models.TextChoices):
        NONE = "", "Free"
        IN = "in", "Always in the plan"
        NEVER = "never", "Never suggested"

    person = models.OneToOneField(Stakeholder, models.CASCADE, related_name="champion")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CANDIDATE)
    is_appointed = models.BooleanField("appointed, not named by colleagues", default=False)
    belief = models.TextField("why they believe in it, in their own words", blank=True)
    belief_on = models.DateField("belief heard on", null=True, blank=True)
    early_access_on = models.DateField("works in it since", null=True, blank=True)
    hours = models.DecimalField(
        "hours per week agreed", max_digits=4, decimal_places=1, null=True, blank=True
    )
    manager_told_on = models.DateField("manager knows since", null=True, blank=True)
    changed = models.TextField("what they changed in the design", blank=True)
    state_on = models.DateField("in this state since")
    lock = models.CharField(max_length=5, choices=Lock.choices, default=Lock.NONE, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["person__name", "id"]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_prepared(self) -> bool:
        """Tell whether belief, early access and time are all there."""
        return bool(self.belief_on and self.early_access_on and self.hours and self.manager_told_on)
