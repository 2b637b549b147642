"""Every rollout of an organisation at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views.generic import TemplateView, View

from assessments.access import OrganisationMixin
from assessments.models import Decision, Project, Role
from assessments.templatetags.look import dimension_name, verdict_name
from assessments.views.shared import csv_answer
from reports import listing
from reports.content import portfolio as words

PER_PAGE = 50
SHOWN_DECISIONS = 5
MOST_DECISIONS = 50
SHOWN_CAUSES = 6
ALARM = -5  # points; a fall this deep is red


class PortfolioMixin(OrganisationMixin):
    """Give a view the rollouts that the reader narrowed the portfolio to."""

    @cached_property
    def filters(self) -> listing.Filters:
        given = {name: self.request.GET.get(name, "").strip() for name in listing.Filters.__slots__}
        given["query"] = self.request.GET.get("q", "").strip()[:100]
        return listing.Filters(**given)

    @cached_property
    def scope(self) -> QuerySet[Project]:
        """The client's rollouts where one is chosen, else all: what the headline counts."""
        projects = listing.scored(self.projects)
        try:
            return projects.filter(client=self.filters.client) if self.filters.client else projects
        except ValidationError:
            return projects.none()

    @cached_property
    def rows(self) -> QuerySet[Project]:
        narrowed = listing.narrowed(self.scope, self.filters)
        return (
            listing.ordered(narrowed, self.filters.sort)
            .select_related("client")
            .annotate(
                summary=F("latest__summary"), run_on=F("latest__as_of"), run=F("latest__number")
            )
        )


class Portfolio(PortfolioMixin, TemplateView):
    template_name = "reports/portfolio/portfolio.html"

    def get_template_names(self) -> list[str]:
        if self.request.htmx and not self.request.htmx.boosted:
            return ["reports/portfolio/_list.html"]
        return [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        counted = listing.standings(self.scope, today)
        standings = listing.by_verdict(counted, today)
        total = sum(each.count for each in standings)
        page = Paginator(self.rows, PER_PAGE).get_page(self.request.GET.get("page"))
        decisions = self.decisions(today)
        mine = [each for each in decisions if each.decider_id == self.request.user.pk]
        late = [-each.days_left(today) for each in mine if each.days_left(today) < 0]
        return super().get_context_data(
            headline=words.headline(standings),
            lede=words.lede(
                total,
                len({row["client_id"] for row in counted} - {None}),
                sum(row["headcount"] or 0 for row in counted),
            ),
            waiting=words.decisions_wait(len(mine), late),
            total=total,
            is_editor=self.membership.reaches(Role.EDITOR),
            page_obj=page,
            rows=[self.row(project, today) for project in page],
            chips=self.chips(standings, total),
            phases=Project.Phase.choices,
            filters=self.filters,
            query_string=self.request.GET.urlencode(),
            decisions=(mine or decisions)[:SHOWN_DECISIONS],
            decisions_open=len(mine or decisions),
            decisions_late=sum(each.days_left(today) < 0 for each in mine or decisions),
            decisions_are_mine=bool(mine),
            causes=listing.movers(self.scope, limit=SHOWN_CAUSES),
            today=today,
            **kwargs,
        )

    def row(self, project: Project, today: date) -> dict[str, Any]:
        """Return one rollout as the table shows it."""
        summary = project.summary or {}
        dims = summary.get("dims", {})
        held = [code for code, each in dims.items() if each["state"] == "observed"]
        link = summary.get("weak_link") or {}
        is_shown = bool(summary.get("is_shown"))
        weakest = summary.get("weakest", []) if is_shown else []
        change = summary.get("change")
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
            "summary": summary,
            "median": project.median if is_shown else None,
            "low": summary.get("q05") if is_shown else summary.get("low", 0),
            "high": summary.get("q95") if is_shown else summary.get("high", 100),
            "change": change,
            "is_alarm": change is not None and change <= ALARM,
            "history": [value for _, value in summary.get("history", ())],
            "cells": [
                {
                    "code": code,
                    "name": dims[code]["name"] if code in dims else dimension_name(code),
                    "value": dims[code]["value"] if code in held else None,
                    "state": "not_applicable"
                    if code in dims and dims[code]["state"] == "not_applicable"
                    else "",
                    "is_weakest": code in weakest,
                }
                for code in (dims or ("STR", "GOV", "TRN", "DAT", "CHA"))
            ],
            "weak": weak,
            "note": note,
            "days": project.days_to_go_live(today),
        }

    def decisions(self, today: date) -> list[Decision]:
        """Return open decisions of the rollouts, the reader's own first."""
        is_editor = self.membership.reaches(Role.EDITOR)
        found = list(
            Decision.objects.filter(project__in=self.projects, decided_on=None)
            .annotate(
                order=Case(
                    When(decider=self.request.user, then=Value(0)),
                    default=Value(1),
                    output_field=IntegerField(),
                )
            )
            .select_related("project__client", "asked_by")
            .order_by("order", "limit_on", "pk")[:MOST_DECISIONS]
        )
        for decision in found:
            decision.days_left_now = decision.days_left(today)
            decision.may_decide = is_editor or decision.decider_id == self.request.user.pk
        return found

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


class PortfolioExport(PortfolioMixin, View):
    def get(self, request, *args, **kwargs):
        codes = ("STR", "GOV", "TRN", "DAT", "CHA")
        columns = (
            "Rollout", "Client", "People", "Phase", "Verdict", "Score", "Low", "High",
            "Change", "Change since", *codes, "Weakest link", "Go-live", "Run", "Run on",
        )  # fmt: skip
        return csv_answer("portfolio.csv", columns, (self.line(row, codes) for row in self.rows))

    def line(self, project: Project, codes: tuple[str, ...]) -> list[Any]:
        summary = project.summary or {}
        is_shown = bool(summary.get("is_shown"))
        dims = summary.get("dims", {})
        return [
            project.name,
            project.client.name if project.client else "",
            project.people,
            project.get_phase_display(),
            verdict_name(project.verdict),
            _whole(project.median if is_shown else None),
            _whole(summary.get("q05" if is_shown else "low")),
            _whole(summary.get("q95" if is_shown else "high")),
            _whole(summary.get("change")),
            summary.get("change_since") or "",
            *(
                _whole(dims[code]["value"])
                if code in dims and dims[code]["state"] == "observed"
                else ""
                for code in codes
            ),
            (summary.get("weak_link") or {}).get("text", ""),
            project.go_live_on or "",
            project.run or "",
            project.run_on or "",
        ]


def _whole(value: float | None) -> float | str:
    return "" if value is None else round(value, 1)


urlpatterns = [
    path(
        "organisations/<uuid:organisation_id>/portfolio/", Portfolio.as_view(), name="portfolio"
    ),
    path(
        "organisations/<uuid:organisation_id>/portfolio/export/",
        PortfolioExport.as_view(),
        name="portfolio-export",
    ),
]
