"""Setting up a rollout in five steps; the business outcome is asked before the tool."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.views.generic import View

from assessments import services
from assessments.access import OrganisationMixin
from assessments.forms.projects import (
    GROUP_ROWS,
    DatesForm,
    GroupStepFormSet,
    OutcomeForm,
    PeopleForm,
    SystemForm,
)
from assessments.models import Role

from .shared import say

STEPS = ("outcome", "system", "dates", "people", "groups")
TITLES = {
    "outcome": ("Outcome", "What must be different for the business?"),
    "system": ("System", "Which system, and what does it replace?"),
    "dates": ("Dates", "When does it start, and when must the old way end?"),
    "people": ("People", "Who wants it, and for which client?"),
    "groups": ("Groups", "Whose work changes?"),
}
REASONS = {
    "outcome": "People ask why long before they ask how. Leave the tool out of this page.",
    "system": "What is replaced matters as much as what comes: old habits end only when named.",
    "dates": "Dates can change later. Readiness is always measured against the go-live date.",
    "people": "A rollout without a sponsor who acts loses its date first.",
    "groups": "People who do the same work in the same place. More can be added or imported later.",
}
SIMPLE = {"outcome": OutcomeForm, "system": SystemForm}


class ProjectCreate(OrganisationMixin, View):
    """Keep each step in the session, so that going back or away loses nothing."""

    read_role = Role.EDITOR
    template = "assessments/projects/create.html"

    @property
    def key(self) -> str:
        return f"project-draft:{self.organisation.pk}"

    @property
    def draft(self) -> dict[str, dict[str, Any]]:
        return self.request.session.get(self.key, {})

    def remember(self, step: str, data) -> None:
        kept = {k: v for k, v in data.items() if k not in ("csrfmiddlewaretoken", "go", "step")}
        self.request.session[self.key] = {**self.draft, step: kept}

    def form(self, step: str, data=None):
        """Return the form of a step: bound to `data`, or showing what was typed before."""
        kept = self.draft.get(step)
        if step == "groups":
            if data is None and kept:
                # A bound formset would complain before anything was asked of it.
                return GroupStepFormSet(initial=_rows(kept), prefix="groups")
            return GroupStepFormSet(data, prefix="groups")
        arguments: dict[str, Any] = {"data": data, "initial": kept}
        if step == "people":
            return PeopleForm(
                organisation=self.organisation, membership=self.membership, **arguments
            )
        if step == "dates":
            return DatesForm(outcome_due_on=self._due_on(), **arguments)
        return SIMPLE[step](**arguments)

    def _due_on(self):
        outcome = OutcomeForm(self.draft.get("outcome", {}))
        outcome.is_valid()
        return outcome.cleaned_data.get("outcome_due_on")

    def checked(self, step: str):
        """Return the step's form bound to what was kept of it."""
        return self.form(step, self.draft.get(step, {}))

    def first_open(self, before: str) -> str | None:
        """Return the first step before this one that is not complete."""
        for step in STEPS[: STEPS.index(before)]:
            if not self.checked(step).is_valid():
                return step
        return None

    def show(self, step: str, form, status: int = 200) -> HttpResponse:
        at = STEPS.index(step)
        context = {
            "organisation": self.organisation,
            "form": form,
            "step": step,
            "number": at + 1,
            "title": TITLES[step][1],
            "reason": REASONS[step],
            "previous": STEPS[at - 1] if at else "",
            "is_last": at == len(STEPS) - 1,
            "has_clients": self.organisation.clients.exists(),
            "steps": [
                {
                    "key": key,
                    "label": TITLES[key][0],
                    "is_current": key == step,
                    "is_done": index < at or key in self.draft and key != step,
                }
                for index, key in enumerate(STEPS)
            ],
        }
        return render(self.request, self.template, context, status=status)

    def get(self, request, **kwargs) -> HttpResponse:
        step = request.GET.get("step", STEPS[0])
        if step not in STEPS:
            return self.go(STEPS[0])
        if missing := self.first_open(step):
            return self.go(missing)
        # After a refused finish the step shows what is missing.
        form = self.checked(step) if "check" in request.GET else self.form(step)
        return self.show(step, form)

    def post(self, request, **kwargs) -> HttpResponse:
        step, go = request.POST.get("step"), request.POST.get("go", "next")
        if go == "discard":
            request.session.pop(self.key, None)
            say(request, "The draft is deleted.")
            return redirect("reports:portfolio", self.organisation.pk)
        if step not in STEPS:
            return self.go(STEPS[0])
        self.remember(step, request.POST)
        if go == "back":
            return self.go(STEPS[max(STEPS.index(step) - 1, 0)])
        if go == "rows":
            return self.more_rows()
        form = self.form(step, request.POST)
        if not form.is_valid():
            return self.show(step, form, status=422)
        if go == "finish" and step == STEPS[-1]:
            return self.finish(form)
        return self.go(STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)])

    def more_rows(self) -> HttpResponse:
        kept = _rows(self.draft.get("groups", {}))
        empty = [{"name": "", "headcount": ""}] * GROUP_ROWS
        return self.show("groups", GroupStepFormSet(initial=kept + empty, prefix="groups"))

    def finish(self, groups) -> HttpResponse:
        if missing := self.first_open(STEPS[-1]):
            return self.go(missing, check=True)
        forms = [self.checked(step) for step in STEPS[:-1]]
        fields: dict[str, Any] = {}
        for form in forms:
            form.is_valid()
            fields |= form.cleaned_data
        project = services.create_project(
            organisation=self.organisation,
            client=fields.pop("client"),
            fields=fields,
            groups=groups.rows,
            user=self.request.user,
        )
        self.request.session.pop(self.key, None)
        say(self.request, f"{project} is set up. Next: the first assessment round.")
        return redirect("reports:overview", project.pk)

    def go(self, step: str, *, check: bool = False) -> HttpResponseRedirect:
        return HttpResponseRedirect(f"{self.request.path}?step={step}{'&check=1' if check else ''}")


def _rows(kept: dict[str, Any]) -> list[dict[str, str]]:
    """Return the typed rows of the groups' step, empty ones left out."""
    total = str(kept.get("groups-TOTAL_FORMS", ""))
    rows = []
    for at in range(min(int(total), 110) if re.fullmatch(r"[0-9]{1,4}", total) else 0):
        row = {name: kept.get(f"groups-{at}-{name}", "") for name in ("name", "headcount")}
        if any(row.values()):
            rows.append(row)
    return rows


urlpatterns = [
    path(
        "organisations/<uuid:organisation_id>/projects/new/",
        ProjectCreate.as_view(),
        name="project-create",
    ),
]
