"""Bringing many rows at once: upload, match the columns, look, import."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.generic import View

from assessments import importers
from assessments.access import ProjectMixin
from assessments.forms.groups import TableUploadForm
from assessments.importers.plans import plain
from assessments.models import Role

from .shared import csv_answer, say, say_problem

FOLDER = "imports"
KEPT_FOR = timedelta(days=1)
SHOWN_ROWS = 20
SHOWN_ERRORS = 200


class TableImport(ProjectMixin, View):
    """Keep the rows in a private file between looking and importing."""

    read_role = Role.EDITOR
    kind_name: str
    done_url_name: str  # of the page that shows what was imported
    upload_template: str
    preview_template: str

    @property
    def kind(self) -> importers.Kind:
        return importers.KINDS[self.kind_name]

    @property
    def key(self) -> str:
        return f"import-{self.kind_name}:{self.project.pk}"

    def get(self, request, **kwargs) -> HttpResponse:
        kept = self.kept()
        if kept is None:
            return self.upload_page(TableUploadForm())
        name, rows = kept
        return self.preview(name, rows, importers.guess_columns(self.kind, rows[0]))

    def post(self, request, **kwargs) -> HttpResponse:
        go = request.POST.get("go", "upload")
        if go == "upload":
            return self.take_in()
        if go == "discard":
            self.forget()
            return redirect(request.path)
        kept = self.kept()
        if kept is None:
            say_problem(request, "The uploaded table is no longer here. Upload it again.")
            return redirect(request.path)
        name, rows = kept
        header = set(rows[0])
        columns = {
            field: chosen
            for field in self.kind.columns
            if (chosen := request.POST.get(f"column-{field}", "")) in header
        }
        if go == "import":
            return self.carry_out(name, rows, columns)
        return self.preview(name, rows, columns)

    @property
    def allowed(self) -> frozenset[str]:
        """What was ticked below the columns."""
        return frozenset(o for o in self.kind.options if f"option-{o}" in self.request.POST)

    def plan(self, rows, columns) -> importers.Plan:
        context = importers.Context(
            by=self.request.user, today=timezone.localdate(), options=self.allowed
        )
        return importers.plan(self.kind, self.project, rows, columns, context)

    def take_in(self) -> HttpResponse:
        form = TableUploadForm(self.request.POST, self.request.FILES)
        problems: tuple[str, ...] = ()
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                rows = importers.read(upload, upload.name, self.kind.most_rows, self.kind.shape)
            except importers.ReadError as error:
                problems = error.problems
            else:
                self.keep(upload.name, rows)
                return redirect(self.request.path)
        return self.upload_page(form, problems=problems, status=422)

    def carry_out(self, name: str, rows, columns) -> HttpResponse:
        try:
            # One transaction, so that nobody changes what the plan was made from.
            with transaction.atomic():
                plan = self.plan(rows, columns)
                if not plan.errors:
                    importers.carry_out(plan)
        except IntegrityError:
            # A colleague added one of the rows between looking and writing.
            say_problem(
                self.request, f"The {self.kind.label} changed meanwhile. Look again, then import."
            )
            return redirect(self.request.path)
        if plan.errors:
            return self.preview(name, rows, columns, plan=plan, status=422)
        self.forget()
        say(self.request, f"Imported from {name}: {plan.summary}.")
        return redirect(self.done_url_name, self.project.pk)

    def upload_page(self, form, problems=(), status: int = 200) -> HttpResponse:
        context = {
            "project": self.project,
            "form": form,
            "problems": problems,
            "columns": [self.describe(name) for name in self.kind.columns],
        }
        context["most_rows"] = self.kind.most_rows
        return render(self.request, self.upload_template, context, status=status)

    def describe(self, name: str) -> dict:
        label = self.kind.label_of(name)
        others = [each for each in self.kind.columns[name] if plain(each) != plain(label)]
        return {
            "label": label,
            "is_required": name in self.kind.required,
            "others": ", ".join(others[:3]),
        }

    def preview(self, name: str, rows, columns, plan=None, status: int = 200) -> HttpResponse:
        plan = plan or self.plan(rows, columns)
        header = list(rows[0])
        fields = [
            {"name": field, "chosen": columns.get(field, ""), **self.describe(field)}
            for field in self.kind.columns
        ]
        faulty = {error.row for error in plan.errors}
        context = {
            "project": self.project,
            "name": name,
            "plan": plan,
            "fields": fields,
            "header": header,
            "row_count": len(rows),
            "faulty_count": len(faulty),
            "unit": self.kind.label,
            "options": [
                {"name": option, "label": label, "is_ticked": option in self.allowed}
                for option, label in self.kind.options.items()
            ],
            "errors": plan.errors[:SHOWN_ERRORS],
            "more_errors": max(len(plan.errors) - SHOWN_ERRORS, 0),
            "unused": [column for column in header if column not in columns.values()],
            "matched": [field for field in fields if field["chosen"]],
            "rows": [
                {
                    "number": row.number,
                    "action": plan.actions.get(row.number, ""),
                    "cells": [
                        (f["label"], row.get(f["chosen"], "")) for f in fields if f["chosen"]
                    ],
                }
                for row in rows[:SHOWN_ROWS]
            ],
        }
        return render(self.request, self.preview_template, context, status=status)

    def keep(self, name: str, rows) -> None:
        self.forget()
        _sweep()
        body = json.dumps([[row.number, row] for row in rows]).encode()
        stored = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.json", ContentFile(body))
        self.request.session[self.key] = {"file": stored, "name": PurePath(name).name[:120]}

    def kept(self):
        """Return the file's name and its rows, or None when nothing waits."""
        held = self.request.session.get(self.key)
        if not held or not default_storage.exists(held["file"]):
            return None
        with default_storage.open(held["file"]) as handle:
            return held["name"], [importers.Row(n, values) for n, values in json.load(handle)]

    def forget(self) -> None:
        held = self.request.session.pop(self.key, None)
        if held:
            default_storage.delete(held["file"])


def _sweep() -> None:
    """Delete tables that somebody uploaded and left."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        stored = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(stored) < timezone.now() - KEPT_FOR:
            default_storage.delete(stored)


class GroupImport(TableImport):
    kind_name = "groups"
    done_url_name = "assessments:group-list"
    upload_template = "assessments/groups/import.html"
    preview_template = "assessments/groups/preview.html"


class GroupImportTemplate(ProjectMixin, View):
    """Give an empty table with the right column names."""

    def get(self, request, **kwargs) -> HttpResponse:
        return csv_answer(
            "groups.csv",
            ("Group", "People", "Site", "Shift", "Audience", "Notes"),
            [("Field sales", 71, "Bremen", "Day", "Uses it for their own work", "")],
        )


urlpatterns = [
    path("projects/<uuid:project_id>/groups/import/", GroupImport.as_view(), name="group-import"),
    path(
        "projects/<uuid:project_id>/groups/import/template/",
        GroupImportTemplate.as_view(),
        name="group-import-template",
    ),
]
