"""Champions: the roster, each one's preparation, and whom to ask next."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.network import ChampionAddForm, ChampionForm, PlanForm
from assessments.models import Champion, Role
from assessments.scoring import network as pure
from assessments.scoring.network import finding
from assessments.scoring.words import spelled
from assessments.services import champions as service
from assessments.services import network as network_service
from assessments.services.names import Names

from .network import NEXT_SHOWN, NetworkMixin
from .shared import say, say_problem

State, Lock = Champion.State, Champion.Lock
ORDER = (State.ACTIVE, State.INVITED, State.CANDIDATE, State.LAPSED, State.DECLINED)
STEP = {
    State.CANDIDATE: (State.INVITED, "Invite"),
    State.INVITED: (State.ACTIVE, "Mark active"),
    State.LAPSED: (State.ACTIVE, "Active again"),
}


class ChampionList(NetworkMixin, TemplateView):
    template_name = "assessments/network/champions.html"

    def get_context_data(self, **kwargs):
        advice = self.advice
        champions = list(self.project.champions.select_related("person__group"))
        kept_out = [c for c in champions if c.state == State.CANDIDATE and c.lock == Lock.NEVER]
        roster = [champion for champion in champions if champion not in kept_out]
        roster.sort(key=lambda c: (ORDER.index(c.state), c.person.name.casefold(), str(c.pk)))
        has_ties = bool(advice.network.ties)
        losses = {}
        if has_ties and advice.active:
            found = pure.loss_if_leaves(advice.network, advice.active)
            losses = {
                loss.id: {
                    "people": len(loss.people),
                    "after": advice.coverage.one_hop - loss.share,
                }
                for loss in found
            }
        active = [champion for champion in champions if champion.state == State.ACTIVE]
        prepared = sum(1 for champion in active if champion.is_prepared)
        headcount = sum(self.project.groups.values_list("headcount", flat=True))
        people = max(headcount, advice.network.size)
        ratio = advice.settings.people_per_champion
        appointed = finding.appointed(
            advice.network, [i for i in advice.active if advice.standing[i].is_appointed]
        )
        return super().get_context_data(
            advice=advice,
            headline=finding.roster_headline(len(active), prepared, len(roster)),
            rows=[
                {
                    "champion": champion,
                    "asked_by": self.asked_by(champion) if has_ties else None,
                    "loss": losses.get(str(champion.person_id)),
                    "checks": checks(champion),
                    "step": STEP.get(champion.state),
                }
                for champion in roster
            ],
            kept_out=kept_out,
            active=len(active),
            prepared=prepared,
            people=people,
            ratio=ratio,
            needed=-(-people // ratio) if people else 0,
            reach=advice.coverage.one_hop if has_ties else None,
            appointed=finding.appointed_sentence(appointed) if appointed else "",
            **kwargs,
        )

    def asked_by(self, champion: Champion) -> int:
        network = self.advice.network
        return int(network.in_degree[network.index[str(champion.person_id)]])


def checks(champion: Champion) -> list[tuple[str, bool]]:
    """Return what a prepared champion has, and whether this one has it."""
    return [
        ("reason of their own", bool(champion.belief_on)),
        ("early access", bool(champion.early_access_on)),
        ("hours agreed", bool(champion.hours)),
        ("manager knows", bool(champion.manager_told_on)),
    ]


class ChampionCreate(ProjectMixin, View):
    """Put a person of the list among the champions."""

    read_role = Role.EDITOR

    def show(self, names: Names, form, status: int = 200) -> HttpResponse:
        context = {"project": self.project, "form": form, "labels": names.labels()}
        return render(self.request, "assessments/network/champion_add.html", context, status=status)

    def get(self, request, **kwargs) -> HttpResponse:
        names = Names.of(self.project)
        return self.show(names, ChampionAddForm(names=names))

    def post(self, request, **kwargs) -> HttpResponse:
        names = Names.of(self.project)
        form = ChampionAddForm(request.POST, names=names)
        if form.is_valid():
            known = form.cleaned_data["person"]
            if self.project.champions.filter(person=known.id).exclude(lock=Lock.NEVER).exists():
                form.add_error("person", f"{known.name} is on the list of champions already.")
        if not form.is_valid():
            return self.show(names, form, status=422)
        person = get_object_or_404(self.project.stakeholders, pk=known.id)
        champion = service.invite(
            person=person,
            state=form.cleaned_data["state"],
            is_appointed=form.cleaned_data["is_appointed"],
            today=timezone.localdate(),
        )
        say(request, f"{person} is on the list of champions.")
        return redirect("assessments:champion-edit", self.project.pk, champion.pk)


class ChampionMixin(ProjectMixin):
    def champion(self, champion_id, lock: bool = False) -> Champion:
        champions = self.project.champions.select_related("person__group")
        if lock:
            champions = champions.select_for_update(of=("self",))
        return get_object_or_404(champions, pk=champion_id)

    def back(self) -> HttpResponseRedirect:
        return redirect("assessments:champion-list", self.project.pk)


class ChampionEdit(ChampionMixin, View):
    """Show what was agreed with a champion; an editor notes it here."""

    def show(self, champion, form, status: int = 200, **context) -> HttpResponse:
        context |= {
            "project": self.project,
            "is_editor": self.is_editor,
            "champion": champion,
            "form": form,
            "checks": checks(champion),
        }
        return render(self.request, "assessments/network/champion.html", context, status=status)

    def get(self, request, champion_id, **kwargs) -> HttpResponse:
        champion = self.champion(champion_id)
        return self.show(champion, ChampionForm(instance=champion))

    @transaction.atomic
    def post(self, request, champion_id, **kwargs) -> HttpResponse:
        champion = self.champion(champion_id, lock=True)
        changed_at = timezone.localtime(champion.updated_at)
        form = ChampionForm(request.POST, instance=champion)
        if form.is_valid():
            form.save()
            say(request, f"{champion} saved.")
            return self.back()
        status = 409 if form.is_conflict else 422
        stored = self.champion(champion_id)
        return self.show(stored, form, status, when=f"{changed_at:%H:%M}")


class ChampionState(ChampionMixin, View):
    """Move a champion to another state; the way back is offered."""

    def post(self, request, champion_id, **kwargs) -> HttpResponse:
        champion = self.champion(champion_id)
        state = request.POST.get("to") or request.GET.get("to", "")
        before = service.move(champion=champion, state=state, today=timezone.localdate())
        if before is None:
            say_problem(request, f"{champion} is {champion.get_state_display().lower()} now.")
            return self.back()
        url = reverse("assessments:champion-state", args=[self.project.pk, champion.pk])
        say(request, f"{champion} is {State(state).label.lower()}.", undo=f"{url}?to={before}")
        return self.back()


class ChampionDelete(ChampionMixin, View):
    """Take somebody off the list of champions after asking."""

    read_role = Role.EDITOR

    def get(self, request, champion_id, **kwargs) -> HttpResponse:
        champion = self.champion(champion_id)
        context = {
            "project": self.project,
            "question": f"Take {champion} off the list of champions?",
            "consequence": "What was agreed and what they said is deleted. "
            "The person stays on the list of people. "
            "To keep the words, set the state to lapsed instead.",
            "verb": "Take off",
            "cancel_url": reverse("assessments:champion-list", args=[self.project.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, champion_id, **kwargs) -> HttpResponse:
        champion = self.champion(champion_id)
        champion.delete()
        say(request, f"{champion} is no longer on the list of champions.")
        return self.back()


# Whom to ask next


class RecommenderMixin(NetworkMixin):
    """Read from the address how many to look for, and where."""

    def plan_form(self) -> PlanForm:
        groups = sorted({p.group for p in self.advice.network.people if p.group})
        query = self.request.GET
        data = {"m": query.get("m") or NEXT_SHOWN, "only": query.getlist("only")}
        return PlanForm(data, groups=groups)

    def advised(self) -> dict:
        form = self.plan_form()
        is_valid = form.is_valid()
        m = form.cleaned_data["m"] if is_valid else NEXT_SHOWN
        only = form.cleaned_data["only"] if is_valid else []
        plan = self.advice.plan(m, only)
        study = network_service.studied(self.advice, plan) if self.advice.network.ties else {}
        advised = network_service.advise(self.advice, plan, study)
        count = len(advised.suggestions)
        return {
            "advice": self.advice,
            "plan_form": form,
            "plan": plan,
            "study": study,
            "is_waiting": study is None,
            "advised": advised,
            "query": self.request.GET.urlencode(),
            "kept_out": network_service.names_of(self.advice, self.kept(Lock.NEVER)),
            "locked": network_service.names_of(self.advice, self.kept(Lock.IN)),
            "gain": sum(each.gain for each in advised.suggestions),
            "count_word": spelled(count),
        }

    def kept(self, lock: str) -> list[str]:
        return [i for i, each in self.advice.standing.items() if each.lock == lock]


class Recommender(RecommenderMixin, TemplateView):
    template_name = "assessments/network/next.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.advised(), **kwargs)


class RecommenderStudy(RecommenderMixin, View):
    """Give the plan with its slow numbers once they are there; htmx asks until then."""

    def get(self, request, **kwargs) -> HttpResponse:
        if not request.htmx:
            return redirect("assessments:recommender", self.project.pk)
        context = {"project": self.project, "is_editor": self.is_editor, **self.advised()}
        return render(request, "assessments/network/_plan.html", context)


class PersonMixin(ProjectMixin):
    def person(self, person_id):
        return get_object_or_404(self.project.stakeholders, pk=person_id)

    def back(self) -> HttpResponseRedirect:
        """Return to the page that asked, if it is one of ours."""
        url = self.request.POST.get("back", "")
        if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
            return HttpResponseRedirect(url)
        return redirect("assessments:recommender", self.project.pk)


class ChampionInvite(PersonMixin, View):
    """Make a suggested person an invited champion."""

    def post(self, request, person_id, **kwargs) -> HttpResponse:
        person = self.person(person_id)
        champion = service.invite(
            person=person, state=State.INVITED, is_appointed=False, today=timezone.localdate()
        )
        say(request, f"{person} is {champion.get_state_display().lower()}.")
        return self.back()


class ChampionLock(PersonMixin, View):
    """Keep a person in every plan, out of it, or set them free."""

    def post(self, request, person_id, **kwargs) -> HttpResponse:
        person = self.person(person_id)
        lock = request.POST.get("lock", request.GET.get("lock", ""))
        if lock not in Lock.values:
            raise Http404("No such lock.")
        service.lock(person=person, lock=lock, today=timezone.localdate())
        texts = {
            Lock.IN: f"{person} is in every plan.",
            Lock.NEVER: f"{person} is not suggested any more.",
            Lock.NONE: f"{person} is free again.",
        }
        say(request, texts[Lock(lock)])
        return self.back()


PEOPLE = "projects/<uuid:project_id>/people/"
CHAMPIONS = f"{PEOPLE}champions/"
CHAMPION = f"{CHAMPIONS}<uuid:champion_id>/"

urlpatterns = [
    path(CHAMPIONS, ChampionList.as_view(), name="champion-list"),
    path(f"{CHAMPIONS}new/", ChampionCreate.as_view(), name="champion-create"),
    path(f"{CHAMPIONS}next/", Recommender.as_view(), name="recommender"),
    path(f"{CHAMPIONS}next/study/", RecommenderStudy.as_view(), name="recommender-study"),
    path(CHAMPION, ChampionEdit.as_view(), name="champion-edit"),
    path(f"{CHAMPION}state/", ChampionState.as_view(), name="champion-state"),
    path(f"{CHAMPION}delete/", ChampionDelete.as_view(), name="champion-delete"),
    path(f"{PEOPLE}<uuid:person_id>/invite/", ChampionInvite.as_view(), name="champion-invite"),
    path(f"{PEOPLE}<uuid:person_id>/lock/", ChampionLock.as_view(), name="champion-lock"),
]
