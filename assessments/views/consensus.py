"""Agreeing one answer per item from what the assessors said."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.models import Assessment, Role
from assessments.services.answers import agree_unanimous

from . import sheets
from .answers import SaveMixin, plain_message

FILTERS = {
    "": "All items",
    "open": "Not agreed yet",
    "apart": "Two levels apart or more",
}
SORTS = {"spread": "By disagreement", "bank": "In the order of the bank"}


class ConsensusMixin(sheets.RoundMixin):
    """Fill the page of agreed answers."""

    template_name = "assessments/rounds/consensus.html"
    read_role = Role.EDITOR  # what each person said is for those who agree on it

    def consensus_context(self, *, refused: dict | None = None, problem: str = "") -> dict:
        every = sheets.agreements(
            self.assessment, self.bank, timezone.localdate(), self.assessment.seats
        )
        for agreement in every:
            agreement.is_veiled = self.can_answer and not self.has_answered(agreement)
            for name, value in (refused or {}).get(agreement.row.item.code, {}).items():
                setattr(agreement.row, name, value)
        chosen = self.request.GET.get("show", "")
        kept = {
            "open": [a for a in every if not a.is_agreed],
            "apart": [a for a in every if a.disagree],
        }
        rows = kept.get(chosen, every)
        if refused:
            rows = [a for a in every if a.row.item.code in refused]
        sort = self.request.GET.get("sort", "spread")
        if sort == "spread":
            # Python's sort is stable: equal spreads stay in the order of the bank.
            rows = sorted(rows, key=lambda a: (a.is_veiled, -a.spread, -(a.deviation or 0)))
        counts = {"": len(every), **{name: len(found) for name, found in kept.items()}}
        page = reverse("assessments:consensus", args=[self.project.pk, self.assessment.pk])
        return {
            "agreements": rows,
            "agreed_count": sum(a.is_agreed for a in every),
            "apart_count": counts["apart"],
            "same_count": sum(self.is_unanimous(a) for a in every),
            "total": len(every),
            "filters": [
                {
                    "label": label,
                    "url": f"{page}?show={name}&sort={sort}",
                    "count": counts[name],
                    "is_current": name == chosen,
                }
                for name, label in FILTERS.items()
            ],
            "sorts": [
                {
                    "label": label,
                    "url": f"{page}?show={chosen}&sort={name}",
                    "is_current": name == sort,
                }
                for name, label in SORTS.items()
            ],
            "can_agree": self.is_editor and self.assessment.is_open,
            "problem": problem,
        }

    def has_answered(self, agreement: sheets.Agreement) -> bool:
        return any(
            answer.assessor_id == self.request.user.pk and not answer.is_carried_over
            for answer in agreement.spoken
        )

    @staticmethod
    def is_unanimous(agreement: sheets.Agreement) -> bool:
        levels = agreement.levels
        return (
            not agreement.is_agreed and len(levels) == agreement.seats > 0 and len(set(levels)) == 1
        )


class Consensus(ConsensusMixin, TemplateView):
    """Every item with all levels, how far apart they are, and the agreed answer."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.consensus_context(), **kwargs)


class ConsensusSave(SaveMixin, ConsensusMixin, TemplateView):
    """Save the agreed answer to one item."""

    http_method_names = ["post"]
    is_agreed = True

    def enter(self, *, project_id: uuid.UUID, **kwargs) -> None:
        # The service finds the round and locks it; only a page needs it before.
        ProjectMixin.enter(self, project_id=project_id)

    def page(self, code: str, *, status: int, form, conflict=None, problem="") -> HttpResponse:
        self.assessment = sheets.get_round(
            self.project, self.kwargs["assessment_id"], self.request.user
        )
        self.bank = self.assessment.bank
        refused = {code: {"form": form, "conflict": conflict}}
        context = self.get_context_data(**self.consensus_context(refused=refused, problem=problem))
        return self.render_to_response(context, status=status)

    def here(self, code: str) -> str:
        page = reverse(
            "assessments:consensus", args=[self.project.pk, self.kwargs["assessment_id"]]
        )
        return f"{page}#{code}"

    next_page = here


class ConsensusAgree(ProjectMixin, TemplateView):
    """Agree every item that all assessors gave the same level."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, assessment_id: uuid.UUID, **kwargs) -> HttpResponse:
        try:
            count = agree_unanimous(
                project=self.project,
                assessment_id=assessment_id,
                by=request.user,
                today=timezone.localdate(),
            )
        except Assessment.DoesNotExist:
            raise Http404("No such round.") from None
        except ValidationError as error:
            messages.error(request, plain_message(error))
        else:
            items = "item" if count == 1 else "items"
            messages.success(request, f"{count} {items} agreed, where all say the same.")
        return redirect("assessments:consensus", self.project.pk, assessment_id)


_ROUND = "projects/<uuid:project_id>/assessment/<uuid:assessment_id>/"

urlpatterns = [
    path(f"{_ROUND}consensus/", Consensus.as_view(), name="consensus"),
    path(f"{_ROUND}consensus/agree/", ConsensusAgree.as_view(), name="consensus-agree"),
    path(f"{_ROUND}items/<str:item>/consensus/", ConsensusSave.as_view(), name="consensus-save"),
]
