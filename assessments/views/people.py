"""People of a rollout: the table, one person, export."""

from __future__ import annotations

import operator
from functools import reduce

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.people import PersonForm, PositionForm
from assessments.models import Project, Role, Stakeholder
from assessments.services import people as service
from assessments.templatetags.look import plural

from .people_map import GAPS, gap
from .shared import csv_answer, page_of, say, searched, sorted_by, xlsx_answer

SORT_KEYS = {
    "name": "name",
    "group": "group__name",
    "influence": "influence",
    "now": "support_now",
    "needed": "support_needed",
    "owner": "relationship_owner",
    "next": "next_step_on",
}
COLUMNS = (
    *("Name", "Identifier", "Group", "Job title", "E-mail", "Level", "Leads people"),
    *("Role in the project", "Speaks for the group", "Influence", "Support now"),
    *("Support needed", "Reason", "Source", "Owner", "Next step", "By", "Interviewed on"),
    *("Informed on", "Champion"),
)


SEARCHED = ("name", "job_title", "group__name", "relationship_owner")
# Finding somebody by these tells what they hold, so only those who may read them search them.
SEARCHED_BY_EDITORS = ("key", "email", "reason")


def chosen_people(request, project: Project, *, is_editor: bool):
    """Return the people who fit search and filters, in the asked order."""
    people = project.stakeholders.select_related("group")
    if query := searched(request):
        fields = SEARCHED + SEARCHED_BY_EDITORS if is_editor else SEARCHED
        people = people.filter(
            reduce(operator.or_, (Q(**{f"{name}__icontains": query}) for name in fields))
        )
    if (name := request.GET.get("gap")) in GAPS:
        people = people.filter(gap(name))
    asked = request.GET.get("group")
    groups = {str(pk): pk for pk in project.groups.values_list("pk", flat=True)} if asked else {}
    if asked in groups:
        people = people.filter(group=groups[asked])
    return sorted_by(request, people, SORT_KEYS, "name")


class PeopleTable(ProjectMixin, TemplateView):
    template_name = "assessments/people/table.html"

    def get_context_data(self, **kwargs):
        people, sort = chosen_people(self.request, self.project, is_editor=self.is_editor)
        page = page_of(self.request, people)
        chosen = self.request.GET.get("gap")
        counts = self.project.stakeholders.aggregate(
            total=Count("pk"), movers=Count("pk", filter=gap("move"))
        )
        return super().get_context_data(
            tab="table",
            page_obj=page,
            sort=sort,
            query=searched(self.request),
            **counts,
            groups=list(self.project.groups.values("pk", "name")),
            group=self.request.GET.get("group", ""),
            gap=chosen if chosen in GAPS else "",
            gaps=[{"name": name, "label": label} for name, (label, _) in GAPS.items()],
            export=self.request.GET.urlencode(),
            **kwargs,
        )


class PersonMixin(ProjectMixin):
    """Show a form of a person; `person` hangs on the context as it is stored."""

    def show_form(self, form, status: int = 200, **context) -> HttpResponse:
        context |= {"project": self.project, "form": form}
        return render(self.request, "assessments/people/form.html", context, status=status)

    def person_url(self, person) -> str:
        return reverse("assessments:person-detail", args=[self.project.pk, person.pk])


class PersonCreate(PersonMixin, View):
    read_role = Role.EDITOR

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show_form(
            PersonForm(project=self.project, initial={"group": request.GET.get("group")})
        )

    def post(self, request, **kwargs) -> HttpResponse:
        form = PersonForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.show_form(form, status=422)
        person = form.save_person(by=request.user, today=timezone.localdate())
        say(request, f"{person} added.")
        return redirect(request.path if "another" in request.POST else self.person_url(person))


class PersonEdit(PersonMixin, View):
    read_role = Role.EDITOR

    def get(self, request, person_id, **kwargs) -> HttpResponse:
        person = get_object_or_404(self.project.stakeholders, pk=person_id)
        return self.show_form(PersonForm(instance=person, project=self.project), person=person)

    @transaction.atomic
    def post(self, request, person_id, **kwargs) -> HttpResponse:
        person = get_object_or_404(self.project.stakeholders.select_for_update(), pk=person_id)
        name, changed_at = person.name, timezone.localtime(person.updated_at)
        form = PersonForm(request.POST, instance=person, project=self.project)
        if form.is_valid():
            form.save_person(by=request.user, today=timezone.localdate())
            say(request, f"{person} saved.")
            return redirect(self.person_url(person))
        person.name = name
        status = 409 if form.is_conflict else 422
        return self.show_form(form, status, person=person, when=f"{changed_at:%H:%M}")


def positions_of(person: Stakeholder):
    return person.positions.select_related("noted_by").order_by("-created_at", "pk")


def person_context(project: Project, person: Stakeholder, form=None, conflict=None) -> dict:
    """Return what the page of one person shows."""
    alike = [] if person.key else service.namesakes(project, person.name, besides=person.pk)
    return {
        "person": person,
        "is_placed": person.influence is not None and person.support_now is not None,
        "is_step_back": is_step_back(person),
        "namesakes": alike,
        "positions": list(positions_of(person)),
        "position_form": form or PositionForm(instance=person),
        "conflict": conflict,
    }


class PersonDetail(ProjectMixin, TemplateView):
    """One person: where they stand, since when, why, and everything else."""

    template_name = "assessments/people/person.html"

    def get_context_data(self, person_id, **kwargs):
        people = self.project.stakeholders.select_related("group")
        person = get_object_or_404(people, pk=person_id)
        return super().get_context_data(**person_context(self.project, person), **kwargs)


def is_step_back(person: Stakeholder) -> bool:
    now, needed = person.support_now, person.support_needed
    return now is not None and needed is not None and needed < now


class PersonDelete(ProjectMixin, View):
    """Delete a person with all that hangs on them, after asking."""

    read_role = Role.EDITOR

    def get(self, request, person_id, **kwargs) -> HttpResponse:
        person = get_object_or_404(self.project.stakeholders, pk=person_id)
        counts = (
            (person.positions.count(), "noted position"),
            (person.asks.count() + person.asked_by.count(), "tie to others,ties to others"),
            (int(hasattr(person, "champion")), "entry as champion,entries as champion"),
        )
        lost = [plural(count, words) for count, words in counts if count]
        with_them = f" With them go {' and '.join(lost)}." if lost else ""
        context = {
            "question": f"Delete {person}?",
            "consequence": f"The person leaves the map, the table and the network.{with_them} "
            "This cannot be undone.",
            "verb": "Delete person",
            "cancel_url": reverse("assessments:person-detail", args=[self.project.pk, person.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, person_id, **kwargs) -> HttpResponseRedirect:
        person = get_object_or_404(self.project.stakeholders, pk=person_id)
        name = person.name
        person.delete()
        say(request, f"{name} deleted.")
        return redirect("assessments:people-table", self.project.pk)


class PeopleExport(ProjectMixin, View):
    """Give the shown people as a table that can be imported again; ?format=xlsx or csv."""

    read_role = Role.EDITOR

    def get(self, request, **kwargs) -> HttpResponse:
        people, _ = chosen_people(request, self.project, is_editor=True)
        people = people.select_related("group", "champion")
        rows = (self.cells(person) for person in people)
        name = f"people-{self.project.slug}"
        if request.GET.get("format") == "xlsx":
            return xlsx_answer(f"{name}.xlsx", "People", COLUMNS, rows)
        return csv_answer(f"{name}.csv", COLUMNS, rows)

    def cells(self, person: Stakeholder) -> tuple:
        def iso(day):
            return day.isoformat() if day else ""

        champion = getattr(person, "champion", None)
        return (
            *(person.name, person.key, person.group.name if person.group else ""),
            *(person.job_title, person.email, person.rank, "yes" if person.is_manager else "no"),
            *(person.project_role, "yes" if person.is_spokesperson else "no", person.influence),
            person.get_support_now_display() if person.support_now is not None else "",
            person.get_support_needed_display() if person.support_needed is not None else "",
            *(person.reason, person.get_source_display(), person.relationship_owner),
            *(person.next_step, iso(person.next_step_on), iso(person.interviewed_on)),
            *(iso(person.informed_on), champion.state if champion else ""),
        )


PEOPLE = "projects/<uuid:project_id>/people/"
PERSON = f"{PEOPLE}<uuid:person_id>/"

urlpatterns = [
    path(f"{PEOPLE}table/", PeopleTable.as_view(), name="people-table"),
    path(f"{PEOPLE}export/", PeopleExport.as_view(), name="people-export"),
    path(f"{PEOPLE}new/", PersonCreate.as_view(), name="person-create"),
    path(PERSON, PersonDetail.as_view(), name="person-detail"),
    path(f"{PERSON}edit/", PersonEdit.as_view(), name="person-edit"),
    path(f"{PERSON}delete/", PersonDelete.as_view(), name="person-delete"),
]
