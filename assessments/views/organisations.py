"""Organisations: opening one, its settings, leaving it; and a person's own profile."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, UpdateView, View

from assessments import services
from assessments.access import OrganisationMixin
from assessments.forms.organisations import OrganisationCreateForm, OrganisationForm, ProfileForm
from assessments.forms.shared import seen_clients
from assessments.models import Role

from .shared import page_of, say, say_problem, searched

TABS = ("members", "clients", "archive", "general")


class OrganisationCreate(View):
    """Open an organisation; whoever signs up without an invitation starts here."""

    template = "assessments/organisations/create.html"

    def get(self, request) -> HttpResponse:
        form = OrganisationCreateForm(user=request.user)
        return render(request, self.template, {"form": form})

    def post(self, request) -> HttpResponse:
        form = OrganisationCreateForm(request.POST, user=request.user)
        if not form.is_valid():
            return render(request, self.template, {"form": form}, status=422)
        user = request.user
        user.name, user.title = form.cleaned_data["person"], form.cleaned_data["title"]
        user.save(update_fields=["name", "title"])
        organisation = services.create_organisation(name=form.cleaned_data["name"], owner=user)
        say(request, f"{organisation} is set up. Next: the first rollout.")
        return redirect("reports:portfolio", organisation.pk)


class OrganisationSettings(OrganisationMixin, TemplateView):
    """Show members, clients and the archive; an owner changes them."""

    write_role = Role.OWNER
    template_name = "assessments/organisations/settings.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        tab = self.request.GET.get("tab")
        tab = tab if tab in TABS else "members"
        # POST is the form of the last tab.
        if self.request.method == "POST":
            tab = "general"
        context.update(
            tab=tab,
            is_owner=self.membership.reaches(Role.OWNER),
            query=searched(self.request),
            now=timezone.now(),
            keep=[("tab", tab)],
            tabs=[
                (key, label, f"{self.request.path}?tab={key}")
                for key, label in zip(
                    TABS, ("Members", "Clients", "Archived rollouts", "Organisation"), strict=True
                )
            ],
        )
        return context | getattr(self, f"_{tab}")(context)

    def _members(self, context) -> dict:
        everybody = self.organisation.memberships.seen_by(self.membership)
        clients = Prefetch("clients", seen_clients(self.organisation, self.membership))
        members = everybody.select_related("user").prefetch_related(clients)
        counts = dict(everybody.order_by().values_list("role").annotate(Count("pk")))
        if query := context["query"]:
            members = members.filter(
                Q(user__name__icontains=query)
                | Q(user__email__icontains=query)
                | Q(user__title__icontains=query)
            )
        found = {
            "page_obj": page_of(self.request, members),
            "total": sum(counts.values()),
            "roles": [
                (counts[role], role.label.lower()) for role in reversed(Role) if counts.get(role)
            ],
            "invitations": [],
        }
        if context["is_owner"]:
            found["invitations"] = [
                {
                    "row": row,
                    "is_expired": row.expires_at <= context["now"],
                    "link": invitation_link(self.request, row.token),
                }
                for row in self.organisation.invitations.filter(
                    accepted_at=None, withdrawn_at=None
                ).prefetch_related("clients")[:100]
            ]
        return found

    def _clients(self, context) -> dict:
        clients = seen_clients(self.organisation, self.membership)
        total = clients.count()
        if query := context["query"]:
            clients = clients.filter(name__icontains=query)
        clients = clients.annotate(
            active=Count("projects", filter=Q(projects__archived_at=None), distinct=True),
            archived=Count("projects", filter=~Q(projects__archived_at=None), distinct=True),
        ).order_by("name", "pk")
        return {"page_obj": page_of(self.request, clients), "total": total}

    def _archive(self, context) -> dict:
        archived = (
            self.organisation.projects.visible_to(self.request.user)
            .exclude(archived_at=None)
            .select_related("client")
            .order_by("-archived_at", "pk")
        )
        return {
            "page_obj": page_of(self.request, archived),
            "total": archived.count(),
            "is_editor": self.membership.reaches(Role.EDITOR),
        }

    def _general(self, context) -> dict:
        return {"form": getattr(self, "form", None) or OrganisationForm(instance=self.organisation)}

    def post(self, request, **kwargs) -> HttpResponse:
        self.form = OrganisationForm(request.POST, instance=self.organisation)
        if not self.form.is_valid():
            self.organisation.refresh_from_db()
            return self.render_to_response(self.get_context_data(), status=422)
        self.form.save()
        say(request, "Saved.")
        return redirect(f"{request.path}?tab=general")


class OrganisationLeave(OrganisationMixin, View):
    """Let a member leave; the last owner cannot."""

    write_role = Role.VIEWER

    def get(self, request, **kwargs) -> HttpResponse:
        context = {
            "question": f"Leave {self.organisation}?",
            "consequence": "You no longer see its rollouts. What you answered and decided stays. "
            "Only an owner can let you in again.",
            "verb": "Leave",
            "cancel_url": reverse("assessments:profile"),
        }
        return render(request, "confirm.html", context)

    def post(self, request, **kwargs) -> HttpResponseRedirect:
        try:
            services.remove_member(membership=self.membership)
        except ValidationError as error:
            say_problem(request, error)
            return redirect("assessments:profile")
        request.session.pop("organisation_id", None)
        say(request, f"You have left {self.organisation}.")
        return redirect("home")


class Profile(UpdateView):
    """Show and change the own name and job title."""

    form_class = ProfileForm
    template_name = "assessments/organisations/profile.html"

    def get_object(self, queryset=None):
        return self.request.user

    def get_context_data(self, **kwargs):
        memberships = (
            self.request.user.memberships.select_related("organisation")
            .prefetch_related("clients")
            .order_by("organisation__name", "pk")
        )
        return super().get_context_data(memberships=memberships, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        form.save()
        say(self.request, "Saved.")
        return redirect("assessments:profile")


def invitation_link(request, token: str) -> str:
    """Return the full address that is copied and sent."""
    return request.build_absolute_uri(reverse("assessments:invitation-accept", args=[token]))


urlpatterns = [
    path("profile/", Profile.as_view(), name="profile"),
    path("organisations/new/", OrganisationCreate.as_view(), name="organisation-create"),
    path(
        "organisations/<uuid:organisation_id>/settings/",
        OrganisationSettings.as_view(),
        name="organisation-settings",
    ),
    path(
        "organisations/<uuid:organisation_id>/leave/",
        OrganisationLeave.as_view(),
        name="organisation-leave",
    ),
]
