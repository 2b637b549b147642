"""People and the moves that pages send, for tests."""

from django.urls import reverse

from assessments.services import people as service
from tests import factories


def address(name, project, *more, query=""):
    return reverse(f"assessments:{name}", args=[project.pk, *more]) + query


def head_of_sales(project, group):
    """Return a person who must move two steps."""
    return factories.StakeholderFactory(
        project=project,
        group=group,
        name="Ralf Öztürk",
        job_title="Head of sales",
        influence=5,
        support_now=0,
        support_needed=2,
        reason="Fears for the price sheet",
        source="interview",
        relationship_owner="Jonas Feld",
    )


def place(person, **change):
    return {
        "version": person.version,
        "influence": person.influence,
        "support_now": person.support_now,
        "support_needed": person.support_needed,
        "reason": "Saw two quotes leave within the hour.",
        "source": "observed",
    } | change


def fields(person=None, **change):
    values = {"version": person.version if person else 1, "name": "Claire Whitfield"}
    if person:
        values |= {
            "name": person.name,
            "group": person.group_id,
            **{name: getattr(person, name) for name in service.STANDING},
        }
    return {name: "" if value is None else value for name, value in (values | change).items()}
