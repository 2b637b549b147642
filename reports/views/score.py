"""How the score comes about, down to each assessor's answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path, reverse
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.models import User
from assessments.scoring import changes
from assessments.scoring.types import DimensionResult, ItemResult, Scorecard
from reports.content import score as say
from reports.content import sentences, words
from reports.content.people import arithmetic
from reports.figures import sources, specs
from reports.figures.plotly import figure
from reports.models import ScoreRun
from reports.runs import card_of
from reports.views.runs import trend_points
from reports.views.shared import lines_with_urls, page_url

AGREED = "Agreed"


class Score(ProjectMixin, TemplateView):
    template_name = "reports/score/score.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run()
        context = super().get_context_data(run=run, **kwargs)
        if run is None:
            return context
        card = card_of(run)
        code = kwargs.get("dimension")
        dimension = self.dimension(card, code)
        items = tuple(item for item in card.items if item.dimension == dimension.code)
        steps = sources.breakdown(card) if card.score.is_shown else None
        strip = sources.sources(dimension) if sources.held(dimension.cells) else None
        trend = sources.trend(trend_points(self.project), shown=run.number)
        movement = self.movement(run, card)
        return {
            **context,
            "card": card,
            "is_newest": run.is_latest,
            "dimension": dimension,
            "is_dimension_page": code is not None,
            "headline": say.dimension_headline(dimension) if code else say.headline(card),
            "tabs": self.tabs(card, dimension, run),
            "breakdown": steps,
            "breakdown_figure": figure(steps) if steps else None,
            "whole_in_words": say.whole_in_words(card),
            "bounds": [each for each in card.dimensions if each.state in ("thin", "missing")],
            "strip": strip,
            "strip_figure": figure(strip) if strip else None,
            "sources_headline": say.sources_headline(dimension),
            "sources_in_words": say.sources_in_words(dimension),
            "opened": [
                {
                    "cell": cell,
                    "lines": lines_with_urls(self.project, cell, shows_names=self.is_editor),
                }
                for cell in sources.held(dimension.cells)
                if cell.kind != "assessed"
            ],
            "network_url": page_url("assessments:people-network", self.project.pk),
            "coverage_note": arithmetic(card.people)
            if dimension.code == "CHA" and card.people
            else "",
            "items_headline": say.items_headline(dimension, items),
            "items_in_words": say.items_in_words(items, card.settings),
            "rows": self.rows(card, items),
            "sum": say.sum_of(items),
            "method_rows": say.method_rows(card),
            "calibration": sentences.calibration_sentence(0),
            "trend": trend,
            "trend_figure": figure(trend) if len(trend.points) > 1 else None,
            "movement": movement,
            "movement_figure": figure(movement) if movement else None,
        }

    def run(self) -> ScoreRun | None:
        """Return the run asked for, else the newest; a number that does not exist is a 404."""
        runs = self.project.scoreruns.filter(status=ScoreRun.Status.DONE)
        asked = self.request.GET.get("run")
        if asked is None:
            return runs.filter(is_latest=True).first()
        run = runs.filter(number=int(asked)).first() if _is_number(asked) else None
        if run is None:
            raise Http404("No such run.")
        return run

    def dimension(self, card: Scorecard, code: str | None) -> DimensionResult:
        """Return the dimension asked for, else the one that costs most, else the first."""
        if code is not None:
            found = sentences.dimension_of(card, code)
            if found is None:
                raise Http404("No such dimension.")
            return found
        return say.most_costly(card) or card.dimensions[0]

    def tabs(
        self, card: Scorecard, current: DimensionResult, run: ScoreRun
    ) -> list[dict[str, Any]]:
        query = "" if run.is_latest else f"?run={run.number}"
        return [
            {
                "code": each.code,
                "name": each.name,
                "value": each.value if specs.shown(each) else None,
                "is_current": each.code == current.code,
                "url": reverse("reports:score-dimension", args=[self.project.pk, each.code])
                + query
                + "#sources",
            }
            for each in card.dimensions
        ]

    def rows(self, card: Scorecard, items: tuple[ItemResult, ...]) -> list[dict[str, Any]]:
        """Return each item with every answer behind it."""
        names = self.names(card)
        notes = self.notes(items)
        return [
            {
                "item": item,
                "answers": [
                    {
                        "who": names.get(answer.assessor, AGREED),
                        "answer": answer,
                        "note": notes.get(answer.answer_id, ""),
                    }
                    for answer in item.answers
                ],
            }
            for item in items
        ]

    def notes(self, items: tuple[ItemResult, ...]) -> dict[str, str]:
        """Return the assessors' notes by answer; like their names, they are for editors."""
        if not self.is_editor:
            return {}
        ids = [answer.answer_id for item in items for answer in item.answers if answer.answer_id]
        found = self.project.answers.filter(pk__in=ids).exclude(note="")
        return {str(pk): note for pk, note in found.values_list("pk", "note")}

    def names(self, card: Scorecard) -> dict[str, str]:
        """Return what to call each assessor: by name for editors, by number for viewers."""
        ids = sorted({a.assessor for item in card.items for a in item.answers if a.assessor})
        numbered = {each: f"Assessor {at}" for at, each in enumerate(ids, start=1)}
        if not self.is_editor:
            return numbered
        people = User.objects.filter(pk__in=ids)
        return {**numbered, **{str(person.pk): str(person) for person in people}}

    def movement(self, run: ScoreRun, card: Scorecard) -> specs.Waterfall | None:
        """Return what moved the score since the run to compare with."""
        asked = self.request.GET.get("with", "")
        number = int(asked) if _is_number(asked) else run.summary.get("change_number")
        if number is None:
            return None
        base = self.project.scoreruns.filter(
            status=ScoreRun.Status.DONE, number=number, median__isnull=False
        ).first()
        if base is None or base.number >= run.number or card.score.median is None:
            return None
        causes = changes.explain(card_of(base), card)
        return specs.changes(
            base.median or 0.0,
            card.score.median,
            tuple(causes),
            (
                f"Run {base.number}, {words.short_day(base.as_of)}",
                f"Run {run.number}, {words.short_day(run.as_of)}",
            ),
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


urlpatterns = [
    path("projects/<uuid:project_id>/score/", Score.as_view(), name="score"),
    path(
        "projects/<uuid:project_id>/score/<str:dimension>/",
        Score.as_view(),
        name="score-dimension",
    ),
]
