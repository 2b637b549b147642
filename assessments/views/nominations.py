"""Asking people whom they ask: rounds and links, and the page that a link opens."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin
from assessments.forms.network import AnswerForm, RoundForm
from assessments.forms.shared import people_who_see
from assessments.models import NominationLink, Role
from assessments.services import nominations as service
from assessments.services.names import Names

from .network import NETWORK
from .shared import csv_answer, say, say_problem


class NominationList(ProjectMixin, TemplateView):
    template_name = "assessments/network/rounds.html"

    def get_context_data(self, **kwargs):
        rounds = list(self.project.nominationrounds.prefetch_related("links"))
        today = timezone.localdate()
        for each in rounds:
            links = each.links.all()
            each.asked = len(links)
            each.answered = sum(1 for link in links if link.used_at)
            each.is_running = each.closed_at is None and today <= each.closes_on
        return super().get_context_data(
            rounds=rounds, people=self.project.stakeholders.count(), **kwargs
        )


class NominationOpen(ProjectMixin, View):
    """Open a round; everybody chosen gets a link of their own."""

    read_role = Role.EDITOR

    def show(self, form: RoundForm, status: int = 200) -> HttpResponse:
        context = {
            "project": self.project,
            "form": form,
            "people": self.project.stakeholders.count(),
            "running": self.running(),
        }
        return render(self.request, "assessments/network/open.html", context, status=status)

    def running(self):
        return self.project.nominationrounds.filter(
            closed_at=None, closes_on__gte=timezone.localdate()
        ).first()

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(RoundForm(project=self.project, today=timezone.localdate()))

    def post(self, request, **kwargs) -> HttpResponse:
        today = timezone.localdate()
        form = RoundForm(request.POST, project=self.project, today=today)
        if not form.is_valid():
            return self.show(form, status=422)
        data = form.cleaned_data
        try:
            opened = service.open_round(
                project=self.project,
                name=data["name"],
                question=data["question"],
                closes_on=data["closes_on"],
                groups=list(data.get("groups") or ()),
                by=request.user,
                now=timezone.now(),
                today=today,
            )
        except IntegrityError:
            form.add_error(None, "A round is open already. Close it first, or ask in it again.")
            return self.show(form, status=409)
        say(request, f"“{opened.name}” is open. Copy the links, or export them.")
        return redirect("assessments:nomination-detail", self.project.pk, opened.pk)


class RoundMixin(ProjectMixin):
    def round(self, nomination_id):
        return get_object_or_404(self.project.nominationrounds, pk=nomination_id)

    def links(self, opened):
        links = opened.links.select_related("person__group").order_by("person__name", "pk")
        if self.request.GET.get("open"):
            links = links.filter(used_at=None)
        return links

    def address(self, link: NominationLink) -> str:
        return self.request.build_absolute_uri(
            reverse("assessments:nomination-answer", args=[link.token])
        )

    def is_running(self, opened) -> bool:
        return opened.closed_at is None and timezone.localdate() <= opened.closes_on


class NominationDetail(RoundMixin, View):
    """Show who has answered; editors see the links."""

    def get(self, request, nomination_id, **kwargs) -> HttpResponse:
        opened = self.round(nomination_id)
        every = list(opened.links.select_related("person__group"))
        silent = [link for link in every if link.used_at is None]
        is_running = self.is_running(opened)
        context = {
            "project": self.project,
            "is_editor": self.is_editor,
            "round": opened,
            "is_running": is_running,
            "asked": len(every),
            "silent": len(silent),
            "answered": len(every) - len(silent),
            "nobody": sum(1 for link in every if link.named_nobody),
            "groups": service.replies_by_group(every),
        }
        if self.is_editor and is_running:
            shown = silent if request.GET.get("open") else every
            open_links = [link for link in shown if link.used_at is None]
            context |= {
                "is_open_only": bool(request.GET.get("open")),
                "links": [(link, self.address(link)) for link in open_links],
                "unasked": self.project.stakeholders.exclude(
                    nomination_links__round=opened
                ).count(),
                "mail": self.mail(opened),
            }
        return render(request, "assessments/network/round.html", context)

    def mail(self, opened) -> str:
        """Return a text for a mail merge; the columns of the export fill its fields."""
        return (
            f"Subject: {opened.question}\n\n"
            "Hello «Name»,\n\n"
            f"before {self.project.system} starts, we want to know whom colleagues turn to. "
            "It takes two minutes and needs no account. The link is yours alone and works once:\n\n"
            "«Link»\n\n"
            "Your answer carries your name. Those who work on this rollout see it and use it to "
            f"choose whom to train first. Answer by {opened.closes_on:%-d %B %Y}.\n\n"
            f"{self.request.user}\n"
        )


class NominationLinks(RoundMixin, View):
    """Give the links that still wait as a table; ?open=1 is the same list by another name."""

    read_role = Role.EDITOR

    def get(self, request, nomination_id, **kwargs) -> HttpResponse:
        opened = self.round(nomination_id)
        waiting = self.links(opened).filter(used_at=None)
        rows = [
            (
                link.person.name,
                link.person.email,
                link.person.group.name if link.person.group else "",
                self.address(link),
            )
            for link in (waiting if self.is_running(opened) else ())
        ]
        return csv_answer(
            f"links-{self.project.slug}.csv", ("Name", "E-mail", "Group", "Link"), rows
        )


class NominationAdd(RoundMixin, View):
    """Give a link to people who came to the list after the round was opened."""

    def post(self, request, nomination_id, **kwargs) -> HttpResponseRedirect:
        opened = self.round(nomination_id)
        if self.is_running(opened):
            count = service.add_links(opened=opened)
            say(request, f"{count} more {'person is' if count == 1 else 'people are'} asked.")
        else:
            say_problem(request, "The round is over. Open a new one.")
        return redirect("assessments:nomination-detail", self.project.pk, opened.pk)


class NominationClose(RoundMixin, View):
    """End a round after asking: its links stop working."""

    read_role = Role.EDITOR

    def get(self, request, nomination_id, **kwargs) -> HttpResponse:
        opened = self.round(nomination_id)
        silent = opened.links.filter(used_at=None).count()
        detail = reverse("assessments:nomination-detail", args=[self.project.pk, opened.pk])
        context = {
            "project": self.project,
            "question": f"Close “{opened.name}”?",
            "consequence": f"Links of {silent} who have not answered stop working. "
            "Answers stay. A new round can ask them again.",
            "verb": "Close the round",
            "cancel_url": detail,
        }
        return render(request, "confirm.html", context)

    def post(self, request, nomination_id, **kwargs) -> HttpResponseRedirect:
        opened = self.round(nomination_id)
        service.close_round(opened=opened, now=timezone.now())
        say(request, f"“{opened.name}” is closed.")
        return redirect("assessments:nomination-detail", self.project.pk, opened.pk)


@method_decorator([login_not_required, never_cache], name="dispatch")
class NominationAnswer(View):
    """Let one person say whom they ask, once, without an account.

    Only a signed link opens it, so that nobody finds a form, or a name, by trying.
    """

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def closed(self, link: NominationLink | None) -> HttpResponse | None:
        """Return the plain page of a link that takes no answer, or None."""
        if link is None:
            return self.plain("unknown", status=404)
        if link.used_at is not None:
            return self.plain("sent" if "sent" in self.request.GET else "used", link)
        is_over = not link.is_open(timezone.localtime())
        if is_over or link.project.archived_at is not None:
            return self.plain("closed", link, status=410)
        return None

    def plain(self, state: str, link=None, status: int = 200) -> HttpResponse:
        context = {"state": state, "link": link}
        return render(self.request, "assessments/network/answered.html", context, status=status)

    def get(self, request, token: str) -> HttpResponse:
        link = service.find_link(token)
        if response := self.closed(link):
            return response
        names = Names.of(link.project)
        return self.form(link, names, AnswerForm(link=link, names=names))

    def form(self, link, names: Names, form: AnswerForm, status: int = 200) -> HttpResponse:
        context = {
            "link": link,
            "form": form,
            # Namesakes in one group have one label; an editor then says who is meant.
            "labels": dict.fromkeys(
                known.open_label for known in names.people if known.id != link.person_id
            ),
            "readers": people_who_see(link.project).count(),
        }
        return render(self.request, "assessments/network/answer.html", context, status=status)

    def post(self, request, token: str) -> HttpResponse:
        link = service.find_link(token)
        if response := self.closed(link):
            return response
        names = Names.of(link.project)
        form = AnswerForm(request.POST, link=link, names=names)
        if not form.is_valid():
            return self.form(link, names, form, status=422)
        taken = service.answer(
            link=link,
            named=form.people,
            unknown=form.unknown,
            now=timezone.now(),
            today=timezone.localdate(),
        )
        return redirect(f"{request.path}?sent" if taken else request.path)


ROUNDS = f"{NETWORK}asking/"
ROUND = f"{ROUNDS}<uuid:nomination_id>/"

urlpatterns = [
    path("n/<str:token>/", NominationAnswer.as_view(), name="nomination-answer"),
    path(ROUNDS, NominationList.as_view(), name="nomination-list"),
    path(f"{ROUNDS}open/", NominationOpen.as_view(), name="nomination-open"),
    path(ROUND, NominationDetail.as_view(), name="nomination-detail"),
    path(f"{ROUND}links/", NominationLinks.as_view(), name="nomination-links"),
    path(f"{ROUND}add/", NominationAdd.as_view(), name="nomination-add"),
    path(f"{ROUND}close/", NominationClose.as_view(), name="nomination-close"),
]
