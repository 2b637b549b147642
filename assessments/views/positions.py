"""Where people stand: saving a move, taking it back, and the history of all moves."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import Lag
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.people import PositionForm
from assessments.models import Position, Role, Stakeholder
from assessments.scoring import stakeholders as scoring
from assessments.services import people as service

from .people import PEOPLE, PERSON, person_context, positions_of
from .shared import page_of, say, say_problem, searched

RECENT_DAYS = 28
PAGES = {"map": "people-map", "table": "people-table"}


class PositionSave(ProjectMixin, View):
    """Save where a person stands: for the map as JSON, for the table as a row, else as a page."""

    read_role = Role.EDITOR

    def get(self, request, person_id, **kwargs) -> HttpResponse:
        person = self.find(person_id)
        if not request.htmx:
            return redirect("assessments:person-detail", self.project.pk, person.pk)
        if "keep" in request.GET:
            return self.row(person)
        return self.row_form(person, PositionForm(instance=person))

    @transaction.atomic
    def post(self, request, person_id, **kwargs) -> HttpResponse:
        person = self.find(person_id, is_locked=True)
        form = PositionForm(request.POST, instance=person)
        if form.is_valid():
            position = form.move(by=request.user, today=timezone.localdate())
            return self.saved(position)
        stored = self.find(person_id)
        conflict = self.conflict(stored, form) if form.is_conflict else None
        if self.wants_json:
            if conflict:
                html = render_to_string("assessments/people/_conflict.html", conflict, request)
                return JsonResponse({"conflict": html, "version": stored.version}, status=409)
            return JsonResponse({"errors": form.errors}, status=422)
        if request.htmx:
            return self.row_form(stored, form, conflict)
        context = {
            **person_context(self.project, stored, form, conflict),
            "project": self.project,
            "is_editor": self.is_editor,
        }
        status = 409 if conflict else 422
        return render(request, "assessments/people/person.html", context, status=status)

    @property
    def wants_json(self) -> bool:
        return self.request.accepts("application/json") and not self.request.accepts("text/html")

    def find(self, person_id, *, is_locked: bool = False) -> Stakeholder:
        people = self.project.stakeholders
        people = people.select_for_update() if is_locked else people.select_related("group")
        return get_object_or_404(people, pk=person_id)

    def conflict(self, stored: Stakeholder, form: PositionForm) -> dict:
        latest = positions_of(stored).first()
        return {
            "who": latest.noted_by if latest else None,
            "when": timezone.localtime(stored.updated_at),
            "differences": form.differences,
            "person": stored,
        }

    def saved(self, position: Position) -> HttpResponse:
        person = self.find(position.stakeholder_id)
        undo = reverse("assessments:position-undo", args=[self.project.pk, person.pk, position.pk])
        text = f"{person} saved: {words_of(person)}."
        if self.wants_json:
            return JsonResponse({"version": person.version, "text": text, "undo": undo})
        if self.request.htmx:
            response = self.row(person)
            response.headers["HX-Trigger"] = ascii_json(
                {"toast": {"text": text, "undo": f"{undo}?next=table"}}
            )
            return response
        say(self.request, text, undo=f"{undo}?next=person")
        return redirect("assessments:person-detail", self.project.pk, person.pk)

    def row(self, person: Stakeholder) -> HttpResponse:
        context = {"person": person, "project": self.project, "is_editor": True, "is_fresh": True}
        return render(self.request, "assessments/people/_row.html", context)

    def row_form(self, person, form, conflict=None) -> HttpResponse:
        form.fields["influence"].widget.attrs["autofocus"] = True
        # With 200, as htmx swaps nothing else in; the errors stand in the row.
        context = {"person": person, "project": self.project, "form": form, "conflict": conflict}
        return render(self.request, "assessments/people/_row_form.html", context)


def ascii_json(data: dict) -> str:
    """Return JSON for a header, which carries no letters beyond ASCII."""
    return JsonResponse(data, json_dumps_params={"ensure_ascii": True}).content.decode()


def words_of(person: Stakeholder) -> str:
    """Return a place on the map in words."""
    parts = [f"influence {person.influence}" if person.influence else "influence not known"]
    parts.append(
        person.get_support_now_display().lower()
        if person.support_now is not None
        else "support not known"
    )
    if person.support_needed is not None:
        parts.append(f"needed {person.get_support_needed_display().lower()}")
    return ", ".join(parts)


class PositionUndo(ProjectMixin, View):
    """Take back the latest move of a person; both stay in the history."""

    def post(self, request, person_id, position_id, **kwargs) -> HttpResponseRedirect:
        person = get_object_or_404(self.project.stakeholders, pk=person_id)
        position = get_object_or_404(person.positions, pk=position_id)
        try:
            service.take_back(position=position, by=request.user, today=timezone.localdate())
        except service.MovedMeanwhile:
            say_problem(
                request, f"{person} was changed again meanwhile, so nothing was taken back."
            )
        else:
            say(request, f"{person} is back where they stood.")
        if page := PAGES.get(request.GET.get("next", "map")):
            return redirect(f"assessments:{page}", self.project.pk)
        return redirect("assessments:person-detail", self.project.pk, person.pk)


class PeopleHistory(ProjectMixin, TemplateView):
    """Every position ever noted in the rollout, the latest first."""

    template_name = "assessments/people/history.html"

    def get_context_data(self, **kwargs):
        positions = self.project.positions.select_related("stakeholder__group", "noted_by")
        if query := searched(self.request):
            positions = positions.filter(stakeholder__name__icontains=query)
        by_person = {"partition_by": "stakeholder", "order_by": ["created_at", "pk"]}
        positions = positions.annotate(
            **{
                f"{name}_before": Window(Lag(name), **by_person)
                for name in ("influence", "support_now", "support_needed")
            }
        ).order_by("-created_at", "pk")
        since = timezone.localdate() - timedelta(days=RECENT_DAYS)
        return super().get_context_data(
            tab="history",
            page_obj=page_of(self.request, positions),
            query=query,
            total=self.project.positions.count(),
            headline=scoring.movement(self.recent(since), RECENT_DAYS),
            **kwargs,
        )

    def recent(self, since) -> list[scoring.Move]:
        """Return the moves since a day, each against the place before."""
        moved = self.project.positions.filter(noted_on__gte=since).values("stakeholder")
        rows = (
            self.project.positions.filter(stakeholder__in=moved)
            .annotate(
                before=Window(
                    Lag("support_now"), partition_by=F("stakeholder"), order_by=["created_at", "pk"]
                )
            )
            .values_list("stakeholder", "before", "support_now", "noted_on")
        )
        return [
            scoring.Move(str(key), before, after)
            for key, before, after, noted_on in rows
            if noted_on >= since and before is not None and after is not None
        ]


urlpatterns = [
    path(f"{PEOPLE}history/", PeopleHistory.as_view(), name="people-history"),
    path(f"{PERSON}position/", PositionSave.as_view(), name="position-save"),
    path(
        f"{PERSON}positions/<uuid:position_id>/undo/",
        PositionUndo.as_view(),
        name="position-undo",
    ),
]
