"""Ties one by one, from a table, and under names that somebody has to match."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.network import TieForm
from assessments.models import AdviceTie, Role
from assessments.services import ties as service
from assessments.services.names import Names
from assessments.services.undo import bring_back

from .imports import TableImport
from .network import NETWORK
from .shared import csv_answer, delete_with_undo, deleted_here, page_of, say, say_problem

NAMES_A_PAGE = 25
CREATE = "new"


class PersonTies(ProjectMixin, View):
    """Show whom a person asks and who asks them; an editor adds ties."""

    def person(self, person_id):
        people = self.project.stakeholders.select_related("group")
        return get_object_or_404(people, pk=person_id)

    def get(self, request, person_id, **kwargs) -> HttpResponse:
        return self.show(self.person(person_id))

    def show(self, person, form=None, status: int = 200) -> HttpResponse:
        asks = person.asks.select_related("asked__group").order_by("asked__name", "pk")
        asked_by = person.asked_by.select_related("asker__group").order_by("asker__name", "pk")
        context = {
            "project": self.project,
            "is_editor": self.is_editor,
            "person": person,
            "asks": asks,
            "asked_by": asked_by,
        }
        if self.is_editor:
            names = Names.of(self.project)
            context |= {
                "waiting": person.unmatched_asks.filter(dismissed_at=None),
                "form": form or TieForm(names=names, asker=person),
                "labels": [known.label for known in names.people if known.id != person.pk],
            }
        return render(self.request, "assessments/network/person.html", context, status=status)

    def post(self, request, person_id, **kwargs) -> HttpResponse:
        person = self.person(person_id)
        form = TieForm(request.POST, names=Names.of(self.project), asker=person)
        if not form.is_valid():
            return self.show(person, form, status=422)
        asked = get_object_or_404(self.project.stakeholders, pk=form.cleaned_data["asked"].id)
        service.add_tie(
            asker=person,
            asked=asked,
            frequency=form.cleaned_data["frequency"],
            source=AdviceTie.Source.HAND,
            today=timezone.localdate(),
        )
        say(request, f"{person} asks {asked}.")
        return redirect(request.path)


class TieDelete(ProjectMixin, View):
    """Delete a tie; for this session it can be brought back."""

    @transaction.atomic
    def post(self, request, tie_id, **kwargs) -> HttpResponseRedirect:
        ties = self.project.adviceties.select_related("asker", "asked")
        tie = ties.filter(pk=tie_id).first()
        if tie is None:
            # A second click: the first one's message still waits, and carries the undo.
            kept = deleted_here(request, self.project, tie_id)
            return redirect("assessments:person-ties", self.project.pk, kept["asker"])
        undo = reverse("assessments:tie-restore", args=[self.project.pk, tie.pk])
        words = f"{tie.asker} no longer asks {tie.asked}."
        delete_with_undo(request, tie, asker=str(tie.asker_id), asked=str(tie.asked_id))
        say(request, words, undo=undo)
        return redirect("assessments:person-ties", self.project.pk, tie.asker_id)


class TieRestore(ProjectMixin, View):
    """Bring back a tie deleted in this session."""

    def post(self, request, tie_id, **kwargs) -> HttpResponseRedirect:
        kept = deleted_here(request, self.project, tie_id)
        ends = {"asker": kept["asker"], "asked": kept["asked"]}
        if self.project.stakeholders.filter(pk__in=ends.values()).count() < len(ends):
            say_problem(request, "One of the two people is no longer on the list.")
            return redirect("assessments:people-network", self.project.pk)
        if not self.project.adviceties.filter(**ends).exists():
            # Somebody may enter the same tie at this moment: it is there, as was asked for.
            with suppress(IntegrityError):
                bring_back(kept)
        say(request, "The tie is back.")
        return redirect("assessments:person-ties", self.project.pk, kept["asker"])


class TieImport(TableImport):
    kind_name = "ties"
    done_url_name = "assessments:people-network"
    upload_template = "assessments/network/import.html"
    preview_template = "assessments/network/preview.html"


class TieImportTemplate(ProjectMixin, View):
    """Give an empty table with the right column names."""

    def get(self, request, **kwargs) -> HttpResponse:
        return csv_answer(
            "ties.csv",
            ("From", "To", "Frequency"),
            [("Nadia Benali", "Owen Price", 4)],
        )


class UnmatchedMixin(ProjectMixin):
    def back(self) -> HttpResponseRedirect:
        return redirect("assessments:unmatched-list", self.project.pk)


class UnmatchedList(UnmatchedMixin, TemplateView):
    """Show the names that nobody on the list has, with close spellings."""

    read_role = Role.EDITOR

    template_name = "assessments/network/unmatched.html"

    def get_context_data(self, **kwargs):
        rows = self.project.unmatchedties.select_related("asker", "asked")
        waiting = service.waiting_names(rows.filter(dismissed_at=None))
        page = page_of(self.request, waiting, NAMES_A_PAGE)
        names = Names.of(self.project)
        return super().get_context_data(
            page_obj=page,
            rows=[(each, names.find(each.name) or names.close(each.name)) for each in page],
            labels=names.labels(),
            total=len(waiting),
            ties=rows.filter(dismissed_at=None).count(),
            dismissed=service.waiting_names(rows.exclude(dismissed_at=None)),
            **kwargs,
        )


class UnmatchedMatch(UnmatchedMixin, View):
    """Give each chosen name its person, or make a new one of it."""

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        names = Names.of(self.project)
        chosen, create, unknown = {}, [], []
        for i in range(NAMES_A_PAGE):
            key = request.POST.get(f"name-{i}", "")
            typed = request.POST.get(f"other-{i}", "").strip()
            choice = request.POST.get(f"choice-{i}", "")
            if not key or not (typed or choice):
                continue
            if typed:
                known = names.only(typed)
                if known is None:
                    unknown.append(typed)
                else:
                    chosen[key] = str(known.id)
            elif choice == CREATE:
                create.append(key)
            else:
                chosen[key] = choice
        people = self.people(chosen)
        done = service.match_names(
            project=self.project,
            chosen={key: people[pk] for key, pk in chosen.items() if pk in people},
            create=create,
            today=timezone.localdate(),
        )
        if unknown:
            say_problem(
                request,
                f"Nobody, or more than one, is called {', '.join(unknown[:5])}. "
                "Choose a name from the suggestions.",
            )
        if done.names:
            added = f", {done.created} added to the list" if done.created else ""
            names_text = "1 name" if done.names == 1 else f"{done.names} names"
            ties_text = "1 tie" if done.ties == 1 else f"{done.ties} ties"
            say(request, f"{names_text} matched{added}: {ties_text} made.")
        elif not unknown:
            say_problem(request, "Choose what to do with at least one name.")
        return self.back()

    def people(self, chosen: dict[str, str]) -> dict:
        known = {str(pk): pk for pk in self.project.stakeholders.values_list("pk", flat=True)}
        asked = [known[pk] for pk in chosen.values() if pk in known]
        if len(asked) < len(chosen):
            raise Http404("No such person in this rollout.")
        return {str(each.pk): each for each in self.project.stakeholders.filter(pk__in=asked)}


class UnmatchedDismiss(UnmatchedMixin, View):
    """Put the ticked names aside; they can be brought back."""

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        keys = set(request.POST.getlist("dismiss"))
        if not keys:
            say_problem(request, "Tick at least one name first.")
            return self.back()
        now = timezone.now()
        count = service.dismiss_names(project=self.project, keys=keys, now=now)
        undo = reverse("assessments:unmatched-restore", args=[self.project.pk])
        text = "1 tie" if count == 1 else f"{count} ties"
        say(request, f"{text} put aside.", undo=f"{undo}?{urlencode({'at': now.isoformat()})}")
        return self.back()


class UnmatchedRestore(UnmatchedMixin, View):
    """Bring back names that were put aside: those of one moment, or all."""

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        rows = self.project.unmatchedties.exclude(dismissed_at=None)
        at: datetime | None = None
        if text := request.GET.get("at"):
            try:
                at = parse_datetime(text)
            except ValueError:
                at = None
            rows = rows.filter(dismissed_at=at) if at else rows.none()
        count = rows.update(dismissed_at=None)
        say(request, "1 tie waits again." if count == 1 else f"{count} ties wait again.")
        return self.back()


PERSON = "projects/<uuid:project_id>/people/<uuid:person_id>/asks/"

urlpatterns = [
    path(PERSON, PersonTies.as_view(), name="person-ties"),
    path(f"{NETWORK}ties/<uuid:tie_id>/delete/", TieDelete.as_view(), name="tie-delete"),
    path(f"{NETWORK}ties/<uuid:tie_id>/restore/", TieRestore.as_view(), name="tie-restore"),
    path(f"{NETWORK}import/", TieImport.as_view(), name="tie-import"),
    path(f"{NETWORK}import/template/", TieImportTemplate.as_view(), name="tie-import-template"),
    path(f"{NETWORK}unmatched/", UnmatchedList.as_view(), name="unmatched-list"),
    path(f"{NETWORK}unmatched/match/", UnmatchedMatch.as_view(), name="unmatched-match"),
    path(f"{NETWORK}unmatched/dismiss/", UnmatchedDismiss.as_view(), name="unmatched-dismiss"),
    path(f"{NETWORK}unmatched/restore/", UnmatchedRestore.as_view(), name="unmatched-restore"),
]
