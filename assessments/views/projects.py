"""A rollout's settings, its method, and the archive."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import View

from assessments.access import DoorMixin, ProjectMixin
from assessments.bank import load_bank
from assessments.forms.projects import ExceptionForm, MethodForm, ProjectForm
from assessments.models import Membership, Project, Role
from assessments.models.projects import DEFAULT_BANK

from .shared import say


class SettingsMixin(ProjectMixin):
    read_role = Role.EDITOR

    def show(self, template: str, status: int = 200, **context) -> HttpResponse:
        context |= {"project": self.project, "membership": self.membership}
        return render(self.request, f"assessments/projects/{template}", context, status=status)

    def lock(self) -> Project:
        """Return the row as it stands, kept from others until the transaction ends."""
        return Project.objects.select_for_update().get(pk=self.project.pk)

    def last_change(self) -> dict[str, str]:
        """Return who saved the rollout last, and when."""
        last = self.project.history.select_related("history_user").first()
        who = last.history_user if last and last.history_user else "Somebody"
        when = last.history_date if last else self.project.updated_at
        return {"who": str(who), "when": f"{timezone.localtime(when):%H:%M}"}


class ProjectEdit(SettingsMixin, View):
    """Change a rollout's facts; a second editor sees the conflict and both texts."""

    def get(self, request, **kwargs) -> HttpResponse:
        form = ProjectForm(instance=self.project, membership=self.membership)
        return self.show("edit.html", form=form, tab="facts")

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponse:
        form = ProjectForm(request.POST, instance=self.lock(), membership=self.membership)
        if form.is_valid():
            form.save()
            say(request, "Saved.")
            return redirect("assessments:project-edit", self.project.pk)
        context = {"form": form, "tab": "facts"}
        if form.is_conflict:
            context |= self.last_change()
        return self.show("edit.html", status=409 if form.is_conflict else 422, **context)


class ProjectMethod(SettingsMixin, View):
    """Change bank and weights, and declare what cannot apply."""

    def method_form(self, *args, instance=None) -> MethodForm:
        shipped = load_bank(DEFAULT_BANK)
        return MethodForm(
            *args,
            instance=instance or self.project,
            shipped=f"{shipped.title} {shipped.version}, comes with the product",
        )

    def page(self, form, exception_form=None, status: int = 200, **context) -> HttpResponse:
        names = {d.code: d.name for d in self.project.bank.dimensions}
        declared = self.project.dimensionexceptions.select_related("declared_by")
        return self.show(
            "method.html",
            status=status,
            form=form,
            tab="method",
            exception_form=exception_form or ExceptionForm(project=self.project),
            exceptions=[(row, names.get(row.dimension, row.dimension)) for row in declared],
            has_open_round=self.project.assessments.exclude(status="signed_off").exists(),
            **context,
        )

    def get(self, request, **kwargs) -> HttpResponse:
        return self.page(self.method_form())

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponse:
        form = self.method_form(request.POST, instance=self.lock())
        if form.is_valid():
            form.save()
            say(request, "Saved. The next score uses it.")
            return redirect("assessments:project-method", self.project.pk)
        context = self.last_change() if form.is_conflict else {}
        return self.page(form, status=409 if form.is_conflict else 422, **context)


class ExceptionCreate(ProjectMethod):
    """Declare that a dimension cannot apply, with the reason."""

    http_method_names = ["post"]

    def post(self, request, **kwargs) -> HttpResponse:
        form = ExceptionForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.page(self.method_form(), form, status=422)
        form.instance.declared_by = request.user
        row = form.save()
        say(request, f"{self.project.bank.dimension(row.dimension).name} is left out of the score.")
        return redirect("assessments:project-method", self.project.pk)


class ExceptionDelete(ProjectMixin, View):
    """Let a dimension count again."""

    def post(self, request, exception_id, **kwargs) -> HttpResponseRedirect:
        get_object_or_404(self.project.dimensionexceptions, pk=exception_id).delete()
        say(request, "The dimension counts again.")
        return redirect("assessments:project-method", self.project.pk)


class ProjectArchive(ProjectMixin, View):
    """Put a rollout away; nothing is deleted."""

    read_role = Role.EDITOR

    def get(self, request, **kwargs) -> HttpResponse:
        context = {
            "project": self.project,
            "question": f"Archive {self.project}?",
            "consequence": "It leaves the portfolio and My work. "
            "Answers, evidence, scores and reports stay. The settings of the organisation "
            "bring it back.",
            "verb": "Archive",
            "cancel_url": reverse("assessments:project-edit", args=[self.project.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        Project.objects.filter(pk=self.project.pk).update(archived_at=timezone.now())
        undo = reverse("assessments:project-restore", args=[self.project.pk])
        say(request, f"{self.project} archived.", undo=undo)
        return redirect("reports:portfolio", self.project.organisation_id)


class ProjectRestore(DoorMixin, View):
    """Bring a rollout back; the door for projects would not find an archived one."""

    def enter(self, *, project_id: uuid.UUID, **kwargs) -> None:
        user = self.request.user
        self.project = Project.objects.visible_to(user).filter(pk=project_id).first()
        if self.project is None:
            raise Http404("No such project.")
        membership = Membership.objects.get(user=user, organisation=self.project.organisation_id)
        if not membership.reaches(self.minimum_role()):
            raise PermissionDenied("Your role does not allow this.")

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        Project.objects.filter(pk=self.project.pk).update(archived_at=None)
        say(request, f"{self.project} is back.")
        return redirect("reports:overview", self.project.pk)


PROJECT = "projects/<uuid:project_id>/"

urlpatterns = [
    path(f"{PROJECT}settings/", ProjectEdit.as_view(), name="project-edit"),
    path(f"{PROJECT}settings/method/", ProjectMethod.as_view(), name="project-method"),
    path(f"{PROJECT}settings/exceptions/", ExceptionCreate.as_view(), name="exception-create"),
    path(
        f"{PROJECT}settings/exceptions/<uuid:exception_id>/delete/",
        ExceptionDelete.as_view(),
        name="exception-delete",
    ),
    path(f"{PROJECT}archive/", ProjectArchive.as_view(), name="project-archive"),
    path(f"{PROJECT}restore/", ProjectRestore.as_view(), name="project-restore"),
]
