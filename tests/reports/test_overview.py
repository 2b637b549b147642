import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.content.overview import movement
from reports.models import Job, ScoreRun
from tests import factories
from tests.reports.scored import answer, score

TODAY = datetime.date(2026, 11, 20)


@pytest.fixture
def url(project):
    return reverse("reports:overview", args=[project.pk])


def page(browser, url, **query):
    return browser.get(url, query).content.decode()


def moved(start, end, *points):
    summary = {
        "change": end - start,
        "change_from": start,
        "median": end,
        "change_since": "2026-11-06",
        "change_number": 12,
        "changes": [
            {"dimension": "TRN", "text": f"Cause {at}", "points": each}
            for at, each in enumerate(points)
        ],
        "changes_rest": (end - start) - sum(points),
    }
    return movement(summary, 14, TODAY)


@pytest.mark.parametrize(
    ("start", "end", "points"),
    [
        (46.4, 39.3, (-5.1, -4.3, 2.3)),
        (46.5, 39.5, (-5.5, -3.5, 2.0)),
        (40.0, 41.49, (0.6, 0.6, 0.29)),
        (30.04, 30.36, (0.11, 0.11, 0.1)),
        (50.0, 50.0, (-3.4, 3.4)),
        (61.0, 42.0, (-7.3, -4.6, -2.2, -1.9, -1.4)),
    ],
)
def test_the_shown_steps_lead_exactly_from_the_shown_start_to_the_shown_end(start, end, points):
    found = moved(start, end, *points)

    total = found.start + sum(step[2] for step in found.steps)
    assert round(total, found.decimals) == found.end
    assert found.start == pytest.approx(start, abs=0.5)
    exact = {f"Cause {at}": each for at, each in enumerate(points)}
    for _, text, shown in found.steps:
        if text in exact:
            assert shown == pytest.approx(exact[text], abs=10**-found.decimals)
            assert shown * exact[text] > 0


def test_large_causes_are_whole_and_small_ones_keep_a_decimal():
    assert moved(46.4, 39.3, -5.1, -4.3, 2.3).decimals == 0
    assert moved(30.6, 30.3, -0.2, -0.1).decimals == 1


def test_a_first_score_has_no_movement():
    assert movement({"change": None}, 1, TODAY) is None


def test_without_a_run_the_page_leads_to_the_first_score(url, project, dora, bob, sign_in):
    text = page(sign_in(dora), url)

    assert "has no score yet" in text
    for name in ("assessments:group-list", "assessments:round-list", "reports:run-request"):
        assert reverse(name, args=[project.pk]) in text
    assert "Score now" not in page(sign_in(bob), url)


def test_the_first_steps_follow_the_round(url, project, alice, dora, sign_in):
    browser = sign_in(dora)
    assert "Start the assessment" in page(browser, url)
    round_ = answer(project, [alice])
    assert "Go on answering" in page(browser, url)
    round_.status = round_.Status.SIGNED_OFF
    round_.save()
    text = page(browser, url)
    assert "answered in Round 1, signed off." in text
    assert "Go on answering" not in text


def test_the_verdict_the_score_and_the_weak_link_lead(url, project, alice, bob, sign_in):
    answer(project, [alice], level=1)
    run = score(project)

    text = page(sign_in(bob), url)

    assert "Not ready for" in text
    assert f'<span class="hero-number">{run.median:.0f}</span>' in text
    assert "First weak link" in text
    assert "5 of 20</strong> cells" in text
    assert "11 of 11" in text
    assert "Score again" not in text


def test_a_weak_link_without_an_owner_asks_for_one(url, project, alice, dora, bob, sign_in):
    answer(project, [alice], level=1)
    code = score(project).summary["weak_link"]["code"]
    ask = f"{reverse('assessments:step-create', args=[project.pk])}?item={code}"

    assert ask in page(sign_in(dora), url)
    assert ask not in page(sign_in(bob), url)

    factories.NextStepFactory(project=project, item=code, owner_name="Priya Raman")
    text = page(sign_in(dora), url)
    assert "Priya Raman, due" in text
    assert "Nobody is named yet" not in text


def test_an_empty_cell_is_never_a_zero(url, project, alice, dora, sign_in):
    answer(project, [alice], dimensions=("STR", "GOV"))
    score(project)

    text = page(sign_in(dora), url)

    assert text.count("No evidence<br>") == 18
    assert "no single score" in text
    assert 'hero-number">–' in text
    assert text.index("Evidence that would tell most") < text.index('id="matrix"')


def test_a_thin_dimension_is_marked_and_its_values_raise_no_alarm(
    url, project, alice, dora, sign_in
):
    answer(project, [alice, dora], level=1).answers.filter(item__startswith="TRN").exclude(
        item="TRN-1"
    ).delete()
    score(project)

    text = page(sign_in(dora), url)

    assert text.count("thin, not counted") == 1
    assert text.count("cell cell-thin") == 1
    assert text.count("cell cell-low") == 4


def test_the_matrix_can_be_read_as_a_table(url, project, alice, bob, sign_in):
    answer(project, [alice])
    score(project)

    text = page(sign_in(bob), url, view="table")

    assert 'class="matrix"' not in text
    assert text.count("no evidence") >= 15


def test_answers_saved_after_the_run_make_it_stale(url, project, alice, dora, sign_in):
    round_ = answer(project, [alice])
    ScoreRun.objects.filter(pk=score(project).pk).update(started_at=timezone.now())
    browser = sign_in(dora)
    assert "have changed since run 1" not in page(browser, url)

    round_.answers.first().save()

    assert "have changed since run 1" in page(browser, url)


def test_another_method_makes_the_run_stale(url, project, alice, dora, sign_in):
    answer(project, [alice])
    ScoreRun.objects.filter(pk=score(project).pk).update(started_at=timezone.now())
    project.method = {"weakest_link_share": 0.3}
    project.save()

    assert "have changed since run 1" in page(sign_in(dora), url)


def test_what_changed_is_told_cause_by_cause(url, project, alice, bob, sign_in):
    round_ = answer(project, [alice], level=2)
    score(project, days_ago=14)
    round_.answers.filter(item="TRN-3").update(level=0)
    score(project)

    text = page(sign_in(bob), url)

    assert "What changed since" in text
    assert "TRN-3" in text


def test_a_run_under_way_is_shown_with_its_progress(url, project, alice, dora, sign_in):
    answer(project, [alice])
    score(project)
    run = factories.ScoreRunFactory(
        project=project, number=2, status=Job.Status.RUNNING, step="Recalculating 10,000 times"
    )

    text = page(sign_in(dora), url)

    assert "Recalculating 10,000 times" in text
    assert "You can leave this page" in text
    assert reverse("reports:run-status", args=[project.pk, run.pk]) in text


def test_a_failed_run_says_so_and_the_last_result_stays(url, project, alice, dora, sign_in):
    answer(project, [alice], level=1)
    score(project)
    factories.ScoreRunFactory(
        project=project, number=2, status=Job.Status.FAILED, error="The worker was lost."
    )

    text = page(sign_in(dora), url)

    assert "The worker was lost." in text
    assert "Not ready for" in text


def test_scoring_again_works_without_a_script(url, project, dora, sign_in):
    browser = sign_in(dora)

    answer_ = browser.post(reverse("reports:run-request", args=[project.pk]))

    run = project.scoreruns.get()
    status = reverse("reports:run-status", args=[project.pk, run.pk])
    assert answer_["Location"] == status
    assert 'http-equiv="refresh"' in page(browser, status)
    ScoreRun.objects.update(status=Job.Status.DONE)
    assert browser.get(status)["Location"] == url


def test_scoring_again_in_place_polls_until_the_run_has_ended(project, dora, sign_in):
    browser = sign_in(dora)
    htmx = {"HX-Request": "true"}
    ask = reverse("reports:run-request", args=[project.pk])

    first = browser.post(ask, headers=htmx)
    again = browser.post(ask, headers=htmx)

    run = project.scoreruns.get()
    status = reverse("reports:run-status", args=[project.pk, run.pk])
    assert status in first.content.decode()
    assert first.content == again.content
    run.fail("The worker was lost.", now=timezone.now())
    failed = browser.get(status, headers=htmx)
    assert "The worker was lost." in failed.content.decode()
    assert "hx-get" not in failed.content.decode()
    ScoreRun.objects.update(status=Job.Status.DONE)
    assert browser.get(status, headers=htmx)["HX-Refresh"] == "true"


def test_a_viewer_cannot_ask_for_a_run(project, bob, sign_in):
    answer_ = sign_in(bob).post(reverse("reports:run-request", args=[project.pk]))

    assert answer_.status_code == 403
    assert not project.scoreruns.exists()


def test_more_answers_cost_no_more_queries(
    url, project, alice, dora, bob, sign_in, django_assert_max_num_queries
):
    browser = sign_in(bob)
    browser.get(url)
    answer(project, [alice, dora], level=1)
    for _ in range(2):
        score(project)
        factories.NextStepFactory.create_batch(5, project=project)
        with django_assert_max_num_queries(10):
            browser.get(url)
