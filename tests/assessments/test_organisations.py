import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image, PngImagePlugin

from assessments import services
from assessments.forms.organisations import colour_warning, contrast_with_white
from assessments.models import Client, Invitation, Membership, Organisation, Role, User
from tests import factories
from tests.assessments.threads import at_once
from tests.queries import queries_of

PASSWORD = "correct horse battery"


def settings_url(organisation, tab="members"):
    return reverse("assessments:organisation-settings", args=[organisation.pk]) + f"?tab={tab}"


def picture(size=(40, 30), kind="PNG", **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **options)
    return out.getvalue()


class TestSignUp:
    data = {
        "name": "Ann Smith",
        "email": "ann@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    def test_first_person_may_sign_up_and_sets_up_an_organisation(self, client, db):
        response = client.post(reverse("account_signup"), self.data, follow=True)
        assert response.redirect_chain[-1][0] == reverse("assessments:organisation-create")
        data = {"name": "Halden Group", "person": "Ann Smith", "title": "Partner"}
        client.post(reverse("assessments:organisation-create"), data)
        membership = Membership.objects.get()
        assert (membership.user.name, membership.role) == ("Ann Smith", Role.OWNER)

    def test_second_stranger_may_not_sign_up(self, client, alice):
        response = client.post(reverse("account_signup"), self.data)
        assert b"closed" in response.content.lower() or b"invitation" in response.content.lower()
        assert not User.objects.filter(email="ann@example.org").exists()

    def test_everybody_may_sign_up_where_it_is_open(self, client, alice, settings):
        settings.SIGNUP_OPEN = True
        client.post(reverse("account_signup"), self.data)
        assert User.objects.filter(email="ann@example.org").exists()

    def test_person_of_two_organisations_keeps_both(self, alice, sign_in):
        other = factories.MembershipFactory(user=alice).organisation
        page = sign_in(alice).get(reverse("assessments:profile")).content.decode()
        assert "Halden Group" in page
        assert other.name in page

    def test_profile_is_changed_by_its_person(self, bob, sign_in):
        sign_in(bob).post(reverse("assessments:profile"), {"name": "Bob Ray", "title": "COO"})
        bob.refresh_from_db()
        assert (bob.name, bob.title) == ("Bob Ray", "COO")


class TestInvitation:
    @pytest.fixture
    def invitation(self, organisation, alice):
        return factories.InvitationFactory(
            organisation=organisation, email="ann@example.org", role="editor", invited_by=alice
        )

    @pytest.fixture
    def ann(self, db):
        return factories.UserFactory(email="ann@example.org", name="Ann Smith")

    def url(self, invitation):
        return reverse("assessments:invitation-accept", args=[invitation.token])

    def test_owner_invites_and_finds_the_link_to_copy(self, organisation, alice, sign_in):
        browser = sign_in(alice)
        data = {"email": "Ann@Example.org", "role": "viewer", "all_clients": "on", "days": 7}
        browser.post(reverse("assessments:invitation-create", args=[organisation.pk]), data)
        invitation = Invitation.objects.get(email="ann@example.org")
        assert 6 <= (invitation.expires_at - timezone.now()).days <= 7
        page = browser.get(settings_url(organisation)).content.decode()
        link = re.search(r'value="http://testserver/invitations/([^/"]+)/"', page)
        assert services.find_invitation(link[1]) == invitation

    def test_link_is_mailed_where_mail_goes_out(
        self, organisation, alice, sign_in, settings, mailoutbox, django_capture_on_commit_callbacks
    ):
        settings.HAS_MAIL = True
        data = {"email": "ann@example.org", "role": "viewer", "all_clients": "on", "days": 7}
        with django_capture_on_commit_callbacks(execute=True):
            sign_in(alice).post(
                reverse("assessments:invitation-create", args=[organisation.pk]), data
            )
        token = re.search(r"/invitations/([^/]+)/", mailoutbox[0].body)[1]
        assert services.find_invitation(token) == Invitation.objects.get()

    def test_editor_and_viewer_never_see_a_link(self, invitation, dora, bob, sign_in):
        for person in (dora, bob):
            page = sign_in(person).get(settings_url(invitation.organisation)).content.decode()
            assert "/invitations/" not in page

    def test_stranger_signs_up_by_the_link_and_joins(self, invitation, client):
        url = self.url(invitation)
        page = client.get(url).content.decode()
        assert "Alice invites you to Halden Group" in page
        assert "email=ann%40example.org" in page
        data = TestSignUp.data | {"next": url}
        response = client.post(reverse("account_signup"), data, follow=True)
        assert response.redirect_chain[-1][0] == url
        client.post(url)
        membership = Membership.objects.get(user__email="ann@example.org")
        assert (membership.organisation, membership.role) == (invitation.organisation, "editor")
        assert membership.user.name == "Ann Smith"

    def test_invited_person_cannot_sign_up_with_another_address(self, invitation, client):
        client.get(self.url(invitation))
        response = client.post(
            reverse("account_signup"), TestSignUp.data | {"email": "eve@example.org"}
        )
        assert b"The invitation is for ann@example.org" in response.content
        assert not User.objects.filter(email="eve@example.org").exists()

    def test_sign_in_page_knows_the_invited_address(self, invitation, ann, client):
        client.get(self.url(invitation))
        assert b'value="ann@example.org"' in client.get(reverse("account_login")).content

    def test_person_with_an_account_joins(self, invitation, ann, sign_in):
        response = sign_in(ann).post(self.url(invitation))
        assert response["Location"] == reverse(
            "reports:portfolio", args=[invitation.organisation_id]
        )
        assert ann.memberships.get().role == "editor"

    def test_second_click_changes_nothing(self, invitation, ann, sign_in):
        browser = sign_in(ann)
        browser.post(self.url(invitation))
        assert browser.post(self.url(invitation)).status_code == 302
        assert ann.memberships.count() == 1

    def test_used_link_brings_nobody_back_who_was_removed(self, invitation, ann, sign_in):
        browser = sign_in(ann)
        browser.post(self.url(invitation))
        ann.memberships.get().delete()
        browser.post(self.url(invitation))
        assert not ann.memberships.exists()

    def test_looking_does_not_join(self, invitation, ann, sign_in):
        sign_in(ann).get(self.url(invitation))
        assert not ann.memberships.exists()

    def test_other_address_reads_why_it_may_not_join(self, invitation, charlie, sign_in):
        browser = sign_in(charlie)
        for response in (browser.get(self.url(invitation)), browser.post(self.url(invitation))):
            assert response.status_code == 403
            assert b"for another address" in response.content
        assert charlie.organisations.count() == 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"expires_at": timezone.now() - timedelta(days=1)}, b"has expired"),
            ({"withdrawn_at": timezone.now()}, b"was withdrawn"),
            ({"accepted_at": timezone.now()}, b"has been used"),
        ],
    )
    def test_dead_link_says_why(self, invitation, ann, sign_in, change, words):
        Invitation.objects.filter(pk=invitation.pk).update(**change)
        response = sign_in(ann).post(self.url(invitation))
        assert response.status_code == 410
        assert words in response.content
        assert not ann.memberships.exists()

    def test_made_up_link_leads_nowhere(self, client, db):
        url = reverse("assessments:invitation-accept", args=["made-up"])
        assert client.get(url).status_code == 404

    def test_walls_of_the_invitation_become_the_members(self, organisation, ann, sign_in):
        one = factories.ClientFactory(organisation=organisation)
        invitation = factories.InvitationFactory(
            organisation=organisation, email=ann.email, all_clients=False
        )
        invitation.clients.add(one)
        sign_in(ann).post(self.url(invitation))
        membership = ann.memberships.get()
        assert not membership.all_clients
        assert list(membership.clients.all()) == [one]

    def test_expired_invitation_does_not_block_a_new_one(self, invitation, alice, sign_in):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
        data = {"email": "ann@example.org", "role": "viewer", "all_clients": "on", "days": 7}
        url = reverse("assessments:invitation-create", args=[invitation.organisation_id])
        assert sign_in(alice).post(url, data).status_code == 302
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1

    def test_member_and_invited_address_are_not_invited_again(
        self, invitation, alice, bob, sign_in
    ):
        url = reverse("assessments:invitation-create", args=[invitation.organisation_id])
        for email, words in ((bob.email, b"a member already"), ("ANN@example.org", b"open inv")):
            data = {"email": email, "role": "viewer", "all_clients": "on", "days": 7}
            response = sign_in(alice).post(url, data)
            assert response.status_code == 422
            assert words in response.content


class TestMembers:
    def edit(self, browser, member, **data):
        url = reverse("assessments:member-edit", args=[member.organisation_id, member.pk])
        return browser.post(url, data)

    def test_owner_changes_role_and_walls(self, organisation, alice, bob, sign_in):
        one = factories.ClientFactory(organisation=organisation)
        member = bob.memberships.get()
        self.edit(sign_in(alice), member, role="editor", clients=[one.pk])
        member.refresh_from_db()
        assert (member.role, member.all_clients) == ("editor", False)
        assert list(member.clients.all()) == [one]

    def test_wall_without_a_client_is_refused(self, organisation, alice, bob, sign_in):
        factories.ClientFactory(organisation=organisation)
        response = self.edit(sign_in(alice), bob.memberships.get(), role="editor")
        assert b"Tick at least one client" in response.content

    def test_organisation_without_clients_offers_no_wall(self, alice, bob, sign_in):
        member = bob.memberships.get()
        self.edit(sign_in(alice), member, role="editor")
        member.refresh_from_db()
        assert (member.role, member.all_clients) == ("editor", True)

    def test_last_owner_cannot_step_down(self, alice, sign_in):
        member = alice.memberships.get()
        response = self.edit(sign_in(alice), member, role="viewer", all_clients="on")
        assert response.status_code == 422
        assert b"needs an owner" in response.content
        member.refresh_from_db()
        assert member.role == Role.OWNER

    def test_last_owner_can_be_neither_removed_nor_leave(self, organisation, alice, sign_in):
        member, browser = alice.memberships.get(), sign_in(alice)
        browser.post(reverse("assessments:member-remove", args=[organisation.pk, member.pk]))
        browser.post(reverse("assessments:organisation-leave", args=[organisation.pk]))
        assert Membership.objects.filter(pk=member.pk).exists()

    def test_one_of_two_owners_may_leave(self, organisation, alice, sign_in):
        factories.MembershipFactory(organisation=organisation, role=Role.OWNER)
        sign_in(alice).post(reverse("assessments:organisation-leave", args=[organisation.pk]))
        assert not alice.memberships.exists()

    @pytest.mark.django_db(transaction=True)
    def test_two_owners_who_demote_each_other_at_once_leave_one(self, organisation, alice, sign_in):
        other = factories.MembershipFactory(organisation=organisation, role=Role.OWNER)
        members = [alice.memberships.get(), other]

        def demote(by, member):
            browser = sign_in(by.user)
            url = reverse("assessments:member-edit", args=[organisation.pk, member.pk])
            return lambda: browser.post(url, {"role": "viewer"})

        at_once(demote(members[0], members[1]), demote(members[1], members[0]))
        assert organisation.memberships.filter(role=Role.OWNER).count() == 1

    def test_viewer_may_leave(self, organisation, bob, sign_in):
        sign_in(bob).post(reverse("assessments:organisation-leave", args=[organisation.pk]))
        assert not bob.memberships.exists()

    def test_removal_asks_first(self, organisation, alice, bob, sign_in):
        member, browser = bob.memberships.get(), sign_in(alice)
        url = reverse("assessments:member-remove", args=[organisation.pk, member.pk])
        assert b"Remove Bob from Halden Group?" in browser.get(url).content
        assert Membership.objects.filter(pk=member.pk).exists()
        browser.post(url)
        assert not Membership.objects.filter(pk=member.pk).exists()

    @pytest.mark.parametrize("name", ["member-edit", "invitation-create", "client-create"])
    def test_only_an_owner_manages(self, organisation, dora, sign_in, name):
        extra = [dora.memberships.get().pk] if name == "member-edit" else []
        url = reverse(f"assessments:{name}", args=[organisation.pk, *extra])
        assert sign_in(dora).get(url).status_code == 403
        assert sign_in(dora).post(url).status_code == 403

    def test_viewer_reads_members_and_changes_nothing(self, organisation, alice, bob, sign_in):
        page = sign_in(bob).get(settings_url(organisation)).content.decode()
        assert "alice@example.org" in page
        assert "members/" not in page

    def test_member_behind_a_wall_knows_nothing_of_other_clients(
        self, organisation, alice, sign_in
    ):
        brandt, okafor = (
            factories.ClientFactory(organisation=organisation, name=name)
            for name in ("Brandt Pumps", "Okafor Foods")
        )

        def member(email, *clients):
            row = factories.MembershipFactory(
                organisation=organisation, user__email=email, all_clients=False
            )
            row.clients.set(clients)
            return row.user

        helga = member("helga@brandt.example", brandt)
        member("sofia@brandt.example", brandt, okafor)
        member("chidi@okafor.example", okafor)
        page = sign_in(helga).get(settings_url(organisation)).content.decode()
        assert "alice@example.org" in page
        assert "sofia@brandt.example" in page
        assert "chidi@okafor.example" not in page
        assert "Okafor Foods" not in page
        assert "3 members" in page
        assert "no client" not in page  # Sofia sees Brandt Pumps too

    def test_member_list_needs_the_same_queries_for_one_and_ten(self, organisation, alice, sign_in):
        def add(count):
            for _ in range(count):
                member = factories.MembershipFactory(organisation=organisation, all_clients=False)
                member.clients.add(factories.ClientFactory(organisation=organisation))
                factories.InvitationFactory(organisation=organisation, all_clients=False)

        browser = sign_in(alice)
        browser.get(settings_url(organisation))
        add(1)
        one = queries_of(browser.get, settings_url(organisation))
        add(9)
        assert queries_of(browser.get, settings_url(organisation)) == one


class TestClients:
    def post(self, browser, client, **data):
        data = {"name": client.name, "colour": ""} | data
        return browser.post(reverse("assessments:client-edit", args=[client.pk]), data)

    @pytest.fixture
    def brandt(self, organisation):
        return factories.ClientFactory(organisation=organisation, name="Brandt Pumps")

    def upload(self, content, name="logo.png"):
        return SimpleUploadedFile(name, content)

    def test_logo_is_drawn_anew_without_its_metadata(self, brandt, alice, sign_in):
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", "taken at home, 51.5 N")
        raw = picture(pnginfo=info)
        assert b"taken at home" in raw
        self.post(sign_in(alice), brandt, logo_file=self.upload(raw))
        brandt.refresh_from_db()
        assert b"taken at home" not in brandt.logo.read()
        answer = sign_in(alice).get(reverse("assessments:client-logo", args=[brandt.pk]))
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "is no picture"),
            (b"\x89PNG\r\n\x1a\n broken", "logo.png", "is no picture"),
            (picture((10, 2001)), "tall.png", "2000 on either side"),
            (b"\x89PNG" + b"0" * 2_100_000, "big.png", "The limit is 2 MB"),
        ],
    )
    def test_file_that_is_no_logo_is_refused(self, brandt, alice, sign_in, content, name, words):
        response = self.post(sign_in(alice), brandt, logo_file=self.upload(content, name))
        assert response.status_code == 422
        assert words in response.content.decode()
        brandt.refresh_from_db()
        assert not brandt.logo

    def test_replaced_and_removed_logos_leave_no_file(self, brandt, alice, sign_in):
        browser = sign_in(alice)
        self.post(browser, brandt, logo_file=self.upload(picture()))
        brandt.refresh_from_db()
        first, storage = brandt.logo.name, brandt.logo.storage
        self.post(browser, brandt, logo_file=self.upload(picture(kind="JPEG"), "logo.jpg"))
        brandt.refresh_from_db()
        assert not storage.exists(first)
        second = brandt.logo.name
        self.post(browser, brandt, remove_logo="on")
        brandt.refresh_from_db()
        assert not brandt.logo
        assert not storage.exists(second)

    def test_pale_colour_is_warned_about(self, brandt, alice, sign_in):
        response = sign_in(alice).post(
            reverse("assessments:client-edit", args=[brandt.pk]),
            {"name": "Brandt Pumps", "colour": "#FFEE88"},
            follow=True,
        )
        assert b"Contrast with white paper is 1.2 to 1" in response.content

    def test_contrast_is_that_of_wcag(self):
        assert contrast_with_white("#000000") == pytest.approx(21)
        assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
        assert colour_warning("#1D63D8") == ""

    def test_colour_that_is_none_is_refused(self, brandt, alice, sign_in):
        assert self.post(sign_in(alice), brandt, colour="red;}").status_code == 422

    def test_client_with_a_rollout_stays_and_says_why(self, brandt, alice, sign_in):
        factories.ProjectFactory(organisation=brandt.organisation, client=brandt)
        url = reverse("assessments:client-delete", args=[brandt.pk])
        response = sign_in(alice).post(url, follow=True)
        assert "Brandt Pumps has 1 rollout" in response.content.decode()
        assert Client.objects.filter(pk=brandt.pk).exists()

    def test_client_without_rollouts_is_deleted_with_its_logo(
        self, brandt, alice, sign_in, django_capture_on_commit_callbacks
    ):
        browser = sign_in(alice)
        self.post(browser, brandt, logo_file=self.upload(picture()))
        brandt.refresh_from_db()
        name, storage = brandt.logo.name, brandt.logo.storage
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(reverse("assessments:client-delete", args=[brandt.pk]))
        assert not Client.objects.filter(pk=brandt.pk).exists()
        assert not storage.exists(name)

    def test_name_is_there_once(self, brandt, alice, sign_in):
        url = reverse("assessments:client-create", args=[brandt.organisation_id])
        response = sign_in(alice).post(url, {"name": " brandt  pumps "})
        assert b"is here already" in response.content

    def test_hostile_name_is_only_text(self, organisation, alice, sign_in):
        factories.ClientFactory(organisation=organisation, name="<script>alert(1)</script>")
        page = sign_in(alice).get(settings_url(organisation, "clients")).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


class TestSettings:
    def test_owner_renames(self, organisation, alice, sign_in):
        url = reverse("assessments:organisation-settings", args=[organisation.pk])
        sign_in(alice).post(url, {"name": "Halden & Sons"})
        assert Organisation.objects.get(pk=organisation.pk).name == "Halden & Sons"

    def test_empty_name_is_refused(self, organisation, alice, sign_in):
        url = reverse("assessments:organisation-settings", args=[organisation.pk])
        assert sign_in(alice).post(url, {"name": "  "}).status_code == 422

    @pytest.mark.parametrize("tab", ["members", "clients", "archive", "general", "made-up"])
    def test_every_tab_opens_for_a_viewer(self, organisation, bob, sign_in, tab):
        assert sign_in(bob).get(settings_url(organisation, tab)).status_code == 200


def test_accepting_twice_at_once_gives_one_membership(organisation):
    user = factories.UserFactory(email="ann@example.org")
    invitation = factories.InvitationFactory(organisation=organisation, email="ANN@example.org")
    now = timezone.now()
    first = services.accept_invitation(invitation=invitation, user=user, now=now)
    # The second request still holds the row as it was before.
    second = services.accept_invitation(invitation=invitation, user=user, now=now)
    assert first == second
