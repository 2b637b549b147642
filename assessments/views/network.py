"""The network of who asks whom: picture, coverage, export, and its settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.generic import TemplateView, View

from assessments import advice as advices
from assessments.access import ProjectMixin
from assessments.advice import Advice
from assessments.forms.network import SettingsForm
from assessments.models import Role
from assessments.scoring.network import finding, stability
from assessments.services import champions as champion_service
from assessments.services import network as service

from .shared import csv_answer, page_of, say, searched, xlsx_answer

NEXT_SHOWN = 3
NO_GROUP = "-"  # in an address: the people without a group
SORT_KEYS = {
    "name": lambda row: (row.person.name.casefold(), row.person.id),
    "group": lambda row: (row.person.group, row.person.name.casefold(), row.person.id),
    "asked": lambda row: (row.asked_by, row.person.name.casefold(), row.person.id),
    "asks": lambda row: (row.asks, row.person.name.casefold(), row.person.id),
    "state": lambda row: (list(service.STATES).index(row.state), row.person.name.casefold()),
}


class NetworkMixin(ProjectMixin):
    """Read the network once, with what the address asks for."""

    advice: Advice

    def enter(self, **kwargs) -> None:
        super().enter(**kwargs)
        self.advice = advices.read(self.project)

    @property
    def by(self) -> str:
        by = self.request.GET.get("by", "group")
        return by if by in service.divisions(self.advice) else "group"

    def slow_parts(self) -> dict:
        """Return what the slow numbers need, for the page and for what swaps into it."""
        plan = self.advice.plan(NEXT_SHOWN)
        study = service.studied(self.advice, plan) if self.advice.network.ties else {}
        advised = service.advise(self.advice, plan, study)
        brokers = [
            {**broker, "person": self.advice.named[broker["id"]]}
            for broker in (study or {}).get("brokers", ())
        ]
        return {
            "advice": self.advice,
            "found": self.advice.coverage,
            "arithmetic": finding.arithmetic(self.advice.coverage),
            "study": study,
            "is_waiting": study is None,
            "brokers": brokers,
            "advised": advised,
        }


class PeopleNetwork(NetworkMixin, TemplateView):
    template_name = "assessments/network/network.html"

    def get_context_data(self, **kwargs):
        advice = self.advice
        context = super().get_context_data(
            headline=finding.headline(advice.network, advice.coverage, advice.settings.target),
            size=advice.network.size,
            unmatched=self.project.unmatchedties.filter(dismissed_at=None).count(),
            current_round=self.project.nominationrounds.filter(closed_at=None).first(),
            **kwargs,
        )
        if not advice.network.size:
            return context
        rows = service.people_rows(advice)
        parts = service.parts(advice, self.by)
        replied = [named.replied_on for named in advice.named.values() if named.replied_on]
        return context | {
            **self.slow_parts(),
            "by": self.by,
            "divisions": service.divisions(advice),
            "parts": parts,
            "target": advice.settings.target * 100,
            "lists": service.lists(advice, rows),
            "blind_headline": finding.blind_headline(advice.network, advice.coverage),
            "replies": int(advice.network.has_answered.sum()),
            "replied_from": min(replied, default=None),
            "replied_until": max(replied, default=None),
            "unstable_below": stability.STABLE_FROM * 100,
            **(self.table(rows) if self.is_table else self.drawn(parts)),
        }

    @property
    def is_table(self) -> bool:
        # A search without the page's script has its answer in the table.
        return self.request.GET.get("view") == "table" or bool(searched(self.request))

    @property
    def part(self) -> str | None:
        asked = self.request.GET.get("part", "")
        return None if not asked else "" if asked == NO_GROUP else asked

    def choices(self) -> list[tuple[str, str]]:
        people = self.advice.network.people
        names = sorted({getattr(person, self.by) for person in people})
        return [(name or NO_GROUP, name or f"No {self.by}") for name in names]

    def drawn(self, parts: service.Parts) -> dict:
        choices = self.choices()
        part = self.part if (self.part or NO_GROUP) in dict(choices) else None
        return {
            "is_table": False,
            "choices": choices,
            "part": self.request.GET.get("part", "") if part is not None else "",
            "drawn": service.draw(self.advice, self.by, part, parts.worst),
        }

    def table(self, rows: list[service.Row]) -> dict:
        query, part = searched(self.request).casefold(), self.part
        state = self.request.GET.get("state", "")
        found = [
            row
            for row in rows
            if (not query or query in row.person.name.casefold())
            and (part is None or row.person.group == part)
            and (state not in service.STATES or row.state == state)
        ]
        sort = self.request.GET.get("sort", "-asked")
        key = SORT_KEYS.get(sort.removeprefix("-"))
        if key is None:
            sort, key = "-asked", SORT_KEYS["asked"]
        found.sort(key=key, reverse=sort.startswith("-"))
        return {
            "is_table": True,
            "choices": [
                (name or NO_GROUP, name or "No group")
                for name in sorted({row.person.group for row in rows})
            ],
            "part": self.request.GET.get("part", ""),
            "states": service.STATES.items(),
            "state": state,
            "query": searched(self.request),
            "sort": sort,
            "page_obj": page_of(self.request, found),
        }


class NetworkStudy(NetworkMixin, View):
    """Give the slow numbers once they are calculated; htmx asks until then."""

    def get(self, request, **kwargs) -> HttpResponse:
        if not request.htmx:
            return redirect("assessments:people-network", self.project.pk)
        context = {"project": self.project, "is_editor": self.is_editor, **self.slow_parts()}
        return render(request, "assessments/network/_study.html", context)


class NetworkExport(NetworkMixin, View):
    """Give everybody with their place in the network; ?format=xlsx or csv."""

    read_role = Role.EDITOR

    def get(self, request, **kwargs) -> HttpResponse:
        header = ("Person", "Group", "Reach", "Asked by", "Asks", "Answered")
        rows = [
            (
                row.person.name,
                row.person.group,
                row.state_label,
                row.asked_by,
                row.asks,
                "yes" if row.has_answered else "no",
            )
            for row in service.people_rows(self.advice)
        ]
        name = f"network-{self.project.slug}"
        if request.GET.get("format") == "xlsx":
            return xlsx_answer(f"{name}.xlsx", "Network", header, rows)
        return csv_answer(f"{name}.csv", header, rows)


class NetworkSettings(ProjectMixin, View):
    """Set what counts as a tie, the target and the planning ratio."""

    read_role = Role.EDITOR

    def show(self, form: SettingsForm, status: int = 200) -> HttpResponse:
        context = {"project": self.project, "form": form}
        return render(self.request, "assessments/network/settings.html", context, status=status)

    def get(self, request, **kwargs) -> HttpResponse:
        kept = advices.Settings.of(self.project)
        return self.show(
            SettingsForm(
                initial={
                    "tie_from": kept.tie_from,
                    "target": round(kept.target * 100),
                    "people_per_champion": kept.people_per_champion,
                }
            )
        )

    def post(self, request, **kwargs) -> HttpResponse:
        form = SettingsForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        champion_service.save_settings(
            project=self.project,
            tie_from=form.cleaned_data["tie_from"],
            target=form.cleaned_data["target"] / 100,
            people_per_champion=form.cleaned_data["people_per_champion"],
            by=request.user,
        )
        say(request, "Saved. Coverage is calculated with these from now on.")
        return redirect("assessments:people-network", self.project.pk)


NETWORK = "projects/<uuid:project_id>/people/network/"

urlpatterns = [
    path(NETWORK, PeopleNetwork.as_view(), name="people-network"),
    path(f"{NETWORK}study/", NetworkStudy.as_view(), name="network-study"),
    path(f"{NETWORK}export/", NetworkExport.as_view(), name="network-export"),
    path(f"{NETWORK}settings/", NetworkSettings.as_view(), name="network-settings"),
]
