"""Ask for a run, watch it, and the list of all runs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from reports import services
from reports.figures import sources
from reports.figures.plotly import figure
from reports.models import ScoreRun

PER_PAGE = 25
CHARTED = 60


class RunRequest(ProjectMixin, View):
    """Ask for a run; a second click gets the one under way."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = services.request_run(project=self.project, by=request.user, now=timezone.now())
        if request.htmx:
            return render(
                request, "reports/runs/_run_status.html", {"project": self.project, "job": run}
            )
        return redirect("reports:run-status", self.project.pk, run.pk)


class RunStatus(ProjectMixin, View):
    """Show how far a run is; the page asks again each second until it has ended."""

    def get(self, request: HttpRequest, run_id: Any, **kwargs: Any) -> HttpResponse:
        run = get_object_or_404(self.project.scoreruns.defer("result", "summary"), pk=run_id)
        context = {"project": self.project, "membership": self.membership, "job": run}
        if request.htmx:
            response = render(request, "reports/runs/_run_status.html", context)
            if run.status == ScoreRun.Status.DONE:
                response["HX-Refresh"] = "true"
            return response
        if run.status == ScoreRun.Status.DONE:
            return redirect("reports:overview", self.project.pk)
        return render(request, "reports/runs/status.html", context)


class RunList(ProjectMixin, TemplateView):
    """Every run with what it changed, and the score over time."""

    template_name = "reports/runs/run_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = self.project.scoreruns.defer("result").select_related("requested_by")
        page = Paginator(runs.order_by("-number", "pk"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        chart = sources.trend(trend_points(self.project), shown=0)
        return super().get_context_data(
            page_obj=page,
            rows=with_change(list(page)),
            chart=chart,
            figure=figure(chart) if len(chart.points) > 1 else None,
            **kwargs,
        )


def with_change(runs: list[ScoreRun]) -> list[dict[str, Any]]:
    """Return each run with its change from the finished run before it on the page."""
    rows: list[dict[str, Any]] = []
    before: ScoreRun | None = None
    for run in reversed(runs):
        comparable = before is not None and run.median is not None and before.median is not None
        rows.append(
            {
                "run": run,
                "before": before,
                "change": run.median - before.median if comparable else None,  # type: ignore[operator,union-attr]
                "low": run.summary.get("q05" if run.median is not None else "low"),
                "high": run.summary.get("q95" if run.median is not None else "high"),
            }
        )
        if run.status == ScoreRun.Status.DONE:
            before = run
    return rows[::-1]


def trend_points(project: Any) -> list[sources.TrendPoint]:
    """Return the finished runs as points of the trend, oldest first."""
    runs = (
        project.scoreruns.filter(status=ScoreRun.Status.DONE)
        .order_by("-number", "pk")
        .values_list("as_of", "number", "median", "summary")[:CHARTED]
    )
    return [
        sources.TrendPoint(
            day=day,
            number=number,
            value=median,
            low=summary["q05" if median is not None else "low"],
            high=summary["q95" if median is not None else "high"],
        )
        for day, number, median, summary in reversed(runs)
    ]


urlpatterns = [
    path("projects/<uuid:project_id>/runs/", RunList.as_view(), name="run-list"),
    path("projects/<uuid:project_id>/runs/request/", RunRequest.as_view(), name="run-request"),
    path(
        "projects/<uuid:project_id>/runs/<uuid:run_id>/status/",
        RunStatus.as_view(),
        name="run-status",
    ),
]
