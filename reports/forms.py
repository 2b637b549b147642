"""Forms of the reports."""

from __future__ import annotations

from typing import Any

from django import forms

from assessments.models import Project
from reports.models import ExportFile, ScoreRun


class EditionForm(forms.Form):
    """Which document is wanted; without a choice it is about the newest run."""

    format = forms.ChoiceField(
        label="Format", choices=ExportFile.Format.choices, initial=ExportFile.Format.PDF
    )
    audience = forms.ChoiceField(
        label="Who reads it",
        choices=ExportFile.Audience.choices,
        initial=ExportFile.Audience.CLIENT,
        help_text=(
            "The client version leaves out the names of assessors and owners. Titles of evidence "
            "and texts of next steps are printed as written."
        ),
    )
    run = forms.ModelChoiceField(
        label="Score run",
        queryset=ScoreRun.objects.none(),
        empty_label=None,
        error_messages={"required": "There is no finished score run yet. Score first."},
    )
    is_anew = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = project.scoreruns.filter(status=ScoreRun.Status.DONE)
        self.fields["run"].queryset = runs.defer("result", "summary").order_by("-number", "pk")
        self.fields["run"].label_from_instance = _run_label
        latest = runs.filter(is_latest=True).values_list("pk", flat=True).first()
        self.fields["run"].initial = latest


def _run_label(run: ScoreRun) -> str:
    return f"Run {run.number}, {run.as_of.day} {run.as_of:%b %Y}"
