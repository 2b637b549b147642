import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from reports import jobs, runs, tasks
from reports.models import ExportFile, Job, ScoreRun
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 11, 20, 6, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def running(project, *, beat, attempt=1, model=factories.ScoreRunFactory, **fields):
    return model(
        project=project,
        status=Job.Status.RUNNING,
        requested_at=beat,
        started_at=beat,
        heartbeat_at=beat,
        attempt=attempt,
        **fields,
    )


def test_a_run_that_the_broker_forgot_is_sent_again(project):
    run = factories.ScoreRunFactory(project=project, requested_at=NOW - MINUTE)

    assert jobs.sweep(ScoreRun, now=NOW) == [str(run.pk)]


def test_a_run_just_asked_for_is_left_to_the_broker(project):
    factories.ScoreRunFactory(project=project, requested_at=NOW - datetime.timedelta(seconds=5))

    assert jobs.sweep(ScoreRun, now=NOW) == []


def test_a_run_sent_again_waits_before_it_is_sent_once_more(project):
    run = factories.ScoreRunFactory(project=project, requested_at=NOW - MINUTE)
    jobs.sweep(ScoreRun, now=NOW)

    assert jobs.sweep(ScoreRun, now=NOW + datetime.timedelta(seconds=10)) == []
    assert jobs.sweep(ScoreRun, now=NOW + MINUTE) == [str(run.pk)]


def test_a_run_with_a_living_worker_is_left_alone(project):
    run = running(project, beat=NOW - MINUTE)

    assert jobs.sweep(ScoreRun, now=NOW) == []
    run.refresh_from_db()
    assert run.status == "running"


def test_a_run_whose_worker_died_is_taken_up_again(project):
    run = running(project, beat=NOW - 2 * MINUTE)

    assert jobs.sweep(ScoreRun, now=NOW) == [str(run.pk)]
    run.refresh_from_db()
    assert run.status == "queued"


def test_a_run_lost_too_often_fails_with_a_sentence(project):
    run = running(project, beat=NOW - 2 * MINUTE, attempt=Job.MAX_ATTEMPTS)

    assert jobs.sweep(ScoreRun, now=NOW) == []
    run.refresh_from_db()
    assert (run.status, run.finished_at) == ("failed", NOW)
    assert run.error == jobs.LOST.format(count=3)


def test_a_lost_export_is_taken_up_the_same_way(project):
    run = factories.ScoreRunFactory(project=project, status="done")
    export = running(project, beat=NOW - 2 * MINUTE, model=factories.ExportFileFactory, run=run)

    assert jobs.sweep(ExportFile, now=NOW) == [str(export.pk)]


def test_the_sweeper_ends_with_the_lost_run_done(project):
    run = running(project, beat=timezone.now() - 2 * MINUTE)

    tasks.sweep.delay()

    run.refresh_from_db()
    assert (run.status, run.attempt, run.is_latest) == ("done", 2, True)


def test_a_broker_out_of_reach_leaves_the_run_queued(project, monkeypatch, caplog):
    def unreachable(*args, **kwargs):
        raise OperationalError("connection refused")

    run = runs.enqueue(project, by=None, now=NOW)
    monkeypatch.setattr(tasks.run_scoring, "apply_async", unreachable)

    assert not jobs.send(tasks.run_scoring, run_id=str(run.pk))

    run.refresh_from_db()
    assert run.status == "queued"
    assert "broker cannot be reached" in caplog.text


def test_the_night_scores_only_projects_with_something_new(project):
    factories.ProjectFactory(archived_at=NOW)
    tasks.score_nightly.delay()
    assert [run.number for run in ScoreRun.objects.all()] == [1]

    tasks.score_nightly.delay()
    assert ScoreRun.objects.count() == 1

    round_ = factories.AssessmentFactory(project=project, number=1)
    factories.AnswerFactory(assessment=round_)
    tasks.score_nightly.delay()
    assert sorted(run.number for run in ScoreRun.objects.all()) == [1, 2]


def test_evidence_that_expires_is_something_new(project):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    round_ = factories.AssessmentFactory(project=project, number=1)
    factories.AnswerFactory(assessment=round_, level=3)
    factories.EvidenceFactory(project=project, expires_on=timezone.localdate())
    tasks.score_nightly.delay()

    assert not runs.has_new_inputs(project, today=timezone.localdate())
    assert runs.has_new_inputs(project, today=tomorrow)


def test_one_broken_project_does_not_cost_the_others_their_night(project):
    factories.ProjectFactory(method={"weights": "none"})

    tasks.score_nightly.delay()

    assert ScoreRun.objects.get().project == project


@pytest.mark.django_db(transaction=True)  # the queue hears of a run when it commits
def test_the_command_prints_the_scorecard_as_json(project):
    out = io.StringIO()

    call_command("score", project.slug, "--json", stdout=out)

    found = json.loads(out.getvalue())
    assert found["schema"] == "scorecard/1"
    assert (found["run"], found["slug"]) == (1, project.slug)
    assert found["verdict"]["code"] == "cannot_tell_yet"
    assert len(found["dimensions"]) == 5


@pytest.mark.django_db(transaction=True)  # the queue hears of a run when it commits
def test_the_command_prints_a_table_for_people(project):
    out = io.StringIO()

    call_command("score", str(project.pk), stdout=out)

    assert "Cannot tell yet" in out.getvalue()
    assert "Champion coverage" in out.getvalue()


def test_the_command_names_a_project_it_cannot_find():
    with pytest.raises(CommandError, match="No project has the id or slug “nothing”"):
        call_command("score", "nothing")


@pytest.mark.django_db(transaction=True)  # the queue hears of a run when it commits
def test_the_command_gives_the_sentence_of_a_failed_run(project):
    project.method = {"weights": {"TRN": -1}}
    project.save()

    with pytest.raises(CommandError, match="fault in the product"):
        call_command("score", project.slug)
