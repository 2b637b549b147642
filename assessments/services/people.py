"""People by name: where they stand, moved with a reason, and never without a trace."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Container, Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.models import Position, Project, Stakeholder, User

PLACE = ("influence", "support_now", "support_needed")
STANDING = (*PLACE, "reason", "source")

# Marks of direction are invisible and come along when names are copied.
DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class MovedMeanwhile(Exception):
    """Tell that somebody else changed the person after it was opened."""


def tidy_name(name: str) -> str:
    """Return a name as it is kept: one space between words, composed letters, no marks."""
    return " ".join(unicodedata.normalize("NFC", DIRECTION_MARKS.sub("", name)).split())


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: case, spaces and forms of letters."""
    folded = unicodedata.normalize("NFKC", tidy_name(name)).casefold()
    return unicodedata.normalize("NFKC", " ".join(folded.split()))


def namesakes(project: Project, name: str, *, besides: uuid.UUID | None) -> list[Stakeholder]:
    """Return the other people of the rollout whose name is spelled the same."""
    wanted = name_key(name)
    names = project.stakeholders.exclude(pk=besides).values_list("pk", "name")
    found = [pk for pk, other in names.iterator() if name_key(other) == wanted]
    return list(project.stakeholders.filter(pk__in=found).select_related("group"))


def position_of(person: Stakeholder, *, by: User | None, today: date) -> Position:
    """Return, unsaved, the note of where the person stands now."""
    return Position(
        project_id=person.project_id,
        stakeholder=person,
        noted_on=today,
        noted_by=by,
        **{name: getattr(person, name) for name in STANDING},
    )


def first_positions(people: Iterable[Stakeholder], noted: Container[uuid.UUID]) -> list[Position]:
    """Return, unsaved, the earlier places of those whose place is not among the `noted`."""
    return [
        position_of(person, by=None, today=timezone.localdate(person.created_at))
        for person in people
        if person.pk not in noted and any(getattr(person, name) is not None for name in PLACE)
    ]


def _keep_first(stored: Stakeholder) -> None:
    """Note where a person stood who was placed without a note."""
    noted = {stored.pk} if stored.positions.exists() else set()
    Position.objects.bulk_create(first_positions([stored], noted))


@transaction.atomic
def move(
    *,
    person: Stakeholder,
    influence: int | None,
    support_now: int | None,
    support_needed: int | None,
    reason: str,
    source: str,
    by: User | None,
    today: date,
    version: int,
) -> Position:
    """Note where the person stands now and why, or raise MovedMeanwhile."""
    stored = Stakeholder.objects.select_for_update().get(pk=person.pk)
    if stored.version != version:
        raise MovedMeanwhile
    _keep_first(stored)
    stored.influence, stored.support_now = influence, support_now
    stored.support_needed, stored.reason, stored.source = support_needed, reason, source
    stored.version += 1
    stored.save(update_fields=[*STANDING, "version", "updated_at"])
    position = position_of(stored, by=by, today=today)
    position.save()
    return position


@transaction.atomic
def save_person(*, person: Stakeholder, by: User | None, today: date) -> None:
    """Save a new or edited person, and note the place if it or its reason changed."""
    stored = Stakeholder.objects.filter(pk=person.pk).first()
    was = [getattr(stored, name) for name in STANDING] if stored else [None, None, None, "", ""]
    is_placed = any(getattr(person, name) is not None for name in PLACE)
    was_placed = any(value is not None for value in was[: len(PLACE)])
    if stored is not None:
        _keep_first(stored)
    person.save()
    if (is_placed or was_placed) and was != [getattr(person, name) for name in STANDING]:
        position_of(person, by=by, today=today).save()


@transaction.atomic
def take_back(*, position: Position, by: User, today: date) -> Stakeholder:
    """Put the person where they stood before their latest move, or raise MovedMeanwhile.

    The history keeps both the move and the way back.
    """
    person = Stakeholder.objects.select_for_update().get(pk=position.stakeholder_id)
    latest = list(person.positions.order_by("-created_at", "pk")[:2])
    is_as_noted = all(getattr(person, name) == getattr(position, name) for name in STANDING)
    if not latest or latest[0].pk != position.pk or not is_as_noted:
        raise MovedMeanwhile
    before = latest[1] if len(latest) > 1 else Position()
    move(
        person=person,
        **{name: getattr(before, name) for name in STANDING},
        by=by,
        today=today,
        version=person.version,
    )
    return person
