"""What every kind of job shares: sending it, its sign of life, taking up lost ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from celery import Task
from django.conf import settings
from django.db import connection
from django.db.models import Q
from kombu.exceptions import OperationalError

from reports.models import Job

logger = logging.getLogger(__name__)

QUEUED_TOO_LONG = timedelta(seconds=30)
HEARTBEAT_EVERY = 20  # seconds; well under Job.LOST_AFTER
LOST = (
    "The work stopped {count} times before it was finished. Start it again; "
    "if it stops again, tell the person who runs this installation."
)
TOO_LONG = "The work took longer than allowed and was ended. Start it again."


def send(task: Task, **kwargs: str) -> bool:
    """Hand a task to the broker; False when it cannot be reached, the sweeper tries again."""
    try:
        task.apply_async(kwargs=kwargs, retry_policy={"max_retries": 1, "interval_start": 0.1})
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; %s waits for the sweeper.", task.name)
        return False
    return True


def is_past_time_limit(job: Job, now: datetime) -> bool:
    """Tell whether a running job has outlived what any worker would allow."""
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    return (
        job.status == Job.Status.RUNNING
        and job.started_at is not None
        and job.started_at < now - limit
    )


def sweep(model: type[Job], *, now: datetime) -> list[str]:
    """Return the ids of jobs to send again: forgotten by the broker or lost with their worker.

    A job lost too often fails, with a sentence for the user.
    """
    lost = model.objects.filter(status=Job.Status.RUNNING, heartbeat_at__lt=now - Job.LOST_AFTER)
    hopeless = lost.filter(attempt__gte=Job.MAX_ATTEMPTS)
    hopeless.update(
        status=Job.Status.FAILED, error=LOST.format(count=Job.MAX_ATTEMPTS), finished_at=now
    )
    # Back to queued rather than sent as running: whoever claims it next then owns it, and a
    # worker that was only slow finds at its end that the job is no longer its own.
    lost.update(status=Job.Status.QUEUED, heartbeat_at=None, step="Taken up again")
    # While queued, the heartbeat says when the job was last sent.
    waiting = model.objects.filter(
        Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - QUEUED_TOO_LONG),
        status=Job.Status.QUEUED,
        requested_at__lt=now - QUEUED_TOO_LONG,
    )
    ids = list(waiting.order_by("requested_at", "pk").values_list("pk", flat=True))
    model.objects.filter(pk__in=ids, status=Job.Status.QUEUED).update(heartbeat_at=now)
    return [str(pk) for pk in ids]


def still_owned(job: Job) -> Q:
    """Return the condition under which this worker may still write the job's end."""
    return Q(pk=job.pk, status=Job.Status.RUNNING, attempt=job.attempt)


def fail_if_owned(job: Job, sentence: str, *, now: datetime) -> bool:
    """End the job without a result, unless another worker has taken it up."""
    return bool(
        type(job)
        .objects.filter(still_owned(job))
        .update(status=Job.Status.FAILED, error=sentence[:300], finished_at=now)
    )


@contextmanager
def heartbeat(job: Job, clock: Callable[[], datetime]) -> Iterator[None]:
    """Keep the sign of life going while one long call computes."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_EVERY):
            type(job).objects.filter(still_owned(job)).update(heartbeat_at=clock())
            # This thread's own connection, which nothing else would close.
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=5)
