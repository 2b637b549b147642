"""One group: what changes for it, what it loses and gains, what else takes its hours."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.impact import EffectForm, RatingForm
from assessments.models import Effect, Group, Impact, Role
from assessments.scoring import impact_findings as findings
from assessments.scoring.impact import HIGHEST, LEVELS, Rating, summarise
from assessments.services.impact import (
    ASPECTS,
    RatingConflict,
    ratings_of,
    save_rating,
    seen,
)
from assessments.services.undo import bring_back

from .shared import delete_with_undo, deleted_here, say, say_problem

NAMES = dict(Impact.Aspect.choices)
VIEWS = (Impact.View.PROJECT, Impact.View.GROUP)


class GroupMixin(ProjectMixin):
    """Give a view the `group` that its URL names."""

    @cached_property
    def group(self) -> Group:
        return get_object_or_404(self.project.groups, pk=self.kwargs["group_id"])

    def page_url(self, part: str = "") -> str:
        return reverse("assessments:group-detail", args=[self.project.pk, self.group.pk]) + part


class RatingSheet:
    """The ten aspects of one group, each with the form of either side."""

    def __init__(self, group: Group, *, who: dict[str, str], data=None, only: str = "") -> None:
        self.group, self.who = group, who
        self.stored = {(row.aspect, row.view): row for row in group.impacts.all()}
        self.forms = {
            (aspect, view): self._form(aspect, view, data, only)
            for aspect in ASPECTS
            for view in VIEWS
        }
        self.conflicts: dict[tuple[str, str], Impact | None] = {}

    def _form(self, aspect: str, view: str, data, only: str) -> RatingForm:
        bound = data if not only or only == f"{aspect}-{view}" else None
        stored, who = self.stored.get((aspect, view)), self.who[view]
        return RatingForm(bound, aspect=aspect, view=view, stored=stored, who=who)

    @property
    def ratings(self) -> tuple[Rating, ...]:
        return ratings_of((row.aspect, row.view, row.level) for row in self.stored.values())

    @property
    def rows(self) -> list[dict]:
        return [
            {
                "aspect": rating.aspect,
                "name": NAMES[rating.aspect],
                "strip": strip_of(rating),
                "lanes": [self.lane(rating.aspect, view) for view in VIEWS],
            }
            for rating in self.ratings
        ]

    def lane(self, aspect: str, view: str) -> dict:
        key = aspect, view
        return {
            "view": view,
            "label": Impact.View(view).label,
            "key": f"{aspect}-{view}",
            "form": self.forms[key],
            "stored": self.stored.get(key),
            "is_conflict": key in self.conflicts,
            "theirs": self.conflicts.get(key),
        }

    def save(self, key: tuple[str, str], *, by) -> bool:
        """Save one side of one aspect; tell whether it is saved."""
        form = self.forms[key]
        if not form.is_valid():
            return False
        try:
            row = save_rating(
                group=self.group,
                aspect=form.aspect,
                view=form.view,
                given=form.given,
                seen_at=form.cleaned_data["seen"],
                by=by,
                today=timezone.localdate(),
            )
        except RatingConflict as conflict:
            self.conflicts[key] = conflict.current
            form.data = form.data.copy()
            # Saving once more is then a decision, not an accident.
            form.data[form.add_prefix("seen")] = seen(conflict.current)
            return False
        self.stored.pop(key, None)
        if row is not None:
            self.stored[key] = row
        return True


def strip_of(rating: Rating) -> dict:
    """Return where the two marks stand on the strip, in per cent."""

    def at(level: int | None) -> float | None:
        return None if level is None else 100 * level / HIGHEST

    ends = [at(rating.project), at(rating.group)]
    low, high = (min(ends), max(ends)) if None not in ends else (None, None)
    return {
        "rating": rating,
        "project_at": ends[0],
        "group_at": ends[1],
        "low": low,
        "width": None if low is None else high - low,
    }


class GroupDetail(GroupMixin, TemplateView):
    template_name = "assessments/impact/group.html"

    @cached_property
    def spokespeople(self) -> list:
        return list(self.group.stakeholders.filter(is_spokesperson=True))

    def sheet(self, data=None, only: str = "") -> RatingSheet:
        who = {
            Impact.View.PROJECT: str(self.request.user),
            Impact.View.GROUP: ", ".join(each.name for each in self.spokespeople)[:120],
        }
        return RatingSheet(self.group, who=who, data=data, only=only)

    def get_context_data(self, sheet: RatingSheet | None = None, **kwargs):
        sheet = sheet or self.sheet()
        today = timezone.localdate()
        effects = list(self.group.effects.all())
        ledger = ledger_of(effects)
        changes = list(self.group.other_changes.all())
        for change in changes:
            change.is_over = change.ends_on < today
        return super().get_context_data(
            group=self.group,
            spokespeople=self.spokespeople,
            sheet=sheet,
            levels=list(enumerate(LEVELS)),
            ledger=ledger,
            sides=sides_of(effects, ledger),
            changes=changes,
            changes_headline=findings.changes_headline(sum(not each.is_over for each in changes)),
            today=today,
            **findings_of(sheet, ledger),
            **kwargs,
        )


def ledger_of(effects: list[Effect]) -> findings.Ledger:
    losses = [row for row in effects if row.direction == Effect.Direction.LOSS]
    gains = [row for row in effects if row.direction == Effect.Direction.GAIN]
    return findings.Ledger(
        losses=len(losses),
        answered=sum(bool(row.answer) for row in losses),
        gains=len(gains),
        confirmed=sum(row.confirmed_on is not None for row in gains),
    )


def sides_of(effects: list[Effect], ledger: findings.Ledger) -> list[dict]:
    """Return losses and gains as the two columns of the page, what is open first."""
    losses = [row for row in effects if row.direction == Effect.Direction.LOSS]
    gains = [row for row in effects if row.direction == Effect.Direction.GAIN]
    return [
        {
            "direction": Effect.Direction.LOSS,
            "title": _capital(findings.losses_unanswered(ledger).replace("its ", "the ")),
            "rows": sorted(losses, key=lambda row: bool(row.answer)),
            "action": "Add a loss",
            "empty": "Time, freedom, status, short cuts: ask two people of the group what they"
            " would miss.",
        },
        {
            "direction": Effect.Direction.GAIN,
            "title": _capital(findings.gains_unconfirmed(ledger)),
            "rows": sorted(gains, key=lambda row: row.confirmed_on is not None),
            "action": "Add a gain",
            "empty": "What gets easier for the group itself, not for those who lead it.",
        },
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def findings_of(sheet: RatingSheet, ledger: findings.Ledger) -> dict:
    summary = summarise(sheet.ratings)
    return {
        "summary": summary,
        "headline": findings.group_headline(sheet.group.name, summary, ledger),
        "gaps": findings.gaps_headline(summary, NAMES),
    }


class ImpactSave(GroupDetail):
    """Save the ratings: one side of one aspect as it is typed, or all with one button."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs) -> HttpResponse:
        only = request.POST.get("only", "")
        sheet = self.sheet(request.POST, only)
        keys = {f"{aspect}-{view}": (aspect, view) for aspect in ASPECTS for view in VIEWS}
        if only:
            if only not in keys:
                raise Http404("No such rating.")
            return self.save_one(sheet, keys[only])
        # A button of a page that was open for long says nothing about rows it does not carry.
        sent = [key for name, key in keys.items() if f"{name}-level" in request.POST]
        saved = [sheet.save(key, by=request.user) for key in sent]
        if all(saved):
            say(request, "Impact saved.")
            return redirect(self.page_url("#impact"))
        status = 409 if sheet.conflicts else 422
        return self.render_to_response(self.get_context_data(sheet=sheet), status=status)

    def save_one(self, sheet: RatingSheet, key: tuple[str, str]) -> JsonResponse:
        if not sheet.save(key, by=self.request.user):
            lane = sheet.lane(*key)
            answer = {"problem": lane["form"].problem, "seen": ""}
            if lane["is_conflict"]:
                theirs = lane["theirs"]
                answer = {
                    "problem": "",
                    "seen": seen(theirs),
                    "theirs": values_of(theirs),
                    "conflict": self.fragment("_lane_conflict.html", lane=lane),
                }
            return JsonResponse(answer, status=409 if lane["is_conflict"] else 422)
        row = sheet.stored.get(key)
        rating = next(each for each in sheet.ratings if each.aspect == key[0])
        context = findings_of(sheet, ledger_of(list(self.group.effects.all())))
        return JsonResponse(
            {
                "at": f"{timezone.localtime():%H:%M}",
                "seen": seen(row),
                "rated_by": row.rated_by if row else None,
                "rated_on": row.rated_on.isoformat() if row else None,
                "parts": {
                    f"strip-{key[0]}": self.fragment("_strip.html", strip=strip_of(rating)),
                    f"said-{key[0]}-{key[1]}": self.fragment("_said.html", stored=row),
                    "headline": self.fragment("_headline.html", **context),
                    "impact-summary": self.fragment("_summary.html", **context),
                    "gaps": context["gaps"],
                },
            }
        )

    def fragment(self, name: str, **context) -> str:
        return render_to_string(f"assessments/impact/{name}", context).strip()


def values_of(row: Impact | None) -> dict[str, str]:
    """Return a rating as the fields of its form hold it."""
    if row is None:
        return {"level": "", "yesterday": "", "tomorrow": ""}
    return {
        "level": str(row.level),
        "yesterday": row.yesterday,
        "tomorrow": row.tomorrow,
        "rated_by": row.rated_by,
        "rated_on": row.rated_on.isoformat(),
    }


class EffectPage(GroupMixin):
    read_role = Role.EDITOR

    @cached_property
    def effect(self) -> Effect:
        rows = self.group.effects.all()
        if self.request.method == "POST":
            rows = rows.select_for_update()
        return get_object_or_404(rows, pk=self.kwargs["effect_id"])

    def show(self, form: EffectForm, status: int = 200, **context) -> HttpResponse:
        context |= {
            "project": self.project,
            "group": self.group,
            "form": form,
            "cancel_url": self.page_url("#effects"),
        }
        return render(self.request, "assessments/impact/effect_form.html", context, status=status)


class EffectCreate(EffectPage, View):
    def get(self, request, **kwargs) -> HttpResponse:
        asked = request.GET.get("direction")
        direction = asked if asked in Effect.Direction.values else Effect.Direction.LOSS
        return self.show(EffectForm(initial={"direction": direction}, group=self.group))

    def post(self, request, **kwargs) -> HttpResponse:
        form = EffectForm(request.POST, group=self.group)
        if not form.is_valid():
            return self.show(form, status=422)
        effect = form.save()
        say(request, f"{effect.get_direction_display()} added: {effect}")
        if "another" in request.POST:
            return redirect(f"{request.path}?direction={effect.direction}")
        return redirect(self.page_url("#effects"))


class EffectEdit(EffectPage, View):
    def get(self, request, **kwargs) -> HttpResponse:
        form = EffectForm(instance=self.effect, group=self.group)
        return self.show(form, effect=self.effect)

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponse:
        text, saved_at = self.effect.text, timezone.localtime(self.effect.updated_at)
        form = EffectForm(request.POST, instance=self.effect, group=self.group)
        if form.is_valid():
            form.save()
            say(request, "Saved.")
            return redirect(self.page_url("#effects"))
        self.effect.text = text
        status = 409 if form.is_conflict else 422
        return self.show(form, status, effect=self.effect, when=f"{saved_at:%H:%M}")


class EffectDelete(EffectPage, View):
    http_method_names = ["post"]

    @transaction.atomic
    def post(self, request, **kwargs) -> HttpResponseRedirect:
        effect, words = self.effect, f"{self.effect.get_direction_display()} deleted: {self.effect}"
        undo = reverse(
            "assessments:effect-restore", args=[self.project.pk, self.group.pk, effect.pk]
        )
        delete_with_undo(request, effect, group=str(self.group.pk))
        say(request, words, undo=undo)
        return redirect(self.page_url("#effects"))


class EffectRestore(EffectPage, View):
    """Bring back a loss or gain deleted in this session."""

    http_method_names = ["post"]

    def post(self, request, effect_id: uuid.UUID, **kwargs) -> HttpResponseRedirect:
        back = self.page_url("#effects")
        kept = deleted_here(request, self.project, effect_id)
        if kept.get("group") != str(self.group.pk):
            raise Http404("Deleted from another group.")
        if self.group.effects.filter(pk=effect_id).exists():
            say_problem(request, "It is back already.")
        else:
            bring_back(kept)
            say(request, "It is back.")
        return redirect(back)


GROUP = "projects/<uuid:project_id>/groups/<uuid:group_id>/"
EFFECT = f"{GROUP}effects/<uuid:effect_id>/"

urlpatterns = [
    path(GROUP, GroupDetail.as_view(), name="group-detail"),
    path(f"{GROUP}impact/", ImpactSave.as_view(), name="impact-save"),
    path(f"{GROUP}effects/new/", EffectCreate.as_view(), name="effect-create"),
    path(EFFECT, EffectEdit.as_view(), name="effect-edit"),
    path(f"{EFFECT}delete/", EffectDelete.as_view(), name="effect-delete"),
    path(f"{EFFECT}restore/", EffectRestore.as_view(), name="effect-restore"),
]
