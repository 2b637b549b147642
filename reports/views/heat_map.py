"""Groups by dimensions: how ready each is, and how much of the risk it carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.scoring.types import GroupResult, Scorecard
from assessments.views.shared import csv_answer
from reports.content import groups as say
from reports.content import words
from reports.figures.groups import by_risk, risk_shares
from reports.models import ScoreRun
from reports.runs import card_of
from reports.views.shared import is_stale, lines_with_urls, newest_of


class GroupHeatMap(ProjectMixin, TemplateView):
    template_name = "reports/groups/heat_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.project.scoreruns.filter(is_latest=True).first()
        newest = newest_of(self.project)
        context = super().get_context_data(
            run=run,
            under_way=newest if newest and not newest.is_finished else None,
            listed=self.project.groups.count(),
            **kwargs,
        )
        if run is None:
            return context
        card = card_of(run)
        rows = list(self.rows(card))
        unnamed = [row["group"].name for row in rows if not row["evidence"]]
        return {
            **context,
            "card": card,
            "headline": say.headline(card),
            "reading": say.reading(card),
            "measure": say.measure(card),
            "dimensions": card.dimensions,
            "rows": rows,
            "unnamed": words.listed(unnamed),
            "has_evidence": len(unnamed) < len(rows),
            "has_thin": any(
                each.state == "thin" for group in card.groups for each in group.dimensions
            ),
            "is_stale": is_stale(self.project, run, card),
        }

    def rows(self, card: Scorecard) -> Iterator[dict[str, Any]]:
        shares = risk_shares(card)
        most = max(shares.values(), default=0) or 1
        names = {each.code: each.name for each in card.dimensions}
        known = {str(pk) for pk in self.project.groups.values_list("pk", flat=True)}
        for group in by_risk(card):
            yield {
                "group": group,
                "is_there": group.id in known,
                "share": shares.get(group.id),
                "width": 100 * shares.get(group.id, 0) / most,
                "cells": [
                    {
                        "dimension": each,
                        "name": names[each.code],
                        "words": say.cell_note(each, names[each.code]),
                        "is_weakest": each.code in group.weakest and group.observed > 1,
                    }
                    for each in group.dimensions
                ],
                "evidence": [
                    {
                        "name": names[each.code],
                        "code": each.code,
                        "cells": [
                            {
                                "cell": cell,
                                "lines": lines_with_urls(
                                    self.project, cell, shows_names=self.is_editor
                                ),
                            }
                            for cell in each.cells
                        ],
                    }
                    for each in group.dimensions
                    if each.cells
                ],
            }


class HeatMapExport(ProjectMixin, View):
    """The table as CSV; what is not known stays empty."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = self.project.scoreruns.filter(is_latest=True, status=ScoreRun.Status.DONE).first()
        if run is None:
            return redirect("reports:group-heat-map", self.project.pk)  # it says what is missing
        card = card_of(run)
        names = [each.name for each in card.dimensions]
        columns = (
            "Group", "People", "Impact 0–5", *names,
            "Dimensions that count", "Readiness", "Risk", "Share of risk %", "Run", "Run on",
        )  # fmt: skip
        rows = (self.line(group, run) for group in by_risk(card))
        return csv_answer("groups-heat-map.csv", columns, rows)

    def line(self, group: GroupResult, run: ScoreRun) -> list[Any]:
        return [
            group.name,
            group.headcount,
            _number(group.impact),
            *(_number(each.value) if each.state == "observed" else "" for each in group.dimensions),
            group.observed,
            _number(group.readiness),
            _number(group.risk, 4),
            _number(None if group.risk_share is None else 100 * group.risk_share),
            run.number,
            run.as_of,
        ]


def _number(value: float | None, decimals: int = 1) -> float | str:
    return "" if value is None else round(value, decimals)


urlpatterns = [
    path(
        "projects/<uuid:project_id>/groups/heat-map/", GroupHeatMap.as_view(), name="group-heat-map"
    ),
    path(
        "projects/<uuid:project_id>/groups/heat-map/export/",
        HeatMapExport.as_view(),
        name="group-heat-map-export",
    ),
]
