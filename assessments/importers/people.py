"""Rows to people: matched by identifier, else by name and group; every new place is noted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from assessments.forms.people import PersonForm
from assessments.models import Champion, Group, Position, Project, Stakeholder
from assessments.services.people import (
    PLACE,
    STANDING,
    first_positions,
    name_key,
    position_of,
    tidy_name,
)

from . import cells
from .cells import WrongCell
from .plans import Context, Kind, Mapped, Plan, RowError, unguarded
from .readers import Row

CREATE_GROUPS = "create_groups"
BATCH = 1_000
COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("person", "full name", "stakeholder", "employee"),
    "key": ("identifier", "staff number", "id", "employee id", "personnel number"),
    "group": ("team", "department", "unit"),
    "job_title": ("title", "position", "function"),
    "email": ("e-mail", "mail", "e-mail address"),
    "rank": ("level", "level in the organisation", "grade"),
    "is_manager": ("leads people", "manager"),
    "project_role": ("role in the project", "role"),
    "is_spokesperson": ("speaks for the group", "spokesperson"),
    "influence": ("influence 1-5", "power"),
    "support_now": ("support", "attitude", "now"),
    "support_needed": ("needed", "support needed at go-live", "target support"),
    "reason": ("why", "why they stand there"),
    "source": ("how we know",),
    "relationship_owner": ("owner", "who talks to them"),
    "next_step": ("action",),
    "next_step_on": ("by", "due"),
    "interviewed_on": ("interviewed", "interview"),
    "informed_on": ("informed", "last message on"),
    "champion": ("champion state", "state of the champion"),
}
SAVED = tuple(name for name in COLUMNS if name not in ("name", "key", "group", "champion"))
LIMITS = {
    name: Stakeholder._meta.get_field(name).max_length
    for name in COLUMNS
    if name not in cells.PARSERS and name != "group"
}


@dataclass(slots=True)
class Stored:
    """The people and groups of a rollout, by what a row may call them."""

    groups: dict[str, Group]
    by_key: dict[str, Stakeholder]
    by_name: dict[str, list[Stakeholder]]

    @classmethod
    def of(cls, project: Project) -> Stored:
        people = project.stakeholders.order_by("pk")
        if connection.in_atomic_block:
            people = people.select_for_update()
        by_key: dict[str, Stakeholder] = {}
        by_name: dict[str, list[Stakeholder]] = defaultdict(list)
        for person in people:
            by_name[name_key(person.name)].append(person)
            if person.key:
                by_key[person.key.casefold()] = person
        return cls({name_key(g.name): g for g in project.groups.all()}, by_key, by_name)

    def find(self, name: str, key: str, group: str) -> Stakeholder | None:
        """Return the person a row means, None for a new one, or raise WrongCell if unclear."""
        if key and key.casefold() in self.by_key:
            return self.by_key[key.casefold()]
        alike = self.by_name.get(name_key(name), [])
        if not group:
            fitting = alike
        else:
            wanted = self.groups.get(name_key(group))
            fitting = [p for p in alike if wanted and p.group_id == wanted.pk]
            if not fitting and len(alike) == 1 and alike[0].group_id is None:
                fitting = alike
        if key:
            # An identifier of its own makes a new person, unless it completes a nameless one.
            fitting = [person for person in fitting if not person.key]
            return fitting[0] if len(fitting) == 1 else None
        if len(fitting) == 1:
            return fitting[0]
        if not alike:
            return None
        raise WrongCell(*self.unclear(name, alike))

    def unclear(self, name: str, alike: list[Stakeholder]) -> tuple[str, str]:
        if len(alike) > 1:
            return (
                f"{len(alike)} people are called “{name[:60]}”.",
                "Enter the identifier of the one you mean.",
            )
        names = {group.pk: group.name for group in self.groups.values()}
        where = names.get(alike[0].group_id, "no group")
        return (
            f"“{name[:60]}” is on the list already, in {where}.",
            "If this is somebody else, enter an identifier. If not, correct the group.",
        )


@dataclass(slots=True)
class Seen:
    """What earlier rows of the file hold, so that nobody stands in it twice."""

    keys: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    people: dict[Any, int] = field(default_factory=dict)

    def check(self, number: int, name: str, key: str, group: str) -> None:
        """Keep a row's name and identifier, or raise WrongCell if an earlier row has them."""
        folded = key.casefold()
        if key and (first := self.keys.setdefault(folded, number)) != number:
            raise WrongCell(
                f"The identifier “{key[:60]}” stands in row {first} too.",
                "Keep one of the two rows.",
            )
        earlier = self.names.setdefault(name_key(name), [])
        for other_key, other_group, row in earlier:
            if key and other_key:
                continue
            elsewhere = ", in another group" if name_key(other_group) != name_key(group) else ""
            raise WrongCell(
                f"“{name[:60]}” stands in row {row} too{elsewhere}.",
                "Keep one row, or give both an identifier if they are two people.",
            )
        earlier.append((key, group, number))

    def take(self, number: int, person: Stakeholder) -> None:
        if (first := self.people.setdefault(person.pk, number)) != number:
            raise WrongCell(f"Row {first} is about the same person.", "Keep one of the two rows.")


def plan_people(
    kind: Kind, project: Project, rows: Sequence[Row], columns: Mapped, context: Context
) -> Plan:
    """Return what importing these people would do; nothing is written."""
    result = Plan()
    stored, seen = Stored.of(project), Seen()
    today = context.today or timezone.localdate()
    fresh: dict[str, Group] = {}
    named: Counter[str] = Counter()
    before: list[Stakeholder] = []  # as stored, of those who move
    moved: list[Stakeholder] = []
    states = dict(project.champions.values_list("person_id", "state"))
    roster: list[Champion] = []
    for row in rows:
        values, errors = _parsed(kind, row, columns)
        group = values.pop("group", "")
        state = values.pop("champion", "")
        person = None
        if not errors:
            try:
                seen.check(row.number, values["name"], values.get("key", ""), group)
                person = stored.find(values["name"], values.get("key", ""), group)
                if person is not None:
                    seen.take(row.number, person)
            except WrongCell as wrong:
                errors.append(_error(kind, row, columns, "name", wrong))
        if group and name_key(group) not in stored.groups:
            named[name_key(group)] += 1
            if CREATE_GROUPS in context.options:
                fresh.setdefault(name_key(group), Group(project=project, name=group))
            else:
                wrong = WrongCell(
                    f"“{group[:60]}” is no group of this rollout.",
                    "Correct the name, or allow new groups to be added.",
                )
                errors.append(_error(kind, row, columns, "group", wrong))
        if errors:
            result.errors += errors
            result.actions[row.number] = "error"
            continue
        if group:
            values["group"] = stored.groups.get(name_key(group)) or fresh[name_key(group)]
        if person is None:
            person = Stakeholder(project=project, **values)
            if _is_placed(person):
                person.source = person.source or Stakeholder.Source.GUESS
                moved.append(person)
            result.new.append(person)
            result.actions[row.number] = "new"
            if state:
                roster.append(Champion(project=project, person=person, state=state, state_on=today))
            continue
        action = _change(person, values, before, moved)
        if state and states.get(person.pk) != state:
            roster.append(Champion(project=project, person=person, state=state, state_on=today))
            action = "changed"
        result.actions[row.number] = action
        if action == "changed":
            result.changed.append(person)
        else:
            result.same += 1
    for key, group in fresh.items():
        group.headcount = named[key]
    if fresh:
        names = ", ".join(f"{g.name} ({g.headcount:,})" for g in list(fresh.values())[:20])
        result.notes.append(
            f"New groups, with as many people as the table names: {names}. "
            "Correct their numbers afterwards."
        )

    def write() -> None:
        Group.objects.bulk_create(fresh.values(), batch_size=BATCH)
        for person in (*result.new, *result.changed):
            person.group_id = person.group.pk if person.group else None
        Stakeholder.objects.bulk_create(result.new, batch_size=BATCH)
        # An update by "insert, else update" is one statement for many rows.
        Stakeholder.objects.bulk_create(
            result.changed,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name", "key", "group", *SAVED, "version", "updated_at"],
        )
        noted = set(project.positions.values_list("stakeholder_id", flat=True)) if before else set()
        positions = first_positions(before, noted)
        positions += [position_of(person, by=context.by, today=today) for person in moved]
        Position.objects.bulk_create(positions, batch_size=BATCH)
        Champion.objects.bulk_create(
            roster,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["state", "state_on", "updated_at"],
        )

    result.write = write
    return result


def _parsed(kind: Kind, row: Row, columns: Mapped) -> tuple[dict[str, Any], list[RowError]]:
    """Return the filled cells as values, and what is wrong in the others."""
    values: dict[str, Any] = {}
    errors: list[RowError] = []
    for name, column in columns.items():
        text = unguarded(row.get(column, "").strip()) if column else ""
        if not text:
            continue
        try:
            if name in cells.PARSERS:
                values[name] = cells.PARSERS[name](text)
            elif name in ("name", "key", "group"):
                limit = LIMITS.get(name) or 120
                values[name] = cells.short(tidy_name(text), limit)
            else:
                limit = LIMITS[name]
                values[name] = cells.short(text, limit) if limit else text
        except WrongCell as wrong:
            errors.append(_error(kind, row, columns, name, wrong))
    if not values.get("name") and not any(error.column == columns.get("name") for error in errors):
        wrong = WrongCell("The cell is empty.", "Fill it in.")
        errors.append(_error(kind, row, columns, "name", wrong))
    return values, errors


def _error(kind: Kind, row: Row, columns: Mapped, name: str, wrong: WrongCell) -> RowError:
    column = columns.get(name) or kind.label_of(name)
    return RowError(row.number, column, wrong.reason, wrong.remedy)


def _is_placed(person: Stakeholder) -> bool:
    return any(getattr(person, name) is not None for name in PLACE)


def _change(
    person: Stakeholder,
    values: dict[str, Any],
    before: list[Stakeholder],
    moved: list[Stakeholder],
) -> str:
    """Put the row's values on the person; return "changed" or "same"."""
    new_group = values.get("group")
    changed = {
        name: value
        for name, value in values.items()
        if name != "group" and getattr(person, name) != value
    }
    if new_group is not None and new_group.pk != person.group_id:
        changed["group"] = new_group
    if not changed:
        return "same"
    if any(name in changed for name in STANDING):
        was = {name: getattr(person, name) for name in STANDING}
        was["created_at"] = person.created_at
        before.append(Stakeholder(pk=person.pk, project_id=person.project_id, **was))
        if "source" not in values:
            changed["source"] = Stakeholder.Source.GUESS
        if "support_now" in changed and "reason" not in values:
            # The old reason does not explain the new place; it stays in the history.
            changed["reason"] = ""
    for name, value in changed.items():
        setattr(person, name, value)
    if any(name in changed for name in STANDING) and _is_placed(person):
        moved.append(person)
    person.version += 1
    return "changed"


PEOPLE = Kind(
    label="people",
    form=PersonForm,
    columns=COLUMNS,
    planner=plan_people,
    most_rows=100_000,
    options={CREATE_GROUPS: "Add groups that are not on the list yet"},
)
