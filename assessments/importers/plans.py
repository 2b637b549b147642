"""What an import is made of: the kind of data, the plan, and what stands in its way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.db import models

from assessments.models import Project, User

from .readers import MOST_ROWS, Row, Shape

Mapped = Mapping[str, str]  # field -> column of the file

FORMULA_GUARD = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell, and how to mend it."""

    row: int
    column: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"Row {self.row}, {self.column}" if self.column else f"Row {self.row}"
        return f"{where}: {self.reason} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Context:
    """Who imports, when, and what they allowed."""

    by: User | None = None
    today: date | None = None
    options: frozenset[str] = frozenset()


@dataclass(slots=True)
class Plan:
    """What an import would do, and everything that stands in its way."""

    new: list[models.Model] = field(default_factory=list)
    changed: list[models.Model] = field(default_factory=list)
    same: int = 0
    errors: list[RowError] = field(default_factory=list)
    actions: dict[int, str] = field(default_factory=dict)  # row number -> new, changed, same, error
    notes: list[str] = field(default_factory=list)  # what else will happen, in sentences
    write: Callable[[], None] | None = None  # replaces the plain way of writing

    @property
    def count(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def summary(self) -> str:
        return f"{len(self.new)} new, {len(self.changed)} changed, {self.same} unchanged"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that a table may bring."""

    label: str  # plural noun
    form: type[forms.BaseForm]  # names the fields; checks each row unless there is a planner
    columns: Mapping[str, Sequence[str]]  # field -> names its column may have
    key: str = ""  # the field by which a row finds the row it updates
    prepare: Callable[[dict[str, str]], dict[str, str]] = dict
    existing: Callable[[Project], models.QuerySet] | None = None
    planner: Callable[[Kind, Project, Sequence[Row], Mapped, Context], Plan] | None = None
    most_rows: int = MOST_ROWS
    shape: Shape | None = None  # where a file may be more than one row per thing
    options: Mapping[str, str] = field(default_factory=dict)  # name -> what ticking it allows

    @property
    def required(self) -> list[str]:
        fields = self.form.base_fields
        known = (name for name in self.columns if name in fields and name != "audience")
        return [name for name in known if fields[name].required]

    def label_of(self, name: str) -> str:
        """Return a field's name as people read it."""
        form_field = self.form.base_fields.get(name)
        label = str(form_field.label) if form_field is not None and form_field.label else name
        return label.replace("_", " ")[:1].upper() + label.replace("_", " ")[1:]


def plain(text: str) -> str:
    """Return only the letters and digits of a heading or a word, to compare it."""
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def unguarded(text: str) -> str:
    """Take off the mark by which an export keeps a cell from running as a formula."""
    return FORMULA_GUARD.sub("", text, count=1) if text.startswith("'") else text
