"""Groups of people whom a rollout touches."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
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
