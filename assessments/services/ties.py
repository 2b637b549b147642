"""Who asks whom: one by one, taken back, and names that wait for somebody to match them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from assessments.models import AdviceTie, Project, Stakeholder, UnmatchedTie

from .people import name_key, tidy_name

BATCH = 1_000
Pair = tuple[uuid.UUID, uuid.UUID]


@transaction.atomic
def add_tie(
    *, asker: Stakeholder, asked: Stakeholder, frequency: int, source: str, today: date
) -> AdviceTie:
    """Save that one asks the other; a tie that is there takes the new frequency."""
    tie, is_new = AdviceTie.objects.get_or_create(
        asker=asker,
        asked=asked,
        defaults={"project_id": asker.project_id, "frequency": frequency, "source": source},
    )
    if not is_new:
        tie.frequency, tie.source = frequency, source
        tie.save(update_fields=["frequency", "source", "updated_at"])
    mark_replied({asker.pk}, today=today)
    return tie


def mark_replied(people: Collection[uuid.UUID], *, today: date) -> None:
    """Note that these people have said whom they ask."""
    ids = list(people)
    for first in range(0, len(ids), BATCH):
        Stakeholder.objects.filter(pk__in=ids[first : first + BATCH]).update(replied_on=today)


def store_ties(
    project: Project, wanted: Mapping[Pair, int], *, source: str, keep_higher: bool = False
) -> None:
    """Save many ties; those that are there take the new frequency, or keep a higher one."""
    pairs = list(wanted)
    stored: dict[Pair, AdviceTie] = {}
    askers = list({asker for asker, _ in pairs})
    for first in range(0, len(askers), BATCH):
        for tie in project.adviceties.filter(asker__in=askers[first : first + BATCH]):
            stored[tie.asker_id, tie.asked_id] = tie
    new, changed = [], []
    for pair, frequency in wanted.items():
        tie = stored.get(pair)
        if tie is None:
            new.append(
                AdviceTie(
                    project=project,
                    asker_id=pair[0],
                    asked_id=pair[1],
                    frequency=frequency,
                    source=source,
                )
            )
            continue
        tie.frequency = max(tie.frequency, frequency) if keep_higher else frequency
        tie.source = source
        changed.append(tie)
    AdviceTie.objects.bulk_create(new, batch_size=BATCH)
    AdviceTie.objects.bulk_update(changed, ["frequency", "source"], batch_size=BATCH)


# Names that are not on the list


@dataclass(slots=True)
class Waiting:
    """One name that nobody on the list has, with everything said under it."""

    key: str
    name: str
    as_asked: int = 0
    as_asker: int = 0
    partners: list[str] = field(default_factory=list)

    @property
    def ties(self) -> int:
        return self.as_asked + self.as_asker


def waiting_names(rows: Iterable[UnmatchedTie]) -> list[Waiting]:
    """Return the names that wait, those in most ties first."""
    found: dict[str, Waiting] = {}

    def of(name: str, partner: object) -> Waiting:
        key = name_key(name)
        each = found.setdefault(key, Waiting(key, name))
        if len(each.partners) < 3:
            each.partners.append(str(partner))
        return each

    for row in rows:
        if row.asked_id is None:
            of(row.asked_name, row.asker or row.asker_name).as_asked += 1
        if row.asker_id is None:
            of(row.asker_name, row.asked or row.asked_name).as_asker += 1
    return sorted(found.values(), key=lambda each: (-each.ties, each.key))


@dataclass(slots=True)
class Matched:
    """What became of the names that somebody matched."""

    names: int = 0
    ties: int = 0
    created: int = 0


@transaction.atomic
def match_names(
    *,
    project: Project,
    chosen: Mapping[str, Stakeholder],
    create: Collection[str] = (),
    today: date,
) -> Matched:
    """Give waiting names their person, or a new one; ties whose two ends are known are made."""
    rows = list(project.unmatchedties.filter(dismissed_at=None).select_for_update())
    spelled = {
        name_key(name): tidy_name(name)
        for row in rows
        for name in (row.asker_name, row.asked_name)
        if name
    }
    people = {key: person.pk for key, person in chosen.items() if key in spelled}
    result = Matched()
    new = [
        Stakeholder(project=project, name=spelled[key])
        for key in create
        if key in spelled and key not in people
    ]
    Stakeholder.objects.bulk_create(new, batch_size=BATCH)
    people |= {name_key(person.name): person.pk for person in new}
    result.created, result.names = len(new), len(people)
    wanted: dict[Pair, int] = {}
    by_source: dict[str, dict[Pair, int]] = {}
    done, half, own = [], [], []
    for row in rows:
        was = row.asker_id, row.asked_id
        row.asker_id = row.asker_id or people.get(name_key(row.asker_name))
        row.asked_id = row.asked_id or people.get(name_key(row.asked_name))
        if (row.asker_id, row.asked_id) == was:
            continue
        if row.asker_id is None or row.asked_id is None:
            half.append(row)
        elif row.asker_id == row.asked_id:
            own.append(row.pk)
        else:
            pair = row.asker_id, row.asked_id
            kept = by_source.setdefault(row.source, {})
            kept[pair] = max(kept.get(pair, 0), row.frequency)
            wanted[pair] = row.frequency
            done.append(row.pk)
    for source, ties in by_source.items():
        store_ties(project, ties, source=source, keep_higher=True)
    UnmatchedTie.objects.bulk_update(half, ["asker", "asked"], batch_size=BATCH)
    # Nobody asks oneself: such a row has found its person and says nothing more.
    for first in range(0, len(done) + len(own), BATCH):
        UnmatchedTie.objects.filter(pk__in=[*done, *own][first : first + BATCH]).delete()
    mark_replied({asker for asker, _ in wanted}, today=today)
    result.ties = len(wanted)
    return result


@transaction.atomic
def dismiss_names(*, project: Project, keys: Collection[str], now: datetime) -> int:
    """Put names aside; nothing is deleted. Return how many ties that were."""
    rows = [
        row.pk
        for row in project.unmatchedties.filter(dismissed_at=None)
        if (row.asker_id is None and name_key(row.asker_name) in keys)
        or (row.asked_id is None and name_key(row.asked_name) in keys)
    ]
    for first in range(0, len(rows), BATCH):
        part = UnmatchedTie.objects.filter(pk__in=rows[first : first + BATCH])
        part.update(dismissed_at=now)
    return len(rows)
