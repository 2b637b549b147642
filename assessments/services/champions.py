"""Champions: from a candidate to somebody whom colleagues can ask."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from assessments.models import Champion, Project, Stakeholder, User

State = Champion.State

# What may follow a state; anything else is a slip.
NEXT: dict[str, tuple[str, ...]] = {
    State.CANDIDATE: (State.INVITED, State.ACTIVE, State.DECLINED),
    State.INVITED: (State.ACTIVE, State.DECLINED, State.CANDIDATE),
    State.ACTIVE: (State.LAPSED, State.INVITED, State.CANDIDATE),
    State.LAPSED: (State.ACTIVE, State.INVITED, State.CANDIDATE),
    State.DECLINED: (State.CANDIDATE, State.INVITED),
}


@transaction.atomic
def invite(*, person: Stakeholder, state: str, is_appointed: bool, today: date) -> Champion:
    """Make the person a candidate or an invited champion; one who is there already is moved on.

    Nobody who is active falls back by it.
    """
    champion, is_new = Champion.objects.select_for_update().get_or_create(
        person=person,
        defaults={
            "project_id": person.project_id,
            "state": state,
            "is_appointed": is_appointed,
            "state_on": today,
        },
    )
    if not is_new and champion.state not in (State.ACTIVE, state):
        champion.state, champion.state_on = state, today
        champion.version += 1
        champion.save(update_fields=["state", "state_on", "version", "updated_at"])
    return champion


@transaction.atomic
def move(*, champion: Champion, state: str, today: date) -> str | None:
    """Move the champion to another state; return the one before, or None if it cannot follow."""
    stored = Champion.objects.select_for_update().get(pk=champion.pk)
    before = stored.state
    if state not in NEXT[before]:
        return None
    stored.state, stored.state_on = state, today
    stored.version += 1
    stored.save(update_fields=["state", "state_on", "version", "updated_at"])
    return before


@transaction.atomic
def lock(*, person: Stakeholder, lock: str, today: date) -> None:
    """Keep a person in every plan or out of it, or set them free again.

    Somebody who was only ever kept in or out, and is set free, is no candidate any more.
    """
    champion, _ = Champion.objects.select_for_update().get_or_create(
        person=person, defaults={"project_id": person.project_id, "state_on": today}
    )
    champion.lock = lock
    is_bare = champion.state == State.CANDIDATE and not (
        champion.belief or champion.hours or champion.is_appointed or champion.changed
    )
    if lock == Champion.Lock.NONE and is_bare and champion.version == 1:
        champion.delete()
        return
    champion.save(update_fields=["lock", "updated_at"])


@transaction.atomic
def save_settings(
    *, project: Project, tie_from: int, target: float, people_per_champion: int, by: User
) -> None:
    """Keep what counts as a tie, the target and the planning ratio of a rollout."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    locked.method = {
        **(locked.method or {}),
        "champions": {
            "tie_from": tie_from,
            "target": target,
            "people_per_champion": people_per_champion,
        },
    }
    locked._history_user = by
    locked.save(update_fields=["method", "updated_at"])
