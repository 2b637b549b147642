"""The parts of production together: PostgreSQL, Redis and a worker of its own."""

import pytest

from adoption.celery import app

pytestmark = pytest.mark.services


def test_a_worker_answers_over_the_broker_and_leaves_when_asked(celery_worker_process):
    celery_worker_process.start()
    assert [list(answer.values()) for answer in app.control.ping(timeout=2)] == [[{"ok": "pong"}]]
    assert celery_worker_process.stop() == 0
    assert app.control.ping(timeout=0.5) == []


def test_a_queued_task_is_done_by_the_worker(celery_worker_process):
    app.send_task("reports.tasks.sweep")
    celery_worker_process.start()
    celery_worker_process.wait_for("Task reports.tasks.sweep", "succeeded")


def test_readyz_looks_at_the_real_database_and_broker(celery_worker_process, client):
    assert client.get("/readyz").status_code == 200
