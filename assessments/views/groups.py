"""Groups of a rollout: list, edit, delete with undo, export."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Avg, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.groups import GroupForm
from assessments.models import Impact, Role
from assessments.scoring.impact_findings import Ledger, groups_headline
from assessments.services.impact import NOTHING_SAID, facts_of, lines_of
from assessments.services.undo import bring_back

from .shared import (
    csv_answer,
    delete_with_undo,
    deleted_here,
    page_of,
    say,
    say_problem,
    searched,
    sorted_by,
    xlsx_answer,
)

SORT_KEYS = {"name": "name", "people": "headcount", "impact": "impact_level"}


def chosen_groups(request, project):
    """Return the groups that fit the search, in the asked order."""
    groups = project.groups.annotate(
        # The same on every database: groups that nobody rated stand at the low end.
        impact_level=Coalesce(mean_of(Impact.View.PROJECT), mean_of(Impact.View.GROUP), Value(-1.0))
    )
    if query := searched(request):
        groups = groups.filter(
            Q(name__icontains=query)
            | Q(site__icontains=query)
            | Q(shift__icontains=query)
            | Q(notes__icontains=query)
        )
    default = "-impact" if project.impacts.exists() else "name"
    groups, sort = sorted_by(request, groups, SORT_KEYS, default)
    if sort.endswith("impact"):
        groups = groups.order_by(sort + "_level", "-headcount", "name", "pk")
    return groups, sort


def mean_of(view: str) -> Subquery:
    """Return the mean level of a group in one side's eyes, for the database to sort by."""
    rows = Impact.objects.filter(group=OuterRef("pk"), view=view).order_by().values("group")
    return Subquery(rows.annotate(mean=Avg("level")).values("mean"))


class GroupList(ProjectMixin, TemplateView):
    template_name = "assessments/groups/list.html"

    def get_context_data(self, **kwargs):
        groups, sort = chosen_groups(self.request, self.project)
        everything = self.project.groups.aggregate(people=Sum("headcount"))
        page = page_of(self.request, groups)
        lines = lines_of(self.project)
        facts = facts_of(self.project, lines)
        for group in page:
            group.line = lines.get(group.pk, NOTHING_SAID)
        return super().get_context_data(
            page_obj=page,
            sort=sort,
            query=searched(self.request),
            total=len(facts),
            people=everything["people"] or 0,
            headline=groups_headline(facts),
            ledger=sum((each.ledger for each in facts), Ledger()),
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

    def page_url(self, group) -> str:
        return reverse("assessments:group-detail", args=[self.project.pk, group.pk])


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
        return redirect(request.path if another else self.page_url(group))


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
            return redirect(self.page_url(group))
        group.name = name
        status = 409 if form.is_conflict else 422
        return self.show(form, status, group=group, when=f"{changed_at:%H:%M}")


class GroupDelete(ProjectMixin, View):
    """Delete a group with all that is written about it; this session can bring it back."""

    def post(self, request, group_id, **kwargs) -> HttpResponseRedirect:
        group = get_object_or_404(self.project.groups, pk=group_id)
        undo = reverse("assessments:group-restore", args=[self.project.pk, group.pk])
        name, people = group.name, group.stakeholders.count()
        delete_with_undo(request, group, name=name)
        said = f"Group “{name}” deleted."
        if people:
            who = "Its one person stays" if people == 1 else f"Its {people} people stay"
            said += f" {who} on the map, in no group."
        say(request, said, undo=undo)
        return redirect("assessments:group-list", self.project.pk)


class GroupRestore(ProjectMixin, View):
    """Bring back a group deleted in this session."""

    def post(self, request, group_id: uuid.UUID, **kwargs) -> HttpResponseRedirect:
        kept = deleted_here(request, self.project, group_id)
        groups, name = self.project.groups, kept["name"]
        if groups.filter(pk=group_id).exists():
            say(request, f"Group “{name}” is back.")
        elif groups.filter(name__iexact=name).exists():
            say_problem(request, f"A new group is called “{name}”, so the old one stays deleted.")
        else:
            bring_back(kept)
            say(request, f"Group “{name}” is back.")
        return redirect("assessments:group-list", self.project.pk)


GROUP_HEADER = (
    *("Group", "People", "Site", "Shift", "Audience", "Notes"),
    *("Impact 0–5, the project", "Aspects rated by the project"),
    *("Impact 0–5, the group", "Aspects rated by the group", "Gap"),
    *("Losses", "Losses answered", "Gains", "Gains confirmed", "Spokespeople"),
)
IMPACT_HEADER = (
    *("Group", "Aspect", "Rated by", "Level 0–5", "Yesterday", "Tomorrow"),
    *("Who said so", "When"),
)
EFFECT_HEADER = (
    *("Group", "Direction", "Of", "What exactly", "Our answer"),
    *("Confirmed on", "Confirmed by"),
)
CHANGE_HEADER = (
    *("Group", "Change", "Hours per person and week", "From", "Until"),
    "This rollout’s own hours",
)


class GroupExport(ProjectMixin, View):
    """Give the shown groups as a table; ?format=csv, or xlsx with a sheet for each detail."""

    def get(self, request, **kwargs) -> HttpResponse:
        groups = list(chosen_groups(request, self.project)[0])
        lines = lines_of(self.project)
        rows = [group_row(group, lines.get(group.pk, NOTHING_SAID)) for group in groups]
        name = f"groups-{self.project.slug}"
        if request.GET.get("format") == "xlsx":
            more = self.more({group.pk for group in groups})
            return xlsx_answer(f"{name}.xlsx", "Groups", GROUP_HEADER, rows, more)
        return csv_answer(f"{name}.csv", GROUP_HEADER, rows)

    def more(self, shown: set) -> list:
        def of(rows):
            return rows.filter(group__in=shown).select_related("group")

        impacts = of(self.project.impacts).order_by("group__name", "aspect", "-view", "pk")
        effects = of(self.project.effects).order_by("group__name", "-direction", "created_at", "pk")
        changes = of(self.project.otherchanges).order_by("group__name", "starts_on", "pk")
        return [
            ("Impact", IMPACT_HEADER, map(impact_row, impacts)),
            ("Losses and gains", EFFECT_HEADER, map(effect_row, effects)),
            ("Other changes", CHANGE_HEADER, map(change_row, changes)),
        ]


def group_row(group, line) -> tuple:
    impact, ledger = line.impact, line.ledger
    return (
        *(group.name, group.headcount, group.site, group.shift, group.get_audience_display()),
        group.notes,
        *(tenths(impact.project), impact.project_n, tenths(impact.group), impact.group_n),
        tenths(impact.gap),
        *(ledger.losses, ledger.answered, ledger.gains, ledger.confirmed),
        ", ".join(line.spokespeople),
    )


def tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def impact_row(row) -> tuple:
    sides = (row.get_aspect_display(), row.get_view_display(), row.level)
    return (row.group.name, *sides, row.yesterday, row.tomorrow, row.rated_by, row.rated_on)


def effect_row(row) -> tuple:
    kind = (row.get_direction_display(), row.get_of_display(), row.text, row.answer)
    return (row.group.name, *kind, row.confirmed_on, row.confirmed_by)


def change_row(row) -> tuple:
    own = "yes" if row.is_rollout else "no"
    return (row.group.name, row.name, row.hours, row.starts_on, row.ends_on, own)


GROUPS = "projects/<uuid:project_id>/groups/"

urlpatterns = [
    path(GROUPS, GroupList.as_view(), name="group-list"),
    path(f"{GROUPS}new/", GroupCreate.as_view(), name="group-create"),
    path(f"{GROUPS}export/", GroupExport.as_view(), name="group-export"),
    path(f"{GROUPS}<uuid:group_id>/edit/", GroupEdit.as_view(), name="group-edit"),
    path(f"{GROUPS}<uuid:group_id>/delete/", GroupDelete.as_view(), name="group-delete"),
    path(f"{GROUPS}<uuid:group_id>/restore/", GroupRestore.as_view(), name="group-restore"),
]
