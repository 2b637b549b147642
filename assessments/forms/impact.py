"""Forms of the impact pages: ratings, losses and gains, other changes, copies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone

from assessments.models import Effect, Group, Impact, OtherChange, Project
from assessments.scoring.impact import HIGHEST
from assessments.services.impact import Given, names_in, seen

from .shared import DateField, VersionedForm, date_fields

NOT_YET = "This day has not come yet. Enter today or earlier."
LEVEL = "Choose a level from 0 to 5, or –."
HOURS = "Enter hours per person and week, from 0.1 to 60, for example 2.5."
TOO_LONG = "Shorten this to %(limit_value)d characters."


def words_field() -> forms.CharField:
    return forms.CharField(
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"max_length": TOO_LONG},
    )


class RatingForm(forms.Form):
    """How much one aspect of the work changes, as one side sees it."""

    level = forms.TypedChoiceField(
        choices=[("", "–"), *((level, str(level)) for level in range(HIGHEST + 1))],
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": LEVEL},
    )
    yesterday = words_field()
    tomorrow = words_field()
    rated_by = forms.CharField(
        max_length=120, required=False, label="Who said so", error_messages={"max_length": TOO_LONG}
    )
    rated_on = DateField(required=False, label="When")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, aspect: str, view: str, stored: Impact | None, who: str, **kwargs):
        self.aspect, self.view, self.stored = aspect, view, stored
        initial = {
            "level": stored.level if stored else None,
            "yesterday": stored.yesterday if stored else "",
            "tomorrow": stored.tomorrow if stored else "",
            "rated_by": stored.rated_by if stored else who,
            "rated_on": stored.rated_on if stored else timezone.localdate(),
            "seen": seen(stored),
        }
        prefix = f"{aspect}-{view}"
        super().__init__(*args, initial=initial, prefix=prefix, **kwargs)
        names = {"level": "level", "yesterday": "yesterday", "tomorrow": "tomorrow"}
        side = Impact.View(view).label
        for name, field in self.fields.items():
            words = f"{Impact.Aspect(aspect).label}, {side}: {names.get(name, field.label or name)}"
            css = "form-select" if name == "level" else "form-control"
            field.widget.attrs.update({"class": css, "aria-label": words, "autocomplete": "off"})
        self.fields["yesterday"].widget.attrs["placeholder"] = "Yesterday"
        self.fields["tomorrow"].widget.attrs["placeholder"] = "Tomorrow"

    def clean_yesterday(self) -> str:
        return " ".join(self.cleaned_data["yesterday"].split())

    def clean_tomorrow(self) -> str:
        return " ".join(self.cleaned_data["tomorrow"].split())

    def clean_rated_on(self):
        day = self.cleaned_data["rated_on"]
        if day and day > timezone.localdate():
            raise ValidationError(NOT_YET)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        texts = data.get("yesterday") or data.get("tomorrow")
        if texts and data.get("level") is None and not self.has_error("level"):
            self.add_error("level", "Choose a level too, so that the text can be saved.")
        return data

    @property
    def given(self) -> Given:
        names = ("level", "yesterday", "tomorrow", "rated_by", "rated_on")
        return Given(**{name: self.cleaned_data[name] for name in names})

    @property
    def problem(self) -> str:
        """Say in one line what is wrong."""
        if not self.is_bound:
            return ""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class SeenForm(VersionedForm):
    """Guard a row that counts no versions by the moment of its last save."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, instance=None, **kwargs) -> None:
        instance = instance or self._meta.model()
        instance.version = seen(instance)
        super().__init__(*args, instance=instance, **kwargs)

    def save(self, commit: bool = True):
        return forms.ModelForm.save(self, commit)


class EffectForm(SeenForm):
    class Meta:
        model = Effect
        fields = ["direction", "of", "text", "answer", "confirmed_on", "confirmed_by"]
        field_classes = date_fields("confirmed_on")
        labels = {
            "direction": "It is a",
            "of": "Of what",
            "text": "What exactly",
            "answer": "Our answer",
            "confirmed_on": "Confirmed by the group on",
            "confirmed_by": "Who confirmed it",
        }
        help_texts = {
            "text": "In the group’s words, for example: change a price while the customer talks.",
            "answer": "What we keep, give back or say openly. For a loss only.",
            "confirmed_on": "Leave empty until the group has said so itself.",
            "confirmed_by": "A person or an occasion, for example: shift meeting, Sabine Roth.",
        }
        error_messages = {
            "text": {"required": "Write what is lost or gained.", "max_length": TOO_LONG}
        }

    def __init__(self, *args, group: Group, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project_id, self.instance.group = group.project_id, group
        self.fields["direction"].choices = Effect.Direction.choices
        self.fields["of"].choices = [("", "Choose"), *Effect.Of.choices]
        self.fields["of"].error_messages["required"] = "Choose what is lost or gained."
        self.fields["answer"].widget.attrs["rows"] = 3

    def clean_confirmed_on(self):
        day = self.cleaned_data["confirmed_on"]
        if day and day > timezone.localdate():
            raise ValidationError(NOT_YET)
        return day

    def clean(self):
        data = super().clean()
        is_dated = data.get("confirmed_on") or self.has_error("confirmed_on")
        if data.get("confirmed_by") and not is_dated:
            self.add_error("confirmed_on", "Enter the day on which the group confirmed it.")
        if data.get("direction") == Effect.Direction.GAIN and data.get("answer"):
            self.add_error("answer", "Only a loss needs an answer. Empty this, or make it a loss.")
        return data


class ChangeForm(SeenForm):
    """Another change of the same weeks, for one group or, when new, for several."""

    class Meta:
        model = OtherChange
        fields = ["name", "hours", "starts_on", "ends_on", "is_rollout"]
        field_classes = date_fields("starts_on", "ends_on")
        labels = {"name": "Change", "is_rollout": "These are the rollout’s own hours"}
        help_texts = {
            "name": "For example: new travel rules, year-end stocktaking.",
            "is_rollout": "Training and practice for this rollout, not another change.",
        }

    hours = forms.DecimalField(
        label="Hours per person and week",
        min_value=0.1,
        max_value=60,
        max_digits=4,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1", "min": "0.1", "max": "60"}),
        help_text="Meetings, training and extra work together.",
        error_messages=dict.fromkeys(
            (
                *("invalid", "min_value", "max_value"),
                *("max_digits", "max_decimal_places", "max_whole_digits"),
            ),
            HOURS,
        ),
    )
    groups = forms.ModelMultipleChoiceField(
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label="Groups whose hours it takes",
        error_messages={"required": "Choose at least one group."},
    )

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.fields["groups"].queryset = project.groups.all()
        if not self.instance._state.adding:
            del self.fields["groups"]

    def clean(self):
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "It cannot end before it starts. Change one of the two days.")
        return data


class LimitForm(forms.Form):
    """From how many hours of change a week is marked."""

    hours = forms.FloatField(
        min_value=1,
        max_value=60,
        label="Mark weeks above",
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "1", "max": "60"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Enter hours from 1 to 60, for example 8.",
        ),
    )


class CopyForm(forms.Form):
    """Which groups of an earlier rollout to copy, and what of them."""

    source = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        label="Earlier rollout",
        empty_label="Choose",
        error_messages={"required": "Choose the rollout to copy from."},
    )
    groups = forms.ModelMultipleChoiceField(
        queryset=Group.objects.none(),
        error_messages={"required": "Choose at least one group."},
    )
    with_impact = forms.BooleanField(
        required=False, initial=True, label="Impact, as that project rated it"
    )
    with_effects = forms.BooleanField(
        required=False, initial=True, label="Losses and gains, with our answers"
    )

    def __init__(self, *args, project: Project, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["source"].queryset = (
            project.organisation.projects.visible_to(user)
            .exclude(pk=project.pk)
            .annotate(group_count=Count("groups"))
            .filter(group_count__gt=0)
            .order_by("-created_at", "pk")
        )
        self.chosen = self._chosen()
        if self.chosen is not None:
            self.fields["groups"].queryset = self.chosen.groups.all()

    def _chosen(self) -> Project | None:
        """Return the rollout that the other choices depend on."""
        try:
            return self.fields["source"].clean(self.data.get("source"))
        except ValidationError:
            return None

    def rows(self, *, is_asking: bool) -> list[dict[str, Any]]:
        """Return the rollout's groups: whether the name is taken here, whether it is ticked.

        Before anybody was asked, all are ticked.
        """
        if self.chosen is None:
            return []
        taken = names_in(self.project)
        ticked = set(self.data.getlist("groups"))
        return [
            {
                "group": group,
                "is_taken": group.name.casefold() in taken,
                "is_chosen": not is_asking or str(group.pk) in ticked,
            }
            for group in self.chosen.groups.annotate(
                effect_count=Count("effects", distinct=True),
                rating_count=Count("impacts", distinct=True),
            )
        ]
