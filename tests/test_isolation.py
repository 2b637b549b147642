"""Every URL from the wrong side of the wall: strangers, outsiders, viewers, foreign objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.forms.decisions import DecisionForm, StepForm
from assessments.forms.organisations import InvitationForm, MemberForm
from assessments.forms.projects import MethodForm, PeopleForm, ProjectForm
from assessments.models import Membership
from tests import factories
from tests.isolation_samples import WORDS, objects_of

# Pages of libraries: their own tests guard them, and they show no project.
LIBRARIES = ("admin:", "account_", "mfa_")
# Why these need no sign-in.
PUBLIC = {
    "healthz": "tells a monitor that the process answers",
    "readyz": "tells a monitor that the parts answer",
    "assessments:invitation-accept": "an invited person has no account yet",
    "assessments:nomination-answer": "people who are asked have no account; the link is signed",
}
# Signed-in people of any organisation reach these; they show the person's own things only.
PERSONAL = {"home", "assessments:profile", "assessments:organisation-create"}
# Why a viewer may post here.
VIEWER_MAY_POST = {"assessments:organisation-leave": "everybody may leave"}

WALLS = ("organisation_id", "project_id", "client_id")


@dataclass(frozen=True)
class Address:
    name: str
    arguments: tuple[str, ...]

    def url(self, objects: dict) -> str:
        missing = [a for a in self.arguments if a not in objects and a not in WORDS]
        assert not missing, f"{self.name} needs a sample of {missing} in tests/isolation_samples.py"
        return reverse(self.name, kwargs={a: {**WORDS, **objects}[a] for a in self.arguments})

    @property
    def is_walled(self) -> bool:
        return any(argument in WALLS for argument in self.arguments)

    @property
    def foreign_arguments(self) -> list[str]:
        """The rows named beside the wall itself."""
        return [a for a in self.arguments if a not in WORDS and a not in WALLS]


def addresses(patterns=None, namespace: str = "") -> Iterator[Address]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}", tuple(pattern.pattern.converters))


OURS = [a for a in addresses() if not a.name.startswith(LIBRARIES)]
WALLED = [a for a in OURS if a.is_walled]


@pytest.fixture
def ours(project) -> dict:
    return objects_of(project)


@pytest.fixture
def theirs(charlie) -> dict:
    organisation = charlie.organisations.get()
    client = factories.ClientFactory(organisation=organisation)
    return objects_of(factories.ProjectFactory(organisation=organisation, client=client))


def test_every_address_is_public_personal_or_behind_a_wall():
    loose = {a.name for a in OURS if not a.is_walled} - set(PUBLIC) - PERSONAL
    assert not loose
    assert len(WALLED) > 40


def test_stranger_is_sent_to_sign_in(ours, client):
    for address in OURS:
        if address.name in PUBLIC:
            continue
        for method in (client.get, client.post):
            response = method(address.url(ours))
            assert response.status_code == 302, address.name
            assert response["Location"].startswith("/accounts/login/"), address.name


def test_outsider_finds_nothing(ours, charlie, sign_in):
    browser = sign_in(charlie)
    for address in WALLED:
        url = address.url(ours)
        statuses = browser.get(url).status_code, browser.post(url).status_code
        assert statuses == (404, 404), address.name


def test_viewer_cannot_post(ours, bob, sign_in):
    browser = sign_in(bob)
    for address in WALLED:
        if address.name in VIEWER_MAY_POST:
            continue
        # 405: the page shows something to viewers and takes nothing from anybody.
        assert browser.post(address.url(ours)).status_code in (403, 405), address.name


def test_foreign_object_is_not_found_under_the_own_wall(ours, theirs, alice, sign_in):
    browser = sign_in(alice)
    for address in WALLED:
        for argument in address.foreign_arguments:
            url = address.url({**ours, argument: theirs[argument]})
            statuses = {browser.get(url).status_code, browser.post(url).status_code}
            # 405: the address knows only the other of the two methods.
            assert statuses in ({404}, {404, 405}), (address.name, argument)


def test_owner_can_open_every_page(ours, alice, sign_in):
    # A page that fails for everybody would pass every test above.
    browser = sign_in(alice)
    for address in WALLED:
        status = browser.get(address.url(ours)).status_code
        assert status in (200, 302, 405), address.name


class TestClientWall:
    """A member who sees chosen clients only is an outsider to all others."""

    @pytest.fixture
    def walled_in(self, organisation):
        membership = factories.MembershipFactory(
            organisation=organisation, role="editor", all_clients=False
        )
        membership.clients.add(factories.ClientFactory(organisation=organisation))
        return membership

    def test_other_clients_rollout_is_not_found(self, ours, walled_in, sign_in):
        browser = sign_in(walled_in.user)
        for address in WALLED:
            if "organisation_id" not in address.arguments:
                assert browser.get(address.url(ours)).status_code == 404, address.name

    def test_rollout_of_no_client_is_not_found(self, organisation, walled_in, sign_in):
        own = factories.ProjectFactory(organisation=organisation, client=None)
        url = reverse("assessments:group-list", args=[own.pk])
        assert sign_in(walled_in.user).get(url).status_code == 404

    def test_rollout_of_the_own_client_is_found(self, organisation, walled_in, sign_in):
        own = factories.ProjectFactory(organisation=organisation, client=walled_in.clients.get())
        url = reverse("assessments:group-list", args=[own.pk])
        assert sign_in(walled_in.user).get(url).status_code == 200


class TestForms:
    """No form offers, or takes, a row from the other side."""

    def test_decider_is_somebody_who_sees_the_rollout(self, project, alice, charlie):
        form = DecisionForm(project=project)
        assert alice in form.fields["decider"].queryset
        assert charlie not in form.fields["decider"].queryset

    def test_decider_behind_a_client_wall_is_not_offered(self, project, alice):
        other = factories.MembershipFactory(organisation=project.organisation, all_clients=False)
        other.clients.add(factories.ClientFactory(organisation=project.organisation))
        assert other.user not in DecisionForm(project=project).fields["decider"].queryset

    def test_owner_of_a_step_is_a_member(self, project, alice, charlie):
        data = {"text": "Mend it", "owner": charlie.pk, "due_on": "2027-01-01"}
        form = StepForm(data, project=project)
        assert "owner" in form.errors

    def test_client_of_a_rollout_is_of_the_same_organisation(self, project, alice, theirs):
        membership = Membership.objects.get(user=alice)
        data = {"client": theirs["client_id"]}
        assert "client" in ProjectForm(data, instance=project, membership=membership).errors
        organisation = project.organisation
        form = PeopleForm(data, organisation=organisation, membership=membership)
        assert "client" in form.errors

    def test_bank_of_a_rollout_is_of_the_same_organisation(self, project, theirs):
        form = MethodForm({"bank_file": theirs["bank_key"]}, instance=project, shipped="Shipped")
        assert "bank_file" in form.errors

    def test_walls_of_a_member_name_own_clients_only(self, organisation, alice, theirs):
        factories.ClientFactory(organisation=organisation)
        data = {"role": "viewer", "clients": [theirs["client_id"]]}
        assert "clients" in MemberForm(data, instance=alice.memberships.get()).errors
        assert "clients" in InvitationForm(data, organisation=organisation).errors
