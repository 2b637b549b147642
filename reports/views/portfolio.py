"""Every rollout of an organisation at a glance."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.generic import TemplateView, View

from assessments.access import OrganisationMixin
from assessments.models import Decision, Project, Role
from assessments.templatetags.look import (
    DIMENSION_NAMES,
    HEAT_LIMITS,
    dimension_name,
    short_day,
    verdict_name,
)
from assessments.views.shared import csv_answer
from reports import listing
from reports.content import portfolio as words

PER_PAGE = 50
SHOWN_DECISIONS = 5
SHOWN_CAUSES = 6
CODES = tuple(DIMENSION_NAMES)
ALARM = -5  # points; a fall this deep is red


class PortfolioMixin(OrganisationMixin):
    """Give a view the rollouts that the reader narrowed the portfolio to."""

    @cached_property
    def filters(self) -> listing.Filters:
        given = {name: self.request.GET.get(name, "").strip() for name in listing.Filters.__slots__}
        given["query"] = self.request.GET.get("q", "").strip()[:100]
        return listing.Filters(**given)

    @cached_property
    def counted(self) -> QuerySet[Project]:
        """The client's rollouts where one is chosen, else all: what the headline counts."""
        if not self.filters.client:
            return self.projects
        try:
            return self.projects.filter(client=uuid.UUID(self.filters.client))
        except ValueError:
            return self.projects.none()

    @cached_property
    def scope(self) -> list[listing.Entry]:
        return listing.entries(self.counted)

    @cached_property
    def entries(self) -> list[listing.Entry]:
        narrowed = listing.narrowed(self.scope, self.filters)
        return listing.ordered(narrowed, self.filters.sort)


class Portfolio(PortfolioMixin, TemplateView):
    template_name = "reports/portfolio/portfolio.html"

    def get_template_names(self) -> list[str]:
        if self.request.htmx and not self.request.htmx.boosted:
            return ["reports/portfolio/_list.html"]
        return [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        standings = listing.standings(self.scope, today)
        total = len(self.scope)
        page = Paginator(self.entries, PER_PAGE).get_page(self.request.GET.get("page"))
        movers = listing.moved_most(self.scope, limit=SHOWN_CAUSES)
        shown = listing.details(self.projects, {*(entry.pk for entry in page), *movers})
        context = super().get_context_data(
            headline=words.headline(standings),
            lede=words.lede(
                total,
                len({entry.client for entry in self.scope} - {""}),
                sum(entry.people for entry in self.scope),
            ),
            total=total,
            is_editor=self.membership.reaches(Role.EDITOR),
            page_obj=page,
            rows=[self.row(entry, shown[entry.pk], today) for entry in page],
            chips=self.chips(standings, total),
            phases=Project.Phase.choices,
            filters=self.filters,
            query_string=self.request.GET.urlencode(),
            causes=listing.causes_of((shown[pk] for pk in movers), limit=SHOWN_CAUSES),
            today=today,
            **kwargs,
        )
        return {**context, **self.decisions(today)}

    def row(self, entry: listing.Entry, project: Project, today: date) -> dict[str, Any]:
        """Return one rollout as the table shows it."""
        summary = project.summary or {}
        dims = summary.get("dims", {})
        link = summary.get("weak_link") or {}
        is_shown = bool(summary.get("is_shown"))
        # One look-up per row: the score's addresses continue the rollout's own.
        url = reverse("reports:overview", args=[project.pk])
        weakest = summary.get("weakest", []) if is_shown else []
        cells = [
            heat_cell(code, dims.get(code), is_weakest=code in weakest, url=f"{url}score/")
            for code in summary.get("order", CODES)
        ]
        if not summary:
            weak, note = "No score yet", "Open it to see what is needed"
        elif is_shown and link:
            weak, note = dims.get(link["dimension"], {}).get("name", ""), link.get("short", "")
        elif is_shown:
            weak = ", ".join(dims[code]["name"] for code in weakest)
            note = ""
        else:
            empty = sum(each["state"] in ("missing", "thin") for each in dims.values())
            weak = f"{empty} of {len(dims)} dimensions open"
            note = summary.get("missing", "")
        return {
            "project": project,
            "url": url,
            "verdict": entry.verdict,
            "summary": summary,
            "median": project.median if is_shown else None,
            "low": summary.get("q05") if is_shown else summary.get("low", 0),
            "high": summary.get("q95") if is_shown else summary.get("high", 100),
            "change": entry.change,
            "is_alarm": entry.change is not None and entry.change <= ALARM,
            "since": f"since {short_day(summary.get('change_since'))}",
            "history": tuple(value for _, value in summary.get("history", ())),
            "cells": cells,
            "heat": heat_strip(cells),
            "weak": weak,
            "note": note,
            "days": project.days_to_go_live(today),
        }

    def decisions(self, today: date) -> dict[str, Any]:
        """Return open decisions: the reader's own, else those of everybody."""
        waiting = Decision.objects.filter(project__in=self.projects, decided_on=None)
        mine = Q(decider=self.request.user)
        late = Q(limit_on__lt=today)
        count = waiting.aggregate(
            all=Count("pk"),
            all_late=Count("pk", filter=late),
            mine=Count("pk", filter=mine),
            mine_late=Count("pk", filter=mine & late),
        )
        whose = "mine" if count["mine"] else "all"
        found = list(
            (waiting.filter(mine) if count["mine"] else waiting)
            .select_related("project__client", "asked_by")
            .order_by("limit_on", "pk")[:SHOWN_DECISIONS]
        )
        is_editor = self.membership.reaches(Role.EDITOR)
        for decision in found:
            decision.days_left_now = decision.days_left(today)
            decision.may_decide = is_editor or decision.decider_id == self.request.user.pk
        days_late = [-decision.days_left_now for decision in found[: count["mine_late"]]]
        return {
            "decisions": found,
            "decisions_open": count[whose],
            "decisions_late": count[f"{whose}_late"],
            "decisions_are_mine": bool(count["mine"]),
            "waiting": words.decisions_wait(count["mine"], days_late),
        }

    def chips(self, standings: Any, total: int) -> list[dict[str, Any]]:
        """Return the verdict filters with their counts."""
        kept = {
            name: value
            for name, value in (
                ("q", self.filters.query),
                ("client", self.filters.client),
                ("phase", self.filters.phase),
                ("sort", self.filters.sort),
            )
            if value
        }
        here = reverse("reports:portfolio", args=[self.organisation.pk])

        def chip(label: str, verdict: str, count: int) -> dict[str, Any]:
            query = urlencode({**kept, **({"verdict": verdict} if verdict else {})})
            return {
                "label": label,
                "url": f"{here}?{query}" if query else here,
                "count": count,
                "is_current": self.filters.verdict == verdict,
            }

        return [
            chip("All", "", total),
            *(
                chip(verdict_name(each.verdict), each.verdict, each.count)
                for each in standings
                if each.count
            ),
        ]


def heat_cell(
    code: str, dimension: dict[str, Any] | None, *, is_weakest: bool, url: str
) -> dict[str, Any]:
    """Return one dimension as the heat strip shows it; without enough evidence no number."""
    state = dimension["state"] if dimension else "missing"
    value = dimension["value"] if dimension and state == "observed" else None
    shown = None if value is None else int(value + 0.5)
    return {
        "code": code,
        "name": dimension["name"] if dimension else dimension_name(code),
        "value": shown,
        "step": None if shown is None else 1 + sum(shown >= limit for limit in HEAT_LIMITS),
        "state": "not_applicable" if state == "not_applicable" else "",
        "is_weakest": is_weakest,
        "url": f"{url}{code}/",
    }


# As text, since fifty rows of five cells would be 250 loops of a template.
EMPTY_CELL = '<span class="heat {}">{}<span class="visually-hidden">{}{}</span></span>'
HEAT_CELL = (
    '<a class="heat heat-{}{}" href="{}"><span class="visually-hidden">{} </span>{}'
    '<span class="visually-hidden">{}</span></a>'
)


def heat_strip(cells: Sequence[dict[str, Any]]) -> SafeString:
    """Return the dimensions of a rollout side by side."""
    shown = []
    for cell in cells:
        if cell["value"] is not None:
            name, says = (" heat-weakest", ", weakest") if cell["is_weakest"] else ("", "")
            shown.append(
                format_html(
                    HEAT_CELL, cell["step"], name, cell["url"], cell["name"], cell["value"], says
                )
            )
        elif cell["state"]:
            shown.append(format_html(EMPTY_CELL, "muted", "n/a", cell["name"], ""))
        else:
            shown.append(format_html(EMPTY_CELL, "heat-empty", "", cell["name"], " no evidence"))
    return format_html('<span class="heat-strip">{}</span>', format_html_join("", "{}", zip(shown)))


class PortfolioExport(PortfolioMixin, View):
    def get(self, request, *args, **kwargs):
        columns = (
            "Rollout", "Client", "People", "Phase", "Verdict", "Score", "Low", "High",
            "Change", "Change since", *CODES, "Weakest link", "Go-live", "Run", "Run on",
        )  # fmt: skip
        shown = listing.details(self.projects, (entry.pk for entry in self.entries))
        rows = (self.line(entry, shown[entry.pk]) for entry in self.entries)
        return csv_answer("portfolio.csv", columns, rows)

    def line(self, entry: listing.Entry, project: Project) -> list[Any]:
        summary = project.summary or {}
        is_shown = bool(summary.get("is_shown"))
        dims = summary.get("dims", {})
        return [
            project.name,
            project.client.name if project.client else "",
            project.people or 0,
            project.get_phase_display(),
            verdict_name(entry.verdict),
            _whole(project.median if is_shown else None),
            _whole(summary.get("q05" if is_shown else "low")),
            _whole(summary.get("q95" if is_shown else "high")),
            _whole(entry.change),
            summary.get("change_since") or "",
            *(
                _whole(dims[code]["value"])
                if code in dims and dims[code]["state"] == "observed"
                else ""
                for code in CODES
            ),
            (summary.get("weak_link") or {}).get("text", ""),
            project.go_live_on or "",
            project.run or "",
            project.run_on or "",
        ]


def _whole(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)


urlpatterns = [
    path("organisations/<uuid:organisation_id>/portfolio/", Portfolio.as_view(), name="portfolio"),
    path(
        "organisations/<uuid:organisation_id>/portfolio/export/",
        PortfolioExport.as_view(),
        name="portfolio-export",
    ),
]
