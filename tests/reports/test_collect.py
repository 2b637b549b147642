import datetime

import pytest
from django.utils import timezone

from assessments.models import Answer, Evidence
from assessments.scoring import engine
from reports.collect import collect, method_settings
from tests import factories

TODAY = datetime.date(2026, 11, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(project):
    return factories.AssessmentFactory(project=project, number=1)


def read(project, day=TODAY):
    return collect(project, as_of=day, seed=1).inputs


def test_a_project_without_a_round_scores_as_cannot_tell(project):
    collection = collect(project, as_of=TODAY, seed=1)

    assert collection.assessment is None
    assert collection.inputs.answers == ()
    assert engine.score(collection.inputs, collection.bank).verdict.code == "cannot_tell_yet"


def test_each_assessors_answers_and_the_agreed_one_are_kept_apart(project, round_, alice, dora):
    for person, level in ((alice, 1), (dora, 3), (None, 2)):
        factories.AnswerFactory(assessment=round_, assessor=person, level=level)

    inputs = read(project)

    assert {(a.assessor, a.level) for a in inputs.answers} == {
        (str(alice.pk), 1),
        (str(dora.pk), 3),
    }
    assert [(a.assessor, a.level) for a in inputs.consensus] == [("", 2)]


def test_blank_dont_know_and_not_applicable_stay_three_things(project, round_, alice):
    factories.AnswerFactory(
        assessment=round_, assessor=alice, item="TRN-1", state=Answer.State.BLANK, level=None
    )
    factories.AnswerFactory(
        assessment=round_, assessor=alice, item="TRN-2", state=Answer.State.DONT_KNOW, level=None
    )
    factories.AnswerFactory(
        assessment=round_, assessor=alice, item="TRN-3", level=None, reason="No training",
        state=Answer.State.NOT_APPLICABLE,
    )  # fmt: skip

    assert [(a.item, a.state, a.level, a.reason) for a in read(project).answers] == [
        ("TRN-2", "dont_know", None, ""),
        ("TRN-3", "not_applicable", None, "No training"),
    ]


def test_only_the_newest_round_counts(project, round_, alice):
    factories.AnswerFactory(assessment=round_, assessor=alice, level=4)
    round_.status = "signed_off"
    round_.save()
    newer = factories.AssessmentFactory(project=project, number=2)
    factories.AnswerFactory(assessment=newer, assessor=alice, level=1)

    assert [a.level for a in read(project).answers] == [1]


@pytest.mark.parametrize(
    ("starts", "ends", "removed", "counts"),
    [
        (0, None, False, True),
        (0, 0, False, True),
        (1, None, False, False),
        (-30, -1, False, False),
        (0, None, True, False),
    ],
)
def test_evidence_counts_only_while_it_is_valid(
    project, round_, alice, starts, ends, removed, counts
):
    factories.AnswerFactory(assessment=round_, assessor=alice, level=3)
    factories.EvidenceFactory(
        project=project,
        effective_on=TODAY + datetime.timedelta(days=starts),
        expires_on=None if ends is None else TODAY + datetime.timedelta(days=ends),
        removed_at=timezone.now() if removed else None,
    )

    (answer,) = read(project).answers

    assert answer.has_valid_evidence is counts
    assert answer.evidence == (("Test sheet",) if counts else ())


def test_evidence_of_another_project_never_counts(project, round_, alice):
    factories.AnswerFactory(assessment=round_, assessor=alice, level=3)
    factories.EvidenceFactory(effective_on=TODAY)

    assert not read(project).answers[0].has_valid_evidence


def test_a_dimension_that_does_not_apply_comes_with_its_reason(project):
    project.dimensionexceptions.create(dimension="DAT", reason="No data move")

    assert read(project).not_applicable == (("DAT", "No data move"),)


def test_the_projects_own_method_replaces_the_defaults_and_no_more(project):
    project.method = {
        "weakest_link_share": 0.25,
        "band_limits": [30.0, 50.0, 70.0],
        "weights": {"TRN": 3},
        "unknown": 1,
    }

    inputs = read(project)

    assert inputs.settings.weakest_link_share == 0.25
    assert inputs.settings.band_limits == (30.0, 50.0, 70.0)
    assert inputs.settings.draws == method_settings({}).draws
    assert dict(inputs.weights) == {"STR": 1, "GOV": 1, "TRN": 3, "DAT": 1, "CHA": 1}


def test_the_number_of_queries_does_not_grow_with_the_rows(
    project, round_, django_assert_num_queries
):
    def fill(people):
        for person in factories.UserFactory.create_batch(people):
            for item in ("TRN-1", "TRN-2", "STR-1"):
                factories.AnswerFactory(assessment=round_, assessor=person, item=item)
                factories.EvidenceFactory(project=project, item=item, kind=Evidence.Kind.NOTE)

    fill(1)
    with django_assert_num_queries(11):
        read(project)
    fill(9)
    with django_assert_num_queries(11):
        assert len(read(project).answers) == 30
