"""What several forms share: dates, narrowed choices, and a guard against lost edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms.models import model_to_dict
from django.utils.html import format_html

from assessments.models import Organisation, Project, User

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
YEAR_RANGE = "Enter a year from 1900 to 2199."
LONGEST_TEXT = 20_000  # characters; a page of a document holds about 3,000
WHOLE_NUMBER = "Enter a whole number, for example 60."


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    """Take days that a calendar can be drawn around; a slip such as 0206 is said at once."""

    widget = DateInput
    default_validators = [
        MinValueValidator(EARLIEST, YEAR_RANGE),
        MaxValueValidator(LATEST, YEAR_RANGE),
    ]
    default_error_messages = {"invalid": "Enter a date, for example 18/01/2027."}


def date_fields(*names: str) -> dict[str, type[forms.Field]]:
    """Return `field_classes` for a form's Meta."""
    return dict.fromkeys(names, DateField)


def bound_texts(fields: Iterable[forms.Field]) -> None:
    """Give long texts a length that pages and documents can bear, where none is set."""
    for field in fields:
        if isinstance(field, forms.CharField) and field.max_length is None:
            field.max_length = LONGEST_TEXT
            field.validators.append(MaxLengthValidator(LONGEST_TEXT))
            field.widget.attrs["maxlength"] = LONGEST_TEXT


class OptionalMarks:
    """Write "optional" beside the label of each field that may stay empty."""

    UNMARKED = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.HiddenInput)
    UNMARKED_NAMES: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        bound_texts(self.fields.values())

    def __getitem__(self, name: str) -> forms.BoundField:
        bound = super().__getitem__(name)
        if getattr(bound, "is_marked", False):
            return bound
        bound.is_marked = True
        needs_none = bound.field.required or isinstance(bound.field.widget, self.UNMARKED)
        if not needs_none and name not in self.UNMARKED_NAMES:
            bound.label = format_html('{} <span class="is-optional">optional</span>', bound.label)
        return bound


class PersonChoice(forms.ModelChoiceField):
    """Choose one member; the job title tells two of one name apart."""

    def label_from_instance(self, user: User) -> str:
        return f"{user}, {user.title}" if user.title else str(user)


def people_who_see(project: Project):
    """Return the members who may see the project, as choices."""
    walls = project.organisation.memberships.filter(all_clients=True)
    if project.client_id:
        walls |= project.organisation.memberships.filter(clients=project.client_id)
    return (
        User.objects.filter(memberships__in=walls, is_active=True)
        .distinct()
        .order_by("name", "email")
    )


def seen_clients(organisation: Organisation, membership=None):
    """Return the clients that the member may see, as choices."""
    clients = organisation.clients.all()
    if membership is not None and not membership.all_clients:
        # No join on memberships: who prefetches these for each member would share it.
        clients = clients.filter(pk__in=membership.clients.values("pk"))
    return clients


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which a colleague's stored text and the typed text are not the same."""

    label: str
    theirs: str
    yours: str


class VersionedForm(OptionalMarks, forms.ModelForm):
    """Refuse to overwrite what somebody else saved after this form was opened.

    The refused form keeps the typed text, lists the differences in `differences`, and
    carries the new version, so that saving once more is a decision and not an accident.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        # Nobody can have changed what is not there yet.
        self.fields["version"].required = not self.instance._state.adding
        self.stored = model_to_dict(self.instance, fields=self._meta.fields)
        self.differences: list[Difference] = []

    @property
    def is_conflict(self) -> bool:
        return self.is_bound and self.has_error("version", "conflict")

    def clean_version(self) -> int:
        version = self.cleaned_data["version"]
        if not self.instance._state.adding and version != self.instance.version:
            raise ValidationError("Somebody else saved this meanwhile.", code="conflict")
        return version

    def clean(self):
        cleaned = super().clean()
        if self.has_error("version", "conflict"):
            self.differences = list(self._differences(cleaned))
            self.data = self.data.copy()
            self.data[self.add_prefix("version")] = str(self.instance.version)
        return cleaned

    def _differences(self, cleaned):
        for name, theirs in self.stored.items():
            field = self.fields.get(name)
            if field is None:
                continue
            yours = cleaned.get(name, self.data.get(self.add_prefix(name), ""))
            yours = getattr(yours, "pk", yours)
            if _plain(yours) != _plain(theirs):
                yield Difference(
                    label=str(field.label or name),
                    theirs=_shown(field, theirs),
                    yours=_shown(field, yours),
                )

    def save(self, commit: bool = True):
        self.instance.version += 1
        return super().save(commit)


def _plain(value: Any) -> str:
    # A browser sends line ends of its own.
    return str(value or "").replace("\r\n", "\n").strip()


def _shown(field: forms.Field, value: Any) -> str:
    if value in (None, ""):
        return "empty"
    for key, label in getattr(field, "choices", ()):
        if str(key) == str(value):
            return str(label)
    return f"{value:%-d %b %Y}" if hasattr(value, "strftime") else str(value)
