"""Every page about signing in is ours, and says plainly what to do."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse

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
