import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Assessment, Role, RoundEvent
from assessments.services.rounds import (
    can_assess,
    reopen_round,
    sign_off_round,
    start_round,
    submit_round,
)
from tests import factories
from tests.assessments.threads import at_once

TODAY = datetime.date(2026, 11, 20)
OCTOBER = datetime.date(2026, 10, 1)
NOW = datetime.datetime(2026, 11, 27, 14, 32, tzinfo=datetime.UTC)


def start(project, by, **given):
    given = {
        "name": "November round",
        "due_on": None,
        "assessors": [by],
        "carry_over": True,
        "today": TODAY,
        **given,
    }
    return start_round(project=project, by=by, **given)


def answer(assessment, assessor, item="TRN-3", **given):
    return factories.AnswerFactory(
        assessment=assessment, assessor=assessor, item=item, answered_on=OCTOBER, **given
    )


@pytest.fixture
def october(project, alice, dora):
    """A signed-off round in which alice said 3 and dora nothing."""
    assessment = factories.AssessmentFactory(
        project=project, number=1, name="October round", status=Assessment.Status.SIGNED_OFF
    )
    assessment.assessors.set([alice, dora])
    answer(assessment, alice, level=3, note="Seen in Leeds.")
    answer(assessment, None, level=1)
    return assessment


@pytest.fixture
def running(project, alice):
    assessment = factories.AssessmentFactory(project=project, number=2, name="November round")
    assessment.assessors.add(alice)
    return assessment


def page(name, assessment):
    return reverse(f"assessments:{name}", args=[assessment.project_id, assessment.pk])


class TestStart:
    def test_round_keeps_the_bank_it_was_opened_with(self, project, alice):
        assessment, is_new = start(project, alice)
        assert is_new
        assert assessment.bank_sha256 == project.bank.sha256
        assert list(assessment.assessors.all()) == [alice]
        assert assessment.events.get().kind == RoundEvent.Kind.OPENED

    def test_each_persons_own_answers_are_carried_over(self, project, october, alice, dora):
        assessment, _ = start(project, alice, assessors=[alice, dora])
        carried = assessment.answers.get()
        assert (carried.assessor, carried.level, carried.note) == (alice, 3, "Seen in Leeds.")
        assert carried.is_carried_over
        assert carried.answered_on == OCTOBER
        assert carried.history.get().level == 3

    def test_agreed_answers_are_not_carried_over(self, project, october, alice):
        assessment, _ = start(project, alice)
        assert not assessment.answers.filter(assessor=None).exists()

    def test_answers_of_somebody_who_no_longer_assesses_stay_behind(self, project, october, dora):
        assessment, _ = start(project, dora, assessors=[dora])
        assert not assessment.answers.exists()

    def test_a_round_can_start_empty(self, project, october, alice):
        assessment, _ = start(project, alice, carry_over=False)
        assert not assessment.answers.exists()

    def test_second_start_gives_the_same_round(self, project, alice):
        first, _ = start(project, alice)
        second, is_new = start(project, alice, name="Again")
        assert second == first
        assert not is_new

    def test_database_lets_only_one_round_run(self, project, running):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.AssessmentFactory(project=project, number=3)

    @pytest.mark.django_db(transaction=True)
    def test_two_clicks_at_once_give_one_round(self, project, alice):
        results = at_once(lambda: start(project, alice), lambda: start(project, alice))
        assert len({assessment.pk for assessment, _ in results}) == 1
        assert sorted(is_new for _, is_new in results) == [False, True]

    def test_only_editors_who_see_the_client_may_assess(self, project, alice, dora, bob):
        elsewhere = factories.MembershipFactory(
            organisation=project.organisation, role=Role.EDITOR, all_clients=False
        )
        inside = factories.MembershipFactory(
            organisation=project.organisation, role=Role.EDITOR, all_clients=False
        )
        inside.clients.add(project.client)
        assert set(can_assess(project)) == {alice, dora, inside.user}
        assert elsewhere.user not in can_assess(project)


class TestStartPage:
    def post(self, browser, project, **data):
        today = timezone.localdate()
        data = {"name": "November round", "due_on": today + datetime.timedelta(days=7), **data}
        return browser.post(reverse("assessments:round-start", args=[project.pk]), data)

    def test_round_starts_from_the_form(self, project, alice, dora, sign_in):
        response = self.post(sign_in(alice), project, assessors=[alice.pk, dora.pk])
        assert response.status_code == 302
        assert set(project.assessments.get().assessors.all()) == {alice, dora}

    def test_double_click_gives_one_round(self, project, alice, sign_in):
        browser = sign_in(alice)
        self.post(browser, project, assessors=[alice.pk])
        response = self.post(browser, project, assessors=[alice.pk])
        assert response.status_code == 302
        assert project.assessments.count() == 1

    def test_due_date_after_go_live_is_explained(self, project, alice, sign_in):
        late = project.go_live_on + datetime.timedelta(days=1)
        response = self.post(sign_in(alice), project, assessors=[alice.pk], due_on=late)
        assert response.status_code == 422
        assert "Go-live is on" in response.content.decode()
        assert not project.assessments.exists()

    def test_round_after_go_live_may_be_due_later(self, project, alice, sign_in):
        project.go_live_on = timezone.localdate() - datetime.timedelta(days=1)
        project.save()
        assert self.post(sign_in(alice), project, assessors=[alice.pk]).status_code == 302

    def test_viewer_is_not_offered_as_assessor(self, project, alice, bob, sign_in):
        response = self.post(sign_in(alice), project, assessors=[bob.pk])
        assert response.status_code == 422

    def test_assessors_of_a_running_round_can_change(self, running, alice, dora, sign_in):
        data = {"name": "Winter round", "due_on": timezone.localdate(), "assessors": [dora.pk]}
        assert sign_in(alice).post(page("round-edit", running), data).status_code == 302
        running.refresh_from_db()
        assert running.name == "Winter round"
        assert list(running.assessors.all()) == [dora]


class TestClosing:
    def test_submitted_round_names_who_and_when(self, running, alice):
        answer(running, alice)
        submit_round(assessment=running, by=alice, now=NOW)
        running.refresh_from_db()
        assert running.status == Assessment.Status.SUBMITTED
        assert (running.submitted_by, running.submitted_at) == (alice, NOW)
        assert running.events.get().kind == RoundEvent.Kind.SUBMITTED

    def test_round_without_any_answer_is_not_submitted(self, running, alice):
        with pytest.raises(ValidationError, match="Nothing is answered"):
            submit_round(assessment=running, by=alice, now=NOW)

    def test_second_submit_changes_nothing(self, running, alice, dora):
        answer(running, alice)
        submit_round(assessment=running, by=alice, now=NOW)
        submit_round(assessment=running, by=dora, now=NOW)
        assert running.events.count() == 1

    def test_sign_off_needs_the_own_name(self, running, alice):
        answer(running, alice)
        submit_round(assessment=running, by=alice, now=NOW)
        with pytest.raises(ValidationError, match="Alice"):
            sign_off_round(assessment=running, by=alice, typed_name="Bob", now=NOW)
        sign_off_round(assessment=running, by=alice, typed_name="  alice ", now=NOW)
        running.refresh_from_db()
        assert running.status == Assessment.Status.SIGNED_OFF
        assert (running.signed_off_by, running.signed_off_at) == (alice, NOW)

    def test_open_round_is_not_signed_off(self, running, alice):
        with pytest.raises(ValidationError, match="Submit the round"):
            sign_off_round(assessment=running, by=alice, typed_name="Alice", now=NOW)

    def test_round_is_opened_again_with_a_reason(self, october, alice):
        reopen_round(assessment=october, by=alice, reason="Two answers were swapped.")
        october.refresh_from_db()
        assert october.is_open
        assert october.signed_off_by is None
        assert october.events.get().reason == "Two answers were swapped."

    def test_round_is_not_opened_again_without_a_reason(self, october, alice):
        with pytest.raises(ValidationError, match="Write why"):
            reopen_round(assessment=october, by=alice, reason="  ")

    def test_earlier_round_stays_closed_while_another_runs(self, october, running, alice):
        with pytest.raises(ValidationError, match="November round"):
            reopen_round(assessment=october, by=alice, reason="Swapped.")

    def test_only_the_latest_round_is_opened_again(self, october, running, alice):
        Assessment.objects.filter(pk=running.pk).update(status=Assessment.Status.SIGNED_OFF)
        with pytest.raises(ValidationError, match="latest"):
            reopen_round(assessment=october, by=alice, reason="Swapped.")


class TestPages:
    def test_list_shows_progress_and_who_signed_off(self, october, running, alice, bob, sign_in):
        october.signed_off_by, october.signed_off_at = alice, NOW
        october.save()
        answer(running, alice, level=2)
        answer(running, alice, "TRN-4", state=Answer.State.DONT_KNOW, level=None)
        url = reverse("assessments:round-list", args=[running.project_id])
        text = sign_in(bob).get(url).content.decode()
        assert "1/47" in text
        assert "1 don’t know" in text
        assert "October round" in text
        assert "27 Nov 2026" in text

    def test_closing_page_lists_what_is_missing(self, running, alice, sign_in):
        answer(running, alice, "TRN-3", level=3)
        answer(running, alice, "TRN-4", state=Answer.State.DONT_KNOW, level=None)
        context = sign_in(alice).get(page("round-submit", running)).context
        codes = {name: [a.row.item.code for a in context[name]] for name in ("unproven", "unknown")}
        assert codes == {"unproven": ["TRN-3"], "unknown": ["TRN-4"]}
        assert len(context["unanswered"]) == 45

    def test_round_goes_from_open_to_signed_off_and_back(self, running, alice, sign_in):
        answer(running, alice)
        browser = sign_in(alice)
        browser.post(page("round-submit", running))
        wrong = browser.post(page("round-sign-off", running), {"typed_name": "Somebody"})
        assert wrong.status_code == 422
        browser.post(page("round-sign-off", running), {"typed_name": "Alice"})
        browser.post(page("round-reopen", running), {"reason": "A page was missing."})
        kinds = [event.kind for event in running.events.all()]
        assert kinds == ["submitted", "signed_off", "reopened"]
        assert "A page was missing." in browser.get(page("round-submit", running)).content.decode()

    def test_queries_do_not_grow_with_rounds_and_assessors(
        self, project, alice, sign_in, django_assert_max_num_queries
    ):
        for number in range(1, 11):
            done = Assessment.Status.SIGNED_OFF
            assessment = factories.AssessmentFactory(project=project, number=number, status=done)
        running = factories.AssessmentFactory(project=project, number=11, previous=assessment)
        for _ in range(10):
            person = factories.UserFactory()
            running.assessors.add(person)
            answer(running, person)
        browser = sign_in(alice)
        with django_assert_max_num_queries(14):
            browser.get(reverse("assessments:round-list", args=[project.pk]))
