"""Taking evidence away and back; the row and its file stay."""

from __future__ import annotations

from datetime import datetime

from assessments.models import Evidence


def remove_evidence(*, evidence: Evidence, now: datetime) -> None:
    """Stop the evidence from counting; a second click changes nothing."""
    Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=now)


def restore_evidence(*, evidence: Evidence) -> None:
    """Let removed evidence count again."""
    Evidence.objects.filter(pk=evidence.pk).update(removed_at=None)
