"""Groups of a rollout: list, edit, delete with undo, export."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q, Sum
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.groups import GroupForm
from assessments.models import Group, Role

from .shared import csv_answer, page_of, say, say_problem, searched, sorted_by, xlsx_answer

SORT_KEYS = {
    "name": "name",
    "people": "headcount",
    "site": "site",
    "shift": "shift",
    "audience": "audience",
}
DELETED_KEY = "deleted-groups"
DELETED_KEPT = 20
COLUMNS = ("name", "headcount", "site", "shift", "audience", "notes")


def chosen_groups(request, project):
    """Return the groups that fit the search, in the asked order."""
    groups = project.groups.all()
    if query := searched(request):
        groups = groups.filter(
            Q(name__icontains=query)
            | Q(site__icontains=query)
            | Q(shift__icontains=query)
            | Q(notes__icontains=query)
        )
    return sorted_by(request, groups, SORT_KEYS, "name")


class GroupList(ProjectMixin, TemplateView):
    template_name = "assessments/groups/list.html"

    def get_context_data(self, **kwargs):
        groups, sort = chosen_groups(self.request, self.project)
        everything = self.project.groups.aggregate(people=Sum("headcount"))
        page = page_of(self.request, groups)
        return super().get_context_data(
            page_obj=page,
            sort=sort,
            query=searched(self.request),
            total=self.project.groups.count(),
            people=everything["people"] or 0,
            largest=self.project.groups.order_by("-headcount", "pk").first(),
            export=self.request.GET.urlencode(),
            **kwargs,
        )


class GroupFormMixin(ProjectMixin):
    read_role = Role.EDITOR

    def show(self, form, status: int = 200, **context) -> HttpResponse:
        context |= {"project": self.project, "form": form}
        return render(self.request, "assessments/groups/form.html", context, status=status)

    def list_url(self) -> str:
        return reverse("assessments:group-list", args=[self.project.pk])


class GroupCreate(GroupFormMixin, View):
    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(GroupForm(project=self.project))

    def post(self, request, **kwargs) -> HttpResponse:
        form = GroupForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.show(form, status=422)
        group = form.save()
        say(request, f"Group “{group}” added.")
        another = "another" in request.POST
        return redirect(request.path if another else self.list_url())


class GroupEdit(GroupFormMixin, View):
    def get(self, request, group_id, **kwargs) -> HttpResponse:
        group = get_object_or_404(self.project.groups, pk=group_id)
        return self.show(GroupForm(instance=group, project=self.project), group=group)

    @transaction.atomic
    def post(self, request, group_id, **kwargs) -> HttpResponse:
        group = get_object_or_404(self.project.groups.select_for_update(), pk=group_id)
        name = group.name
        changed_at = timezone.localtime(group.updated_at)
        form = GroupForm(request.POST, instance=group, project=self.project)
        if form.is_valid():
            form.save()
            say(request, f"Group “{group}” saved.")
            return redirect(self.list_url())
        group.name = name
        status = 409 if form.is_conflict else 422
        return self.show(form, status, group=group, when=f"{changed_at:%H:%M}")


class GroupDelete(ProjectMixin, View):
    """Delete a group; for this session it can be brought back."""

    def post(self, request, group_id, **kwargs) -> HttpResponseRedirect:
        group = get_object_or_404(self.project.groups, pk=group_id)
        kept = {
            "id": str(group.pk),
            "project": str(self.project.pk),
            **model_to_dict(group, fields=COLUMNS),
        }
        deleted = request.session.get(DELETED_KEY, [])
        request.session[DELETED_KEY] = [*deleted[-DELETED_KEPT + 1 :], kept]
        undo = reverse("assessments:group-restore", args=[self.project.pk, group.pk])
        name = group.name
        group.delete()
        say(request, f"Group “{name}” deleted.", undo=undo)
        return redirect("assessments:group-list", self.project.pk)


class GroupRestore(ProjectMixin, View):
    """Bring back a group deleted in this session."""

    def post(self, request, group_id: uuid.UUID, **kwargs) -> HttpResponseRedirect:
        for kept in request.session.get(DELETED_KEY, []):
            if kept["id"] == str(group_id) and kept["project"] == str(self.project.pk):
                self.restore(kept)
                return redirect("assessments:group-list", self.project.pk)
        raise Http404("Not deleted in this session.")

    def restore(self, kept: dict) -> None:
        if self.project.groups.filter(pk=kept["id"]).exists():
            return
        if self.project.groups.filter(name__iexact=kept["name"]).exists():
            say_problem(
                self.request,
                f"A new group is called “{kept['name']}”, so the old one stays deleted.",
            )
            return
        Group.objects.create(
            pk=kept["id"], project=self.project, **{name: kept[name] for name in COLUMNS}
        )
        say(self.request, f"Group “{kept['name']}” is back.")


class GroupExport(ProjectMixin, View):
    """Give the shown groups as a table; ?format=xlsx or csv."""

    def get(self, request, **kwargs) -> HttpResponse:
        groups, _ = chosen_groups(request, self.project)
        header = ("Group", "People", "Site", "Shift", "Audience", "Notes")
        rows = [
            (g.name, g.headcount, g.site, g.shift, g.get_audience_display(), g.notes)
            for g in groups
        ]
        name = f"groups-{self.project.slug}"
        if request.GET.get("format") == "xlsx":
            return xlsx_answer(f"{name}.xlsx", "Groups", header, rows)
        return csv_answer(f"{name}.csv", header, rows)


GROUPS = "projects/<uuid:project_id>/groups/"

urlpatterns = [
    path(GROUPS, GroupList.as_view(), name="group-list"),
    path(f"{GROUPS}new/", GroupCreate.as_view(), name="group-create"),
    path(f"{GROUPS}export/", GroupExport.as_view(), name="group-export"),
    path(f"{GROUPS}<uuid:group_id>/", GroupEdit.as_view(), name="group-edit"),
    path(f"{GROUPS}<uuid:group_id>/delete/", GroupDelete.as_view(), name="group-delete"),
    path(f"{GROUPS}<uuid:group_id>/restore/", GroupRestore.as_view(), name="group-restore"),
]
