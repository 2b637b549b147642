"""How long the main pages take with 1,000 rollouts, against a bare page in the same process."""

import copy
import datetime
import statistics
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.models import Decision, Group, Project
from reports.models import ScoreRun
from tests import factories
from tests.reports.scored import answer, score

ROLLOUTS = 1_000
ROUNDS = 15

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(organisation, alice, dora):
    """A thousand rollouts with copies of six really calculated runs."""
    clients = factories.ClientFactory.create_batch(20, organisation=organisation)
    patterns = []
    for level in (0, 1, 2, 3, 4):
        one = factories.ProjectFactory(organisation=organisation, client=clients[level])
        codes = [item.code for item in one.bank.items]
        round_ = answer(one, [alice, dora], level, evidence=codes)
        score(one, days_ago=14)
        round_.answers.filter(item="TRN-3").update(level=max(level - 1, 0))
        patterns.append(score(one))
    today = timezone.localdate()
    projects = Project.objects.bulk_create(
        Project(
            organisation=organisation,
            client=clients[at % 20],
            name=f"Rollout {at:04}",
            slug=f"rollout-{at:04}",
            outcome="Quotes leave within a day",
            system="Quoting platform",
            kind=Project.Kind.CRM,
            go_live_on=today + datetime.timedelta(days=at % 300),
        )
        for at in range(ROLLOUTS - len(patterns))
    )
    Group.objects.bulk_create(
        Group(project=project, name=f"Group {at}", headcount=40 + at)
        for project in projects
        for at in range(3)
    )
    Decision.objects.bulk_create(
        Decision(project=project, question="Who owns it?", asked_on=today, limit_on=today)
        for project in projects
    )
    runs = []
    for at, project in enumerate(projects):
        run = copy.copy(patterns[at % len(patterns)])
        run.pk, run.project, run.assessment = None, project, None
        run.id = ScoreRun._meta.pk.get_default()
        runs.append(run)
    ScoreRun.objects.bulk_create(runs, batch_size=200)
    return patterns


def median_ms(serve, url):
    """Return statements and the median processor time of a page in milliseconds."""
    serve(url)
    with CaptureQueriesContext(connection) as queries:
        assert serve(url).status_code == 200
        count = len(queries)
    times = []
    for _ in range(ROUNDS):
        # The processor's time, as other work on the machine must not count.
        start = time.process_time()
        serve(url)
        times.append(time.process_time() - start)
    return count, statistics.median(times) * 1000


def server_for(browser):
    """Return a call that serves an address as the site does, without what the test client adds."""
    handler, ask = WSGIHandler(), RequestFactory()
    ask.cookies = browser.cookies
    return lambda url: handler.get_response(ask.get(url))


def test_pages_with_a_thousand_rollouts(organisation, many, alice, client, sign_in):
    serve = server_for(sign_in(alice))
    project = many[2].project_id
    portfolio = reverse("reports:portfolio", args=[organisation.pk])
    pages = {
        "portfolio": portfolio,
        "portfolio, searched": f"{portfolio}?q=rollout+00",
        "portfolio, by change": f"{portfolio}?sort=-change",
        "portfolio, page 20": f"{portfolio}?page=20",
        "overview": reverse("reports:overview", args=[project]),
        "score": reverse("reports:score", args=[project]),
        "runs": reverse("reports:run-list", args=[project]),
    }
    _, bare = median_ms(server_for(client), reverse("account_login"))
    print(f"\n{ROLLOUTS} rollouts, median of {ROUNDS}; sign-in page {bare:.1f} ms = 1")
    found = {}
    for name, url in pages.items():
        found[name] = count, taken = median_ms(serve, url)
        print(f"{name:<24}{count:>4} SQL{taken:>9.1f} ms{taken / bare:>7.1f} ×")

    for name, (count, _) in found.items():
        assert count <= (12 if name == "score" else 10), name
