"""Question banks that an organisation brings itself."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.bank import Bank, published
from assessments.models import Assessment, BankFile, Organisation, User


def store_bank(
    *, organisation: Organisation, bank: Bank, text: str, user: User
) -> tuple[BankFile, bool]:
    """Keep a bank file and tell whether it is new; a stored version never changes."""
    if bank.id in {shipped.id for shipped in published()}:
        raise ValidationError(
            f"The id “{bank.id}” belongs to a bank that comes with the product. Choose another id."
        )
    stored, is_new = BankFile.objects.get_or_create(
        organisation=organisation,
        bank_id=bank.id,
        version=bank.version,
        defaults={
            "name": bank.title,
            "text": text,
            "sha256": bank.sha256,
            "item_count": len(bank.items),
            "uploaded_by": user,
        },
    )
    if stored.sha256 != bank.sha256:
        raise ValidationError(
            f"Version {bank.version} of “{bank.id}” is already here with other content. "
            "Give the changed file a new version."
        )
    return stored, is_new


def bank_users(bank_file: BankFile) -> int:
    """Return how many rollouts and rounds stand on this file."""
    return bank_file.projects.count() + Assessment.objects.filter(bank_file=bank_file).count()


@transaction.atomic
def delete_bank(*, bank_file: BankFile) -> None:
    """Delete a bank file that nothing stands on."""
    if bank_users(bank_file):
        raise ValidationError(
            "A rollout or a round uses this version, so it stays. "
            "Scores must remain explainable by the questions they were made with."
        )
    bank_file.delete()
