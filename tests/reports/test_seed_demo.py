"""The demo: every number in it comes from the engine, and it can be sown twice."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Client,
    Decision,
    Evidence,
    Group,
    Membership,
    NextStep,
    Organisation,
    Project,
    User,
)
from assessments.scoring import engine, serialise
from reports.collect import collect
from reports.demo import build
from reports.demo.people import PASSWORD
from reports.models import ScoreRun
from reports.runs import fingerprint

ROLLOUTS = {
    "Quoting platform": ("Brandt Pumps", 286, 59, "not_ready", 39, "TRN"),
    "Field service app": ("Brandt Pumps", 140, 101, "not_ready", 37, "CHA"),
    "AI drafting assistant": ("Okafor Foods", 620, 87, "cannot_tell_yet", None, None),
    "Multi-factor sign-in": ("Meridian Care", 2640, 17, "ready_with_conditions", 66, "CHA"),
    "E-rostering": ("Meridian Care", 1180, 143, "ready_with_conditions", 58, "TRN"),
    "ERP finance module": ("Okafor Foods", 94, 45, "ready", 79, "CHA"),
}
COUNTED = (
    Answer,
    Assessment,
    Client,
    Decision,
    Evidence,
    Group,
    Membership,
    NextStep,
    Organisation,
    Project,
    ScoreRun,
    User,
)


@pytest.fixture(scope="module")
def _sown(django_db_setup, django_db_blocker):
    """Sow the demo once for this module and take everything out again."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(_sown, db):
    """Give the sown demo; what a test changes is undone after it."""


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def latest(name: str) -> ScoreRun:
    return ScoreRun.objects.get(project__name=name, is_latest=True)


def test_seeding_twice_adds_nothing_and_says_so(demo):
    before = counts()
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert counts() == before
    assert "nothing was added" in out.getvalue()


def test_only_an_empty_installation_is_filled_when_asked_so(db):
    Organisation.objects.create(name="Somebody else")
    before = counts()
    out = StringIO()
    call_command("seed_demo", "--if-empty", stdout=out)
    assert counts() == before
    assert "Building" not in out.getvalue()


@pytest.mark.parametrize("name", ROLLOUTS)
def test_rollout_has_its_client_people_and_go_live_ahead(demo, name):
    client, people, days, *_ = ROLLOUTS[name]
    project = Project.objects.get(name=name)
    assert project.client.name == client
    assert sum(project.groups.values_list("headcount", flat=True)) == people
    assert project.days_to_go_live(timezone.localdate()) == days


@pytest.mark.parametrize("name", ROLLOUTS)
def test_verdict_and_weakest_dimension_come_out_as_told(demo, name):
    *_, verdict, median, weakest = ROLLOUTS[name]
    run = latest(name)
    assert run.verdict == verdict
    if median is None:
        assert run.median is None
        states = {code: each["state"] for code, each in run.summary["dims"].items()}
        assert {code for code, state in states.items() if state == "observed"} == {"STR", "GOV"}
    else:
        assert abs(run.median - median) <= 6
        assert run.summary["weakest"] == [weakest]


@pytest.mark.parametrize("name", [*ROLLOUTS, "Tenancy records"])
def test_newest_numbers_can_be_calculated_again(demo, name):
    run = latest(name)
    collection = collect(run.project, as_of=run.as_of, seed=run.seed)
    again = engine.score(collection.inputs, collection.bank)
    assert fingerprint(collection) == run.inputs_digest
    assert serialise.to_dict(again) == run.result
    assert run.result["bank_sha256"] == run.assessment.bank_sha256


@pytest.mark.parametrize("name", ROLLOUTS)
def test_history_lies_in_the_past_in_order(demo, name):
    runs = list(ScoreRun.objects.filter(project__name=name).order_by("number"))
    assert len(runs) >= 3
    days = [run.as_of for run in runs]
    assert days == sorted(days)
    assert days[-1] == timezone.localdate()
    assert all(
        timezone.localdate(run.requested_at) == run.as_of and run.finished_at <= timezone.now()
        for run in runs
    )


def test_every_answer_was_given_inside_its_round(demo):
    today = timezone.localdate()
    for assessment in Assessment.objects.prefetch_related("answers"):
        ends = assessment.submitted_at.date() if assessment.submitted_at else today
        for answer in assessment.answers.all():
            assert assessment.opened_on <= answer.answered_on <= ends, f"{assessment} {answer}"


def test_assessors_differ_and_what_they_agreed_is_kept(demo):
    closed = Assessment.objects.filter(
        project__name="Quoting platform", status=Assessment.Status.SIGNED_OFF
    ).first()
    levels: dict[str, set[int]] = {}
    for item, level in closed.answers.exclude(assessor=None).values_list("item", "level"):
        levels.setdefault(item, set()).add(level)
    assert sum(len(each) > 1 for each in levels.values()) > 10
    assert closed.answers.filter(assessor=None).exists()


def test_each_way_of_answering_and_each_kind_of_evidence_occurs(demo):
    assert set(Answer.objects.values_list("state", flat=True)) == {
        "level",
        "dont_know",
        "not_applicable",
    }
    assert set(Evidence.objects.values_list("kind", flat=True)) == {"file", "link", "note"}
    assert Evidence.objects.filter(expires_on__lt=timezone.localdate()).exists()
    for evidence in Evidence.objects.filter(kind=Evidence.Kind.FILE):
        assert evidence.file.size > 0


def test_level_three_without_evidence_counts_as_two(demo):
    items = latest("Quoting platform").result["items"]
    said = next(item for item in items if item["code"] == "TRN-4")
    assert said["is_capped"]
    assert said["counted"] <= 2 < said["said"]


def test_exactly_one_decision_of_the_executive_is_late(demo):
    wanted = Decision.objects.filter(decider__name="Ingrid Solheim", decided_on=None)
    assert wanted.count() == 3
    assert wanted.filter(limit_on__lt=timezone.localdate()).count() == 1


@pytest.mark.parametrize("email", [email for email, _ in build.sign_ins()])
def test_printed_sign_ins_work(demo, email):
    answer = Browser().post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert answer.status_code == 302


def test_client_sees_only_their_own_rollouts(demo):
    helga = User.objects.get(email="helga.brandt@brandt.example")
    seen = Project.objects.visible_to(helga).values_list("client__name", flat=True)
    assert set(seen) == {"Brandt Pumps"}


def test_one_person_works_in_both_organisations(demo):
    amara = User.objects.get(email="amara.nwosu@halden.example")
    assert set(amara.organisations.values_list("name", flat=True)) == {
        "Halden Group",
        "Tarn Valley Housing",
    }
