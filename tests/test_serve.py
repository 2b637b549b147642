"""The real command on a real port, as `make run` starts it."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.services import wait_until

ROOT = Path(__file__).parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """Give the environment of a migrated installation of its own."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SECURE", "PORT")
    }
    environment["DJANGO_SETTINGS_MODULE"] = "adoption.settings"
    environment["MAX_UPLOAD_MB"] = "1"
    environment["VAR_DIR"] = str(tmp_path_factory.mktemp("installation"))
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment, check=True)
    return environment


@pytest.fixture
def queued(installation):
    """Give the database with one run that an earlier process had queued, and then ended."""
    code = """
from datetime import timedelta
from django.utils import timezone
from reports import runs
from tests import factories
runs.enqueue(factories.ProjectFactory(), by=None, now=timezone.now() - timedelta(minutes=5))
"""
    subprocess.run([*MANAGE, "shell", "-c", code], env=installation, cwd=ROOT, check=True)
    return Path(installation["VAR_DIR"], "db.sqlite3")


@pytest.fixture
def served(installation):
    """Give the serving process and its address; whatever is left of it is killed."""
    process = subprocess.Popen(
        [*MANAGE, "serve", "--port", "0"],
        env=installation,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As a shell starts a process in the background: SIGINT ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if address := re.search(r"Serving on (http://\S+)/", line):
            break
    else:
        pytest.fail("never served:\n" + "".join(said))
    yield process, address[1]
    process.kill()
    process.wait()


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.status, response.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_and_leaves_cleanly_when_asked(served, number):
    process, address = served
    assert get(address + "/healthz") == (200, "ok\n")
    assert get(address + "/readyz")[0] == 200
    process.send_signal(number)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0, rest
    assert rest.endswith("Stopped.\n")
    assert "Traceback" not in rest


def test_serve_sends_pages_and_their_styles(served):
    _, address = served
    status, page = get(address + "/accounts/login/")
    assert status == 200
    style = re.search(r'href="(/static/css/[^"]+\.css)"', page)[1]
    assert get(address + style)[0] == 200


def test_a_file_over_the_limit_reaches_the_page_that_says_so(served):
    _, address = served

    request = urllib.request.Request(address + "/accounts/login/", bytes(3 << 20))

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)

    # The product's own page, as the form's token is missing; the server itself would say 413.
    assert refused.value.code == 403


def test_a_taken_port_is_told_in_a_sentence(installation, served):
    _, address = served
    done = subprocess.run(
        [*MANAGE, "serve"],
        env={**installation, "PORT": address.rpartition(":")[2]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Choose another with PORT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_queued_before_a_restart_is_done_after_it(queued, served):
    def statuses():
        with contextlib.closing(sqlite3.connect(queued)) as database:
            return database.execute("SELECT status FROM reports_scorerun").fetchall()

    wait_until(lambda: statuses() == [("done",)], because=lambda: str(statuses()))


def test_the_secret_of_an_installation_is_kept_and_private(installation):
    secret = Path(installation["VAR_DIR"], "secret-key")
    assert len(secret.read_text()) >= 50
    assert secret.stat().st_mode & 0o777 == 0o600


def test_serve_without_a_worker_is_refused_when_nobody_else_could_work(installation):
    done = subprocess.run(
        [*MANAGE, "serve", "--web-only"], env=installation, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "--web-only needs DATABASE_URL and REDIS_URL" in done.stderr
