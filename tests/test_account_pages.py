"""Every page about signing in is ours, and says plainly what to do."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import caches
from django.urls import reverse

from adoption import settings as production
from tests.factories import UserFactory

PASSWORD = "a-long-enough-word"

pytestmark = pytest.mark.django_db

OPEN = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_email_verification_sent",
    "account_inactive",
    "account_reset_password_from_key_done",
]
SIGNED_IN = [
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
]


@pytest.fixture
def person(client):
    person = UserFactory(email="nora@example.org", password=PASSWORD)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return person


@pytest.mark.parametrize("name", OPEN)
def test_page_for_strangers_has_our_frame(client, name):
    html = client.get(reverse(name)).content.decode()
    assert 'class="plain-sheet' in html
    assert "<h1>" in html


@pytest.mark.parametrize("name", SIGNED_IN)
def test_page_for_people_has_our_frame(client, person, name):
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="plain-sheet' in html


def test_second_step_is_set_up_with_a_square_and_a_written_secret(client, person):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    html = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'class="qr" src="data:image/svg+xml' in html
    assert "Type this secret" in html


def test_second_step_gives_recovery_codes_and_can_be_turned_off(client, person):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_activate_totp"), {"code": code})

    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert "10 of 10 recovery codes are left" in codes
    assert "10 of 10 not used yet" in client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert "Off." in client.get(reverse("mfa_index")).content.decode()


def test_signing_in_asks_for_the_second_step(client, person):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    client.post(reverse("account_logout"))

    response = client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True
    )
    assert "<h1>Second step</h1>" in response.content.decode()


def test_sign_in_says_in_our_words_what_it_asks_for(client):
    UserFactory()
    html = client.get(reverse("account_login")).content.decode()
    assert "E-mail address" in html
    assert "Keep me signed in on this device" in html
    assert "Remember Me" not in html
    assert "placeholder" not in html


def test_sign_in_on_an_empty_installation_leads_to_the_first_account(client):
    html = client.get(reverse("account_login")).content.decode()
    assert "Open the first account" in html
    assert 'type="password"' not in html


@pytest.mark.parametrize("name", ["account_signup", "account_change_password"])
def test_new_password_says_in_one_sentence_what_it_needs(client, name):
    if name != "account_signup":
        client.force_login(UserFactory(password=PASSWORD))
    html = client.get(reverse(name)).content.decode()
    assert "At least 10 characters" in html
    assert "can’t be too similar" not in html
    assert "(again)" not in html


def test_wrong_password_is_said_beside_the_form(client):
    response = client.post(
        reverse("account_login"), {"login": "nobody@example.org", "password": "x"}
    )
    assert "alert" in response.content.decode()


def test_missing_page_names_one_way_on(client, person):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    html = response.content.decode()
    assert "There is no page here" in html
    assert "Go to the portfolio" in html


def test_used_reset_link_offers_a_new_one(client):
    html = client.get("/accounts/password/reset/key/1-bad/", follow=True).content.decode()
    assert "This link no longer works" in html


@pytest.fixture
def counted(settings):
    """Count tries as in production, from zero."""
    settings.ACCOUNT_RATE_LIMITS = production.ACCOUNT_RATE_LIMITS
    caches["default"].clear()
    yield
    caches["default"].clear()


def test_second_step_cannot_be_guessed(counted, client, person):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    said = [
        client.post(reverse("mfa_authenticate"), {"code": f"{guess:06}"}).content.decode()
        for guess in range(6)
    ]
    assert all("Incorrect code" in html for html in said[:5])
    assert "Too many failed login attempts" in said[5]


def test_wrong_passwords_of_a_stranger_lock_nobody_else_out(counted, client, person):
    client.logout()
    wrong = {"login": person.email.upper(), "password": "x"}
    for spoofed in range(8):
        client.post(
            reverse("account_login"),
            wrong,
            REMOTE_ADDR="192.0.2.9",
            headers={"X-Forwarded-For": f"198.51.100.{spoofed}"},
        )
    right = {"login": person.email, "password": PASSWORD}
    locked = client.post(reverse("account_login"), right, REMOTE_ADDR="192.0.2.9")
    assert locked.status_code == 429
    assert client.post(reverse("account_login"), right).status_code == 302
