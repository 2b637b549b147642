"""The people whom tests know: alice, bob, dora and charlie."""

import pytest
from django.test import Client as Browser

from assessments.models import Role
from tests import factories


@pytest.fixture
def organisation(db):
    return factories.OrganisationFactory(name="Halden Group")


@pytest.fixture
def alice(organisation):
    """An owner of the organisation."""
    user = factories.UserFactory(email="alice@example.org", name="Alice")
    factories.MembershipFactory(organisation=organisation, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def dora(organisation):
    """An editor of the organisation."""
    user = factories.UserFactory(email="dora@example.org", name="Dora")
    factories.MembershipFactory(organisation=organisation, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def bob(organisation):
    """A viewer of the organisation."""
    user = factories.UserFactory(email="bob@example.org", name="Bob")
    factories.MembershipFactory(organisation=organisation, user=user, role=Role.VIEWER)
    return user


@pytest.fixture
def charlie(db):
    """An owner of another organisation."""
    user = factories.UserFactory(email="charlie@example.org", name="Charlie")
    factories.MembershipFactory(user=user, role=Role.OWNER)
    return user


@pytest.fixture
def project(organisation):
    client = factories.ClientFactory(organisation=organisation, name="Brandt Pumps")
    return factories.ProjectFactory(
        organisation=organisation, client=client, name="Quoting platform"
    )


@pytest.fixture
def sign_in():
    """Give a browser in which the person is signed in."""

    def browser_of(user) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return browser_of
