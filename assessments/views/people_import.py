"""Bringing many people from a table."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.generic import View

from assessments.access import ProjectMixin

from .imports import TableImport
from .people import COLUMNS, PEOPLE
from .shared import csv_answer

EXAMPLE = (
    *("Ralf Öztürk", "10417", "Field sales", "Head of sales, Germany"),
    *("ralf.oeztuerk@brandt.example", 2, "yes", "", "yes", 5, "Neutral", "Promotes"),
    *("Fears for the price sheet", "Interview", "Jonas Feld", "Shadow two quotes in pilot"),
    *("2026-11-26", "2026-11-12", "", "invited"),
)


class PeopleImport(TableImport):
    kind_name = "stakeholders"
    done_url_name = "assessments:people-map"
    upload_template = "assessments/people/import.html"
    preview_template = "assessments/people/preview.html"


class PeopleImportTemplate(ProjectMixin, View):
    """Give a table with the right column names and one row to write over."""

    def get(self, request, **kwargs) -> HttpResponse:
        return csv_answer("people.csv", COLUMNS, [EXAMPLE])


urlpatterns = [
    path(f"{PEOPLE}import/", PeopleImport.as_view(), name="people-import"),
    path(
        f"{PEOPLE}import/template/", PeopleImportTemplate.as_view(), name="people-import-template"
    ),
]
