"""What the environment makes of the settings, each time in a process of its own."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parent.parent
PRODUCTION = {
    "DATABASE_URL": "postgres://adoption:word@db:5432/adoption",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "k" * 20 + "-a-long-and-varied-text-0123456789-of-many-letters",
    "SITE_URL": "https://adoption.example",
}


@pytest.fixture
def python(tmp_path):
    """Give a call that runs Python code or arguments in an environment without ours."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={"VAR_DIR": str(tmp_path / "var"), **clean, **environment},
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture
def read(python):
    """Give a call that reads named settings under an environment."""

    def read_settings(*names: str, **environment: str) -> list:
        code = f"""
import json
from adoption import settings
print(json.dumps([getattr(settings, name) for name in {names!r}], default=str))
"""
        done = python("-c", code, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read_settings


def test_production_does_not_start_without_a_secret_key(python):
    without = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    done = python("manage.py", "check", **without)
    assert done.returncode != 0
    assert "Set SECRET_KEY, or SECRET_KEY_FILE" in done.stderr


def test_a_database_without_a_broker_is_refused(python):
    done = python("manage.py", "check", DATABASE_URL=PRODUCTION["DATABASE_URL"])
    assert done.returncode != 0
    assert "Set both DATABASE_URL and REDIS_URL, or neither." in done.stderr


def test_production_passes_the_deployment_check(python):
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_secrets_may_come_from_files(read, tmp_path):
    secret, database = tmp_path / "secret", tmp_path / "database"
    secret.write_text("from a file\n")
    database.write_text("postgres://adoption:hidden@db/adoption\n")
    key, databases = read(
        "SECRET_KEY",
        "DATABASES",
        SECRET_KEY_FILE=str(secret),
        DATABASE_URL_FILE=str(database),
        REDIS_URL=PRODUCTION["REDIS_URL"],
    )
    assert key == "from a file"
    assert databases["default"]["PASSWORD"] == "hidden"


def test_production_is_reached_by_https_alone_and_cookies_too(read):
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert read(*names, **PRODUCTION) == [True, True, True]
    assert read(*names) == [False, False, False]


def test_embedded_writers_queue_instead_of_failing(read):
    embedded, [options, broker] = True, read("SQLITE_OPTIONS", "CELERY_BROKER_URL")
    assert read("EMBEDDED") == [embedded]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert broker == "memory://localhost/"


def test_the_embedded_secret_stays_the_same(read):
    assert read("SECRET_KEY") == read("SECRET_KEY")


def test_a_message_goes_to_another_worker_only_past_every_time_limit(read):
    options, limit, soft = read(
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        "CELERY_TASK_TIME_LIMIT",
        "CELERY_TASK_SOFT_TIME_LIMIT",
        **PRODUCTION,
    )
    assert soft < limit < options["visibility_timeout"]


@pytest.mark.django_db
def test_pages_load_nothing_from_elsewhere_and_no_inline_script(client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == {
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "object-src 'none'",
    }


@pytest.mark.django_db
class TestLockOut:
    def sign_in(self, client, email, password="wrong"):
        return client.post("/accounts/login/", {"login": email, "password": password})

    def test_the_sixth_try_is_refused_even_with_the_right_password(self, client, alice):
        alice.set_password("correct-horse-battery")
        alice.save()
        for spelling in ("alice@example.org", "ALICE@example.org", " alice@Example.org"):
            self.sign_in(client, spelling)
        for _ in range(2):
            last = self.sign_in(client, "alice@example.org")
        assert last.status_code == 429
        refused = self.sign_in(client, "alice@example.org", "correct-horse-battery")
        assert refused.status_code == 429
        assert b"15 minutes" in refused.content

    def test_others_at_the_same_address_may_still_sign_in(self, client, alice, bob):
        bob.set_password("correct-horse-battery")
        bob.save()
        for _ in range(6):
            self.sign_in(client, "alice@example.org")
        answer = self.sign_in(client, "bob@example.org", "correct-horse-battery")
        assert answer.status_code == 302

    def test_the_lock_opens_after_the_time_that_the_page_names(self):
        assert settings.AXES_COOLOFF_TIME == timedelta(minutes=15)
