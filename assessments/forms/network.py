"""Forms of the advice network: ties, rounds of asking, the public answer, champions."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.models import Champion, NominationLink, NominationRound, Project, Stakeholder
from assessments.services.names import Known, Names
from assessments.services.nominations import MOST_NAMED
from assessments.services.people import name_key, tidy_name

from .shared import OptionalMarks, VersionedForm, date_fields

FREQUENCIES = (
    (5, "5, very often"),
    (4, "4, often"),
    (3, "3, sometimes"),
    (2, "2, seldom"),
    (1, "1, never"),
)


class PersonField(forms.CharField):
    """A name typed with suggestions; gives the one person of the project who has it."""

    default_error_messages = {
        "unknown": "Nobody on the list is called “%(name)s”. Choose a name from the suggestions.",
        "several": "Several people are called “%(name)s”. Choose the one you mean.",
    }

    def __init__(self, **kwargs) -> None:
        attrs = {"list": "people", "autocomplete": "off"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs), strip=True, **kwargs)
        self.names: Names | None = None

    def clean(self, value) -> Known | None:
        typed = super().clean(value)
        if not typed:
            return None
        assert self.names is not None
        found = self.names.find(typed)
        if len(found) != 1:
            code = "several" if found else "unknown"
            raise ValidationError(self.error_messages[code], code=code, params={"name": typed[:60]})
        return found[0]


class TieForm(forms.Form):
    asked = PersonField(
        label="Whom they ask", error_messages={"required": "Choose whom the person asks."}
    )
    frequency = forms.TypedChoiceField(
        choices=FREQUENCIES, coerce=int, initial=4, label="How often"
    )

    def __init__(self, *args, names: Names, asker: Stakeholder, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker
        self.fields["asked"].names = names

    def clean_asked(self) -> Known:
        asked = self.cleaned_data["asked"]
        if asked.id == self.asker.pk:
            raise ValidationError("Nobody asks themselves. Choose somebody else.")
        return asked


class RoundForm(OptionalMarks, forms.ModelForm):
    groups = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Who is asked",
        help_text="None ticked: everybody on the list.",
    )

    class Meta:
        model = NominationRound
        fields = ["name", "question", "closes_on"]
        field_classes = date_fields("closes_on")
        labels = {"closes_on": "Last day to answer"}

    def __init__(self, *args, project: Project, today, **kwargs) -> None:
        initial = {
            "name": f"Whom do you ask, {today:%B %Y}",
            "closes_on": today + timedelta(days=14),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.project, self.today = project, today
        self.fields["groups"].queryset = project.groups.all()
        if not project.groups.exists():
            del self.fields["groups"]

    def clean_closes_on(self):
        closes_on = self.cleaned_data["closes_on"]
        if closes_on < self.today:
            raise ValidationError("The last day must not be over already.")
        return closes_on

    def clean(self):
        cleaned = super().clean()
        asked = self.project.stakeholders.all()
        if cleaned.get("groups"):
            asked = asked.filter(group__in=cleaned["groups"])
        if not self.errors and not asked.exists():
            raise ValidationError("Nobody is listed there. Add people first, or tick other groups.")
        return cleaned


class AnswerForm(forms.Form):
    """Up to five names, on the list or not, or nobody."""

    nobody = forms.BooleanField(required=False, label="I ask nobody")

    def __init__(self, *args, link: NominationLink, names: Names, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.link, self.names = link, names
        self.people: list = []
        self.unknown: list[str] = []
        for i in range(1, MOST_NAMED + 1):
            self.fields[f"name{i}"] = forms.CharField(
                required=False,
                max_length=200,
                label=f"Name {i}",
                widget=forms.TextInput({"list": "people", "autocomplete": "off"}),
            )

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[f"name{i}"] for i in range(1, MOST_NAMED + 1)]

    def clean(self):
        cleaned = super().clean()
        for i in range(1, MOST_NAMED + 1):
            typed = tidy_name(cleaned.get(f"name{i}") or "")
            if typed:
                self._take(f"name{i}", typed)
        named = self.people or self.unknown
        if self.errors:
            return cleaned
        if cleaned.get("nobody") and named:
            raise ValidationError("You wrote a name and ticked that you ask nobody. Keep one.")
        if not cleaned.get("nobody") and not named:
            raise ValidationError("Write at least one name, or tick that you ask nobody.")
        return cleaned

    def _take(self, field: str, typed: str) -> None:
        known = self.names.only(typed)
        me = name_key(self.link.person.name)
        if (known and known.id == self.link.person_id) or (not known and name_key(typed) == me):
            self.add_error(field, "That is you. Write whom you ask.")
        elif known:
            if known.id not in self.people:
                self.people.append(known.id)
        elif len(typed) > 120:
            self.add_error(field, "Longer than 120 characters. Write the name alone.")
        elif name_key(typed) not in {name_key(name) for name in self.unknown}:
            self.unknown.append(typed)


class ChampionAddForm(forms.Form):
    person = PersonField(
        label="Person", error_messages={"required": "Choose a person from the list."}
    )
    state = forms.ChoiceField(
        label="State",
        choices=[
            (state.value, state.label)
            for state in (Champion.State.CANDIDATE, Champion.State.INVITED, Champion.State.ACTIVE)
        ],
    )
    is_appointed = forms.BooleanField(
        required=False,
        label="Appointed, not named by colleagues",
        help_text="Kept apart, to see whether colleagues would have named the same people.",
    )

    def __init__(self, *args, names: Names, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].names = names


class ChampionForm(VersionedForm):
    class Meta:
        model = Champion
        fields = [
            "state",
            "state_on",
            "is_appointed",
            "belief",
            "belief_on",
            "early_access_on",
            "hours",
            "manager_told_on",
            "changed",
        ]
        field_classes = date_fields("state_on", "belief_on", "early_access_on", "manager_told_on")
        labels = {
            "belief": "Why they believe in it, in their own words",
            "belief_on": "Heard on",
            "hours": "Hours per week agreed",
            "changed": "What they changed in the design",
        }
        help_texts = {
            "belief": "A sentence of theirs, not of yours.",
            "changed": "One remark of theirs that is in the product now.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("belief", "changed"):
            self.fields[name].widget.attrs["rows"] = 3
        self.fields["hours"].widget.attrs.update(min="0", step="0.5")

    def clean_hours(self):
        hours = self.cleaned_data["hours"]
        if hours is not None and hours < 0:
            raise ValidationError("Enter hours from 0, for example 2.")
        return hours

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("belief_on") and not cleaned.get("belief", "").strip():
            self.add_error("belief", "Write what they said, or take the date away.")
        for name in self.Meta.field_classes:
            if cleaned.get(name) and cleaned[name] > timezone.localdate():
                self.add_error(name, "This day has not come yet.")
        return cleaned


class SettingsForm(forms.Form):
    """What counts as a tie, the target and the planning ratio; all three are judgements."""

    tie_from = forms.TypedChoiceField(
        choices=[
            (5, "5, very often only"),
            (4, "4, often and more"),
            (3, "3, sometimes and more"),
            (2, "2, seldom and more"),
            (1, "1, every tie"),
        ],
        coerce=int,
        label="A tie counts from",
    )
    target = forms.IntegerField(
        min_value=1,
        max_value=100,
        label="Target: share who can ask a champion, %",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter a whole number from 1 to 100."
        ),
    )
    people_per_champion = forms.IntegerField(
        min_value=2,
        max_value=1000,
        label="People per champion, to plan with",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter a whole number, for example 20."
        ),
    )


class PlanForm(forms.Form):
    """How many champions to look for, and where."""

    m = forms.IntegerField(min_value=1, max_value=10, label="How many more")
    only = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Only from"
    )

    def __init__(self, *args, groups, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["only"].choices = [(name, name) for name in groups]
