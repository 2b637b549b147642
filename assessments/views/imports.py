"""Bringing many groups at once: upload, match the columns, look, import."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.generic import View

from assessments import importers
from assessments.access import ProjectMixin
from assessments.forms.groups import TableUploadForm
from assessments.models import Role

from .shared import csv_answer, say, say_problem

FOLDER = "imports"
KEPT_FOR = timedelta(days=1)
SHOWN_ROWS = 20
SHOWN_ERRORS = 200


class GroupImport(ProjectMixin, View):
    """Keep the rows in a private file between looking and importing."""

    read_role = Role.EDITOR
    kind_name = "groups"

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

    def take_in(self) -> HttpResponse:
        form = TableUploadForm(self.request.POST, self.request.FILES)
        problems: tuple[str, ...] = ()
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                rows = importers.read(upload, upload.name)
            except importers.ReadError as error:
                problems = error.problems
            else:
                self.keep(upload.name, rows)
                return redirect(self.request.path)
        return self.upload_page(form, problems=problems, status=422)

    def carry_out(self, name: str, rows, columns) -> HttpResponse:
        plan = importers.plan(self.kind, self.project, rows, columns)
        if plan.errors:
            return self.preview(name, rows, columns, status=422)
        try:
            importers.carry_out(plan)
        except IntegrityError:
            # A colleague added one of the groups between looking and writing.
            say_problem(self.request, "The groups changed meanwhile. Look again, then import.")
            return redirect(self.request.path)
        self.forget()
        say(self.request, f"Imported from {name}: {plan.summary}.")
        return redirect("assessments:group-list", self.project.pk)

    def upload_page(self, form, problems=(), status: int = 200) -> HttpResponse:
        context = {
            "project": self.project,
            "form": form,
            "problems": problems,
            "columns": [self.describe(name) for name in self.kind.columns],
        }
        return render(self.request, "assessments/groups/import.html", context, status=status)

    def describe(self, name: str) -> dict:
        field = self.kind.form.base_fields[name]
        return {
            "label": str(field.label or name).capitalize(),
            "is_required": name in self.kind.required,
            "others": ", ".join(self.kind.columns[name][:3]),
        }

    def preview(self, name: str, rows, columns, status: int = 200) -> HttpResponse:
        plan = importers.plan(self.kind, self.project, rows, columns)
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
            "errors": plan.errors[:SHOWN_ERRORS],
            "more_errors": max(len(plan.errors) - SHOWN_ERRORS, 0),
            "unused": [column for column in header if column not in columns.values()],
            "matched": [field for field in fields if field["chosen"]],
            "rows": [
                {
                    "number": row.number,
                    "action": plan.actions.get(row.number, ""),
                    "cells": [row.get(f["chosen"], "") for f in fields if f["chosen"]],
                }
                for row in rows[:SHOWN_ROWS]
            ],
        }
        return render(self.request, "assessments/groups/preview.html", context, status=status)

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
