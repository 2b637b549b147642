import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_answers_strangers_without_a_database(client):
    # No database fixture: a query would fail the test.
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"


@pytest.mark.django_db
def test_readyz_answers_strangers_when_everything_is_ready(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok"},
    }


@pytest.mark.django_db
def test_readyz_names_the_migration_that_is_not_applied(client):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "not applied: sessions.0001_initial"


@pytest.mark.django_db
def test_readyz_names_a_broker_that_does_not_answer(client, settings, monkeypatch):
    settings.EMBEDDED = False
    monkeypatch.setattr("adoption.celery.app.conf.broker_write_url", "redis://127.0.0.1:1/0")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "broker": "does not answer",
    }


def test_every_other_page_sends_strangers_to_sign_in(client):
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"
