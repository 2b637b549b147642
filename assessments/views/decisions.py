"""Decisions that wait for somebody, and the next steps people have taken on."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.decisions import DecideForm, DecisionForm, StepForm
from assessments.models import Decision, NextStep, Role

from .shared import page_of, say, searched

SHOWN = ("open", "late", "decided", "all")


class DecisionList(ProjectMixin, TemplateView):
    """Show what waits, for whom and until when; below it the next steps."""

    template_name = "assessments/decisions/list.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        shown = self.request.GET.get("show")
        shown = shown if shown in SHOWN else "open"
        every = self.project.decisions.select_related("decider", "asked_by", "decided_by")
        waiting = Q(decided_on=None)
        sets = {
            "open": every.filter(waiting),
            "late": every.filter(waiting, limit_on__lt=today),
            "decided": every.exclude(waiting).order_by("-decided_on", "pk"),
            "all": every,
        }
        counts = {key: rows.count() for key, rows in sets.items()}
        rows = sets[shown]
        if query := searched(self.request):
            rows = rows.filter(
                Q(question__icontains=query)
                | Q(context__icontains=query)
                | Q(outcome__icontains=query)
                | Q(decider__name__icontains=query)
            )
        page = page_of(self.request, rows)
        for row in page:
            row.left = row.days_left(today)
            row.late = abs(row.left)
            row.can_decide = self.is_editor or row.decider_id == self.request.user.pk
        return super().get_context_data(
            page_obj=page,
            query=query,
            shown=shown,
            counts=counts,
            next_limit=sets["open"].first(),
            filters=[
                {
                    "label": label,
                    "url": f"?show={key}",
                    "count": counts[key],
                    "is_current": key == shown,
                }
                for key, label in zip(SHOWN, ("Open", "Late", "Decided", "All"), strict=True)
            ],
            keep=[("show", shown)],
            today=today,
            **self.steps(today),
            **kwargs,
        )

    def steps(self, today) -> dict:
        is_done = self.request.GET.get("steps") == "done"
        steps = self.project.nextsteps.select_related("owner")
        open_steps = steps.filter(done_on=None)
        rows = steps.exclude(done_on=None).order_by("-done_on", "pk") if is_done else open_steps
        rows = list(rows[:100])
        for row in rows:
            row.left = (row.due_on - today).days
            row.can_finish = self.is_editor or row.owner_id == self.request.user.pk
        return {
            "steps": rows,
            "steps_done": is_done,
            "open_step_count": open_steps.count(),
            "done_step_count": steps.exclude(done_on=None).count(),
        }


class FormPage(ProjectMixin):
    """Share what the forms of this stem do the same way."""

    read_role = Role.EDITOR
    template = ""

    def show(self, form, status: int = 200, **context) -> HttpResponse:
        context |= {"project": self.project, "form": form, "next": self.back()}
        return render(self.request, self.template, context, status=status)

    def back(self) -> str:
        """Return the page that sent the person here, if it is one of ours."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        # A bare word would be taken for the name of a page.
        if wanted.startswith("/") and url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        ):
            return wanted
        return reverse("assessments:decision-list", args=[self.project.pk])

    def decision(self, pk) -> Decision:
        return self.row(self.project.decisions.select_related("decider"), pk)

    def step(self, pk) -> NextStep:
        return self.row(self.project.nextsteps.select_related("owner"), pk)

    def row(self, rows: QuerySet, pk):
        """Return the row; what is about to change it keeps others from it until it is saved."""
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",))
        return get_object_or_404(rows, pk=pk)

    def refuse(self, form, before: datetime, **context) -> HttpResponse:
        """Show what is wrong, or what a colleague saved meanwhile."""
        when = f"{timezone.localtime(before):%H:%M}"
        return self.show(form, status=409 if form.is_conflict else 422, when=when, **context)


class DecisionCreate(FormPage, View):
    template = "assessments/decisions/form.html"

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(DecisionForm(project=self.project))

    def post(self, request, **kwargs) -> HttpResponse:
        form = DecisionForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.show(form, status=422)
        form.instance.asked_by = request.user
        form.save()
        say(request, "Decision asked for.")
        return redirect(self.back())


class DecisionEdit(FormPage, View):
    template = "assessments/decisions/form.html"

    def get(self, request, decision_id, **kwargs) -> HttpResponse:
        decision = self.decision(decision_id)
        form = DecisionForm(instance=decision, project=self.project)
        return self.show(form, decision=decision)

    @transaction.atomic
    def post(self, request, decision_id, **kwargs) -> HttpResponse:
        decision = self.decision(decision_id)
        form = DecisionForm(request.POST, instance=decision, project=self.project)
        if not form.is_valid():
            return self.refuse(form, decision.updated_at, decision=decision)
        form.save()
        say(request, "Saved.")
        return redirect(self.back())


class DecisionDecide(FormPage, View):
    """Let the decider, or an editor, record what was decided."""

    read_role = write_role = Role.VIEWER
    template = "assessments/decisions/decide.html"

    def allowed(self, pk) -> Decision:
        decision = self.decision(pk)
        if not self.is_editor and decision.decider_id != self.request.user.pk:
            raise PermissionDenied("Only the decider or an editor can record this decision.")
        return decision

    def get(self, request, decision_id, **kwargs) -> HttpResponse:
        decision = self.allowed(decision_id)
        if decision.decided_on:
            return self.decided(decision)
        return self.show(DecideForm(instance=decision), decision=decision)

    def decided(self, decision) -> HttpResponse:
        return self.show(None, decision=decision)

    @transaction.atomic
    def post(self, request, decision_id, **kwargs) -> HttpResponse:
        decision = self.allowed(decision_id)
        if decision.decided_on:
            return self.decided(decision)
        form = DecideForm(request.POST, instance=decision)
        if not form.is_valid():
            return self.show(form, status=422, decision=decision)
        form.instance.decided_by = request.user
        form.save()
        say(request, "Decision recorded.")
        return redirect(self.back())


class DecisionReopen(FormPage, View):
    """Open a decision again; what was decided stays as a text to start from."""

    @transaction.atomic
    def post(self, request, decision_id, **kwargs) -> HttpResponseRedirect:
        decision = self.decision(decision_id)
        decision.decided_on = decision.decided_by = None
        decision.save(update_fields=["decided_on", "decided_by", "updated_at"])
        say(request, "The decision is open again.")
        return redirect(self.back())


class StepCreate(FormPage, View):
    template = "assessments/decisions/step_form.html"

    def get(self, request, **kwargs) -> HttpResponse:
        initial = {"item": request.GET.get("item", "")[:20]}
        return self.show(StepForm(initial=initial, project=self.project))

    def post(self, request, **kwargs) -> HttpResponse:
        form = StepForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.show(form, status=422)
        form.save()
        say(request, "Next step added.")
        return redirect(self.back())


class StepEdit(FormPage, View):
    template = "assessments/decisions/step_form.html"

    def get(self, request, step_id, **kwargs) -> HttpResponse:
        step = self.step(step_id)
        return self.show(StepForm(instance=step, project=self.project), step=step)

    @transaction.atomic
    def post(self, request, step_id, **kwargs) -> HttpResponse:
        step = self.step(step_id)
        form = StepForm(request.POST, instance=step, project=self.project)
        if not form.is_valid():
            return self.refuse(form, step.updated_at, step=step)
        form.save()
        say(request, "Saved.")
        return redirect(self.back())


class StepDone(FormPage, View):
    """Tick a step off, or with ?undo=1 take the tick back."""

    write_role = Role.VIEWER

    @transaction.atomic
    def post(self, request, step_id, **kwargs) -> HttpResponseRedirect:
        step = self.step(step_id)
        if not self.is_editor and step.owner_id != request.user.pk:
            raise PermissionDenied("Only its owner or an editor can tick this step off.")
        is_undo = request.GET.get("undo") == "1"
        step.done_on = None if is_undo else timezone.localdate()
        step.save(update_fields=["done_on", "updated_at"])
        if is_undo:
            say(request, "The step is open again.")
        else:
            say(request, f"Done: {step.text}", undo=f"{request.path}?undo=1")
        return redirect(self.back())


DECISIONS = "projects/<uuid:project_id>/decisions/"
STEPS = "projects/<uuid:project_id>/steps/"

urlpatterns = [
    path(DECISIONS, DecisionList.as_view(), name="decision-list"),
    path(f"{DECISIONS}new/", DecisionCreate.as_view(), name="decision-create"),
    path(f"{DECISIONS}<uuid:decision_id>/", DecisionEdit.as_view(), name="decision-edit"),
    path(
        f"{DECISIONS}<uuid:decision_id>/decide/", DecisionDecide.as_view(), name="decision-decide"
    ),
    path(
        f"{DECISIONS}<uuid:decision_id>/reopen/", DecisionReopen.as_view(), name="decision-reopen"
    ),
    path(f"{STEPS}new/", StepCreate.as_view(), name="step-create"),
    path(f"{STEPS}<uuid:step_id>/", StepEdit.as_view(), name="step-edit"),
    path(f"{STEPS}<uuid:step_id>/done/", StepDone.as_view(), name="step-done"),
]
