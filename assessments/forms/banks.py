"""The form that takes a question bank in."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from assessments.bank import Bank, BankError, parse_bank
from assessments.models import BankFile
from assessments.uploads import MEGABYTE, suffix_of


class BankUploadForm(forms.Form):
    """Parse the file; afterwards `bank` and `text`, or `problems` as (line, message)."""

    file = forms.FileField(
        label="Question bank",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text="A YAML file, at most 1 MB. Download the shipped bank to start from it.",
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
    )

    bank: Bank
    text: str
    problems: tuple[tuple[int, str], ...] = ()

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if suffix_of(upload.name) not in ("yaml", "yml"):
            raise ValidationError("Use a file that ends in .yaml.")
        if upload.size > MEGABYTE:
            raise ValidationError(
                f"The file has {upload.size / MEGABYTE:.1f} MB. The limit is 1 MB."
            )
        raw = upload.read()
        try:
            self.bank = parse_bank(raw, upload.name)
        except BankError as error:
            self.problems = error.problems
        else:
            self.problems = tuple(self._too_long())
        if self.problems:
            count = len(self.problems)
            raise ValidationError(
                f"The file has {count} problem{'s' if count != 1 else ''}. Nothing was stored."
            )
        self.text = raw.decode("utf-8")
        return upload

    def _too_long(self):
        """Give what the bank's own rules allow and a stored row cannot hold."""
        for field, value in (
            ("bank_id", self.bank.id),
            ("version", self.bank.version),
            ("name", self.bank.title),
        ):
            limit = BankFile._meta.get_field(field).max_length
            if len(value) > limit:
                label = {"bank_id": "id", "name": "title"}.get(field, field)
                yield 1, f"{label} is longer than {limit} characters."
