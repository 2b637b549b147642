"""Forms of people: all their fields, or only where they stand."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from assessments.models import Position, Project, Stakeholder, User
from assessments.services import people as service

from .shared import WHOLE_NUMBER, VersionedForm, date_fields, people_who_see

INFLUENCE = (
    ("", "Not known"),
    (5, "5, very high"),
    (4, "4, high"),
    (3, "3, medium"),
    (2, "2, low"),
    (1, "1, very low"),
)
SUPPORT = (
    ("", "Not known"),
    (-2, "Opposes"),
    (-1, "Doubts"),
    (0, "Neutral"),
    (1, "Supports"),
    (2, "Promotes"),
)
SOURCE = (("", "Choose how we know"), *Stakeholder.Source.choices)
REASON_ASKED = "Write why, in one sentence. The next reader sees it."
SOURCE_ASKED = "Choose how we know."


def _number(value: str) -> int | None:
    return int(value) if value not in ("", None) else None


def level_field(choices, label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=choices, coerce=_number, empty_value=None, required=False, label=label
    )


class StandingMixin(VersionedForm):
    """Ask for reason and source whenever a place on the map changes."""

    @property
    def moves(self) -> bool:
        return any(
            self.cleaned_data.get(name) != self.stored.get(name)
            for name in service.PLACE
            if name in self.cleaned_data
        )

    def ask_why(self) -> None:
        for name, text in (("reason", REASON_ASKED), ("source", SOURCE_ASKED)):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(text, code="required"))

    @property
    def is_step_back(self) -> bool:
        """Tell whether less support is needed than there is, which is allowed but rare."""
        now, needed = (self.cleaned_data.get(name) for name in service.PLACE[1:])
        return now is not None and needed is not None and needed < now


class PositionForm(StandingMixin):
    """Where one person stands; every change says why and how we know."""

    influence = level_field(INFLUENCE, "Influence")
    support_now = level_field(SUPPORT, "Support now")
    support_needed = level_field(SUPPORT, "Support needed")
    source = forms.ChoiceField(choices=SOURCE, required=False, label="How we know")

    class Meta:
        model = Stakeholder
        fields = ["influence", "support_now", "support_needed", "reason", "source"]
        labels = {"reason": "Why they stand there"}

    def __init__(self, *args, instance: Stakeholder, **kwargs) -> None:
        # A new place needs a reason of its own; the old one stays in the history.
        initial = {"reason": "", "source": ""}
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        self.fields["reason"].widget.attrs |= {"rows": 2, "data-asked": REASON_ASKED}
        self.fields["source"].widget.attrs["data-asked"] = SOURCE_ASKED

    UNMARKED_NAMES = ("reason", "source", "influence", "support_now", "support_needed")

    def clean(self):
        cleaned = super().clean()
        self.ask_why()
        return cleaned

    def move(self, *, by: User, today) -> Position:
        """Save the place; the version has been compared by the form and is again by the service."""
        return service.move(
            person=self.instance,
            **{name: self.cleaned_data[name] for name in service.STANDING},
            by=by,
            today=today,
            version=self.cleaned_data["version"],
        )


class PersonForm(StandingMixin):
    influence = level_field(INFLUENCE, "Influence")
    support_now = level_field(SUPPORT, "Support now")
    support_needed = level_field(SUPPORT, "Support needed at go-live")
    source = forms.ChoiceField(choices=SOURCE, required=False, label="How we know")

    class Meta:
        model = Stakeholder
        fields = [
            "name",
            "key",
            "group",
            "job_title",
            "email",
            "rank",
            "is_manager",
            "project_role",
            "is_spokesperson",
            "influence",
            "support_now",
            "support_needed",
            "reason",
            "source",
            "relationship_owner",
            "next_step",
            "next_step_on",
            "interviewed_on",
            "informed_on",
        ]
        field_classes = date_fields("next_step_on", "interviewed_on", "informed_on")
        labels = {
            "reason": "Why they stand there",
            "relationship_owner": "Who talks to them",
            "rank": "Level in the organisation",
            "email": "E-mail",
            "interviewed_on": "Interviewed on",
        }
        error_messages = {"rank": {"invalid": WHOLE_NUMBER, "min_value": WHOLE_NUMBER}}

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.instance.project = project
        self.fields["group"].queryset = project.groups.all()
        self.fields["group"].empty_label = "No group"
        self.fields["reason"].widget.attrs["rows"] = 2
        self.fields["rank"].widget.attrs["min"] = 1
        self.fields["relationship_owner"].widget.attrs["list"] = "members"
        self.namesakes: list[Stakeholder] = []

    @property
    def members(self) -> list[str]:
        """Names offered for the one who talks to the person."""
        return list(people_who_see(self.project).values_list("name", flat=True))

    def clean_name(self) -> str:
        return service.tidy_name(self.cleaned_data["name"])

    def clean_key(self) -> str:
        key = " ".join(self.cleaned_data["key"].split())
        if key:
            same = self.project.stakeholders.filter(key__iexact=key).exclude(pk=self.instance.pk)
            if other := same.first():
                raise ValidationError(f"{other.name} has this identifier already.")
        return key

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and "name" in self.changed_data + self.missing_identifier():
            self.ask_identifier(cleaned)
        placed = any(cleaned.get(name) is not None for name in service.PLACE)
        if self.moves and placed:
            self.ask_why()
        return cleaned

    def missing_identifier(self) -> list[str]:
        """Taking an identifier away needs the same look at names as a new name."""
        return ["name"] if "key" in self.changed_data else []

    def ask_identifier(self, cleaned) -> None:
        if cleaned.get("key") or "key" in self.errors:
            return
        self.namesakes = service.namesakes(self.project, cleaned["name"], besides=self.instance.pk)
        if self.namesakes:
            first = self.namesakes[0]
            where = f"in {first.group}" if first.group else "without a group"
            self.add_error(
                "key",
                f"{first.name}, {where}, is on the list already. If this is somebody else, "
                "enter a staff number or e-mail that tells the two apart.",
            )

    def save_person(self, *, by: User, today) -> Stakeholder:
        """Save all fields, and note the place if it changed."""
        person = self.save(commit=False)
        service.save_person(person=person, by=by, today=today)
        return person
