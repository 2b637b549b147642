"""Signing up and signing in, with what an invitation already knows."""

from __future__ import annotations

from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms

from assessments.accounts import held_invitation


class SignupForm(BaseSignupForm):
    """Ask for a name, as colleagues see it beside every answer."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1", "password2"]


class LoginForm(BaseLoginForm):
    """Fill in the address that the opened invitation is for."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        invitation = held_invitation(self.request) if self.request else None
        if invitation is not None:
            self.initial.setdefault("login", invitation.email)
