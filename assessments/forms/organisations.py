"""Forms of organisations, members, invitations, clients and the own profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments import uploads
from assessments.models import Client, Invitation, Membership, Organisation, Role, User

from .shared import OptionalMarks

ROLE_HELP = (
    "A viewer reads and decides. An editor also changes rollouts. "
    "An owner also manages members, clients and settings."
)
AA_TEXT, AA_GRAPHIC = 4.5, 3.0


class OrganisationForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ["name"]
        labels = {"name": "Name of the organisation"}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class OrganisationCreateForm(OrganisationForm):
    """Ask for the founder's name too, as the account was opened with an address alone."""

    person = forms.CharField(label="Your name", max_length=120)
    title = forms.CharField(label="Your job title", max_length=120, required=False)

    field_order = ["name", "person", "title"]

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["person"].initial = user.name
        self.fields["title"].initial = user.title
        self.fields["name"].help_text = "Yours, not the client’s. Clients come later."


class ProfileForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "title"]
        help_texts = {
            "name": "As colleagues know you. It stands beside your answers and decisions.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class WallsMixin:
    """Share the two fields that say whose rollouts a member sees."""

    def narrow_clients(self, organisation: Organisation) -> None:
        self.fields["role"].help_text = ROLE_HELP
        if not organisation.clients.exists():
            # Without clients there is no wall to choose.
            del self.fields["clients"], self.fields["all_clients"]
            return
        self.fields["clients"].queryset = organisation.clients.all()
        self.fields["clients"].widget = forms.CheckboxSelectMultiple(
            choices=self.fields["clients"].choices
        )
        self.fields["clients"].required = False
        self.fields[
            "all_clients"
        ].help_text = "Off: sees only the rollouts of the clients ticked below."

    def clean(self):
        cleaned = super().clean()
        if "clients" not in self.fields or cleaned.get("all_clients"):
            return cleaned
        if cleaned.get("role") == Role.OWNER:
            self.add_error(
                "all_clients", "An owner manages all clients, so an owner sees them all."
            )
        elif not cleaned.get("clients"):
            self.add_error(
                "clients", "Tick at least one client, or let the person see every client."
            )
        return cleaned

    @property
    def rights(self) -> dict[str, Any]:
        """What the person may do, and for whom, as services take it."""
        all_clients = self.cleaned_data.get("all_clients", True)
        return {
            "role": self.cleaned_data["role"],
            "all_clients": all_clients,
            "clients": [] if all_clients else self.cleaned_data["clients"],
        }


class MemberForm(WallsMixin, forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["role", "all_clients", "clients"]
        labels = {"clients": "Clients"}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.narrow_clients(self.instance.organisation)


class InvitationForm(WallsMixin, forms.ModelForm):
    days = forms.IntegerField(
        label="Valid for, in days",
        min_value=1,
        max_value=90,
        initial=14,
        error_messages={"invalid": "Enter a whole number of days, for example 14."},
    )

    class Meta:
        model = Invitation
        fields = ["email", "role", "all_clients", "clients"]
        labels = {"clients": "Clients"}

    def __init__(self, *args, organisation: Organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.narrow_clients(organisation)
        self.fields["email"].help_text = "The link works for this address only."

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if self.organisation.memberships.filter(user__email__iexact=email).exists():
            raise ValidationError("This person is a member already.")
        waiting = self.organisation.invitations.filter(
            email__iexact=email,
            accepted_at=None,
            withdrawn_at=None,
            expires_at__gt=timezone.now(),
        )
        if waiting.exists():
            raise ValidationError(
                "This address has an open invitation. Copy its link, or withdraw it first."
            )
        return email


class ClientForm(OptionalMarks, forms.ModelForm):
    logo_file = forms.FileField(
        label="Logo",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text="PNG or JPEG, at most 2 MB and 2,000 pixels. It stands on covers of documents.",
    )
    remove_logo = forms.BooleanField(label="Remove the logo", required=False)

    class Meta:
        model = Client
        fields = ["name", "colour"]
        help_texts = {
            "colour": "Such as #1D63D8. Used on covers and page headers of documents only."
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colour"].widget.attrs.update(placeholder="#1D63D8", spellcheck="false")
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = self.instance.organisation.clients.filter(name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError("A client of this name is here already.")
        return name

    def clean_logo_file(self):
        upload = self.cleaned_data.get("logo_file")
        return uploads.logo(upload) if upload else None

    def save(self, commit: bool = True) -> Client:
        client = super().save(commit=False)
        old = client.logo.name
        if self.cleaned_data.get("logo_file"):
            client.logo = self.cleaned_data["logo_file"]
        elif self.cleaned_data.get("remove_logo"):
            client.logo = ""
        client.save()
        if old and client.logo.name != old:
            client.logo.storage.delete(old)
        return client


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of a colour such as #1D63D8 against white paper, 1 to 21."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def colour_warning(colour: str) -> str:
    """Return what is hard to see in this brand colour on white paper, or nothing."""
    if not colour:
        return ""
    ratio = contrast_with_white(colour)
    if ratio < AA_GRAPHIC:
        return (
            f"Contrast with white paper is {ratio:.1f} to 1. Lines in this colour are hard to see; "
            "3 to 1 is needed. Choose a darker one."
        )
    if ratio < AA_TEXT:
        return (
            f"Contrast with white paper is {ratio:.1f} to 1. Enough for lines, not for text; "
            "4.5 to 1 is needed."
        )
    return ""
