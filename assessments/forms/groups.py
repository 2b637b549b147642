"""Forms of groups, and of the table that brings many at once."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from assessments import uploads
from assessments.models import Group, Project

from .shared import WHOLE_NUMBER, VersionedForm


class GroupForm(VersionedForm):
    class Meta:
        model = Group
        fields = ["name", "headcount", "site", "shift", "audience", "notes"]
        labels = {"name": "Group", "audience": "What it does with the system"}
        help_texts = {
            "name": "People who do the same work in the same place.",
            "headcount": "How many people. Group risk is weighted by it.",
        }
        error_messages = {"headcount": {"invalid": WHOLE_NUMBER, "min_value": WHOLE_NUMBER}}

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.fields["headcount"].widget.attrs["min"] = 1
        self.fields["notes"].widget.attrs["rows"] = 3

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = self.instance.project.groups.filter(name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError("A group of this name is in this rollout already.")
        return name


class GroupRowForm(forms.ModelForm):
    """One row of an imported table; without a group of that name it makes a new one."""

    class Meta:
        model = Group
        fields = ["name", "headcount", "site", "shift", "audience", "notes"]
        error_messages = {"headcount": {"invalid": WHOLE_NUMBER, "min_value": WHOLE_NUMBER}}

    def __init__(self, *args, project: Project, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.fields["audience"].required = False

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_audience(self) -> str:
        return self.cleaned_data["audience"] or self.instance.audience


class TableUploadForm(forms.Form):
    file = forms.FileField(
        label="Table",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV or Excel (.xlsx). The first row holds the column names.",
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        uploads.check(upload, kinds=uploads.TABLE_KINDS)
        return upload
