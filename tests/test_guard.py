"""What no page may answer with a fault of ours: strange bytes, doubles, a broker that is away."""

import socket

import pytest
from django.core.cache import caches
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import reverse

from adoption.cache import ForgivingCache
from adoption.guard import Guard


@pytest.mark.parametrize(
    "page", ["assessments:bank-list", "assessments:organisation-settings", "reports:library"]
)
def test_zero_byte_in_a_search_is_a_bad_request(organisation, alice, sign_in, page):
    response = sign_in(alice).get(reverse(page, args=[organisation.pk]) + "?q=a%00b")
    assert response.status_code == 400
    assert b"could not be read" in response.content


def test_zero_byte_in_a_path_is_a_bad_request(client):
    assert client.get("/invitations/a%00/").status_code == 400


def test_row_refused_by_the_database_is_said_in_words(client, db, alice, sign_in):
    request = RequestFactory().post("/")
    request.user = alice
    response = Guard(lambda request: None).process_exception(request, IntegrityError("twice"))
    assert response.status_code == 409
    assert b"Somebody saved the same at this moment" in response.content
    assert Guard(lambda request: None).process_exception(request, KeyError("other")) is None


def test_cache_without_redis_is_an_empty_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening, so that nobody answers
        cache = ForgivingCache(f"redis://127.0.0.1:{taken.getsockname()[1]}/0", {})
        assert cache.get("tries", []) == []
        assert cache.add("lock", True, timeout=1)
        cache.set("tries", [1.0], 60)
        assert not cache.delete("tries")


def test_sign_in_works_without_redis(client, alice, settings):
    alice.set_password("a-long-enough-word")
    alice.save()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        settings.CACHES = {
            "default": {"BACKEND": "adoption.cache.ForgivingCache", "LOCATION": address}
        }
        settings.ACCOUNT_RATE_LIMITS = {}
        data = {"login": alice.email, "password": "a-long-enough-word"}
        response = client.post(reverse("account_login"), data)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert isinstance(caches["default"], ForgivingCache)
