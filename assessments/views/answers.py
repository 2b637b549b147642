"""Answering: one item on a card, a dimension in a table, and saving either as it is typed."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.bank import Bank, BankItem
from assessments.forms.readiness import AnswerForm, EvidenceForm, answer_choice
from assessments.models import Answer, Assessment, Evidence, User
from assessments.services.answers import AnswerConflict, RoundClosed, save_answer

from . import sheets

State = Answer.State


def find_item(bank: Bank, code: str) -> BankItem:
    """Return the bank's item, or raise 404."""
    try:
        return bank.item(code)
    except KeyError:
        raise Http404("No such item.") from None


def card_url(assessment: Assessment, code: str) -> str:
    """Return the address of an item's card."""
    page = reverse("assessments:round-card", args=[assessment.project_id, assessment.pk])
    return f"{page}?{urlencode({'item': code})}"


def clock(moment) -> str:
    """Return the time of day, or the date when it is not today's."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}"


def conflict_of(
    current: Answer, person: User, mine: dict[str, str], code: str, back_url: str
) -> dict:
    """Return both versions of an answer as the conflict block shows them."""
    is_own = current.saved_by_id == person.pk
    at = clock(current.updated_at)
    when = f"at {at}" if ":" in at else f"on {at}"
    return {
        "who": "You" if is_own else str(current.saved_by or "Somebody"),
        "what": f"the agreed answer to {code}" if current.assessor_id is None else "this answer",
        "where": " in another window" if is_own else "",
        "when": when,
        "mine": shown(mine["choice"], mine["reason"], mine["note"]),
        "theirs": shown(answer_choice(current), current.reason, current.note),
        "version": current.version,
        "back_url": back_url,
    }


def shown(choice: str, reason: str, note: str) -> dict[str, str]:
    """Return an answer in words."""
    answer = dict(AnswerForm.CHOICES).get(choice, "Not answered")
    return {
        "answer": answer,
        "reason": reason if choice == State.NOT_APPLICABLE else "",
        "note": note,
    }


def plain_message(error: ValidationError) -> str:
    return " ".join(error.messages)


class CardMixin(sheets.RoundMixin):
    """Fill the card's template for one item."""

    template_name = "assessments/rounds/card.html"

    def card_context(self, item: BankItem, *, form=None, conflict=None, problem="") -> dict:
        codes = [each.code for each in self.bank.items]
        at = codes.index(item.code)
        own = sheets.own_states(self.assessment, self.request.user)
        answers = list(
            self.assessment.answers.filter(item=item.code)
            .select_related("assessor", "saved_by")
            .order_by("assessor__name", "pk")
        )
        mine = next((a for a in answers if a.assessor_id == self.request.user.pk), None)
        today = timezone.localdate()
        evidence = sheets.evidence_by_item(self.project, [item.code])
        answered = {item.code: mine} if mine else {}
        row = sheets.make_rows([item], answered, evidence, today)[0]
        row.form, row.conflict = form, conflict
        segments = sheets.segments(self.bank, own, item.code)
        in_dimension = [each.code for each in self.bank.items_of(item.dimension)]
        saved = [a.updated_at for a in own.values() if not a.is_carried_over]
        return {
            "item": item,
            "row": row,
            "dimension": self.bank.dimension(item.dimension),
            "number": at + 1,
            "place": in_dimension.index(item.code) + 1,
            "places": len(in_dimension),
            "segments": segments,
            "skipped": sum(each["state"] == "skipped" for each in segments),
            "tally": sheets.tally((a.state for a in own.values()), len(codes)),
            "saved_at": clock(max(saved)) if saved else "",
            "back_url": card_url(self.assessment, codes[at - 1]) if at else "",
            "next_url": card_url(self.assessment, codes[at + 1]) if at + 1 < len(codes) else "",
            "card_url": card_url(self.assessment, item.code),
            "evidence": [(each, sheets.evidence_state(each, today)) for each in row.evidence],
            "evidence_forms": self.evidence_forms(item) if self.is_editor else [],
            "problem": problem,
            **self.earlier(item, answers, mine),
        }

    def evidence_forms(self, item: BankItem) -> list[EvidenceForm]:
        today = timezone.localdate()
        return [
            EvidenceForm(project=self.project, item=item.code, kind=kind, today=today)
            for kind in (Evidence.Kind.FILE, Evidence.Kind.LINK, Evidence.Kind.NOTE)
        ]

    def earlier(self, item: BankItem, answers: list[Answer], mine: Answer | None) -> dict:
        """Return the person's last answer, and the others' once the person has answered."""
        last = None
        if self.assessment.previous_id:
            last = Answer.objects.filter(
                assessment=self.assessment.previous_id, item=item.code, assessor=self.request.user
            ).first()
        others = [
            a for a in answers if a.assessor_id not in (None, self.request.user.pk) and a.state
        ]
        spoken = [a for a in others if a.state != State.BLANK]
        has_answered = bool(mine and mine.state != State.BLANK and not mine.is_carried_over)
        seats = self.assessment.seats - (1 if self.assessment.is_assessor else 0)
        return {
            "last_answer": last if last and last.state != State.BLANK else None,
            # Whoever has yet to answer must not be drawn to what the others said.
            "others": spoken if has_answered or not self.can_answer else None,
            "others_count": seats,
            "others_silent": max(seats - len(spoken), 0),
            "agreed": next(
                (a for a in answers if a.assessor_id is None and a.state != State.BLANK), None
            ),
        }


class RoundCard(CardMixin, TemplateView):
    """One item with its anchors; without ?item= the first one not answered yet."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        code = request.GET.get("item")
        if code is None:
            return redirect(card_url(self.assessment, self.first_blank()))
        context = self.get_context_data(**self.card_context(find_item(self.bank, code)))
        if request.GET.get("part") == "earlier":
            return self.response_class(
                request, "assessments/rounds/_earlier.html", context, using=self.template_engine
            )
        return self.render_to_response(context)

    def first_blank(self) -> str:
        own = sheets.own_states(self.assessment, self.request.user)
        codes = [item.code for item in self.bank.items]
        return next((c for c in codes if c not in own or own[c].state == State.BLANK), codes[0])


def given_data(data, prefix: str = ""):
    """Return the posted fields; the button “Clear answer” takes the choice back."""
    cleared = data.get(f"{prefix}clear")
    if cleared:
        data = data.copy()
        data[f"{prefix}choice"] = ""
    return data


class SaveMixin:
    """Save one answer and say how it went, as JSON for the script and as a page without it."""

    is_agreed = False

    def post(
        self, request: HttpRequest, project_id: uuid.UUID, assessment_id: uuid.UUID, item: str
    ) -> HttpResponse:
        form = AnswerForm(given_data(request.POST), code=item)
        if not form.is_valid():
            said = [message for errors in form.errors.values() for message in errors]
            return self.refuse(item, form, 422, " ".join(said))
        try:
            answer = save_answer(
                project=self.project,
                assessment_id=assessment_id,
                item=item,
                given=form.given,
                version=form.cleaned_data["version"],
                by=request.user,
                today=timezone.localdate(),
                is_agreed=self.is_agreed,
            )
        except (Assessment.DoesNotExist, KeyError):
            raise Http404("No such round or item.") from None
        except AnswerConflict as conflict:
            return self.show_conflict(item, form, conflict.current)
        except RoundClosed as closed:
            return self.refuse(item, form, 409, plain_message(closed))
        except ValidationError as error:
            return self.refuse(item, form, 403, plain_message(error))
        if self.wants_json:
            return JsonResponse({"version": answer.version, "at": clock(timezone.now())})
        return redirect(self.next_page(item))

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def refuse(self, item: str, form: AnswerForm, status: int, message: str) -> HttpResponse:
        if self.wants_json:
            return JsonResponse({"message": message}, status=status)
        return self.page(item, form=form, problem=message, status=status)

    def show_conflict(self, item: str, form: AnswerForm, current: Answer) -> HttpResponse:
        mine = {name: form.cleaned_data[name] for name in ("choice", "reason", "note")}
        conflict = conflict_of(current, self.request.user, mine, item, self.here(item))
        if not self.wants_json:
            return self.page(item, form=form, conflict=conflict, status=409)
        block = render_to_string(
            "assessments/rounds/_conflict.html", {"conflict": conflict}, self.request
        )
        theirs = {
            "choice": answer_choice(current),
            "reason": current.reason,
            "note": current.note,
        }
        return JsonResponse(
            {"conflict": block, "version": current.version, "theirs": theirs}, status=409
        )


class AnswerSave(SaveMixin, CardMixin, TemplateView):
    """Save the person's own answer to one item."""

    http_method_names = ["post"]

    def enter(self, *, project_id: uuid.UUID, **kwargs) -> None:
        # The service finds the round and locks it; only a page needs it before.
        ProjectMixin.enter(self, project_id=project_id)

    def open_round(self) -> None:
        self.assessment = sheets.get_round(
            self.project, self.kwargs["assessment_id"], self.request.user
        )
        self.bank = self.assessment.bank

    def page(self, code: str, *, status: int, **extra) -> HttpResponse:
        self.open_round()
        context = self.get_context_data(**self.card_context(find_item(self.bank, code), **extra))
        return self.render_to_response(context, status=status)

    def here(self, code: str) -> str:
        self.open_round()
        return card_url(self.assessment, code)

    def next_page(self, code: str) -> str:
        self.open_round()
        if self.request.POST.get("go") == "finish":
            return reverse("assessments:round-submit", args=[self.project.pk, self.assessment.pk])
        codes = [item.code for item in self.bank.items]
        step = {"next": 1, "back": -1}.get(self.request.POST.get("go", ""), 0)
        at = min(max(codes.index(code) + step, 0), len(codes) - 1)
        return card_url(self.assessment, codes[at])


class RoundTable(sheets.RoundMixin, TemplateView):
    """All items of one dimension with the person's own answers; one button saves them all."""

    template_name = "assessments/rounds/table.html"

    def get(self, request: HttpRequest, dimension: str, **kwargs) -> HttpResponse:
        return self.show(dimension)

    def post(self, request: HttpRequest, dimension: str, **kwargs) -> HttpResponse:
        refused: dict[str, dict] = {}
        problem = ""
        for item in self.items_of(dimension):
            data = given_data(request.POST, f"{item.code}-")
            form = AnswerForm(data, prefix=item.code, code=item.code)
            if not form.is_valid():
                refused[item.code] = {"form": form}
                continue
            try:
                save_answer(
                    project=self.project,
                    assessment_id=self.assessment.pk,
                    item=item.code,
                    given=form.given,
                    version=form.cleaned_data["version"],
                    by=request.user,
                    today=timezone.localdate(),
                    touches=False,
                )
            except AnswerConflict as conflict:
                mine = {name: form.cleaned_data[name] for name in ("choice", "reason", "note")}
                shown = conflict_of(conflict.current, request.user, mine, item.code, request.path)
                refused[item.code] = {"form": form, "conflict": shown}
            except ValidationError as error:
                problem = plain_message(error)
                refused[item.code] = {"form": form}
        if refused:
            return self.show(dimension, refused, problem, status=409 if problem else 422)
        messages.success(request, "Answers saved.")
        return redirect(request.path)

    def items_of(self, dimension: str) -> tuple[BankItem, ...]:
        items = self.bank.items_of(dimension)
        if not items:
            raise Http404("No such dimension.")
        return items

    def show(
        self, dimension: str, refused: dict | None = None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        items = self.items_of(dimension)
        own = {
            answer.item: answer
            for answer in self.assessment.answers.filter(assessor=self.request.user)
        }
        codes = [item.code for item in items]
        evidence = sheets.evidence_by_item(self.project, codes)
        rows = sheets.make_rows(items, own, evidence, timezone.localdate())
        for row in rows:
            for name, value in (refused or {}).get(row.item.code, {}).items():
                setattr(row, name, value)
        saved = [a.updated_at for a in own.values() if not a.is_carried_over]
        context = self.get_context_data(
            dimension=self.bank.dimension(dimension),
            tabs=self.tabs(own, dimension),
            rows=rows,
            problem=problem,
            tally=sheets.tally((a.state for a in own.values()), len(self.bank.items)),
            saved_at=clock(max(saved)) if saved else "",
        )
        return self.render_to_response(context, status=status)

    def tabs(self, own: dict[str, Answer], current: str) -> list[dict]:
        tabs = []
        for dimension in self.bank.dimensions:
            codes = [item.code for item in self.bank.items_of(dimension.code)]
            tabs.append(
                {
                    "dimension": dimension,
                    "tally": sheets.tally((own[c].state for c in codes if c in own), len(codes)),
                    "is_current": dimension.code == current,
                    "url": reverse(
                        "assessments:round-table",
                        args=[self.project.pk, self.assessment.pk, dimension.code],
                    ),
                }
            )
        return tabs


_ROUND = "projects/<uuid:project_id>/assessment/<uuid:assessment_id>/"

urlpatterns = [
    path(_ROUND, RoundCard.as_view(), name="round-card"),
    path(f"{_ROUND}table/<str:dimension>/", RoundTable.as_view(), name="round-table"),
    path(f"{_ROUND}items/<str:item>/answer/", AnswerSave.as_view(), name="answer-save"),
]
