from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.bank import load_bank
from assessments.models import DimensionException, Membership
from tests import factories
from tests.queries import queries_of

ITEMS = len(load_bank("readiness-1").items)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def url(organisation):
    return reverse("assessments:my-work", args=[organisation.pk])


def due(user, today):
    membership = Membership.objects.get(user=user)
    found = services.due_for(membership=membership, today=today)
    assert services.count_due(membership=membership, today=today) == len(found)
    return found


@pytest.fixture
def round_of_dora(project, dora, today):
    assessment = factories.AssessmentFactory(project=project, due_on=today + timedelta(days=3))
    assessment.assessors.add(dora)
    return assessment


class TestAnswers:
    def test_items_without_an_answer_of_mine_are_counted(self, round_of_dora, dora, alice, today):
        factories.AnswerFactory(assessment=round_of_dora, assessor=dora, item="TRN-3")
        factories.AnswerFactory(
            assessment=round_of_dora, assessor=dora, item="TRN-4", state="blank", level=None
        )
        factories.AnswerFactory(
            assessment=round_of_dora, assessor=dora, item="TRN-5", state="dont_know", level=None
        )
        factories.AnswerFactory(assessment=round_of_dora, assessor=alice, item="TRN-6")
        (row,) = due(dora, today)
        assert (row.kind, row.count, row.on) == ("answers", ITEMS - 2, round_of_dora.due_on)

    def test_dimension_that_does_not_apply_asks_for_nothing(self, round_of_dora, dora, today):
        DimensionException.objects.create(
            project=round_of_dora.project, dimension="DAT", reason="Nothing is migrated."
        )
        (row,) = due(dora, today)
        assert row.count == ITEMS - len(load_bank("readiness-1").items_of("DAT"))

    def test_submitted_round_and_round_of_others_ask_for_nothing(
        self, round_of_dora, dora, alice, today
    ):
        assert due(alice, today) == []
        round_of_dora.status = round_of_dora.Status.SUBMITTED
        round_of_dora.save()
        assert due(dora, today) == []


class TestStepsAndDecisions:
    def test_mine_and_open_ones_only(self, project, bob, dora, today):
        factories.DecisionFactory(project=project, decider=bob)
        factories.DecisionFactory(project=project, decider=bob, decided_on=today)
        factories.DecisionFactory(project=project, decider=dora)
        factories.NextStepFactory(project=project, owner=bob)
        factories.NextStepFactory(project=project, owner=bob, done_on=today)
        factories.NextStepFactory(project=project)
        assert sorted(row.kind for row in due(bob, today)) == ["decision", "step"]

    def test_archived_and_walled_rollouts_are_left_out(self, project, bob, today):
        factories.DecisionFactory(project=project, decider=bob)
        membership = bob.memberships.get()
        membership.all_clients = False
        membership.save()
        assert due(bob, today) == []
        membership.clients.add(project.client)
        assert len(due(bob, today)) == 1
        project.archived_at = timezone.now()
        project.save()
        assert due(bob, today) == []

    def test_most_urgent_comes_first(self, project, bob, today):
        for days in (5, -2, 1):
            factories.DecisionFactory(
                project=project,
                decider=bob,
                asked_on=today - timedelta(days=9),
                limit_on=today + timedelta(days=days),
            )
        assert [row.days_left(today) for row in due(bob, today)] == [-2, 1, 5]


class TestEvidence:
    @pytest.fixture
    def proven(self, project):
        assessment = factories.AssessmentFactory(project=project)
        factories.AnswerFactory(assessment=assessment, item="TRN-3", level=3)
        return assessment

    def add(self, project, today, days, **fields):
        expires_on = None if days is None else today + timedelta(days=days)
        return factories.EvidenceFactory(
            project=project,
            effective_on=today - timedelta(days=90),
            expires_on=expires_on,
            **fields,
        )

    @pytest.mark.parametrize(("days", "is_due"), [(-5, True), (0, True), (14, True), (15, False)])
    def test_evidence_is_due_from_14_days_before_its_end(
        self, project, proven, dora, today, days, is_due
    ):
        self.add(project, today, days)
        assert [row.kind for row in due(dora, today)] == ["evidence"] * is_due

    def test_other_evidence_that_holds_longer_is_enough(self, project, proven, dora, today):
        self.add(project, today, -5)
        later = self.add(project, today, 60)
        assert due(dora, today) == []
        later.removed_at = timezone.now()
        later.save()
        assert len(due(dora, today)) == 1
        self.add(project, today, None)
        assert due(dora, today) == []

    def test_low_level_needs_no_evidence(self, project, proven, dora, today):
        proven.answers.update(level=2)
        self.add(project, today, -5)
        assert due(dora, today) == []

    def test_level_of_an_earlier_round_does_not_count(self, project, proven, dora, today):
        proven.status = proven.Status.SIGNED_OFF
        proven.save()
        factories.AssessmentFactory(project=project, number=proven.number + 1)
        self.add(project, today, -5)
        assert due(dora, today) == []

    def test_viewer_renews_nothing_but_the_own(self, project, proven, bob, today):
        row = self.add(project, today, -5)
        assert due(bob, today) == []
        row.added_by = bob
        row.save()
        assert len(due(bob, today)) == 1


class TestPage:
    def test_headline_counts_what_is_late(self, project, url, bob, sign_in, today):
        factories.DecisionFactory(
            project=project,
            decider=bob,
            asked_on=today - timedelta(days=9),
            limit_on=today - timedelta(days=4),
        )
        factories.NextStepFactory(project=project, owner=bob)
        browser = sign_in(bob)
        page = browser.get(url).content.decode()
        assert "1 of 2 things is late" in page
        assert "Who owns price conditions?" in page
        page = browser.get(f"{url}?kind=step").content.decode()
        assert "Who owns price conditions?" not in page

    def test_sidebar_of_every_page_counts_what_waits(self, project, url, bob, sign_in):
        browser, page = sign_in(bob), reverse("reports:overview", args=[project.pk])
        count = 'My work</span><span class="nav-count">'
        assert count not in browser.get(page).content.decode()
        factories.NextStepFactory.create_batch(3, project=project, owner=bob)
        assert f"{count}3<" in browser.get(page).content.decode()

    def test_counting_takes_two_queries(self, round_of_dora, dora, today):
        membership = Membership.objects.get(user=dora)
        factories.NextStepFactory(project=round_of_dora.project, owner=dora)
        assert queries_of(lambda: services.count_due(membership=membership, today=today)) == 2

    def test_empty_page_says_what_will_appear(self, url, bob, sign_in):
        assert b"Nothing waits for you" in sign_in(bob).get(url).content

    def test_step_is_ticked_off_from_here_and_one_returns(self, project, url, bob, sign_in):
        step = factories.NextStepFactory(project=project, owner=bob)
        done = reverse("assessments:step-done", args=[project.pk, step.pk])
        assert sign_in(bob).post(done, {"next": url})["Location"] == url

    def test_one_and_ten_of_each_need_the_same_queries(
        self, organisation, url, dora, sign_in, today
    ):
        def add(count):
            for _ in range(count):
                project = factories.ProjectFactory(organisation=organisation)
                assessment = factories.AssessmentFactory(project=project)
                assessment.assessors.add(dora)
                factories.AnswerFactory(assessment=assessment, item="TRN-3", level=4)
                factories.EvidenceFactory(
                    project=project, effective_on=today, expires_on=today + timedelta(days=1)
                )
                factories.DecisionFactory(project=project, decider=dora)
                factories.NextStepFactory(project=project, owner=dora)

        browser = sign_in(dora)
        add(1)
        browser.get(url)
        one = queries_of(browser.get, url)
        add(9)
        assert queries_of(browser.get, url) == one
