"""Signing up and signing in in our words, with what an invitation already knows."""

from __future__ import annotations

from allauth.account import forms as account
from django import forms

from assessments.accounts import held_invitation
from assessments.models import User

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "remember": "Keep me signed in on this device",
    "oldpassword": "Present password",
    "password2": "Password, once more",
}
LONG_ENOUGH = "At least 10 characters, not only digits, and not one that many people use."


class OurWords:
    """Say in our words what the library's forms ask for."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            # It would repeat the label in grey, and vanish while somebody types.
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = LONG_ENOUGH


class SignupForm(OurWords, account.SignupForm):
    """Ask for a name, as colleagues see it beside every answer."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1", "password2"]


class LoginForm(OurWords, account.LoginForm):
    """Fill in the address that the opened invitation is for."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        invitation = held_invitation(self.request) if self.request else None
        if invitation is not None:
            self.initial.setdefault("login", invitation.email)

    @property
    def is_first_visit(self) -> bool:
        """Whether nobody has an account yet, so that there is nothing to sign in to."""
        return not self.is_bound and not User.objects.exists()


class AddEmailForm(OurWords, account.AddEmailForm):
    pass


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    pass
