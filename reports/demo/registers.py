"""Save what changes for the groups: ratings, losses and gains, other changes of the same weeks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assessments.models import Effect, Group, Impact, OtherChange, Project, User
from reports.demo.story import Calendar, date_rows, fields_of

ORDER = tuple(Impact.Aspect.values)


def save_groups_side(
    told: dict[str, Any], project: Project, calendar: Calendar, users: dict[str, User]
) -> None:
    """Save the groups' side of one rollout as far as its file tells it."""
    groups = {group.name: group for group in project.groups.all()}
    if "impact" in told:
        by = str(users[told["by"]])
        _save_impact(told["impact"], groups, calendar, by)
    _save_effects(told.get("effects", ()), groups, calendar)
    _save_changes(told.get("changes", ()), groups, calendar)


def _save_impact(
    told: dict[str, Any], groups: dict[str, Group], calendar: Calendar, by: str
) -> None:
    stories = {}
    for row in told.get("stories", ()):
        name, aspect, yesterday, tomorrow = fields_of(row, 4)
        stories[name, aspect] = (yesterday, tomorrow)
    rows, days = [], []
    for row in told["levels"]:
        name, *views = fields_of(row, 3)
        for view, levels in zip((Impact.View.PROJECT, Impact.View.GROUP), views, strict=True):
            for aspect, level in zip(ORDER, levels.split(), strict=bool(levels)):
                if level == "-":
                    continue
                is_project = view == Impact.View.PROJECT
                yesterday, tomorrow = stories.get((name, aspect), ("", ""))
                day = told["rated"][view]
                impact = Impact(
                    project_id=groups[name].project_id,
                    group=groups[name],
                    aspect=aspect,
                    view=view,
                    level=int(level),
                    yesterday=yesterday if is_project else "",
                    tomorrow=tomorrow if is_project else "",
                    rated_on=calendar.day(day),
                    rated_by=by if is_project else told["heard"],
                )
                impact.clean_fields()
                rows.append(impact)
                days.append(day)
    Impact.objects.bulk_create(rows)
    date_rows(rows, days, calendar)


def _save_effects(told: Any, groups: dict[str, Group], calendar: Calendar) -> None:
    rows, days = [], []
    for row in told:
        name, direction, of, text, answer, noted, confirmed, who = fields_of(row, 8)
        effect = Effect(
            project_id=groups[name].project_id,
            group=groups[name],
            direction=direction,
            of=of,
            text=text,
            answer=answer,
            confirmed_on=calendar.day(int(confirmed)) if confirmed else None,
            confirmed_by=who,
        )
        effect.clean_fields()
        rows.append(effect)
        days.append(int(noted))
    Effect.objects.bulk_create(rows)
    date_rows(rows, days, calendar)


def _save_changes(told: Any, groups: dict[str, Group], calendar: Calendar) -> None:
    rows = []
    for row in told:
        names, name, hours, since, until, own = fields_of(row, 6)
        for group in names.split(", ") if names != "all" else groups:
            change = OtherChange(
                project_id=groups[group].project_id,
                group=groups[group],
                name=name,
                hours=Decimal(hours),
                starts_on=calendar.day(int(since)),
                ends_on=calendar.day(int(until)),
                is_rollout=own == "yes",
            )
            change.clean_fields()
            rows.append(change)
    OtherChange.objects.bulk_create(rows)
    date_rows(rows, [-12] * len(rows), calendar)
