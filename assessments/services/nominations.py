"""Asking people whom they ask: rounds, single-use links, and what comes back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing
from django.db import transaction

from assessments.models import (
    AdviceTie,
    Group,
    NominationLink,
    NominationRound,
    Project,
    UnmatchedTie,
    User,
)
from assessments.models.network import NOMINATION_SALT

from .ties import mark_replied, store_ties

MOST_NAMED = 5


@transaction.atomic
def open_round(
    *,
    project: Project,
    name: str,
    question: str,
    closes_on: date,
    groups: Collection[Group],
    by: User | None,
    now: datetime,
    today: date,
) -> NominationRound:
    """Open a round with one link per person, of some groups only if any are named.

    A round whose last day is over makes way.
    """
    project.nominationrounds.filter(closed_at=None, closes_on__lt=today).update(closed_at=now)
    opened = NominationRound.objects.create(
        project=project,
        name=name,
        question=question,
        opened_on=today,
        closes_on=closes_on,
        opened_by=by,
    )
    add_links(opened=opened, groups=groups)
    return opened


@transaction.atomic
def add_links(*, opened: NominationRound, groups: Collection[Group] = ()) -> int:
    """Give a link to everybody who has none yet, and return how many that were."""
    people = opened.project.stakeholders.exclude(nomination_links__round=opened)
    if groups:
        people = people.filter(group__in=groups)
    links = [
        NominationLink(project_id=opened.project_id, round=opened, person_id=pk)
        for pk in people.values_list("pk", flat=True)
    ]
    NominationLink.objects.bulk_create(links, batch_size=1_000, ignore_conflicts=True)
    return len(links)


def close_round(*, opened: NominationRound, now: datetime) -> None:
    """End a round; its links stop working."""
    NominationRound.objects.filter(pk=opened.pk, closed_at=None).update(closed_at=now)


def find_link(token: str) -> NominationLink | None:
    """Return what stands behind a link, open or not, or None for a made-up one."""
    try:
        pk = uuid.UUID(signing.loads(token, salt=NOMINATION_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (
        NominationLink.objects.select_related(
            "round", "person", "project__organisation", "project__client"
        )
        .filter(pk=pk)
        .first()
    )


@transaction.atomic
def answer(
    *,
    link: NominationLink,
    named: Iterable[uuid.UUID],
    unknown: Iterable[str],
    now: datetime,
    today: date,
) -> bool:
    """Take a person's answer in place of their earlier one; False when the link is spent.

    Names that nobody on the list has wait to be matched.
    """
    people, names = list(named), list(unknown)
    # Spend by UPDATE: two windows may send the same link.
    spent = NominationLink.objects.filter(
        pk=link.pk, used_at=None, round__closed_at=None, round__closes_on__gte=today
    ).update(used_at=now, named_nobody=not people and not names)
    if not spent:
        return False
    person, source = link.person, AdviceTie.Source.NAMED
    person.asks.filter(source=source).delete()
    person.unmatched_asks.filter(source=source, dismissed_at=None).delete()
    wanted = {(person.pk, asked): AdviceTie.OFTEN for asked in people if asked != person.pk}
    store_ties(link.project, wanted, source=source, keep_higher=True)
    UnmatchedTie.objects.bulk_create(
        UnmatchedTie(project_id=link.project_id, asker=person, asked_name=name, source=source)
        for name in names
    )
    mark_replied({person.pk}, today=today)
    return True


@dataclass(frozen=True, slots=True)
class Replies:
    """How many of a group were asked and have answered."""

    group: str
    asked: int
    answered: int

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0


def replies_by_group(links: Iterable[NominationLink]) -> list[Replies]:
    """Return the response rate of each group, the lowest first."""
    asked: dict[str, int] = {}
    answered: dict[str, int] = {}
    for link in links:
        name = link.person.group.name if link.person.group else ""
        asked[name] = asked.get(name, 0) + 1
        answered[name] = answered.get(name, 0) + (link.used_at is not None)
    found = [Replies(name, count, answered[name]) for name, count in asked.items()]
    return sorted(found, key=lambda each: (each.share, each.group))
