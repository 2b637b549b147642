"""One rollout: its verdict, why, what to do next and what changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.scoring.types import Cell, DimensionResult, Scorecard, WeakLink
from reports.content import overview as say
from reports.content import sentences, words
from reports.figures import specs
from reports.models import ScoreRun
from reports.runs import card_of
from reports.views.shared import is_stale, newest_of, page_url

SHOWN_STEPS = 5
SHOWN_MISSING = 5
ALARM = -5  # points; a fall this deep is red
# Where the records begin that measure a dimension.
RECORDS = {
    "STR": "assessments:group-list",
    "GOV": "assessments:people-map",
    "CHA": "assessments:people-network",
}


class Overview(ProjectMixin, TemplateView):
    template_name = "reports/overview/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = self.project.scoreruns.filter(is_latest=True).first()
        newest = newest_of(self.project)
        context = super().get_context_data(
            today=timezone.localdate(),
            run=latest,
            under_way=newest if newest and not newest.is_finished else None,
            failed=newest if newest and newest.status == ScoreRun.Status.FAILED else None,
            **kwargs,
        )
        if latest is None:
            return {**context, **self.first_steps()}
        return {**context, **self.result(latest, context["today"])}

    def first_steps(self) -> dict[str, Any]:
        """Return how far the rollout is on the way to its first score."""
        round_ = self.project.assessments.order_by("-number", "pk").first()
        groups, answered = self.project.groups.count(), 0
        if round_:
            answered = round_.answers.exclude(state="blank").values("item").distinct().count()
        bank = self.project.bank
        return {
            "groups": groups,
            "round": round_,
            "answered": answered,
            "is_ready": bool(groups and answered),
            "items": len(bank.items),
            "dimensions": words.spelled(len(bank.dimensions)),
        }

    def result(self, run: ScoreRun, today: date) -> dict[str, Any]:
        card = card_of(run)
        owners = self.owners()
        link = card.weak_link
        owner = owners.get(link.code) if link else None
        is_shown = card.score.is_shown
        movement = say.movement(run.summary, run.number, run.as_of) if is_shown else None
        counted = [gate for gate in card.gates if gate.state in ("open", "passed")]
        return {
            "card": card,
            "headline": sentences.finding(card, self.project.name, self.project.go_live_on, today),
            "lede": say.lede(card),
            "link": link,
            "link_kicker": say.weak_link_kicker(card, link) if link else "",
            "link_note": say.weak_link_note(card, link, owner, today) if link else "",
            "link_url": self.link_url(link, owner) if link else "",
            "link_action": self.link_action(link, owner) if link else "",
            "gates_open": sentences.open_gates(card),
            "gates_counted": len(counted),
            "gates_unknown": sum(gate.state == "unknown" for gate in card.gates),
            "cells_total": sum(len(d.cells) for d in card.dimensions),
            "evidence_span": say.evidence_span(card),
            "matrix": [self.matrix_row(card, each, run) for each in card.dimensions],
            "matrix_headline": say.matrix_headline(card),
            "matrix_table": specs.matrix(card).table,
            "as_table": self.request.GET.get("view") == "table",
            "steps": [
                {
                    "gain": words.points(step.gain),
                    "step": step,
                    "note": say.improvement_note(card, step),
                    "owner": owners.get(step.item),
                }
                for step in card.improvements[:SHOWN_STEPS]
            ],
            "missing": [
                (each, sentences.dimension_name(card, each.dimension))
                for each in card.missing[:SHOWN_MISSING]
            ],
            "movement": movement,
            "bars": self.bars(movement) if movement else (),
            "change": run.summary.get("change") if is_shown else None,
            "is_alarm": (run.summary.get("change") or 0) <= ALARM,
            "days": self.project.days_to_go_live(today),
            "is_stale": is_stale(self.project, run, card),
        }

    def owners(self) -> dict[str, say.Owner]:
        """Return who mends each item, the earliest open step first."""
        found: dict[str, say.Owner] = {}
        for step in self.project.nextsteps.filter(done_on=None).order_by("due_on", "pk"):
            found.setdefault(step.item, say.Owner(step.text, step.owner_name, step.due_on))
        return found

    def link_url(self, link: WeakLink, owner: say.Owner | None) -> str:
        if not link.code:
            return ""
        if link.is_structural and link.dimension in RECORDS:
            return page_url(RECORDS[link.dimension], self.project.pk)
        if owner is None and self.is_editor:
            return f"{reverse('assessments:step-create', args=[self.project.pk])}?item={link.code}"
        here = reverse("reports:score-dimension", args=[self.project.pk, link.dimension])
        return f"{here}#{link.code}"

    def link_action(self, link: WeakLink, owner: say.Owner | None) -> str:
        if link.is_structural:
            return "Open the records"
        return "Name who and by when" if self.is_editor and owner is None else "Open the item"

    def matrix_row(
        self, card: Scorecard, dimension: DimensionResult, run: ScoreRun
    ) -> dict[str, Any]:
        here = reverse("reports:score-dimension", args=[self.project.pk, dimension.code])
        answering = reverse("assessments:round-list", args=[self.project.pk])
        is_shown = specs.shown(dimension)
        link = card.weak_link
        return {
            "code": dimension.code,
            "name": dimension.name,
            "url": here,
            "value": dimension.value if is_shown else None,
            "q05": dimension.q05 if is_shown else None,
            "q95": dimension.q95 if is_shown else None,
            "is_thin": dimension.state == "thin",
            "reason": dimension.reason,
            "sources_disagree": dimension.sources_disagree,
            "is_first_weak_link": bool(link and link.dimension == dimension.code),
            "cells": [
                {
                    "kind": cell.kind,
                    "state": cell.state,
                    "value": cell.value,
                    "n": cell.n,
                    "unit": cell.unit,
                    "age_days": cell.age_days,
                    "is_stale": cell.is_stale,
                    "note": cell.note,
                    "url": f"{here}#{cell.kind}",
                    "action_url": answering
                    if cell.kind == "assessed"
                    else self.record_url(card, cell),
                    "action_label": say.empty_cell(card, cell),
                }
                for cell in dimension.cells
            ],
        }

    def record_url(self, card: Scorecard, cell: Cell) -> str:
        """Return where the record begins that would fill a measured cell."""
        name = RECORDS.get(cell.dimension) if cell.kind == "measured" else None
        if name is None:
            return ""
        if cell.dimension == "CHA" and card.people is not None:
            name = "assessments:recommender"
        return page_url(name, self.project.pk)

    def bars(self, movement: say.Movement) -> list[dict[str, Any]]:
        """Return the movement as the waterfall's steps."""
        return [
            {"label": movement.start_label, "total": movement.start},
            *(
                # The levels stand on the score page, where there is room for them.
                {
                    "label": text.partition(": level ")[0],
                    "points": points,
                    "code": code,
                    "is_alarm": points < 0,
                }
                for code, text, points in movement.steps
            ),
            {"label": movement.end_label, "total": movement.end},
        ]


urlpatterns = [path("projects/<uuid:project_id>/", Overview.as_view(), name="overview")]
