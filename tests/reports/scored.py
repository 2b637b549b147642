"""Rollouts with a finished run, made by the real calculation."""

import datetime

from django.utils import timezone

from assessments.models import Answer
from reports import runs
from tests import factories


def answer(project, people, level=2, *, dimensions=None, evidence=()):
    """Open a round in which everybody gives every item this level."""
    round_ = factories.AssessmentFactory(project=project, number=1)
    Answer.objects.bulk_create(
        factories.AnswerFactory.build(
            assessment=round_, assessor=person, item=item.code, level=level
        )
        for item in project.bank.items
        for person in people
        if dimensions is None or item.dimension in dimensions
    )
    for code in evidence:
        factories.EvidenceFactory(project=project, item=code, title=f"Proof of {code}")
    return round_


def score(project, *, days_ago=0, by=None):
    """Return a finished run of the project."""
    when = timezone.now() - datetime.timedelta(days=days_ago)
    run = runs.enqueue(project, by=by, now=when)
    assert runs.execute(str(run.pk), clock=lambda: when)
    run.refresh_from_db()
    return run
