"""The work of making documents. A task takes an id and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from reports import editions


@shared_task(name="reports.export_tasks.build_export")
def build_export(*, edition_id: str) -> None:
    """Make one queued edition."""
    editions.execute(edition_id, clock=timezone.now)
