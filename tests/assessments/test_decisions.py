from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Decision, NextStep
from tests import factories
from tests.assessments.threads import at_once
from tests.queries import queries_of


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def url(project):
    return reverse("assessments:decision-list", args=[project.pk])


@pytest.fixture
def decision(project, bob):
    return factories.DecisionFactory(project=project, decider=bob)


def link(name, row):
    return reverse(f"assessments:{name}", args=[row.project_id, row.pk])


class TestDecisions:
    def test_editor_asks_for_a_decision(self, project, dora, bob, sign_in, today):
        data = {
            "question": "Who owns price conditions?",
            "decider": bob.pk,
            "asked_on": today.isoformat(),
            "limit_on": (today + timedelta(days=7)).isoformat(),
        }
        create = reverse("assessments:decision-create", args=[project.pk])
        sign_in(dora).post(create, data)
        row = Decision.objects.get()
        assert (row.decider, row.asked_by) == (bob, dora)

    @pytest.mark.parametrize("away", ["foo", "//evil.example/", "https://evil.example/"])
    def test_way_back_is_a_page_of_ours(self, project, url, dora, sign_in, away):
        data = {"text": "Mend it", "owner_name": "Nora", "due_on": "2027-01-01", "next": away}
        create = reverse("assessments:step-create", args=[project.pk])
        assert sign_in(dora).post(create, data)["Location"] == url

    def test_limit_before_the_day_of_asking_is_refused(self, decision, dora, sign_in, today):
        data = {"question": "Q", "asked_on": "2026-11-02", "limit_on": "2026-11-01"}
        response = sign_in(dora).post(link("decision-edit", decision), data)
        assert response.status_code == 422
        assert b"must not be before the day of asking" in response.content

    def test_viewer_who_is_the_decider_decides(self, decision, bob, sign_in, today):
        browser = sign_in(bob)
        assert browser.get(link("decision-decide", decision)).status_code == 200
        data = {"outcome": "Sales owns them.", "decided_on": today.isoformat()}
        browser.post(link("decision-decide", decision), data)
        decision.refresh_from_db()
        assert decision.outcome == "Sales owns them."
        assert (decision.decided_on, decision.decided_by) == (today, bob)

    def test_viewer_who_is_not_the_decider_cannot(self, project, bob, sign_in, today):
        other = factories.DecisionFactory(project=project)
        browser = sign_in(bob)
        assert browser.get(link("decision-decide", other)).status_code == 403
        data = {"outcome": "Mine.", "decided_on": today.isoformat()}
        assert browser.post(link("decision-decide", other), data).status_code == 403
        other.refresh_from_db()
        assert other.decided_on is None

    @pytest.mark.parametrize(
        ("days", "words"), [(1, b"has not come yet"), (-30, b"It was asked later")]
    )
    def test_day_of_deciding_is_a_possible_one(self, decision, bob, sign_in, today, days, words):
        data = {"outcome": "Yes.", "decided_on": (today + timedelta(days=days)).isoformat()}
        response = sign_in(bob).post(link("decision-decide", decision), data)
        assert response.status_code == 422
        assert words in response.content

    def test_empty_decision_is_refused(self, decision, bob, sign_in, today):
        data = {"outcome": " ", "decided_on": today.isoformat()}
        response = sign_in(bob).post(link("decision-decide", decision), data)
        assert b"Write what was decided." in response.content

    def test_decision_is_not_overwritten_by_a_second_one(self, decision, bob, dora, sign_in, today):
        data = {"decided_on": today.isoformat()}
        sign_in(bob).post(link("decision-decide", decision), data | {"outcome": "First."})
        response = sign_in(dora).post(
            link("decision-decide", decision), data | {"outcome": "Second."}
        )
        assert b"First." in response.content
        decision.refresh_from_db()
        assert decision.outcome == "First."

    def test_editor_reopens_and_the_text_stays(self, decision, bob, dora, sign_in, today):
        data = {"outcome": "First.", "decided_on": today.isoformat()}
        sign_in(bob).post(link("decision-decide", decision), data)
        assert sign_in(bob).post(link("decision-reopen", decision)).status_code == 403
        sign_in(dora).post(link("decision-reopen", decision))
        decision.refresh_from_db()
        assert (decision.decided_on, decision.outcome) == (None, "First.")

    def test_list_is_filtered_and_headed_by_what_is_late(self, project, url, bob, sign_in, today):
        factories.DecisionFactory(project=project, question="Open one")
        factories.DecisionFactory(
            project=project,
            question="Late one",
            asked_on=today - timedelta(days=9),
            limit_on=today - timedelta(days=4),
        )
        factories.DecisionFactory(
            project=project, question="Made one", decided_on=today, outcome="Yes."
        )
        browser = sign_in(bob)
        page = browser.get(url).content.decode()
        assert "1 decision past the limit, 2 open in all" in page
        assert "Made one" not in page
        assert "Open one" not in browser.get(f"{url}?show=late").content.decode()
        assert "Made one" in browser.get(f"{url}?show=decided").content.decode()
        assert "Late one" not in browser.get(f"{url}?show=all&q=made").content.decode()

    def test_empty_list_says_what_to_do(self, url, dora, sign_in):
        assert b"Write down the question that work is waiting for" in sign_in(dora).get(url).content

    def test_one_and_ten_rows_need_the_same_queries(self, project, url, dora, bob, sign_in):
        def add(count):
            for _ in range(count):
                factories.DecisionFactory(project=project, decider=bob, asked_by=bob)
                factories.NextStepFactory(project=project, owner=bob)

        browser = sign_in(dora)
        add(1)
        browser.get(url)
        one = queries_of(browser.get, url)
        add(9)
        assert queries_of(browser.get, url) == one

    def test_next_page_is_never_elsewhere(self, decision, bob, sign_in, today):
        data = {"outcome": "Yes.", "decided_on": today.isoformat(), "next": "https://evil.example/"}
        response = sign_in(bob).post(link("decision-decide", decision), data)
        assert response["Location"] == reverse(
            "assessments:decision-list", args=[decision.project_id]
        )


class TestSteps:
    def test_item_of_the_link_is_filled_in(self, project, dora, sign_in):
        url = reverse("assessments:step-create", args=[project.pk])
        page = sign_in(dora).get(f"{url}?item=TRN-3").content.decode()
        assert '<option value="TRN-3" selected>' in page

    def test_member_gives_the_name(self, project, dora, bob, sign_in):
        url = reverse("assessments:step-create", args=[project.pk])
        data = {"text": "Hold a second session", "owner": bob.pk, "due_on": "2027-01-01"}
        sign_in(dora).post(url, data | {"owner_name": "Somebody else"})
        step = NextStep.objects.get()
        assert (step.owner, step.owner_name) == (bob, "Bob")

    def test_somebody_must_do_it(self, project, dora, sign_in):
        url = reverse("assessments:step-create", args=[project.pk])
        response = sign_in(dora).post(url, {"text": "Hold it", "due_on": "2027-01-01"})
        assert b"Say who does it" in response.content

    def test_unknown_item_is_refused(self, project, dora, sign_in):
        url = reverse("assessments:step-create", args=[project.pk])
        data = {"text": "T", "owner_name": "Ann", "due_on": "2027-01-01", "item": "XXX-1"}
        assert sign_in(dora).post(url, data).status_code == 422

    def test_its_owner_ticks_it_off_and_back(self, project, bob, sign_in, today):
        step = factories.NextStepFactory(project=project, owner=bob)
        browser = sign_in(bob)
        page = browser.post(link("step-done", step), follow=True).content.decode()
        step.refresh_from_db()
        assert step.done_on == today
        undo = f"{link('step-done', step)}?undo=1"
        assert f'action="{undo}"' in page
        browser.post(undo)
        step.refresh_from_db()
        assert step.done_on is None

    def test_another_viewer_cannot_tick_it_off(self, project, bob, sign_in):
        step = factories.NextStepFactory(project=project)
        assert sign_in(bob).post(link("step-done", step)).status_code == 403


class TestTwoEditors:
    def test_second_editor_of_a_decision_sees_what_the_first_saved(self, decision, dora, sign_in):
        browser = sign_in(dora)
        data = {"asked_on": "2026-11-01", "limit_on": "2026-11-09", "version": decision.version}
        browser.post(link("decision-edit", decision), data | {"question": "Theirs?"})
        response = browser.post(link("decision-edit", decision), data | {"question": "Mine?"})
        assert response.status_code == 409
        page = response.content.decode()
        assert "after you opened it" in page
        assert "<td>Theirs?</td><td>Mine?</td>" in page
        decision.refresh_from_db()
        assert decision.question == "Theirs?"
        again = data | {"question": "Mine?", "version": decision.version}
        assert browser.post(link("decision-edit", decision), again).status_code == 302

    def test_second_editor_of_a_step_sees_what_the_first_saved(self, project, dora, sign_in):
        step = factories.NextStepFactory(project=project)
        browser = sign_in(dora)
        data = {"owner_name": "Ann", "due_on": "2027-01-01", "version": step.version}
        assert browser.post(link("step-edit", step), data | {"text": "Theirs"}).status_code == 302
        assert browser.post(link("step-edit", step), data | {"text": "Mine"}).status_code == 409
        step.refresh_from_db()
        assert step.text == "Theirs"

    @pytest.mark.django_db(transaction=True)
    def test_of_two_decisions_at_once_the_first_stays(self, decision, bob, dora, sign_in, today):
        browsers = [sign_in(bob), sign_in(dora)]
        url = link("decision-decide", decision)

        def decide(browser, outcome):
            data = {"outcome": outcome, "decided_on": today.isoformat()}
            return lambda: browser.post(url, data)

        answers = at_once(decide(browsers[0], "Yes."), decide(browsers[1], "No."))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        decision.refresh_from_db()
        won = next(at for at, answer in enumerate(answers) if answer.status_code == 302)
        assert decision.outcome == ("Yes.", "No.")[won]
        assert decision.decided_by == (bob, dora)[won]
