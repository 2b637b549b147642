"""Asking people whom they ask: rounds, single-use links, and the page without an account."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.models import AdviceTie, NominationLink, NominationRound, UnmatchedTie
from assessments.services import nominations
from tests import factories


def url(name, project, *more):
    return reverse(f"assessments:{name}", args=[project.pk, *more])


@pytest.fixture
def staff(project):
    group = factories.GroupFactory(project=project, name="Field sales")
    return {
        name: factories.StakeholderFactory(
            project=project, name=name, group=group, email=f"{name.lower()}@example.org"
        )
        for name in ("Ann", "Bea", "Cem")
    }


@pytest.fixture
def asking(project, staff, dora):
    today = timezone.localdate()
    return nominations.open_round(
        project=project,
        name="November",
        question="Whom do you ask?",
        closes_on=today + timedelta(days=7),
        groups=[],
        by=dora,
        now=timezone.now(),
        today=today,
    )


@pytest.fixture
def link(asking, staff):
    return asking.links.get(person=staff["Ann"])


def address(link):
    return reverse("assessments:nomination-answer", args=[link.token])


class TestRound:
    def test_everybody_gets_a_link(self, project, staff, dora, sign_in):
        data = {"name": "Now", "question": "Whom?", "closes_on": "2099-01-01"}
        response = sign_in(dora).post(url("nomination-open", project), data)
        assert response.status_code == 302
        assert NominationRound.objects.get().links.count() == 3

    def test_only_chosen_groups_get_links(self, project, staff, dora, sign_in):
        other = factories.GroupFactory(project=project, name="Pricing")
        factories.StakeholderFactory(project=project, group=other)
        data = {"name": "Now", "question": "Whom?", "closes_on": "2099-01-01", "groups": [other.pk]}
        sign_in(dora).post(url("nomination-open", project), data)
        assert NominationLink.objects.get().person.group == other

    def test_group_of_another_rollout_is_refused(self, project, staff, dora, sign_in):
        other = factories.GroupFactory()
        data = {"name": "Now", "question": "Whom?", "closes_on": "2099-01-01", "groups": [other.pk]}
        assert sign_in(dora).post(url("nomination-open", project), data).status_code == 422

    def test_second_open_round_is_refused(self, project, asking, dora, sign_in):
        data = {"name": "Now", "question": "Whom?", "closes_on": "2099-01-01"}
        response = sign_in(dora).post(url("nomination-open", project), data)
        assert response.status_code == 409
        assert b"A round is open already" in response.content

    def test_round_that_is_over_makes_way(self, project, asking, dora, sign_in):
        NominationRound.objects.update(
            opened_on="2020-01-01", closes_on=timezone.localdate() - timedelta(days=1)
        )
        data = {"name": "Now", "question": "Whom?", "closes_on": "2099-01-01"}
        assert sign_in(dora).post(url("nomination-open", project), data).status_code == 302
        assert NominationRound.objects.filter(closed_at=None).get().name == "Now"

    def test_export_lists_open_links_with_name_and_mail(self, asking, link, project, dora, sign_in):
        NominationLink.objects.filter(person__name="Bea").update(used_at=timezone.now())
        response = sign_in(dora).get(url("nomination-links", project, asking.pk))
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert [(row["Name"], row["E-mail"]) for row in rows] == [
            ("Ann", "ann@example.org"),
            ("Cem", "cem@example.org"),
        ]
        assert Browser().get(rows[0]["Link"]).status_code == 200

    def test_viewer_sees_the_rate_and_no_link(self, asking, project, bob, sign_in):
        browser = sign_in(bob)
        page = browser.get(url("nomination-detail", project, asking.pk)).content.decode()
        assert "0 of 3 have answered" in page
        assert "/n/" not in page
        assert browser.get(url("nomination-links", project, asking.pk)).status_code == 403

    def test_rate_per_group(self, asking, link, project, dora, sign_in):
        Browser().post(address(link), {"nobody": "on"})
        page = sign_in(dora).get(url("nomination-detail", project, asking.pk))
        assert [(g.group, g.asked, g.answered) for g in page.context["groups"]] == [
            ("Field sales", 3, 1)
        ]
        assert "2 are silent" in page.content.decode()

    def test_people_who_came_later_get_a_link(self, asking, project, dora, sign_in):
        factories.StakeholderFactory(project=project, name="Late")
        sign_in(dora).post(url("nomination-add", project, asking.pk))
        assert asking.links.filter(person__name="Late").count() == 1

    def test_closing_asks_first_and_ends_the_links(self, asking, link, project, dora, sign_in):
        browser = sign_in(dora)
        close = url("nomination-close", project, asking.pk)
        assert b"stop working" in browser.get(close).content
        browser.post(close)
        assert Browser().get(address(link)).status_code == 410


class TestAnswer:
    def test_page_needs_no_account_and_is_not_indexed(self, link, project):
        response = Browser().get(address(link))
        page = response.content.decode()
        assert response.status_code == 200
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert "This is not anonymous." in page
        assert '<option value="Bea">' in page
        assert '<option value="Ann">' not in page
        assert 'class="side"' not in page

    def test_suggestions_show_names_only(self, link, staff, project):
        staff["Bea"].job_title = "Secret title"
        staff["Bea"].save()
        factories.StakeholderFactory(name="Of another rollout")
        page = Browser().get(address(link)).content.decode()
        assert "Secret title" not in page
        assert "bea@example.org" not in page
        assert "Of another rollout" not in page

    def test_namesakes_are_told_apart_without_mail_or_identifier(self, link, staff, project):
        for key in ("HR-1", ""):
            factories.StakeholderFactory(
                project=project, name="Jo Li", key=key, email=f"jo{key}@example.org"
            )
        page = Browser().get(address(link)).content.decode()
        assert page.count('<option value="Jo Li (no group)">') == 1
        assert "HR-1" not in page
        assert "@example.org" not in page
        Browser().post(address(link), {"name1": "Jo Li (no group)"})
        # Two people carry that label, so an editor says who is meant.
        assert UnmatchedTie.objects.get().asked_name == "Jo Li (no group)"

    def test_names_become_ties_and_unknown_names_wait(self, link, staff):
        data = {"name1": "bea", "name2": "Zed from IT", "name3": "Bea"}
        response = Browser().post(address(link), data, follow=True)
        assert b"Your answer is in" in response.content
        tie = AdviceTie.objects.get()
        assert (tie.asker, tie.asked, tie.source) == (staff["Ann"], staff["Bea"], "named")
        assert UnmatchedTie.objects.get().asked_name == "Zed from IT"
        staff["Ann"].refresh_from_db()
        assert staff["Ann"].replied_on == timezone.localdate()

    def test_answer_replaces_the_earlier_named_ties_only(self, link, staff):
        AdviceTie.objects.create(
            project=link.project, asker=staff["Ann"], asked=staff["Cem"], source="named"
        )
        factories.AdviceTieFactory(
            project=link.project, asker=staff["Bea"], asked=staff["Cem"], source="named"
        )
        Browser().post(address(link), {"name1": "Bea"})
        ties = AdviceTie.objects.values_list("asker__name", "asked__name")
        assert set(ties) == {("Ann", "Bea"), ("Bea", "Cem")}

    def test_tie_entered_by_hand_stays_and_keeps_its_frequency(self, link, staff):
        AdviceTie.objects.create(
            project=link.project, asker=staff["Ann"], asked=staff["Bea"], frequency=5
        )
        Browser().post(address(link), {"name1": "Bea"})
        assert AdviceTie.objects.get().frequency == 5

    def test_nobody_is_an_answer(self, link, staff):
        Browser().post(address(link), {"nobody": "on"})
        link.refresh_from_db()
        assert link.named_nobody
        assert link.used_at is not None
        assert not AdviceTie.objects.exists()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({}, "Write at least one name"),
            ({"name1": "Bea", "nobody": "on"}, "Keep one"),
            ({"name1": "Ann"}, "That is you"),
            ({"name1": "x" * 150}, "Longer than 120 characters"),
        ],
    )
    def test_answer_that_says_nothing_is_asked_again(self, link, data, words):
        response = Browser().post(address(link), data)
        assert response.status_code == 422
        assert words in response.content.decode()
        link.refresh_from_db()
        assert link.used_at is None

    def test_link_works_once(self, link):
        Browser().post(address(link), {"name1": "Bea"})
        again = Browser().post(address(link), {"name1": "Cem"})
        assert b"You have answered already" in again.content
        assert AdviceTie.objects.get().asked.name == "Bea"
        assert b"You have answered already" in Browser().get(address(link)).content

    def test_two_windows_cannot_both_answer(self, link, staff):
        call = {"link": link, "unknown": [], "now": timezone.now(), "today": timezone.localdate()}
        assert nominations.answer(named=[staff["Bea"].pk], **call)
        assert not nominations.answer(named=[staff["Cem"].pk], **call)
        assert AdviceTie.objects.get().asked == staff["Bea"]

    @pytest.mark.parametrize("token", ["x", "a:b:c", "IjEi:1abc:wrong"])
    def test_made_up_link_leads_nowhere(self, db, token):
        response = Browser().get(reverse("assessments:nomination-answer", args=[token]))
        assert response.status_code == 404
        assert b"This link leads nowhere" in response.content

    def test_link_is_over_after_the_last_day_and_when_archived(self, link, project):
        project.archived_at = timezone.now()
        project.save()
        assert Browser().get(address(link)).status_code == 410
        project.archived_at = None
        project.save()
        yesterday = timezone.localdate() - timedelta(days=1)
        NominationRound.objects.update(opened_on=yesterday, closes_on=yesterday)
        response = Browser().post(address(link), {"name1": "Bea"})
        assert response.status_code == 410
        assert not AdviceTie.objects.exists()
