"""The life of a round: opened, submitted, signed off, reopened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from simple_history.utils import bulk_create_with_history

from assessments.models import Answer, Assessment, Membership, Project, Role, RoundEvent, User

WRONG_NAME = "Type your own name as it stands in your profile: {name}."
ALREADY_OPEN = "“{name}” is still open. Sign it off before you reopen an earlier round."


def can_assess(project: Project):
    """Return the people who may be assessors: editors and owners who see this project."""
    members = Membership.objects.filter(
        organisation=project.organisation_id, role__in=[Role.EDITOR, Role.OWNER]
    )
    if project.client_id:
        open_to = members.filter(all_clients=True) | members.filter(clients=project.client_id)
    else:
        open_to = members.filter(all_clients=True)
    return User.objects.filter(is_active=True, memberships__in=open_to.values("pk")).order_by(
        "name", "email", "pk"
    )


def unfinished_round(project: Project) -> Assessment | None:
    """Return the round that is not signed off yet; there is at most one."""
    return project.assessments.exclude(status=Assessment.Status.SIGNED_OFF).first()


def start_round(
    *,
    project: Project,
    name: str,
    due_on: date | None,
    assessors: Iterable[User],
    carry_over: bool,
    by: User,
    today: date,
) -> tuple[Assessment, bool]:
    """Open a round and tell whether it is new; while one is unfinished, return that one."""
    unfinished = unfinished_round(project)
    if unfinished is not None:
        return unfinished, False
    try:
        return _open(project, name, due_on, list(assessors), carry_over, by, today), True
    except IntegrityError:
        # A second click came in between; the constraint let only one of them through.
        unfinished = unfinished_round(project)
        if unfinished is None:
            raise
        return unfinished, False


@transaction.atomic
def _open(
    project: Project,
    name: str,
    due_on: date | None,
    assessors: list[User],
    carry_over: bool,
    by: User,
    today: date,
) -> Assessment:
    previous = project.assessments.order_by("-number").first()
    bank = project.bank
    assessment = Assessment.objects.create(
        project=project,
        number=previous.number + 1 if previous else 1,
        name=name,
        due_on=due_on,
        opened_on=today,
        bank_id=bank.id,
        bank_version=bank.version,
        bank_sha256=bank.sha256,
        bank_file=project.bank_file,
        previous=previous,
    )
    assessment.assessors.set(assessors)
    RoundEvent.objects.create(
        project=project, assessment=assessment, kind=RoundEvent.Kind.OPENED, by=by
    )
    if previous and carry_over:
        _carry_over(previous, assessment, {item.code for item in bank.items}, assessors, by)
    return assessment


def _carry_over(
    previous: Assessment, assessment: Assessment, items: set[str], assessors: list[User], by: User
) -> None:
    """Copy each person's own answers; they keep the day on which they were given."""
    earlier = previous.answers.filter(assessor__in=assessors, item__in=items).exclude(
        state=Answer.State.BLANK
    )
    copies = [
        Answer(
            project_id=assessment.project_id,
            assessment=assessment,
            item=answer.item,
            assessor_id=answer.assessor_id,
            state=answer.state,
            level=answer.level,
            reason=answer.reason,
            note=answer.note,
            answered_on=answer.answered_on,
            saved_by_id=answer.saved_by_id,
            is_carried_over=True,
        )
        for answer in earlier
    ]
    bulk_create_with_history(copies, Answer, default_user=by)


def change_round(
    *, assessment: Assessment, name: str, due_on: date | None, assessors: Iterable[User]
) -> None:
    """Save a round's name, due date and assessors; answers already given stay."""
    assessment.name, assessment.due_on = name, due_on
    assessment.save(update_fields=["name", "due_on", "updated_at"])
    assessment.assessors.set(assessors)


def _locked(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_for_update().get(pk=assessment.pk)


def _note(assessment: Assessment, kind: str, by: User, reason: str = "") -> None:
    RoundEvent.objects.create(
        project_id=assessment.project_id, assessment=assessment, kind=kind, by=by, reason=reason
    )


@transaction.atomic
def submit_round(*, assessment: Assessment, by: User, now: datetime) -> None:
    """Close a round for answers and put it up for sign-off."""
    current = _locked(assessment)
    if current.status != Assessment.Status.OPEN:
        return
    if not current.answers.exclude(state=Answer.State.BLANK).exists():
        raise ValidationError("Nothing is answered yet, so there is nothing to submit.")
    current.status = Assessment.Status.SUBMITTED
    current.submitted_at, current.submitted_by = now, by
    current.save(update_fields=["status", "submitted_at", "submitted_by", "updated_at"])
    _note(current, RoundEvent.Kind.SUBMITTED, by)


def _spoken(name: str) -> str:
    return " ".join(name.split()).casefold()


@transaction.atomic
def sign_off_round(*, assessment: Assessment, by: User, typed_name: str, now: datetime) -> None:
    """Sign a submitted round off under the person's own name, typed by that person."""
    current = _locked(assessment)
    if current.status == Assessment.Status.SIGNED_OFF:
        return
    if current.status != Assessment.Status.SUBMITTED:
        raise ValidationError("Submit the round before it is signed off.")
    if _spoken(typed_name) != _spoken(str(by)):
        raise ValidationError({"typed_name": WRONG_NAME.format(name=by)})
    current.status = Assessment.Status.SIGNED_OFF
    current.signed_off_at, current.signed_off_by = now, by
    current.save(update_fields=["status", "signed_off_at", "signed_off_by", "updated_at"])
    _note(current, RoundEvent.Kind.SIGNED_OFF, by)


@transaction.atomic
def reopen_round(*, assessment: Assessment, by: User, reason: str) -> None:
    """Open the latest round again for answers; the reason is kept with it."""
    current = _locked(assessment)
    if current.status == Assessment.Status.OPEN:
        return
    if not reason.strip():
        raise ValidationError({"reason": "Write why the round is opened again."})
    later = Assessment.objects.filter(project=current.project_id, number__gt=current.number)
    unfinished = later.exclude(status=Assessment.Status.SIGNED_OFF).first()
    if unfinished is not None:
        raise ValidationError(ALREADY_OPEN.format(name=unfinished.name))
    if later.exists():
        raise ValidationError("Only the latest round can be opened again.")
    current.status = Assessment.Status.OPEN
    current.submitted_at = current.submitted_by = None
    current.signed_off_at = current.signed_off_by = None
    current.save(
        update_fields=[
            "status",
            "submitted_at",
            "submitted_by",
            "signed_off_at",
            "signed_off_by",
            "updated_at",
        ]
    )
    _note(current, RoundEvent.Kind.REOPENED, by, reason.strip())
