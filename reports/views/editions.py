"""Documents: the library, the editions of one rollout, asking for one, its progress, its file."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments import uploads
from assessments.access import OrganisationMixin, ProjectMixin
from assessments.models import Client, Role
from reports.content import sentences
from reports.exporting import request_export
from reports.forms import EditionForm
from reports.models import ExportFile

PER_PAGE = 25


def may_download(edition: ExportFile, membership: Any) -> bool:
    """Tell whether the person may have the file: an internal version is for editors."""
    return edition.audience == ExportFile.Audience.CLIENT or membership.reaches(Role.EDITOR)


class Library(OrganisationMixin, TemplateView):
    """Every edition of the organisation's rollouts that the person may see."""

    template_name = "reports/editions/library.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        query, chosen = asked.get("q", "").strip()[:100], asked.get("format", "")
        client = asked.get("client", "")
        editions = ExportFile.objects.filter(project__in=self.projects)
        total = editions.filter(status=ExportFile.Status.DONE).count()
        if query:
            editions = editions.filter(
                Q(project__name__icontains=query)
                | Q(project__client__name__icontains=query)
                | Q(sha256__startswith=query.lower().replace(" ", ""))
            )
        if chosen in ExportFile.Format.values:
            editions = editions.filter(format=chosen)
        if client:
            editions = editions.filter(project__client__pk__in=_uuids([client]))
        rows = editions.select_related("project__client", "run", "requested_by").defer(
            "run__result", "run__summary"
        )
        page = Paginator(rows.order_by("-requested_at", "pk"), PER_PAGE).get_page(asked.get("page"))
        return super().get_context_data(
            total=total,
            page_obj=page,
            rows=[_row(edition, self.membership) for edition in page],
            query=query,
            chosen=chosen,
            client=client,
            formats=ExportFile.Format.choices,
            clients=Client.objects.filter(projects__in=self.projects).distinct(),
            **kwargs,
        )


def _uuids(values: list[str]) -> list[uuid.UUID]:
    """Keep what reads as an id, so that a made-up one finds nothing instead of failing."""
    found = []
    for value in values:
        with suppress(ValueError):
            found.append(uuid.UUID(value))
    return found


def _row(edition: ExportFile, membership: Any) -> dict[str, Any]:
    return {"edition": edition, "may_download": may_download(edition, membership)}


class EditionList(ProjectMixin, TemplateView):
    """The editions of one rollout, and the form that asks for the next."""

    template_name = "reports/editions/edition_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editions = (
            self.project.exportfiles.select_related("run", "requested_by")
            .defer("run__result", "run__summary")
            .order_by("-number", "pk")
        )
        page = Paginator(editions, PER_PAGE).get_page(self.request.GET.get("page"))
        kwargs.setdefault("form", EditionForm(project=self.project))
        latest = self.project.scoreruns.filter(is_latest=True).values_list("number", flat=True)
        newest = editions.filter(status=ExportFile.Status.DONE).values_list(
            "run__number", flat=True
        )
        latest_run = latest.first()
        return super().get_context_data(
            page_obj=page,
            rows=[_row(edition, self.membership) for edition in page],
            latest_run=latest_run,
            headline=sentences.editions_headline(max(newest, default=None), latest_run),
            **kwargs,
        )


class EditionRequest(EditionList):
    """Ask for an edition; a second click gets the one under way."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = EditionForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        asked = request_export(
            project=self.project, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        if asked.state == "exists":
            existing = _row(asked.edition, self.membership)
            return self.render_to_response(self.get_context_data(form=form, existing=existing))
        if asked.state == "under_way":
            messages.info(request, f"Edition {asked.edition.number} is already being made.")
        return redirect("reports:edition-status", self.project.pk, asked.edition.pk)


class EditionStatus(ProjectMixin, View):
    """Show how far an edition is; the page asks again each second until it has ended."""

    def get(self, request: HttpRequest, edition_id: Any, **kwargs: Any) -> HttpResponse:
        edition = get_object_or_404(
            self.project.exportfiles.select_related("run").defer("run__result", "run__summary"),
            pk=edition_id,
        )
        context = {
            "project": self.project,
            "membership": self.membership,
            "is_editor": self.is_editor,
            "edition": edition,
            "may_download": may_download(edition, self.membership),
        }
        name = "_edition_status" if request.htmx else "status"
        return render(request, f"reports/editions/{name}.html", context)


class EditionDownload(ProjectMixin, View):
    """Hand out the file to those who may have it."""

    def get(self, request: HttpRequest, edition_id: Any, **kwargs: Any) -> HttpResponse:
        edition = get_object_or_404(self.project.exportfiles, pk=edition_id)
        if not may_download(edition, self.membership):
            raise PermissionDenied("An internal version is for editors.")
        if edition.status != ExportFile.Status.DONE or not edition.file:
            raise Http404("This edition has no file.")
        if not edition.file.storage.exists(edition.file.name):
            raise Http404("The file of this edition is no longer kept.")
        response = uploads.serve(edition.file, edition.file_name)
        if edition.format == ExportFile.Format.HTML:
            # Should a browser show it all the same, then outside the product's own origin.
            response["Content-Security-Policy"] = "sandbox allow-scripts allow-modals"
        return response


urlpatterns = [
    path("organisations/<uuid:organisation_id>/reports/", Library.as_view(), name="library"),
    path("projects/<uuid:project_id>/reports/", EditionList.as_view(), name="edition-list"),
    path(
        "projects/<uuid:project_id>/reports/request/",
        EditionRequest.as_view(),
        name="edition-request",
    ),
    path(
        "projects/<uuid:project_id>/reports/<uuid:edition_id>/status/",
        EditionStatus.as_view(),
        name="edition-status",
    ),
    path(
        "projects/<uuid:project_id>/reports/<uuid:edition_id>/download/",
        EditionDownload.as_view(),
        name="edition-download",
    ),
]
