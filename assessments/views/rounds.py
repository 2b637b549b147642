"""Rounds: the list, start and change, submit, sign off, reopen."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.forms.readiness import ReopenForm, RoundForm, SignOffForm
from assessments.models import Answer, Assessment, Role
from assessments.services.rounds import (
    change_round,
    reopen_round,
    sign_off_round,
    start_round,
    submit_round,
    unfinished_round,
)

from . import sheets
from .answers import plain_message

State = Answer.State
USUAL_DAYS = 14


def progress(assessment: Assessment, total: int) -> list[dict]:
    """Return each assessor with a tally of the four states, in order of name."""
    states: dict[int, list[str]] = defaultdict(list)
    carried: dict[int, int] = defaultdict(int)
    for person, state, is_carried in assessment.answers.exclude(assessor=None).values_list(
        "assessor_id", "state", "is_carried_over"
    ):
        states[person].append(state)
        carried[person] += is_carried
    return [
        {
            "person": person,
            "tally": sheets.tally(states[person.pk], total),
            "carried": carried[person.pk],
        }
        for person in assessment.assessors.order_by("name", "email", "pk")
    ]


class RoundList(ProjectMixin, TemplateView):
    """The running round with everybody's progress, and the past ones."""

    template_name = "assessments/rounds/list.html"

    def get_context_data(self, **kwargs):
        rounds = list(
            self.project.assessments.select_related("signed_off_by", "submitted_by", "bank_file")
        )
        running = next((r for r in rounds if r.status != Assessment.Status.SIGNED_OFF), None)
        context = {"running": running, "past": [r for r in rounds if r is not running]}
        if running is not None:
            bank = running.bank
            context["bank"] = bank
            context["progress"] = progress(running, len(bank.items))
            context["mine"] = next(
                (p for p in context["progress"] if p["person"] == self.request.user), None
            )
            context["agreed_count"] = (
                running.answers.filter(assessor=None).exclude(state=State.BLANK).count()
            )
            context["late"] = sum(p["tally"].blank > 0 for p in context["progress"])
            context["waiting"] = sum(p["tally"].blank for p in context["progress"])
            context["days_left"] = (
                (running.due_on - timezone.localdate()).days if running.due_on else None
            )
        return super().get_context_data(**context, **kwargs)


class RoundStart(ProjectMixin, TemplateView):
    """Open a round; while one is unfinished, go to that one."""

    template_name = "assessments/rounds/start.html"
    read_role = Role.EDITOR

    def enter(self, **kwargs) -> None:
        super().enter(**kwargs)
        self.previous = self.project.assessments.order_by("-number").first()

    def get_form(self, *args) -> RoundForm:
        today = timezone.localdate()
        assessors = self.previous.assessors.all() if self.previous else [self.request.user]
        due_on = today + timedelta(days=USUAL_DAYS)
        go_live = self.project.go_live_on
        if go_live and today <= go_live < due_on:
            due_on = go_live
        return RoundForm(
            *args,
            project=self.project,
            today=today,
            previous=self.previous,
            initial={
                "name": f"{today:%B} round",
                "due_on": due_on,
                "assessors": list(assessors),
            },
        )

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        unfinished = unfinished_round(self.project)
        if unfinished is not None:
            return self.go_to(unfinished)
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        assessment, is_new = start_round(
            project=self.project,
            name=form.cleaned_data["name"],
            due_on=form.cleaned_data["due_on"],
            assessors=form.cleaned_data["assessors"],
            carry_over=form.cleaned_data.get("carry_over", False),
            by=request.user,
            today=timezone.localdate(),
        )
        if not is_new:
            return self.go_to(assessment)
        messages.success(request, f"“{assessment.name}” is open.")
        return redirect("assessments:round-list", self.project.pk)

    def go_to(self, assessment: Assessment) -> HttpResponse:
        messages.info(
            self.request,
            f"“{assessment.name}” is not signed off yet. One round runs at a time.",
        )
        return redirect("assessments:round-list", self.project.pk)


class RoundEdit(sheets.RoundMixin, TemplateView):
    """Change a running round's name, due date and assessors."""

    template_name = "assessments/rounds/start.html"
    read_role = Role.EDITOR

    def get_form(self, *args) -> RoundForm:
        running = self.assessment
        return RoundForm(
            *args,
            project=self.project,
            today=timezone.localdate(),
            running=running,
            initial={
                "name": running.name,
                "due_on": running.due_on,
                "assessors": list(running.assessors.all()),
            },
        )

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        change_round(
            assessment=self.assessment,
            name=form.cleaned_data["name"],
            due_on=form.cleaned_data["due_on"],
            assessors=form.cleaned_data["assessors"],
        )
        messages.success(request, f"“{form.cleaned_data['name']}” changed.")
        return redirect("assessments:round-list", self.project.pk)


class Closing(sheets.RoundMixin, TemplateView):
    """Show what a round still lacks, and the next act: submit, sign off or reopen."""

    template_name = "assessments/rounds/closing.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        every = sheets.agreements(self.assessment, self.bank, today, self.assessment.seats)
        context = {
            "progress": progress(self.assessment, len(self.bank.items)),
            "unanswered": [a for a in every if not a.is_agreed and self._is_blank(a)],
            "unknown": [a for a in every if self._is_unknown(a)],
            "unproven": [a for a in every if self._is_unproven(a)],
            "agreed_count": sum(a.is_agreed for a in every),
            "apart": [a for a in every if a.disagree and not a.is_agreed],
            "total": len(every),
            "events": self.assessment.events.select_related("by"),
            "sign_off_form": SignOffForm(),
            "reopen_form": ReopenForm(),
            "today": today,
        }
        return super().get_context_data(**{**context, **kwargs})

    @staticmethod
    def _is_blank(agreement: sheets.Agreement) -> bool:
        return all(answer.state == State.BLANK for answer in agreement.answers)

    @staticmethod
    def _is_unknown(agreement: sheets.Agreement) -> bool:
        if agreement.is_agreed:
            return agreement.row.answer.state == State.DONT_KNOW
        states = {a.state for a in agreement.answers} - {State.BLANK}
        return states == {State.DONT_KNOW}

    @staticmethod
    def _is_unproven(agreement: sheets.Agreement) -> bool:
        if agreement.row.has_valid_evidence:
            return False
        if agreement.is_agreed:
            return agreement.row.lacks_evidence
        return any(level >= 3 for level in agreement.levels)

    def refuse(self, error: ValidationError, **forms) -> HttpResponse:
        problem = plain_message(error)
        return self.render_to_response(self.get_context_data(problem=problem, **forms), status=422)

    def back(self) -> HttpResponse:
        return redirect("assessments:round-submit", self.project.pk, self.assessment.pk)


class RoundSubmit(Closing):
    """Close the round for answers."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            submit_round(assessment=self.assessment, by=request.user, now=timezone.now())
        except ValidationError as error:
            return self.refuse(error)
        messages.success(request, f"“{self.assessment.name}” submitted. It now waits for sign-off.")
        return self.back()


class RoundSignOff(Closing):
    """Sign the submitted round off under one's own name."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = SignOffForm(request.POST)
        if not form.is_valid():
            return self.refuse(ValidationError(form.errors["typed_name"]), sign_off_form=form)
        try:
            sign_off_round(
                assessment=self.assessment,
                by=request.user,
                typed_name=form.cleaned_data["typed_name"],
                now=timezone.now(),
            )
        except ValidationError as error:
            return self.refuse(error, sign_off_form=form)
        messages.success(request, f"“{self.assessment.name}” signed off by {request.user}.")
        return self.back()


class RoundReopen(Closing):
    """Open the round again, with a reason."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = ReopenForm(request.POST)
        if not form.is_valid():
            return self.refuse(ValidationError(form.errors["reason"]), reopen_form=form)
        try:
            reopen_round(
                assessment=self.assessment,
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            return self.refuse(error, reopen_form=form)
        messages.success(request, f"“{self.assessment.name}” is open again.")
        return self.back()


_ROUNDS = "projects/<uuid:project_id>/assessment/"
_ROUND = f"{_ROUNDS}<uuid:assessment_id>/"

urlpatterns = [
    path(_ROUNDS, RoundList.as_view(), name="round-list"),
    path(f"{_ROUNDS}start/", RoundStart.as_view(), name="round-start"),
    path(f"{_ROUND}edit/", RoundEdit.as_view(), name="round-edit"),
    path(f"{_ROUND}submit/", RoundSubmit.as_view(), name="round-submit"),
    path(f"{_ROUND}sign-off/", RoundSignOff.as_view(), name="round-sign-off"),
    path(f"{_ROUND}reopen/", RoundReopen.as_view(), name="round-reopen"),
]
