"""Rows of a table to rows of a project: one form per kind of data, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db import transaction

from assessments.forms.groups import GroupRowForm
from assessments.models import Group, Project

from .people import PEOPLE
from .plans import Context, Kind, Mapped, Plan, RowError, plain, unguarded
from .readers import Row
from .ties import TIES


def guess_columns(kind: Kind, header: Iterable[str]) -> dict[str, str]:
    """Return the column that each field most likely stands in."""
    by_name = {plain(column): column for column in header}
    found: dict[str, str] = {}
    for name, aliases in kind.columns.items():
        for alias in (name, *aliases):
            column = by_name.get(plain(alias))
            if column and column not in found.values():
                found[name] = column
                break
    return found


def plan(
    kind: Kind,
    project: Project,
    rows: Sequence[Row],
    columns: Mapped,
    context: Context | None = None,
) -> Plan:
    """Return what importing these rows would do; nothing is written."""
    result = Plan()
    missing = [name for name in kind.required if not columns.get(name)]
    if missing:
        result.errors = [
            RowError(
                1,
                kind.label_of(name),
                "No column holds it.",
                "Choose its column, or add one to the file.",
            )
            for name in missing
        ]
        return result
    if kind.planner is not None:
        return kind.planner(kind, project, rows, columns, context or Context())
    existing = {str(getattr(row, kind.key)).casefold(): row for row in kind.existing(project)}
    seen: dict[str, int] = {}
    for row in rows:
        values = kind.prepare(
            {name: row.get(column, "") for name, column in columns.items() if column}
        )
        key = " ".join(values.get(kind.key, "").split()).casefold()
        stored = existing.get(key)
        form = _form(kind, project, values, stored)
        errors = list(_errors(kind, row.number, form, columns))
        if key and key in seen:
            errors.append(
                RowError(
                    row.number,
                    columns[kind.key],
                    f"“{values[kind.key][:60]}” stands in row {seen[key]} too.",
                    "Keep one of the two rows.",
                )
            )
        seen.setdefault(key, row.number)
        if errors:
            result.errors += errors
            result.actions[row.number] = "error"
        elif stored is None:
            result.new.append(form.instance)
            result.actions[row.number] = "new"
        elif form.has_changed():
            result.changed.append(form.instance)
            result.actions[row.number] = "changed"
        else:
            result.same += 1
            result.actions[row.number] = "same"
    return result


@transaction.atomic
def carry_out(result: Plan) -> None:
    """Write a plan that has no errors."""
    assert not result.errors
    if result.write is not None:
        result.write()
        return
    if result.new:
        type(result.new[0])._default_manager.bulk_create(result.new, batch_size=500)
    for row in result.changed:
        row.version += 1
        row.save()


def _form(kind: Kind, project: Project, values: dict[str, str], stored) -> forms.ModelForm:
    """Bind the row; fields without a column keep what is stored."""
    data: dict[str, Any] = dict(values)
    if stored is not None:
        for name in kind.columns:
            data.setdefault(name, getattr(stored, name))
    return kind.form(data, project=project, **({"instance": stored} if stored else {}))


def _errors(kind: Kind, number: int, form: forms.ModelForm, columns: Mapped):
    if form.is_valid():
        return
    for name, errors in form.errors.as_data().items():
        for error in errors:
            typed = str(form.data.get(name, ""))[:60]
            reason, remedy = _explained(form, name, error, typed)
            yield RowError(number, columns.get(name, "") or kind.label_of(name), reason, remedy)


def _explained(form: forms.ModelForm, name: str, error, typed: str) -> tuple[str, str]:
    message = " ".join(error.messages)
    if error.code == "required":
        return "The cell is empty.", "Fill it in."
    if error.code in ("invalid", "min_value", "max_value") and isinstance(
        form.fields.get(name), forms.IntegerField
    ):
        return f"“{typed}” is no whole number above 0.", "Enter a whole number, for example 60."
    if error.code == "max_length":
        limit = (error.params or {}).get("limit_value", "")
        return f"Longer than {limit} characters.", "Shorten it."
    if error.code == "invalid_choice":
        labels = [str(label) for value, label in form.fields[name].choices if value]
        return f"“{typed}” is not known here.", f"Use one of: {'; '.join(labels)}."
    return message, "Correct it in the file and upload it again."


THOUSANDS = re.compile(r"\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+")
AUDIENCES = {
    plain(word): value for value, label in Group.Audience.choices for word in (value, str(label))
}


def prepare_group(values: dict[str, str]) -> dict[str, str]:
    """Return the cells of a group as its form wants them."""
    headcount = values.get("headcount", "").strip()
    if THOUSANDS.fullmatch(headcount):
        values["headcount"] = re.sub(r"\D", "", headcount)
    audience = values.get("audience", "")
    values_by_word = AUDIENCES.get(plain(audience), audience)
    # The export guards cells against formulas; what it wrote must come back as it was.
    for name, value in values.items():
        values[name] = unguarded(value)
    if "audience" in values:
        values["audience"] = values_by_word
    return values


KINDS: dict[str, Kind] = {
    "groups": Kind(
        label="groups",
        form=GroupRowForm,
        key="name",
        columns={
            "name": ("group", "group name", "team", "department"),
            "headcount": ("people", "head count", "persons", "employees", "size", "fte"),
            "site": ("location", "place", "office"),
            "shift": ("shifts",),
            "audience": ("audience kind", "role", "what it does with the system"),
            "notes": ("note", "remarks", "comment", "comments"),
        },
        prepare=prepare_group,
        existing=lambda project: project.groups.all(),
    ),
    "stakeholders": PEOPLE,
    "ties": TIES,
}
