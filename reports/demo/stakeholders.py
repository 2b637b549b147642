"""Save the people of a rollout by name, where they stood, whom they ask, and the champions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from typing import Any

from assessments.models import (
    AdviceTie,
    Champion,
    Group,
    NominationLink,
    NominationRound,
    Position,
    Project,
    Stakeholder,
    UnmatchedTie,
    User,
)
from reports.demo.advice import Asked, Circle, draw_ties
from reports.demo.story import Calendar, date_rows, dice, fields_of, read_names


@dataclass
class Cast:
    """Everybody of one rollout while they are being saved."""

    told: dict[str, Any]
    project: Project
    calendar: Calendar
    users: dict[str, User]
    groups: dict[str, Group] = field(default_factory=dict)
    rows: dict[str, Stakeholder] = field(default_factory=dict)  # by name
    days: dict[str, int] = field(default_factory=dict)  # when they were entered
    known: set[str] = field(default_factory=set)  # told by name, not drawn

    def __post_init__(self) -> None:
        self.groups = {group.name: group for group in self.project.groups.all()}

    def add(self, name: str, group: str, day: int, **fields: Any) -> Stakeholder:
        """Add a person who is not there yet, with the next staff number."""
        if name not in self.rows:
            number = 1001 + 7 * len(self.rows)
            self.rows[name] = Stakeholder(
                project=self.project,
                name=name,
                group=self.groups[group] if group else None,
                key=f"{self.told['keys']}{number}",
                **fields,
            )
            self.days[name] = day
        return self.rows[name]

    def of(self, group: str) -> list[str]:
        """Return who is in a group; "" stands for those who are in none."""
        return [
            name
            for name, row in self.rows.items()
            if (row.group.name if row.group else "") == group
        ]


def save_people_side(
    told: dict[str, Any], project: Project, calendar: Calendar, users: dict[str, User]
) -> None:
    """Save the people’s side of one rollout as far as its file tells it."""
    if "keys" not in told:
        return
    cast = Cast(told, project, calendar, users)
    positions = list(_placed(cast))
    _add_told(cast)
    cast.known = set(cast.rows)
    _add_drawn(cast)
    named = _ties(cast)
    replied = _reply_days(cast, named)
    for who, day in replied.items():
        cast.rows[who].replied_on = calendar.day(day)
    message = told["informed"]
    for row in cast.rows.values():
        if row.group is None or row.group.name not in message.get("but", ()):
            row.informed_on = calendar.day(message["day"])
    people = list(cast.rows.values())
    for person in people:
        person.clean_fields()
    Stakeholder.objects.bulk_create(people, batch_size=200)
    date_rows(people, [cast.days[person.name] for person in people], calendar)
    Position.objects.bulk_create([position for position, _ in positions])
    date_rows([position for position, _ in positions], [day for _, day in positions], calendar)
    _save_champions(cast)
    _save_ties(cast, named, replied)
    _save_rounds(cast, named, replied)


# Who there is


def _placed(cast: Cast) -> Iterator[tuple[Position, int]]:
    """Add the people on the map, and yield where each of them stood since which day."""
    noted_by = cast.users[cast.told["by"]]
    for each in cast.told.get("people", ()):
        path = [fields_of(row, 6) for row in each["path"]]
        step, _, due = each.get("step", "").partition(" | ")
        person = cast.add(
            each["name"],
            each.get("group", ""),
            int(path[0][0]),
            job_title=each["job"],
            rank=each.get("rank"),
            is_manager=each.get("leads", False),
            is_spokesperson=each.get("speaks", False),
            project_role=each.get("role", ""),
            relationship_owner=each.get("owner", ""),
            next_step=step,
            next_step_on=cast.calendar.day(int(due)) if due else None,
            interviewed_on=cast.calendar.day(each["heard"]) if "heard" in each else None,
        )
        for day, influence, now, needed, source, reason in path:
            place = {
                "influence": int(influence),
                "support_now": int(now),
                "support_needed": int(needed),
                "source": source,
                "reason": reason,
            }
            for name, value in place.items():
                setattr(person, name, value)
            position = Position(
                project=cast.project,
                stakeholder=person,
                noted_on=cast.calendar.day(int(day)),
                noted_by=noted_by,
                **place,
            )
            yield position, int(day)


def _add_told(cast: Cast) -> None:
    """Add the champions and the others who are told by name."""
    jobs = {row[0]: row[5].split("; ")[0] for row in _lists(cast)}
    day = cast.told["listed"]
    for row in cast.told.get("named", ()):
        name, group, leads, speaks, job = fields_of(row, 5)
        cast.add(
            name,
            group,
            day,
            is_manager=leads == "yes",
            is_spokesperson=speaks == "yes",
            job_title=job or jobs[group],
            rank=3 if leads else 5,
        )
    for row in cast.told.get("champions", ()):
        name, group, *_ = fields_of(row, 3)
        cast.add(name, group, day, job_title=jobs[group], rank=5)


def _lists(cast: Cast) -> list[list[str]]:
    return [fields_of(row, 6) for row in cast.told["lists"]]


def _add_drawn(cast: Cast) -> None:
    """Fill each group up to its length with drawn names."""
    rng = dice(f"names of {cast.project.name}")
    for group, size, _, _, origins, jobs in _lists(cast):
        titles = cycle(jobs.split("; "))
        for _ in range(100 * int(size)):  # the dice give some names twice
            if len(cast.of(group)) >= int(size):
                break
            name = _draw_name(rng, origins.split())
            cast.add(name, group, cast.told["listed"], job_title=next(titles), rank=5)
        else:
            raise ValueError(f"The name list is too short for {group}.")


def _draw_name(rng: random.Random, origins: list[str]) -> str:
    told = read_names()
    origin = rng.choice(origins)
    # Now and then a last name from elsewhere: people marry.
    last = rng.choice(origins) if rng.random() < 0.1 else origin
    return f"{rng.choice(told[origin]['first'])} {rng.choice(told[last]['last'])}"


# Who asks whom


def _ties(cast: Cast) -> dict[str, list[str]]:
    asks = {row[0]: row for row in (fields_of(row, 3) for row in cast.told["asks"])}
    circles = [
        Circle(
            name=group,
            people=cast.of(group),
            replied=int(replied),
            reached=int(reached),
            known=frozenset(cast.known),
            asks=asks[group][1].split(", ") if group in asks and asks[group][1] else (),
            open_ends=float(asks[group][2]) if group in asks else 0.0,
        )
        for group, _, replied, reached, _, _ in _lists(cast)
    ]
    champions = {
        name
        for name, _, state in (fields_of(row, 11)[:3] for row in cast.told["champions"])
        if state == Champion.State.ACTIVE
    }
    asked = [
        Asked(name, int(by), int(far))
        for name, by, far in (fields_of(row, 3) for row in cast.told.get("asked", ()))
    ]
    return draw_ties(circles, champions=champions, asked=asked, seed=f"ties of {cast.project.name}")


def _reply_days(cast: Cast, named: dict[str, list[str]]) -> dict[str, int]:
    """Return on which day each one replied: most at once, some after the reminder."""
    rng = dice(f"days of {cast.project.name}")
    opened, closed = cast.told["round"]["opened"], cast.told["round"]["closed"]
    span = closed - opened
    return {who: opened + min(span, int((span + 1) * rng.random() ** 2)) for who in named}


def _save_ties(cast: Cast, named: dict[str, list[str]], replied: dict[str, int]) -> None:
    source = AdviceTie.Source.NAMED
    silenced = set(_nobody(cast, named))
    pairs = [(who, other) for who, others in named.items() for other in others]
    ties = [
        AdviceTie(project=cast.project, asker=cast.rows[who], asked=cast.rows[other], source=source)
        for who, other in pairs
        if who not in silenced
    ]
    AdviceTie.objects.bulk_create(ties, batch_size=200)
    date_rows(ties, [replied[tie.asker.name] for tie in ties], cast.calendar)
    unmatched = []
    for row in cast.told.get("unmatched", ()):
        group, text = fields_of(row, 2)
        used = {tie.asker.name for tie in unmatched}
        asker = next(who for who in cast.of(group) if who in replied and who not in used)
        unmatched.append(
            UnmatchedTie(
                project=cast.project, asker=cast.rows[asker], asked_name=text, source=source
            )
        )
    UnmatchedTie.objects.bulk_create(unmatched)
    date_rows(unmatched, [replied[tie.asker.name] for tie in unmatched], cast.calendar)


def _nobody(cast: Cast, named: dict[str, list[str]]) -> list[str]:
    """Return who replied that they ask nobody: some of those who reach no champion."""
    champions = {fields_of(row, 1)[0] for row in cast.told["champions"]}
    alone = [
        who
        for who, others in named.items()
        if who not in cast.known and champions.isdisjoint(others)
    ]
    return alone[len(alone) - cast.told["round"].get("nobody", 0) :]


def _save_rounds(cast: Cast, named: dict[str, list[str]], replied: dict[str, int]) -> None:
    """Save the closed round with its used links, and the call to the silent ones."""
    told, calendar = cast.told["round"], cast.calendar
    first = _save_round(cast, told, told["closed"])
    nobody = set(_nobody(cast, named))
    links = [
        NominationLink(
            project=cast.project,
            round=first,
            person=row,
            used_at=calendar.at(replied[name], 9 + number % 8) if name in replied else None,
            named_nobody=name in nobody,
        )
        for number, (name, row) in enumerate(cast.rows.items())
    ]
    NominationLink.objects.bulk_create(links, batch_size=200)
    if again := cast.told.get("again"):
        second = _save_round(cast, again, None)
        NominationLink.objects.bulk_create(
            NominationLink(project=cast.project, round=second, person=row)
            for name, row in cast.rows.items()
            if name not in replied
        )


def _save_round(cast: Cast, told: dict[str, Any], closed: int | None) -> NominationRound:
    calendar = cast.calendar
    row = NominationRound.objects.create(
        project=cast.project,
        name=told["name"],
        opened_on=calendar.day(told["opened"]),
        closes_on=calendar.day(told["closes"] if closed is None else closed),
        closed_at=None if closed is None else calendar.at(closed, 18),
        opened_by=cast.users[told["by"]],
    )
    date_rows([row], [told["opened"]], calendar)
    return row


# Champions


def _save_champions(cast: Cast) -> None:
    rows, days = [], []
    for told in cast.told["champions"]:
        name, _, state, appointed, since, belief_on, early, hours, told_on, belief, changed = (
            fields_of(told, 11)
        )
        champion = Champion(
            project=cast.project,
            person=cast.rows[name],
            state=state,
            is_appointed=appointed == "yes",
            state_on=cast.calendar.day(int(since)),
            belief_on=_day(belief_on, cast),
            early_access_on=_day(early, cast),
            hours=Decimal(hours) if hours else None,
            manager_told_on=_day(told_on, cast),
            belief=belief,
            changed=changed,
        )
        champion.clean_fields(exclude=["person"])
        rows.append(champion)
        days.append(int(since))
    Champion.objects.bulk_create(rows)
    date_rows(rows, days, cast.calendar)


def _day(offset: str, cast: Cast) -> Any:
    return cast.calendar.day(int(offset)) if offset else None
