"""A real Celery worker on the real broker, for tests marked `services`."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from adoption.celery import app


class WorkerProcess:
    def __init__(self, log: Path, environment: dict[str, str]):
        self.log = log
        self._environment = environment
        self._process: subprocess.Popen | None = None

    def start(self, *, concurrency: int = 1, **environment: str) -> None:
        """Start a worker and return when it takes tasks; `environment` adds to its own."""
        seen = self.log.read_text().count(" ready.") if self.log.exists() else 0
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "adoption", "worker"),
                *("--loglevel", "INFO", "--concurrency", str(concurrency)),
                *("--without-gossip", "--without-mingle"),
            ],
            env={**self._environment, **environment},
            stdout=self.log.open("a"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_until(lambda: self.log.read_text().count(" ready.") > seen, because=self.log.read_text)

    def wait_for(self, *words: str) -> None:
        """Return when a line of the worker's log holds all of the words."""
        wait_until(
            lambda: any(
                all(word in line for word in words) for line in self.log.read_text().splitlines()
            ),
            because=self.log.read_text,
        )

    def kill(self) -> None:
        """End the worker and its children as a loss of power would, with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the worker to finish its tasks and leave; return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            # Killed with its children; asked alone, since the parent asks them itself.
            (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
        return process.wait(timeout=30)


def wait_until(condition, *, seconds: float = 30, because=lambda: "") -> None:
    """Return once `condition()` holds; fail with `because()` when it never does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds} s in vain\n{because()}")
        time.sleep(0.05)


@pytest.fixture
def celery_worker_process(transactional_db, tmp_path):
    """Give a worker, not yet started, on this test's database and broker.

    While the fixture is in use tasks really go through the broker. Use it so:

        @pytest.mark.services
        def test_a_run_survives_its_worker(celery_worker_process, project):
            celery_worker_process.start()
            run = request_run(project=project, ...)       # on_commit queues the task
            wait_until(lambda: status_of(run) == "running")
            celery_worker_process.kill()                  # SIGKILL, children too
            celery_worker_process.start(TASK_VISIBILITY_TIMEOUT="1")
            wait_until(lambda: status_of(run) == "done")

    `log` is the file with everything the workers said. What still runs is killed at the end.
    """
    if settings.EMBEDDED:
        pytest.skip("needs DATABASE_URL and REDIS_URL; make test brings both up")
    database = urlsplit(os.environ["DATABASE_URL"])._replace(
        path="/" + connection.settings_dict["NAME"]
    )
    worker = WorkerProcess(
        tmp_path / "worker.log",
        {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "adoption.settings",
            "DATABASE_URL": database.geturl(),
        },
    )
    app.conf.task_always_eager = False
    app.control.purge()
    yield worker
    worker.kill()
    app.control.purge()
    app.conf.task_always_eager = True
