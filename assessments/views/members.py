"""Members and the invitations that bring them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from assessments import services
from assessments.access import OrganisationMixin
from assessments.accounts import INVITATION_KEY
from assessments.forms.organisations import InvitationForm, MemberForm
from assessments.models import Role

from .shared import say, say_problem


class MembersMixin(OrganisationMixin):
    read_role = write_role = Role.OWNER

    def back(self) -> HttpResponseRedirect:
        return redirect("assessments:organisation-settings", self.organisation.pk)


class MemberEdit(MembersMixin, View):
    """Change a member's role and walls."""

    def member(self, pk):
        members = self.organisation.memberships.select_related("user", "organisation")
        return get_object_or_404(members, pk=pk)

    def get(self, request, member_id, **kwargs) -> HttpResponse:
        member = self.member(member_id)
        return self.show(member, MemberForm(instance=member))

    def show(self, member, form, status=200) -> HttpResponse:
        context = {"organisation": self.organisation, "member": member, "form": form}
        return render(
            self.request, "assessments/organisations/member_form.html", context, status=status
        )

    def post(self, request, member_id, **kwargs) -> HttpResponse:
        form = MemberForm(request.POST, instance=self.member(member_id))
        member = self.member(member_id)
        if form.is_valid():
            try:
                services.change_member(membership=member, **form.rights)
            except ValidationError as error:
                form.add_error("role", error)
            else:
                say(request, f"{member.user} is now {member.get_role_display().lower()}.")
                return self.back()
        return self.show(member, form, status=422)


class MemberRemove(MembersMixin, View):
    """Remove a member after asking."""

    def get(self, request, member_id, **kwargs) -> HttpResponse:
        member = get_object_or_404(self.organisation.memberships, pk=member_id)
        context = {
            "organisation": self.organisation,
            "question": f"Remove {member.user} from {self.organisation}?",
            "consequence": "The person no longer sees any rollout here. "
            "Answers, evidence and decisions stay. An invitation brings the person back.",
            "verb": "Remove",
            "cancel_url": reverse("assessments:organisation-settings", args=[self.organisation.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, member_id, **kwargs) -> HttpResponse:
        member = get_object_or_404(self.organisation.memberships, pk=member_id)
        try:
            services.remove_member(membership=member)
        except ValidationError as error:
            say_problem(request, error)
        else:
            say(request, f"{member.user} is no longer a member.")
        return self.back()


class InvitationCreate(MembersMixin, View):
    """Invite an address; the link can be copied from the settings page."""

    template = "assessments/organisations/invitation_form.html"

    def get(self, request, **kwargs) -> HttpResponse:
        form = InvitationForm(organisation=self.organisation)
        return render(request, self.template, {"organisation": self.organisation, "form": form})

    def post(self, request, **kwargs) -> HttpResponse:
        form = InvitationForm(request.POST, organisation=self.organisation)
        if not form.is_valid():
            context = {"organisation": self.organisation, "form": form}
            return render(request, self.template, context, status=422)
        now = timezone.now()
        invitation = services.invite(
            organisation=self.organisation,
            email=form.cleaned_data["email"],
            invited_by=request.user,
            now=now,
            expires_at=now + timedelta(days=form.cleaned_data["days"]),
            link=request.build_absolute_uri(
                reverse("assessments:invitation-accept", args=["TOKEN"])
            ),
            **form.rights,
        )
        say(request, f"Invitation for {invitation.email} made. Copy its link.")
        return self.back()


class InvitationWithdraw(MembersMixin, View):
    def post(self, request, invitation_id, **kwargs) -> HttpResponse:
        invitation = get_object_or_404(self.organisation.invitations, pk=invitation_id)
        services.withdraw_invitation(invitation=invitation, now=timezone.now())
        say(request, f"The invitation for {invitation.email} no longer works.")
        return self.back()


@method_decorator([login_not_required, never_cache], name="dispatch")
class InvitationAccept(View):
    """Show who invites to what, and take the invitation up."""

    template = "assessments/organisations/invitation.html"

    def get(self, request, token: str) -> HttpResponse:
        invitation = services.find_invitation(token)
        if invitation is None:
            return self.show("unknown", status=404)
        user = request.user
        if user.is_authenticated and invitation.accepted_by_id == user.pk:
            return redirect("reports:portfolio", invitation.organisation_id)
        if invitation.accepted_at:
            return self.show("used", invitation, status=410)
        if invitation.withdrawn_at:
            return self.show("withdrawn", invitation, status=410)
        if not invitation.is_open(timezone.now()):
            return self.show("expired", invitation, status=410)
        if not user.is_authenticated:
            request.session[INVITATION_KEY] = token
            return self.show("signed_out", invitation)
        if user.email.lower() != invitation.email.lower():
            return self.show("wrong_address", invitation, status=403)
        return self.show("open", invitation)

    def show(self, state: str, invitation=None, status: int = 200) -> HttpResponse:
        context = {"state": state, "invitation": invitation}
        if state == "signed_out":
            back = {"next": self.request.path}
            context["signup_url"] = (
                reverse("account_signup") + "?" + urlencode({"email": invitation.email, **back})
            )
            context["login_url"] = reverse("account_login") + "?" + urlencode(back)
        return render(self.request, self.template, context, status=status)

    def post(self, request, token: str) -> HttpResponse:
        invitation = services.find_invitation(token)
        if invitation is None or not request.user.is_authenticated:
            return self.get(request, token)
        try:
            membership = services.accept_invitation(
                invitation=invitation, user=request.user, now=timezone.now()
            )
        except ValidationError:
            return self.get(request, token)
        request.session.pop(INVITATION_KEY, None)
        say(request, f"You are now a member of {membership.organisation}.")
        return redirect("reports:portfolio", membership.organisation_id)


ORGANISATION = "organisations/<uuid:organisation_id>/"

urlpatterns = [
    path(f"{ORGANISATION}members/<int:member_id>/", MemberEdit.as_view(), name="member-edit"),
    path(
        f"{ORGANISATION}members/<int:member_id>/remove/",
        MemberRemove.as_view(),
        name="member-remove",
    ),
    path(f"{ORGANISATION}invitations/new/", InvitationCreate.as_view(), name="invitation-create"),
    path(
        f"{ORGANISATION}invitations/<uuid:invitation_id>/withdraw/",
        InvitationWithdraw.as_view(),
        name="invitation-withdraw",
    ),
    path("invitations/<str:token>/", InvitationAccept.as_view(), name="invitation-accept"),
]
