"""Saving answers: each person's own, and the agreed ones."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from assessments.models import Answer, Assessment, Project, User

NOT_AN_ASSESSOR = "You are not an assessor of this round. Ask for a place in “Change the round”."


@dataclass(frozen=True, slots=True)
class Given:
    """What a person said about one item."""

    state: str
    level: int | None = None
    reason: str = ""
    note: str = ""

    def is_in(self, answer: Answer) -> bool:
        """Tell whether the saved answer says the same."""
        return (self.state, self.level, self.reason, self.note) == (
            answer.state,
            answer.level,
            answer.reason,
            answer.note,
        )


class AnswerConflict(Exception):
    """The answer was changed in between; `current` is what is saved now."""

    def __init__(self, current: Answer) -> None:
        self.current = current
        super().__init__("The answer was changed in between.")


class RoundClosed(ValidationError):
    """The round takes no answers any more."""


def _locked_round(project: Project, assessment_id: uuid.UUID, person: User) -> Assessment:
    seat = Assessment.assessors.through.objects.filter(
        assessment_id=OuterRef("pk"), user_id=person.pk
    )
    # The lock keeps a save from slipping in behind a submission.
    return (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("bank_file")
        .annotate(is_assessor=Exists(seat))
        .get(pk=assessment_id, project=project)
    )


def _closed_message(assessment: Assessment) -> str:
    done = "signed off" if assessment.status == Assessment.Status.SIGNED_OFF else "submitted"
    return (
        f"“{assessment.name}” is {done}, so its answers no longer change. "
        "Open the round again to change one."
    )


@transaction.atomic
def save_answer(
    *,
    project: Project,
    assessment_id: uuid.UUID,
    item: str,
    given: Given,
    version: int,
    by: User,
    today: date,
    is_agreed: bool = False,
    touches: bool = True,
) -> Answer:
    """Save a person's own answer, or the agreed one, and return it.

    Saying the same again confirms an answer carried over from the last round, unless
    `touches` is off: a table sends all its rows, looked at or not.

    Raise AnswerConflict when `version` is no longer the saved one and the content differs,
    RoundClosed when the round takes no answers, ValidationError for a stranger to the round,
    KeyError for an item that is not in the round's bank.
    """
    assessment = _locked_round(project, assessment_id, by)
    if not assessment.is_open:
        raise RoundClosed(_closed_message(assessment))
    if not (is_agreed or assessment.is_assessor):
        raise ValidationError(NOT_AN_ASSESSOR)
    assessment.bank.item(item)
    assessor = None if is_agreed else by
    answer = (
        assessment.answers.select_related("saved_by").filter(item=item, assessor=assessor).first()
    )
    if answer is None:
        answer = Answer(
            project_id=project.pk, assessment=assessment, item=item, assessor=assessor, version=0
        )
    if given.is_in(answer) and not (touches and answer.is_carried_over):
        return answer
    if answer.version != version:
        raise AnswerConflict(answer)
    _write(answer, given, by, today)
    return answer


def _write(answer: Answer, given: Given, by: User, today: date) -> None:
    answer.state, answer.level = given.state, given.level
    answer.reason, answer.note = given.reason, given.note
    answer.answered_on = None if given.state == Answer.State.BLANK else today
    answer.is_carried_over = False
    answer.saved_by = by
    answer.version += 1
    answer._history_user = by
    answer.save()


@transaction.atomic
def agree_unanimous(*, project: Project, assessment_id: uuid.UUID, by: User, today: date) -> int:
    """Agree each item that every assessor gave the same level; return how many."""
    assessment = _locked_round(project, assessment_id, by)
    if not assessment.is_open:
        raise RoundClosed(_closed_message(assessment))
    seats = set(assessment.assessors.values_list("pk", flat=True))
    said: dict[str, dict[int, int | None]] = defaultdict(dict)
    agreed: dict[str, Answer] = {}
    for answer in assessment.answers.all():
        if answer.assessor_id is None:
            agreed[answer.item] = answer
        elif answer.assessor_id in seats:
            said[answer.item][answer.assessor_id] = answer.level
    count = 0
    for item, levels in said.items():
        level = next(iter(levels.values()))
        same = level is not None and set(levels) == seats and set(levels.values()) == {level}
        answer = agreed.get(item)
        if not same or (answer and answer.state != Answer.State.BLANK):
            continue
        if answer is None:
            answer = Answer(project_id=project.pk, assessment=assessment, item=item, version=0)
        _write(answer, Given(Answer.State.LEVEL, level, "", answer.note), by, today)
        count += 1
    return count
