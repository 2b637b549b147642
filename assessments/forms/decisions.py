"""Forms of decisions and next steps."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from assessments.models import Decision, NextStep, Project

from .shared import OptionalMarks, PersonChoice, VersionedForm, date_fields, people_who_see


class DecisionForm(VersionedForm):
    class Meta:
        model = Decision
        fields = ["question", "context", "decider", "asked_on", "limit_on"]
        field_classes = {**date_fields("asked_on", "limit_on"), "decider": PersonChoice}
        help_texts = {
            "question": "As a question that one person can answer.",
            "decider": "This person can record the decision, also as a viewer.",
        }

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.fields["decider"].queryset = people_who_see(project)
        self.fields["decider"].empty_label = "Nobody yet"
        self.fields["context"].widget.attrs["rows"] = 3
        if not self.instance.asked_on:
            self.fields["asked_on"].initial = timezone.localdate


class DecideForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Decision
        fields = ["outcome", "decided_on"]
        field_classes = date_fields("decided_on")
        labels = {"decided_on": "Decided on"}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True
        self.fields["outcome"].widget.attrs["rows"] = 4
        self.fields["outcome"].error_messages["required"] = "Write what was decided."
        self.fields["decided_on"].required = True
        if not self.instance.decided_on:
            self.initial["decided_on"] = timezone.localdate()

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet. Enter today or earlier.")
        if day < self.instance.asked_on:
            raise forms.ValidationError("It was asked later than that. Enter a later day.")
        return day


class StepForm(VersionedForm):
    class Meta:
        model = NextStep
        fields = ["text", "item", "owner", "owner_name", "due_on"]
        field_classes = {**date_fields("due_on"), "owner": PersonChoice}
        labels = {
            "item": "Item it mends",
            "owner": "Who, if a member",
            "owner_name": "Who, if not a member",
        }
        help_texts = {"owner": "A member finds it under My work."}

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.fields["owner"].queryset = people_who_see(project)
        self.fields["owner"].empty_label = "Nobody chosen"
        self.fields["owner_name"].required = False
        items = [
            (
                f"{dimension.name}",
                [(i.code, f"{i.code}  {i.short}") for i in project.bank.items_of(dimension.code)],
            )
            for dimension in project.bank.dimensions
        ]
        # A step keeps its item when the bank moves on.
        current = self.instance.item
        if current and current not in {i.code for i in project.bank.items}:
            items.append(("No longer in the bank", [(current, current)]))
        self.fields["item"] = forms.ChoiceField(
            label="Item it mends", choices=[("", "None in particular"), *items], required=False
        )

    def clean(self):
        cleaned = super().clean()
        owner, name = cleaned.get("owner"), cleaned.get("owner_name", "").strip()
        if not owner and not name and not self.has_error("owner"):
            self.add_error("owner", "Say who does it: choose a member or write a name.")
        # The member's own name wins, so that the two can never tell different stories.
        cleaned["owner_name"] = str(owner)[:120] if owner else name
        return cleaned
