"""What else takes the groups' hours: other changes, and the calendar of weeks and groups."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.impact import ChangeForm, LimitForm
from assessments.models import OtherChange, Role
from assessments.scoring import impact as scoring
from assessments.scoring.impact_findings import calendar_headline
from assessments.scoring.words import level
from assessments.services.impact import save_change, set_week_limit, week_limit
from assessments.services.undo import bring_back

from .shared import delete_with_undo, deleted_here, say, say_problem

WEEKS = 26
BEFORE_GO_LIVE = timedelta(weeks=8)
LEAD_IN, AFTERCARE = timedelta(weeks=2), timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class LoadCell:
    """One group's hours in one week."""

    monday: date
    hours: float
    step: int
    is_heavy: bool
    is_go_live: bool
    is_open: bool


class ChangeCalendar(ProjectMixin, TemplateView):
    template_name = "assessments/impact/calendar.html"

    def get_context_data(self, **kwargs):
        today, go_live = timezone.localdate(), self.project.go_live_on
        limit = week_limit(self.project)
        start, begins = self.start(today, go_live)
        weeks = scoring.weeks_from(begins, WEEKS)
        changes = list(self.project.otherchanges.select_related("group"))
        for change in changes:
            change.is_over = change.ends_on < today
        loads = scoring.calendar([hours_of(change) for change in changes], weeks)
        groups = sorted(
            self.project.groups.all(),
            key=lambda group: (-max(loads.get(str(group.pk), (0,))), group.name, group.pk),
        )
        names = {str(group.pk): group.name for group in groups}
        by_name = {names[pk]: row for pk, row in loads.items()}
        opened = self.opened(groups, weeks, changes)
        return super().get_context_data(
            headline=calendar_headline(by_name, weeks, limit=limit, go_live=go_live),
            limit=limit,
            limit_form=kwargs.pop("limit_form", None) or LimitForm(initial={"hours": level(limit)}),
            default_limit=scoring.HEAVY_WEEK_HOURS,
            start=start,
            ramp=ramp_of(limit),
            weeks=[(monday, is_in(go_live, monday)) for monday in weeks],
            months=[
                (month, len(list(run)))
                for month, run in groupby(weeks, key=lambda day: day.replace(day=1))
            ],
            rows=[
                (group, self.cells(loads.get(str(group.pk)), weeks, limit, go_live, group, opened))
                for group in groups
            ],
            opened=opened,
            changes=sorted(changes, key=lambda c: (c.is_over, c.starts_on, c.group.name, c.name)),
            go_live=go_live,
            today=today,
            first_day=weeks[0],
            last_day=weeks[-1] + scoring.WEEK - timedelta(days=1),
            **kwargs,
        )

    def start(self, today: date, go_live: date | None) -> tuple[str, date]:
        """Return which weeks are shown: around go-live, or from today on."""
        asked = self.request.GET.get("from")
        if go_live is None or asked == "today":
            return "today", today
        return "go-live", go_live - BEFORE_GO_LIVE

    def cells(self, row, weeks, limit, go_live, group, opened) -> list[LoadCell]:
        return [
            LoadCell(
                monday=monday,
                hours=hours,
                step=scoring.load_step(hours, limit),
                is_heavy=hours > limit,
                is_go_live=is_in(go_live, monday),
                is_open=bool(opened) and (opened["group"], opened["monday"]) == (group, monday),
            )
            for monday, hours in zip(weeks, row or [0.0] * len(weeks), strict=True)
        ]

    def opened(self, groups, weeks, changes) -> dict | None:
        """Return the changes behind the cell that ?group= and ?week= name."""
        asked = self.request.GET.get("group", ""), self.request.GET.get("week", "")
        for group in groups:
            for monday in weeks:
                if asked == (str(group.pk), monday.isoformat()):
                    rows = [
                        change
                        for change in changes
                        if change.group_id == group.pk and hours_of(change).touches(monday)
                    ]
                    return {
                        "group": group,
                        "monday": monday,
                        "rows": rows,
                        "hours": sum(change.hours for change in rows),
                    }
        return None


def ramp_of(limit: float) -> list[tuple[int, str]]:
    """Return the steps of the colours, each with the hours it stands for."""
    quarter, half, whole, more = (level(limit * part) for part in (0.25, 0.5, 1, 1.5))
    return [
        (5, f"up to {quarter}"),
        (4, f"up to {half}"),
        (3, f"up to {whole}"),
        (2, f"above {whole}, bold"),
        (1, f"above {more}, bold"),
    ]


def is_in(day: date | None, monday: date) -> bool:
    return day is not None and scoring.monday_of(day) == monday


def hours_of(change: OtherChange) -> scoring.Hours:
    return scoring.Hours(
        str(change.group_id), float(change.hours), change.starts_on, change.ends_on
    )


class LimitSave(ChangeCalendar):
    """Set from how many hours a week is marked."""

    http_method_names = ["post"]

    def post(self, request, **kwargs) -> HttpResponse:
        form = LimitForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(limit_form=form)
            return self.render_to_response(context, status=422)
        set_week_limit(project=self.project, hours=form.cleaned_data["hours"], by=request.user)
        say(request, "Saved.")
        return redirect("assessments:change-calendar", self.project.pk)


class ChangePage(ProjectMixin):
    read_role = Role.EDITOR

    @cached_property
    def change(self) -> OtherChange:
        rows = self.project.otherchanges.select_related("group")
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",))
        return get_object_or_404(rows, pk=self.kwargs["change_id"])

    def back(self) -> str:
        """Return the page that sent the person here, if it is one of ours."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        if wanted and url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        ):
            return wanted
        return reverse("assessments:change-calendar", args=[self.project.pk])

    def show(self, form: ChangeForm, status: int = 200, **context) -> HttpResponse:
        context |= {"project": self.project, "form": form, "next": self.back()}
        return render(self.request, "assessments/impact/change_form.html", context, status=status)


class ChangeCreate(ChangePage, View):
    def get(self, request, **kwargs) -> HttpResponse:
        initial = self.initial()
        form = ChangeForm(initial=initial, project=self.project)
        return self.show(form, is_rollout="is_rollout" in initial)

    def initial(self) -> dict:
        is_rollout = "rollout" in self.request.GET
        groups, go_live = self.project.groups.all(), self.project.go_live_on
        if not is_rollout:
            groups = groups.filter(pk__in=uuids(self.request.GET.getlist("group")))
        initial = {"groups": list(groups.values_list("pk", flat=True))}
        if is_rollout:
            name = f"{self.project.name[:90]}: training and practice"
            initial |= {"name": name, "is_rollout": True}
            if go_live:
                initial |= {"starts_on": go_live - LEAD_IN, "ends_on": go_live + AFTERCARE}
        return initial

    def post(self, request, **kwargs) -> HttpResponse:
        form = ChangeForm(request.POST, project=self.project)
        if not form.is_valid():
            return self.show(form, status=422)
        rows = save_change(change=form.save(commit=False), groups=form.cleaned_data["groups"])
        count = f" for {len(rows)} groups" if len(rows) > 1 else f" for {rows[0].group}"
        say(request, f"“{rows[0]}” added{count}.")
        return redirect(self.back())


class ChangeEdit(ChangePage, View):
    def get(self, request, **kwargs) -> HttpResponse:
        form = ChangeForm(instance=self.change, project=self.project)
        return self.show(form, change=self.change)

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponse:
        name, saved_at = self.change.name, timezone.localtime(self.change.updated_at)
        form = ChangeForm(request.POST, instance=self.change, project=self.project)
        if form.is_valid():
            form.save()
            say(request, "Saved.")
            return redirect(self.back())
        self.change.name = name
        status = 409 if form.is_conflict else 422
        return self.show(form, status, change=self.change, when=f"{saved_at:%H:%M}")


class ChangeDelete(ChangePage, View):
    http_method_names = ["post"]

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponseRedirect:
        change = self.change
        undo = reverse("assessments:change-restore", args=[self.project.pk, change.pk])
        words = f"“{change}” deleted for {change.group}."
        delete_with_undo(request, change, group=str(change.group_id))
        say(request, words, undo=undo)
        return redirect(self.back())


class ChangeRestore(ChangePage, View):
    """Bring back a change deleted in this session."""

    http_method_names = ["post"]

    def post(self, request, change_id: uuid.UUID, **kwargs) -> HttpResponseRedirect:
        kept = deleted_here(request, self.project, change_id)
        if not self.project.groups.filter(pk=kept["group"]).exists():
            say_problem(request, "Its group is no longer there, so it stays deleted.")
        elif self.project.otherchanges.filter(pk=change_id).exists():
            say_problem(request, "It is back already.")
        else:
            bring_back(kept)
            say(request, "It is back.")
        return redirect(self.back())


def uuids(texts: list[str]) -> list[uuid.UUID]:
    """Return the texts that are ids; made-up ones are left out."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


GROUPS = "projects/<uuid:project_id>/groups/"
CHANGE = f"{GROUPS}changes/<uuid:change_id>/"

urlpatterns = [
    path(f"{GROUPS}calendar/", ChangeCalendar.as_view(), name="change-calendar"),
    path(f"{GROUPS}calendar/limit/", LimitSave.as_view(), name="change-limit"),
    path(f"{GROUPS}changes/new/", ChangeCreate.as_view(), name="change-create"),
    path(CHANGE, ChangeEdit.as_view(), name="change-edit"),
    path(f"{CHANGE}delete/", ChangeDelete.as_view(), name="change-delete"),
    path(f"{CHANGE}restore/", ChangeRestore.as_view(), name="change-restore"),
]
