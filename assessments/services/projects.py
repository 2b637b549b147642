"""Rollouts and the groups they touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from assessments.models import Client, Group, Organisation, Project, User


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
