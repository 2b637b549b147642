"""A worker that dies in the middle of a run: the run is finished once, by the next one."""

import datetime

import pytest
from django.utils import timezone

from reports import services
from reports.models import Job, ScoreRun
from reports.tasks import sweep
from tests import factories
from tests.reports.scored import answer
from tests.services import wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

LONG = 10_000_000  # recalculations; far longer than the test takes to strike


def test_a_run_survives_the_loss_of_its_worker(celery_worker_process, project, alice):
    answer(project, [alice])
    project.method = {"draws": LONG}
    project.save()
    worker = celery_worker_process
    worker.start()
    run = services.request_run(project=project, by=alice, now=timezone.now())

    def state():
        run.refresh_from_db()
        return run.status

    wait_until(lambda: state() == "running" and "Recalculating" in run.step)
    worker.kill()
    assert state() == "running"

    # The task reads the method anew, so the next worker is quick.
    project.method = {}
    project.save()
    # Time passes without a sign of life.
    ScoreRun.objects.update(
        heartbeat_at=timezone.now() - Job.LOST_AFTER - datetime.timedelta(seconds=1)
    )
    # The dead worker's message comes back too: the run is offered twice.
    worker.start(concurrency=2, TASK_VISIBILITY_TIMEOUT="1")
    sweep.delay()
    wait_until(lambda: state() == "done")
    finished = run.finished_at
    worker.wait_for("Task reports.tasks.sweep", "succeeded")
    sweep.delay()
    services.request_run(project=factories.ProjectFactory(), by=alice, now=timezone.now())
    wait_until(lambda: ScoreRun.objects.filter(status="done").count() == 2)

    assert state() == "done"
    assert (run.attempt, run.finished_at) == (2, finished)
    assert project.scoreruns.count() == 1
    assert project.scoreruns.filter(is_latest=True).count() == 1
    assert run.result["draws"] == 10_000


def test_a_run_asked_for_without_a_worker_waits_and_is_done(celery_worker_process, project, alice):
    run = services.request_run(project=project, by=alice, now=timezone.now())
    assert ScoreRun.objects.get(pk=run.pk).status == "queued"

    celery_worker_process.start()

    wait_until(lambda: ScoreRun.objects.get(pk=run.pk).status == "done")
