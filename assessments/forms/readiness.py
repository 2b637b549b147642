"""Forms of the assessment: a round, an answer, evidence, sign-off."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import URLValidator

from assessments import uploads
from assessments.models import Answer, Assessment, Evidence, Project, User
from assessments.services.answers import Given
from assessments.services.rounds import can_assess

from .documents import ACCEPT, check_document
from .shared import DateField, bound_texts, date_fields

State = Answer.State


class PeopleChoice(forms.ModelMultipleChoiceField):
    """Choose several members; the job title tells two of one name apart."""

    def label_from_instance(self, user: User) -> str:
        return f"{user}, {user.title}" if user.title else str(user)


class RoundForm(forms.Form):
    """Name, due date and assessors of a round, new or running."""

    name = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the round a name, for example: November round."},
    )
    due_on = DateField(
        label="Answers due by",
        error_messages={"required": "Choose the day by which answers are due."},
    )
    assessors = PeopleChoice(
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        label="Who assesses",
        help_text="Editors and owners. Each answers alone first; then you agree one answer.",
        error_messages={"required": "Choose at least one person who assesses."},
    )
    carry_over = forms.BooleanField(
        required=False,
        initial=True,
        label="Start from each person’s answers of the last round",
        help_text=(
            "They keep their old date until somebody touches them. Without them the round starts "
            "blank, and the score stands at “cannot tell yet” until enough is answered."
        ),
    )

    def __init__(
        self,
        *args,
        project: Project,
        today: date,
        previous: Assessment | None = None,
        running: Assessment | None = None,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.today, self.running = project, today, running
        self.fields["assessors"].queryset = can_assess(project)
        if previous is None:
            del self.fields["carry_over"]

    def clean_due_on(self) -> date:
        due_on = self.cleaned_data["due_on"]
        unchanged = self.running is not None and due_on == self.running.due_on
        if due_on < self.today and not unchanged:
            raise forms.ValidationError("Choose today or a later day.")
        go_live = self.project.go_live_on
        if go_live and self.today <= go_live < due_on:
            day = f"{go_live.day} {go_live:%b %Y}"
            raise forms.ValidationError(
                f"Go-live is on {day}. Answers that come later change nothing any more: "
                "choose an earlier day, or move go-live first."
            )
        return due_on


class AnswerForm(forms.Form):
    """One answer: a level, don't know, not applicable with its reason, or nothing yet."""

    CHOICES = [
        ("", "Not answered"),
        *((str(level), f"Level {level}") for level in range(5)),
        (State.DONT_KNOW, "Don’t know"),
        (State.NOT_APPLICABLE, "Not applicable"),
    ]

    choice = forms.ChoiceField(choices=CHOICES, required=False)
    reason = forms.CharField(required=False, max_length=2_000)
    note = forms.CharField(required=False, max_length=10_000)
    version = forms.IntegerField(min_value=0)

    def __init__(self, *args, code: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("choice") == State.NOT_APPLICABLE and not cleaned.get("reason"):
            self.add_error("reason", f"Write why {self.code} does not apply to this rollout.")
        return cleaned

    @property
    def given(self) -> Given:
        """What the person said, ready to be saved."""
        choice, note = self.cleaned_data["choice"], self.cleaned_data["note"]
        if choice.isdigit():
            return Given(State.LEVEL, int(choice), "", note)
        if choice == State.NOT_APPLICABLE:
            return Given(choice, None, self.cleaned_data["reason"], note)
        return Given(choice or State.BLANK, None, "", note)


def answer_choice(answer: Answer) -> str:
    """Return the form's choice for a saved answer."""
    if answer.state == State.LEVEL:
        return str(answer.level)
    return "" if answer.state == State.BLANK else answer.state


class EvidenceForm(forms.ModelForm):
    """A file, a link or a note that proves a level, for a span of time."""

    title = forms.CharField(max_length=160, required=False)

    class Meta:
        model = Evidence
        fields = ["file", "url", "text", "title", "effective_on", "expires_on"]
        field_classes = date_fields("effective_on", "expires_on")
        widgets = {
            "file": forms.FileInput(attrs={"accept": ACCEPT}),
            "url": forms.URLInput(attrs={"placeholder": "https://"}),
            "text": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "file": "File",
            "url": "Address",
            "text": "What was seen, by whom",
        }

    CONTENT = {Evidence.Kind.FILE: "file", Evidence.Kind.LINK: "url", Evidence.Kind.NOTE: "text"}
    MISSING = {
        "file": "Choose a file.",
        "url": "Enter a full address, for example https://intranet.example.org/plan.",
        "text": "Write what was seen, for example: 12 of 16 finished their own quote unaided.",
    }

    def __init__(
        self, *args, project: Project, item: str, kind: str, today: date, **kwargs
    ) -> None:
        initial = {"effective_on": today, **kwargs.pop("initial", {})}
        super().__init__(
            *args, initial=initial, auto_id=f"evidence-{kind}-%s", label_suffix="", **kwargs
        )
        self.kind = kind
        self.instance.project, self.instance.item, self.instance.kind = project, item, kind
        content = self.CONTENT[kind]
        for name in set(self.CONTENT.values()) - {content}:
            del self.fields[name]
        self.fields[content].required = True
        self.fields[content].error_messages["required"] = self.MISSING[content]
        if content == "url":
            self.fields["url"] = forms.CharField(
                label="Address",
                max_length=500,
                widget=self.fields["url"].widget,
                validators=[URLValidator(schemes=["http", "https"], message=self.MISSING["url"])],
                error_messages={"required": self.MISSING["url"]},
            )
        if content == "file":
            self.fields["title"].help_text = "Empty: the name of the file."
        self.fields["effective_on"].error_messages["required"] = "Enter the day it took effect."
        bound_texts(self.fields.values())

    @property
    def content(self):
        """The one field that this kind of evidence is about."""
        return self[self.CONTENT[self.kind]]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        check_document(upload)
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("title"):
            if self.kind == Evidence.Kind.NOTE:
                self.add_error("title", "Give it a title, for example: Rehearsal minutes.")
            elif cleaned.get(self.CONTENT[self.kind]):
                cleaned["title"] = self._own_title(cleaned)[:160]
        begins, ends = cleaned.get("effective_on"), cleaned.get("expires_on")
        if begins and ends and ends < begins:
            self.add_error("expires_on", "It cannot expire before it takes effect.")
        return cleaned

    def _own_title(self, cleaned: dict[str, Any]) -> str:
        if self.kind == Evidence.Kind.FILE:
            return PurePath(cleaned["file"].name).stem
        return urlsplit(cleaned["url"]).hostname or cleaned["url"]

    def save(self, *, by) -> Evidence:
        """Save the evidence; the file gets a name of ours and keeps its own beside it."""
        evidence = self.instance
        evidence.added_by = by
        if evidence.kind == Evidence.Kind.FILE:
            upload = self.cleaned_data["file"]
            evidence.file_name = uploads.safe_name(upload.name)
            evidence.file.name = f"{uuid.uuid4().hex}.{uploads.suffix_of(upload.name)}"
        evidence.save()
        return evidence


class SignOffForm(forms.Form):
    """The signer's own name, typed."""

    typed_name = forms.CharField(
        label="Your name, as your signature",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type your name to sign off."},
    )


class ReopenForm(forms.Form):
    """Why a round is opened again."""

    reason = forms.CharField(
        label="Why is it opened again",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why the round is opened again."},
    )
