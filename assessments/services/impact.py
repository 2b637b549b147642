"""What a rollout changes for its groups: ratings, losses and gains, other changes, copies."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q

from assessments.models import Effect, Group, Impact, OtherChange, Project, Stakeholder, User
from assessments.scoring.impact import HEAVY_WEEK_HOURS, Rating, Summary, summarise
from assessments.scoring.impact_findings import GroupFacts, Ledger

ASPECTS = tuple(Impact.Aspect.values)
LIMIT_KEY = "heavy_week_hours"
UNANSWERED = Q(direction=Effect.Direction.LOSS, answer="")


def seen(row) -> str:
    """Return the mark of a row's last save; empty for a row that is not there."""
    return row.updated_at.isoformat() if row is not None and row.updated_at else ""


def ratings_of(levels: Iterable[tuple[str, str, int]]) -> tuple[Rating, ...]:
    """Return one rating per aspect, in their order, from (aspect, view, level)."""
    given = {(aspect, view): level for aspect, view, level in levels}
    return tuple(
        Rating(
            aspect,
            given.get((aspect, Impact.View.PROJECT)),
            given.get((aspect, Impact.View.GROUP)),
        )
        for aspect in ASPECTS
    )


@dataclass(frozen=True, slots=True)
class GroupLine:
    """All that the list and the export tell of one group."""

    impact: Summary
    ledger: Ledger
    spokespeople: tuple[str, ...]


def lines_of(project: Project) -> dict[uuid.UUID, GroupLine]:
    """Return impact, losses, gains and spokespeople of every group, with three queries."""
    levels = defaultdict(list)
    for group_id, *rating in project.impacts.values_list("group", "aspect", "view", "level"):
        levels[group_id].append(rating)
    is_loss = Q(direction=Effect.Direction.LOSS)
    is_gain = Q(direction=Effect.Direction.GAIN)
    ledgers = {
        row.pop("group"): Ledger(**row)
        for row in project.effects.order_by()
        .values("group")
        .annotate(
            losses=Count("pk", filter=is_loss),
            answered=Count("pk", filter=is_loss & ~UNANSWERED),
            gains=Count("pk", filter=is_gain),
            confirmed=Count("pk", filter=is_gain & Q(confirmed_on__isnull=False)),
        )
    }
    speakers = defaultdict(list)
    people = Stakeholder.objects.filter(project=project, is_spokesperson=True)
    for group_id, name in people.exclude(group=None).values_list("group", "name"):
        speakers[group_id].append(name)
    return {
        pk: GroupLine(
            summarise(ratings_of(levels[pk])), ledgers.get(pk, Ledger()), tuple(speakers[pk])
        )
        for pk in {*levels, *ledgers, *speakers}
    }


NOTHING_SAID = GroupLine(summarise(()), Ledger(), ())


def facts_of(project: Project, lines: dict[uuid.UUID, GroupLine]) -> list[GroupFacts]:
    """Return every group as the finding of the list needs it."""
    groups = project.groups.values_list("pk", "name", "headcount")
    return [
        GroupFacts(
            name,
            people,
            (lines.get(pk) or NOTHING_SAID).impact,
            (lines.get(pk) or NOTHING_SAID).ledger,
        )
        for pk, name, people in groups
    ]


class RatingConflict(Exception):
    """The rating was changed after it was opened; `current` is what is saved now, or None."""

    def __init__(self, current: Impact | None) -> None:
        self.current = current
        super().__init__("The rating was changed in between.")


@dataclass(frozen=True, slots=True)
class Given:
    """What one side says about one aspect; without a level there is no rating."""

    level: int | None
    yesterday: str = ""
    tomorrow: str = ""
    rated_by: str = ""
    rated_on: date | None = None

    @property
    def words(self) -> tuple[str, str]:
        return self.yesterday, self.tomorrow


@transaction.atomic
def save_rating(
    *,
    group: Group,
    aspect: str,
    view: str,
    given: Given,
    seen_at: str,
    by: User,
    today: date,
) -> Impact | None:
    """Save, or with no level remove, one side's rating; refuse to overwrite unseen changes."""
    # The group's lock puts two editors of one rating in order, also before the row exists.
    Group.objects.select_for_update().get(pk=group.pk)
    stored = group.impacts.filter(aspect=aspect, view=view).first()
    if _is_same(stored, given):
        return stored
    if seen(stored) != seen_at:
        raise RatingConflict(stored)
    if given.level is None:
        stored.delete()
        return None
    row = stored or Impact(project_id=group.project_id, group=group, aspect=aspect, view=view)
    rated_by, rated_on = _who_and_when(stored, given, view=view, by=by, today=today)
    row.level, row.yesterday, row.tomorrow = given.level, given.yesterday, given.tomorrow
    row.rated_by, row.rated_on = rated_by, rated_on
    row.full_clean()
    row.save()
    return row


def _is_same(stored: Impact | None, given: Given) -> bool:
    if stored is None:
        return given.level is None
    return given.level is not None and given == Given(
        stored.level, stored.yesterday, stored.tomorrow, stored.rated_by, stored.rated_on
    )


def _who_and_when(
    stored: Impact | None, given: Given, *, view: str, by: User, today: date
) -> tuple[str, date]:
    """Return who rated and when; a new level without a new date was said today."""
    who, when = given.rated_by, given.rated_on or today
    if stored is None or given.level == stored.level:
        return who, when
    if when == stored.rated_on:
        when = today
        if view == Impact.View.PROJECT and who == stored.rated_by:
            who = str(by)
    return who, when


def week_limit(project: Project) -> float:
    """Return the hours per person and week above which a week is marked."""
    return float((project.method or {}).get(LIMIT_KEY, HEAVY_WEEK_HOURS))


@transaction.atomic
def set_week_limit(*, project: Project, hours: float, by: User) -> None:
    """Save from how many hours a week is marked in this rollout."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    locked.method = {**(locked.method or {}), LIMIT_KEY: hours}
    locked._history_user = by
    locked.save(update_fields=["method", "updated_at"])


@transaction.atomic
def save_change(*, change: OtherChange, groups: Collection[Group]) -> list[OtherChange]:
    """Save one change for every group that it takes hours from."""
    rows = [
        OtherChange(
            project_id=group.project_id,
            group=group,
            name=change.name,
            hours=change.hours,
            starts_on=change.starts_on,
            ends_on=change.ends_on,
            is_rollout=change.is_rollout,
        )
        for group in groups
    ]
    for row in rows:
        row.full_clean()
        row.save()
    return rows


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy brought."""

    groups: tuple[Group, ...]
    ratings: int
    effects: int


class NameTaken(Exception):
    """A group of such a name is in the rollout already; `names` tells which."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = sorted(names)
        super().__init__(", ".join(self.names))


def names_in(project: Project) -> set[str]:
    """Return the names of the project's groups, folded for comparison."""
    return {name.casefold() for name in project.groups.values_list("name", flat=True)}


@transaction.atomic
def copy_groups(
    *,
    source: Project,
    target: Project,
    group_ids: Collection[uuid.UUID],
    with_impact: bool,
    with_effects: bool,
    today: date,
) -> Copied:
    """Copy groups of an earlier rollout, all or none.

    Nothing that a group itself said comes along: it has not spoken about this rollout yet.
    """
    Project.objects.select_for_update().get(pk=target.pk)
    groups = list(source.groups.filter(pk__in=group_ids))
    taken = names_in(target)
    if clashes := [group.name for group in groups if group.name.casefold() in taken]:
        raise NameTaken(clashes)
    copies = {group.pk: _copy(group, project=target, version=1) for group in groups}
    Group.objects.bulk_create(copies.values())
    impacts, effects = [], []
    if with_impact:
        told = Impact.objects.filter(group__in=groups, view=Impact.View.PROJECT)
        impacts = [
            _copy(
                row,
                project=target,
                group=copies[row.group_id],
                rated_on=today,
                rated_by=f"Copied from {source}"[:120],
            )
            for row in told
        ]
        Impact.objects.bulk_create(impacts)
    if with_effects:
        effects = [
            _copy(
                row,
                project=target,
                group=copies[row.group_id],
                confirmed_on=None,
                confirmed_by="",
            )
            for row in Effect.objects.filter(group__in=groups).order_by("created_at", "pk")
        ]
        Effect.objects.bulk_create(effects)
    return Copied(tuple(copies.values()), len(impacts), len(effects))


NOT_COPIED = frozenset({"id", "project", "group", "created_at", "updated_at"})


def _copy(row, **changes):
    """Return an unsaved copy of a row with some values changed."""
    kept = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in NOT_COPIED
    }
    return type(row)(**{**kept, **changes})
