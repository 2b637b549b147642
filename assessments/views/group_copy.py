"""Take groups over from an earlier rollout of the organisation."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import View

from assessments.access import ProjectMixin
from assessments.forms.impact import CopyForm
from assessments.models import Role
from assessments.services.impact import Copied, NameTaken, copy_groups

from .shared import delete_with_undo, say

COPIED_KEY = "copied-groups"


class GroupCopy(ProjectMixin, View):
    read_role = Role.EDITOR

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(self.form(request.GET), is_asking=False)

    def form(self, data) -> CopyForm:
        return CopyForm(data, project=self.project, user=self.request.user)

    def show(self, form: CopyForm, *, is_asking: bool, status: int = 200, clashes=()):
        rows = form.rows(is_asking=is_asking)
        context = {
            "project": self.project,
            "form": form,
            "free": [row for row in rows if not row["is_taken"]],
            "taken": [row for row in rows if row["is_taken"]],
            "has_sources": form.fields["source"].queryset.exists(),
            "is_asking": is_asking,
            "clashes": clashes,
            # An unticked box is not sent; only the first look has both ticked.
            "with_impact": not is_asking or bool(form.data.get("with_impact")),
            "with_effects": not is_asking or bool(form.data.get("with_effects")),
        }
        return render(self.request, "assessments/impact/copy.html", context, status=status)

    def post(self, request, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, is_asking=True, status=422)
        data = form.cleaned_data
        try:
            copied = copy_groups(
                source=data["source"],
                target=self.project,
                group_ids=[group.pk for group in data["groups"]],
                with_impact=data["with_impact"],
                with_effects=data["with_effects"],
                today=timezone.localdate(),
            )
        except NameTaken as error:
            return self.show(form, is_asking=True, status=409, clashes=error.names)
        request.session[COPIED_KEY] = {
            "project": str(self.project.pk),
            "groups": [str(group.pk) for group in copied.groups],
        }
        undo = reverse("assessments:group-copy-undo", args=[self.project.pk])
        say(request, said_of(copied, str(data["source"])), undo=undo)
        return redirect("assessments:group-list", self.project.pk)


def said_of(copied: Copied, source: str) -> str:
    """Say what a copy brought."""
    parts = [_counted(len(copied.groups), "group")]
    if copied.ratings:
        parts.append(_counted(copied.ratings, "impact rating"))
    if copied.effects:
        # Losses and gains have no short name together.
        one, many = "loss or gain", "losses and gains"
        parts.append(f"{copied.effects} {one if copied.effects == 1 else many}")
    return f"Copied from “{source}”: {', '.join(parts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


class GroupCopyUndo(ProjectMixin, View):
    """Delete again what the last copy of this session brought."""

    http_method_names = ["post"]

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponseRedirect:
        copied = request.session.pop(COPIED_KEY, None)
        if copied is None or copied["project"] != str(self.project.pk):
            raise Http404("Nothing was copied in this session.")
        groups = list(self.project.groups.filter(pk__in=copied["groups"]))
        for group in groups:
            delete_with_undo(request, group)
        say(request, f"{_counted(len(groups), 'copied group')} deleted.")
        return redirect("assessments:group-list", self.project.pk)


COPY = "projects/<uuid:project_id>/groups/copy/"

urlpatterns = [
    path(COPY, GroupCopy.as_view(), name="group-copy"),
    path(f"{COPY}undo/", GroupCopyUndo.as_view(), name="group-copy-undo"),
]
