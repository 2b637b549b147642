"""The work that Celery does for these pages. Every task takes ids and may run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from assessments import advice
from assessments.models import Project

logger = logging.getLogger(__name__)

FAILED = "The calculation stopped with an error. It is in our log; the next visit tries again."


@shared_task(name="assessments.tasks.study_network")
def study_network(*, project_id: str, digest: str, m: int, only: list[str]) -> None:
    """Calculate the slow parts of a network and keep them; a changed network is left alone."""
    wanted = advice.Wanted(project_id, digest, m, tuple(only))
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return
    found = advice.read(project)
    if found.digest != digest:
        # The page that asks again asks for the network as it is now.
        wanted.release()
        return
    try:
        wanted.keep(advice.study(found, m, only))
    except Exception:
        logger.exception("The network of project %s could not be calculated.", project_id)
        wanted.keep({"error": FAILED})


def request_study(wanted: advice.Wanted) -> None:
    """Queue the calculation, unless it is under way."""
    if not wanted.claim():
        return
    try:
        study_network.apply_async(
            kwargs={
                "project_id": wanted.project_id,
                "digest": wanted.digest,
                "m": wanted.m,
                "only": list(wanted.only),
            },
            retry_policy={"max_retries": 1, "interval_start": 0.1},
        )
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; the network waits for the next visit.")
        wanted.release()
