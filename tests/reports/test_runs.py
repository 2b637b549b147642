import datetime

import pytest
from django.utils import timezone

from assessments.models import Answer
from assessments.scoring import serialise
from reports import jobs, runs, services
from reports.models import ScoreRun
from tests import factories
from tests.reports.scored import answer

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 11, 20, 6, 0, tzinfo=datetime.UTC)


def at(moment):
    return lambda: moment


def answer_everything(project, people, level=3):
    codes = [item.code for item in project.bank.items]
    round_ = answer(project, people, level, evidence=codes)
    round_.answers.update(answered_on=NOW.date())
    project.evidences.update(effective_on=datetime.date(2026, 1, 1))
    return round_


def score(project, now=NOW):
    run = runs.enqueue(project, by=None, now=now)
    assert runs.execute(str(run.pk), clock=at(now))
    run.refresh_from_db()
    return run


def test_a_run_keeps_its_scorecard_and_the_copies_of_it(project, alice, dora):
    answer_everything(project, [alice, dora])
    factories.GroupFactory(project=project, headcount=286)

    run = score(project)

    card = serialise.from_dict(run.result)
    assert (run.status, run.progress, run.is_latest) == ("done", 100, True)
    assert (run.verdict, run.verdict_rank) == (card.verdict.code, 3)
    assert run.median == card.score.median
    assert run.assessment == project.assessments.get()
    assert run.as_of == NOW.date()
    assert run.engine_version == card.engine_version
    assert len(run.inputs_digest) == 64
    assert run.summary["people"] == 286
    assert run.summary["dims"]["TRN"]["state"] == "observed"
    assert run.summary["history"] == [["2026-11-20", card.score.median]]
    assert run.summary["weak_link"]["short"]


def test_the_same_inputs_and_seed_give_the_same_result(project, alice):
    answer_everything(project, [alice])
    first = score(project)
    second = runs.enqueue(project, by=None, now=NOW)
    ScoreRun.objects.filter(pk=second.pk).update(seed=first.seed)

    runs.execute(str(second.pk), clock=at(NOW))

    second.refresh_from_db()
    assert second.result == first.result
    assert second.inputs_digest == first.inputs_digest


def test_the_seed_follows_from_the_project(project):
    assert runs.seed_of(project) == runs.seed_of(project)
    assert runs.seed_of(project) != runs.seed_of(factories.ProjectFactory())


def test_a_project_without_answers_cannot_be_told_yet(project):
    run = score(project)

    assert (run.status, run.verdict, run.median) == ("done", "cannot_tell_yet", None)
    assert run.summary["is_shown"] is False
    assert run.summary["missing"]


def test_a_later_run_says_what_moved_and_becomes_the_newest(project, alice):
    round_ = answer_everything(project, [alice], level=2)
    first = score(project)
    round_.answers.filter(item="TRN-3").update(level=0)

    second = score(project, NOW + datetime.timedelta(hours=1))

    first.refresh_from_db()
    assert (first.is_latest, second.is_latest) == (False, True)
    assert second.summary["change"] == round(second.median) - round(first.median)
    assert second.summary["change_number"] == 1
    assert second.summary["changes"][0]["code"] == "TRN-3"
    told = [each["points"] for each in second.summary["changes"]]
    assert sum(told) + second.summary["changes_rest"] == pytest.approx(second.median - first.median)
    assert [value for _, value in second.summary["history"]] == [first.median, second.median]


def test_a_run_is_compared_with_the_one_two_weeks_older_where_there_is_one(project, alice):
    answer_everything(project, [alice], level=2)
    for days in (0, 7, 15):
        run = score(project, NOW + datetime.timedelta(days=days))

    assert run.summary["change_number"] == 1


def test_a_run_without_a_score_is_passed_over_in_comparisons(project, alice):
    score(project)
    answer_everything(project, [alice])

    run = score(project, NOW + datetime.timedelta(days=1))

    assert run.summary["change"] is None
    assert run.summary["changes"] == []


def test_a_run_executed_twice_is_calculated_once(project, alice):
    answer_everything(project, [alice])
    run = score(project)
    finished = run.finished_at

    assert not runs.execute(str(run.pk), clock=at(NOW + datetime.timedelta(hours=2)))

    run.refresh_from_db()
    assert (run.finished_at, run.attempt) == (finished, 1)


def test_a_slow_worker_cannot_overwrite_the_one_that_took_its_run_up(project, alice):
    answer_everything(project, [alice])
    run = runs.enqueue(project, by=None, now=NOW)
    ScoreRun.objects.claim(run.pk, now=NOW, lost_before=NOW)
    slow = ScoreRun.objects.select_related("project").get(pk=run.pk)
    late = NOW + datetime.timedelta(minutes=5)
    assert jobs.sweep(ScoreRun, now=late) == [str(run.pk)]
    assert runs.execute(str(run.pk), clock=at(late))
    done = ScoreRun.objects.get(pk=run.pk)

    assert not runs.finish(slow, serialise.from_dict(done.result), {}, now=late)
    assert not jobs.fail_if_owned(slow, "Too late", now=late)

    done.refresh_from_db()
    assert (done.status, done.attempt) == ("done", 2)
    assert done.summary


def test_a_fault_gives_the_user_a_sentence_and_the_log_the_traceback(project, caplog):
    project.method = {"weights": {"TRN": -1}}
    project.save()
    run = runs.enqueue(project, by=None, now=NOW)

    assert not runs.execute(str(run.pk), clock=at(NOW))

    run.refresh_from_db()
    assert (run.status, run.error, run.is_latest) == ("failed", runs.FAILED, False)
    assert "Traceback" in caplog.text


def test_a_failed_run_leaves_the_newest_one_in_place(project, alice):
    answer_everything(project, [alice])
    good = score(project)
    project.method = {"weights": {"TRN": -1}}
    project.save()
    bad = runs.enqueue(project, by=None, now=NOW)
    runs.execute(str(bad.pk), clock=at(NOW))

    assert project.scoreruns.get(is_latest=True) == good


def test_a_second_click_gets_the_run_under_way(project, alice):
    first = services.request_run(project=project, by=alice, now=NOW)
    second = services.request_run(project=project, by=alice, now=NOW)

    assert first == second
    assert project.scoreruns.count() == 1


def test_numbers_go_on_after_a_failed_run(project, alice):
    first = services.request_run(project=project, by=alice, now=NOW)
    first.fail("Stopped", now=NOW)

    assert services.request_run(project=project, by=alice, now=NOW).number == 2


def test_a_run_past_the_time_limit_makes_room_for_a_new_one(project, alice, settings):
    old = services.request_run(project=project, by=alice, now=NOW)
    ScoreRun.objects.claim(old.pk, now=NOW, lost_before=NOW)
    late = NOW + datetime.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 1)

    new = services.request_run(project=project, by=alice, now=late)

    old.refresh_from_db()
    assert (old.status, old.error) == ("failed", jobs.TOO_LONG)
    assert new.number == 2


def test_asking_scores_once_the_request_is_committed(
    project, alice, django_capture_on_commit_callbacks
):
    answer_everything(project, [alice])

    with django_capture_on_commit_callbacks(execute=True):
        run = services.request_run(project=project, by=alice, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, run.requested_by) == ("done", alice)


def test_dont_know_is_no_level(project, alice):
    round_ = answer_everything(project, [alice])
    round_.answers.filter(item="TRN-3").update(state=Answer.State.DONT_KNOW, level=None)

    card = serialise.from_dict(score(project).result)

    item = next(each for each in card.items if each.code == "TRN-3")
    assert (item.state, item.counted) == ("dont_know", None)
