import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.content.portfolio import Standing, decisions_wait, headline, lede
from tests import factories
from tests.reports.scored import answer, score


@pytest.mark.parametrize(
    ("standings", "sentence"),
    [
        ((), "No rollout matches"),
        (
            (Standing("not_ready", 2, 59), Standing("ready", 4, 10)),
            "Two of six rollouts are not ready; the nearer one goes live in 59 days",
        ),
        (
            (Standing("not_ready", 1, 1), Standing("ready", 1)),
            "One of two rollouts is not ready; it goes live in one day",
        ),
        (
            (Standing("not_ready", 3, 0), Standing("ready", 1)),
            "Three of four rollouts are not ready; the nearest goes live today",
        ),
        ((Standing("not_ready", 1, None),), "The rollout is not ready"),
        ((Standing("not_ready", 3, None),), "All three rollouts are not ready"),
        (
            (Standing("cannot_tell_yet", 1, 5), Standing("ready_with_conditions", 2, 2)),
            "One of three rollouts is without a verdict yet; it goes live in 5 days",
        ),
        (
            (Standing("ready_with_conditions", 2, 17), Standing("ready", 1)),
            "Two of three rollouts are ready on conditions only; "
            "the nearer one goes live in 17 days",
        ),
        ((Standing("ready", 1, 3),), "The rollout is ready"),
        ((Standing("ready", 12, 3),), "All twelve rollouts are ready"),
    ],
)
def test_the_headline_is_the_worst_verdict_and_when_it_bites(standings, sentence):
    assert headline(standings).replace("\u00a0", " ") == sentence


def test_the_line_below_says_what_the_list_covers():
    assert lede(6, 3, 4960).startswith("Six rollouts at three clients, 4,960 people.")
    assert lede(1, 0, 1).startswith("One rollout, 1 person.")


@pytest.mark.parametrize(
    ("count", "late", "sentence"),
    [
        (0, [], ""),
        (1, [], "One decision waits for you"),
        (1, [2], "One decision waits for you, it is 2 days late"),
        (3, [4], "Three decisions wait for you, one is 4 days late"),
        (3, [4, 1], "Three decisions wait for you, two past the limit"),
    ],
)
def test_waiting_decisions_are_counted_with_how_late_they_are(count, late, sentence):
    assert decisions_wait(count, late).replace("\u00a0", " ") == sentence


@pytest.fixture
def url(organisation):
    return reverse("reports:portfolio", args=[organisation.pk])


@pytest.fixture
def rollouts(organisation, project, alice):
    """One not ready, one cannot tell yet, one never scored."""
    answer(project, [alice], level=1)
    score(project)
    factories.GroupFactory(project=project, headcount=286)
    unclear = factories.ProjectFactory(organisation=organisation, name="AI drafting assistant")
    answer(unclear, [alice], dimensions=("STR", "GOV"))
    score(unclear)
    return project, unclear, factories.ProjectFactory(organisation=organisation, name="Scanner")


def names(response):
    return [row["project"].name for row in response.context["rows"]]


def test_the_rollouts_stand_by_verdict(url, rollouts, bob, sign_in):
    response = sign_in(bob).get(url)

    assert names(response) == ["Quoting platform", "AI drafting assistant", "Scanner"]
    page = response.content.decode()
    assert "One of three rollouts is not ready; it goes live in 59" in page
    assert "Brandt Pumps, 286" in page
    assert "no single figure" in page
    assert "not scored yet" in page


def test_a_dimension_without_enough_evidence_shows_no_number(url, rollouts, bob, sign_in):
    response = sign_in(bob).get(url)

    cells = {row["project"].name: row["cells"] for row in response.context["rows"]}
    assert [cell["value"] is None for cell in cells["AI drafting assistant"]] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_every_number_leads_to_its_arithmetic(url, rollouts, bob, sign_in):
    row = sign_in(bob).get(url).context["rows"][0]

    pk = rollouts[0].pk
    assert row["url"] == reverse("reports:overview", args=[pk])
    assert [cell["url"] for cell in row["cells"]] == [
        reverse("reports:score-dimension", args=[pk, code])
        for code in ("STR", "GOV", "TRN", "DAT", "CHA")
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "drafting"}, ["AI drafting assistant"]),
        ({"q": "brandt"}, ["Quoting platform"]),
        ({"verdict": "not_ready"}, ["Quoting platform"]),
        ({"verdict": "cannot_tell_yet"}, ["AI drafting assistant", "Scanner"]),
        ({"phase": "live"}, []),
        ({"client": "no-such-client"}, []),
        ({"sort": "-name"}, ["Scanner", "Quoting platform", "AI drafting assistant"]),
        ({"sort": "score"}, ["Quoting platform", "AI drafting assistant", "Scanner"]),
        ({"sort": "nonsense"}, ["Quoting platform", "AI drafting assistant", "Scanner"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(url, rollouts, bob, sign_in, query, found):
    assert names(sign_in(bob).get(url, query)) == found


def test_the_client_chosen_is_what_the_headline_counts(url, rollouts, bob, sign_in):
    response = sign_in(bob).get(url, {"client": str(rollouts[0].client_id)})

    assert names(response) == ["Quoting platform"]
    assert response.context["headline"].startswith("The rollout is not ready")


def test_rollouts_can_be_sorted_by_their_movement(url, organisation, alice, bob, sign_in):
    for name, level in (("Falling", 0), ("Rising", 4)):
        one = factories.ProjectFactory(organisation=organisation, name=name)
        round_ = answer(one, [alice], level=2, evidence=["TRN-1", "TRN-2"])
        score(one, days_ago=1)
        round_.answers.filter(item__in=["TRN-1", "TRN-2"]).update(level=level)
        score(one)
    browser = sign_in(bob)

    assert names(browser.get(url, {"sort": "change"})) == ["Falling", "Rising"]
    assert names(browser.get(url, {"sort": "-change"})) == ["Rising", "Falling"]
    causes = browser.get(url).context["causes"]
    assert {cause["project"] for cause in causes} == {"Falling", "Rising"}


def test_only_the_list_is_sent_where_only_the_list_is_wanted(url, rollouts, bob, sign_in):
    response = sign_in(bob).get(url, headers={"HX-Request": "true"})

    assert b"portfolio-list" in response.content
    assert b"<html" not in response.content


def test_fifty_rollouts_make_a_page(url, organisation, bob, sign_in):
    factories.ProjectFactory.create_batch(51, organisation=organisation)
    browser = sign_in(bob)

    assert len(names(browser.get(url))) == 50
    assert len(names(browser.get(url, {"page": 2}))) == 1


def test_without_a_rollout_the_page_says_where_to_start(url, dora, bob, sign_in, organisation):
    new = reverse("assessments:project-create", args=[organisation.pk])

    assert new in sign_in(dora).get(url).content.decode()
    assert new not in sign_in(bob).get(url).content.decode()


def test_own_decisions_come_first_and_hide_those_of_others(url, project, alice, bob, sign_in):
    factories.DecisionFactory(project=project, question="Mine?", decider=alice)
    factories.DecisionFactory(project=project, question="Decided?", decided_on="2026-11-01")
    factories.DecisionFactory(
        project=project,
        question="Nobody’s?",
        asked_on=timezone.localdate() - datetime.timedelta(days=9),
        limit_on=timezone.localdate() - datetime.timedelta(days=4),
    )

    mine = sign_in(alice).get(url).content.decode()
    all_open = sign_in(bob).get(url).content.decode()

    assert "Decisions wanted from you" in mine
    assert "Mine?" in mine
    assert "Nobody’s?" not in mine
    assert "Mine?" in all_open
    assert "<strong>4</strong>days late" in all_open
    assert "Decided?" not in all_open


def test_what_lies_behind_a_clients_wall_is_neither_listed_nor_counted(
    url, rollouts, organisation, sign_in
):
    walled = factories.MembershipFactory(organisation=organisation, all_clients=False)
    walled.clients.add(rollouts[0].client)
    factories.DecisionFactory(project=rollouts[1], question="Behind the wall?")

    response = sign_in(walled.user).get(url)

    assert names(response) == ["Quoting platform"]
    assert response.context["total"] == 1
    assert "Behind the wall?" not in response.content.decode()


def test_the_export_holds_the_list_and_runs_no_formula(rollouts, organisation, bob, sign_in):
    rollouts[2].name = '=HYPERLINK("x")'
    rollouts[2].save()

    answer_ = sign_in(bob).get(reverse("reports:portfolio-export", args=[organisation.pk]))

    rows = list(csv.DictReader(io.StringIO(answer_.content.decode("utf-8-sig"))))
    assert [row["Verdict"] for row in rows] == ["Not ready", "Cannot tell yet", "Cannot tell yet"]
    assert rows[1]["Rollout"] == '\'=HYPERLINK("x")'
    assert rows[2]["Score"] == ""
    assert float(rows[0]["Score"]) < 40


def test_names_are_shown_as_text(url, organisation, bob, sign_in):
    factories.ProjectFactory(organisation=organisation, name="<script>alert(1)</script>")

    assert b"<script>alert" not in sign_in(bob).get(url).content


def test_more_rollouts_cost_no_more_queries(
    url, organisation, alice, bob, sign_in, django_assert_max_num_queries
):
    browser = sign_in(bob)
    browser.get(url)
    for _ in range(2):
        one = factories.ProjectFactory(organisation=organisation)
        answer(one, [alice], level=1)
        score(one)
        factories.DecisionFactory(project=one)
        with django_assert_max_num_queries(10):
            browser.get(url)
