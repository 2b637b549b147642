"""Who may open an account, and where a person lands after it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone

from assessments.models import Invitation, User
from assessments.services import find_invitation

INVITATION_KEY = "invitation_token"


def held_invitation(request: HttpRequest) -> Invitation | None:
    """Return the open invitation whose link this browser has opened."""
    token = request.session.get(INVITATION_KEY)
    invitation = find_invitation(token) if token else None
    return invitation if invitation and invitation.is_open(timezone.now()) else None


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let in the first person, the invited, and anybody where sign-up is open."""
        return is_open_to_anybody() or held_invitation(request) is not None

    def clean_email(self, email: str) -> str:
        """Hold an invited person to the address that was invited."""
        email = super().clean_email(email)
        request = self.request
        if request is None or request.user.is_authenticated or is_open_to_anybody():
            return email
        if request.resolver_match is None or request.resolver_match.url_name != "account_signup":
            return email
        invitation = held_invitation(request)
        if invitation is not None and invitation.email.lower() != email.lower():
            raise ValidationError(
                f"The invitation is for {invitation.email}. Use that address, "
                "or ask for an invitation to this one."
            )
        return email

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave the counting of wrong passwords to django-axes; second factors are counted here."""

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if held_invitation(request) is not None:
            return resolve_url("assessments:invitation-accept", request.session[INVITATION_KEY])
        return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)


def is_open_to_anybody() -> bool:
    """Tell whether a person without an invitation may open an account."""
    return settings.SIGNUP_OPEN or not User.objects.exists()
