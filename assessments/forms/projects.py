"""Forms of a rollout: the guided steps, its settings and its method."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from assessments.models import DimensionException, Organisation, Project
from assessments.scoring.types import Settings

from .shared import WHOLE_NUMBER, OptionalMarks, VersionedForm, date_fields, seen_clients

NOT_CALIBRATED = "Our judgement, not calibrated."
OUTCOME = ["outcome", "outcome_measure", "outcome_baseline", "outcome_target", "outcome_due_on"]
SYSTEM = ["system", "replaces", "name", "kind", "use"]
DATES = ["starts_on", "go_live_on", "parallel_until", "waves"]
PEOPLE = ["client", "sponsor_name", "sponsor_title"]


def target_date_problem(due_on: date | None, go_live_on: date | None) -> str:
    """Return why the target's day cannot be, or nothing."""
    if due_on and go_live_on and due_on < go_live_on:
        return (
            f"The target is due on {due_on:%-d %b %Y}, before go-live on {go_live_on:%-d %b %Y}. "
            "Change one of the two dates."
        )
    return ""


class OutcomeForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Project
        fields = OUTCOME
        field_classes = date_fields("outcome_due_on")
        widgets = {"outcome": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "outcome": "What is different for the business when it worked. Leave the tool out.",
            "outcome_baseline": "With its unit, for example 9 days.",
            "outcome_target": "With its unit, for example 2 days.",
        }


class SystemForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Project
        fields = SYSTEM
        labels = {"name": "Name of the rollout"}
        help_texts = {
            "name": "As it stands in the portfolio. Short, for example Quoting platform.",
            "replaces": "Systems, spreadsheets and habits that must end.",
        }


class DatesForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Project
        fields = DATES
        field_classes = date_fields("starts_on", "go_live_on", "parallel_until")
        widgets = {"waves": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"go_live_on": "Leave empty while it is not fixed."}

    def __init__(self, *args, outcome_due_on: date | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.outcome_due_on = outcome_due_on

    def clean_go_live_on(self) -> date | None:
        day = self.cleaned_data["go_live_on"]
        if problem := target_date_problem(self.outcome_due_on, day):
            raise ValidationError(problem)
        return day


class PeopleForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = Project
        fields = PEOPLE
        help_texts = {"sponsor_name": "Who wants it, and can remove obstacles."}

    def __init__(self, *args, organisation: Organisation, membership, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.organisation = organisation
        narrow_client(self.fields["client"], organisation, membership)


class GroupStepForm(forms.Form):
    name = forms.CharField(label="Group", max_length=120, required=False)
    headcount = forms.IntegerField(
        label="People",
        min_value=1,
        max_value=10_000_000,
        required=False,
        error_messages={"invalid": WHOLE_NUMBER, "min_value": WHOLE_NUMBER},
    )

    def clean(self):
        cleaned = super().clean()
        name = " ".join((cleaned.get("name") or "").split())
        cleaned["name"] = name
        if name and cleaned.get("headcount") is None and not self.has_error("headcount"):
            self.add_error("headcount", "Say how many people, for example 60.")
        if cleaned.get("headcount") and not name and not self.has_error("name"):
            self.add_error("name", "Give the group a name.")
        return cleaned


class BaseGroupStepFormSet(BaseFormSet):
    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name", "").casefold() if form.is_valid() else ""
            if name and name in seen:
                form.add_error("name", "This group stands above already.")
            seen.add(name)

    @property
    def rows(self) -> list[dict]:
        """The filled rows, as values of groups."""
        return [
            {"name": form.cleaned_data["name"], "headcount": form.cleaned_data["headcount"]}
            for form in self.forms
            if form.cleaned_data.get("name")
        ]


GROUP_ROWS = 5
GroupStepFormSet = formset_factory(
    GroupStepForm, formset=BaseGroupStepFormSet, extra=GROUP_ROWS, max_num=100, absolute_max=110
)


def narrow_client(field: forms.ModelChoiceField, organisation: Organisation, membership) -> None:
    """Offer the clients that the member sees; who sees chosen clients only must choose one."""
    field.queryset = seen_clients(organisation, membership)
    field.required = not membership.all_clients
    field.empty_label = "None, a rollout of our own"
    if field.required:
        field.empty_label = "Choose a client"
        field.error_messages["required"] = (
            "You see the rollouts of chosen clients only, so this one needs a client of yours."
        )


class ProjectForm(VersionedForm):
    """Change a rollout's facts."""

    class Meta:
        model = Project
        fields = [*OUTCOME, *SYSTEM, *DATES, "phase", *PEOPLE]
        field_classes = date_fields("outcome_due_on", "starts_on", "go_live_on", "parallel_until")
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 3}),
            "waves": forms.Textarea(attrs={"rows": 3}),
        }
        labels = SystemForm.Meta.labels
        help_texts = {
            **OutcomeForm.Meta.help_texts,
            **SystemForm.Meta.help_texts,
            **DatesForm.Meta.help_texts,
            **PeopleForm.Meta.help_texts,
        }

    # Each inner tuple stands on one line.
    SECTIONS = (
        (
            "Business outcome",
            (
                ("outcome",),
                ("outcome_measure",),
                ("outcome_baseline", "outcome_target", "outcome_due_on"),
            ),
        ),
        ("System and use", (("system", "name"), ("replaces",), ("kind", "use"))),
        (
            "Dates",
            (("starts_on", "go_live_on", "parallel_until"), ("phase",), ("waves",)),
        ),
        ("People", (("client",), ("sponsor_name", "sponsor_title"))),
    )

    def __init__(self, *args, membership, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        narrow_client(self.fields["client"], self.instance.organisation, membership)

    def clean(self):
        cleaned = super().clean()
        problem = target_date_problem(cleaned.get("outcome_due_on"), cleaned.get("go_live_on"))
        if problem:
            self.add_error("go_live_on", problem)
        return cleaned

    @property
    def sections(self):
        """The fields under their headings, in the order in which they are asked."""
        return [
            (heading, [[self[name] for name in names] for names in lines])
            for heading, lines in self.SECTIONS
        ]


class MethodForm(VersionedForm):
    """Change how the score is computed; every value is a judgement and says so."""

    weakest_link_share = forms.FloatField(
        label="Weakest-link share",
        min_value=0,
        max_value=1,
        help_text=(
            f"0: all dimensions count alike. 1: the weakest one decides alone. {NOT_CALIBRATED}"
        ),
        error_messages={"invalid": "Enter a number from 0 to 1, for example 0.5."},
    )

    UNMARKED_NAMES = ("bank_file",)  # empty means the shipped bank

    class Meta:
        model = Project
        fields = ["bank_file"]
        labels = {"bank_file": "Question bank of the next round"}
        help_texts = {"bank_file": "A round that is open keeps the bank it was opened with."}

    def __init__(self, *args, shipped: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_file"].queryset = self.instance.organisation.bank_files.all()
        self.fields["bank_file"].empty_label = shipped
        method = self.instance.method or {}
        share = method.get("weakest_link_share", Settings().weakest_link_share)
        self.fields["weakest_link_share"].widget.attrs["step"] = "0.05"
        self.initial["weakest_link_share"] = share
        self.stored["weakest_link_share"] = share
        self.dimensions = self.instance.bank.dimensions
        kept = method.get("weights", {})
        for dimension in self.dimensions:
            name = f"weight_{dimension.code}"
            self.fields[name] = forms.FloatField(
                label=dimension.name,
                min_value=0.1,
                max_value=10,
                widget=forms.NumberInput(attrs={"step": "0.1"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value", "required"),
                    "Enter a number from 0.1 to 10, for example 1.",
                ),
            )
            self.initial[name] = self.stored[name] = kept.get(dimension.code, dimension.weight)

    @property
    def weight_fields(self):
        return [(d, self[f"weight_{d.code}"]) for d in self.dimensions]

    def save(self, commit: bool = True) -> Project:
        data = self.cleaned_data
        # What other pages keep in the method stays as it is.
        method = {**(self.instance.method or {}), "weakest_link_share": data["weakest_link_share"]}
        method.pop("weights", None)
        weights = {d.code: data[f"weight_{d.code}"] for d in self.dimensions}
        if weights != {d.code: d.weight for d in self.dimensions}:
            method["weights"] = weights
        if "bank_file" in self.changed_data:
            # Weights belong to the dimensions of the bank they were set for.
            method.pop("weights", None)
        self.instance.method = method
        return super().save(commit)


class ExceptionForm(OptionalMarks, forms.ModelForm):
    class Meta:
        model = DimensionException
        fields = ["dimension", "reason"]
        labels = {"reason": "Why it cannot apply"}
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "reason": "Such as: nothing is migrated. Not having looked at it yet is no reason.",
        }

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        declared = set(project.dimensionexceptions.values_list("dimension", flat=True))
        self.open = [d for d in project.bank.dimensions if d.code not in declared]
        self.fields["dimension"] = forms.ChoiceField(
            label="Dimension",
            choices=[("", "Choose one"), *((d.code, d.name) for d in self.open)],
            error_messages={"required": "Choose a dimension."},
        )

    def clean(self):
        cleaned = super().clean()
        if len(self.open) <= 1:
            raise ValidationError("One dimension must stay, or nothing is left to score.")
        return cleaned
