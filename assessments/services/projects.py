"""Rollouts and the groups they touch."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from assessments.models import Client, Group, Organisation, Project, User


def find_project(reference: str) -> Project | None:
    """Return the rollout with this id or slug, for commands; no door is asked."""
    projects = Project.objects.select_related("organisation", "client", "bank_file")
    try:
        return projects.filter(pk=uuid.UUID(reference)).first()
    except ValueError:
        return projects.filter(slug=reference).first()


@transaction.atomic
def create_project(
    *,
    organisation: Organisation,
    client: Client | None,
    fields: Mapping[str, Any],
    groups: Iterable[Mapping[str, Any]] = (),
    user: User,
) -> Project:
    """Save a rollout with its first groups."""
    project = Project(organisation=organisation, client=client, **fields)
    project.full_clean(exclude=["slug"])
    project._history_user = user
    project.save()
    for values in groups:
        group = Group(project=project, **values)
        group.full_clean()
        group.save()
    return project
