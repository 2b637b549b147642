"""Governance: the groups for which somebody speaks."""

from __future__ import annotations

from django.utils import timezone

from assessments.scoring.types import EvidenceLine, LineRow

from .records import Records

REGISTER_SE = 5.0  # METHODS h, a share of a complete register
HALF_LIFE_DAYS = 180  # a list of names ages as documents do


def spokespeople(records: Records) -> tuple[EvidenceLine, ...]:
    """Return the share of groups with a named spokesperson, once the first one is named.

    Before that the list of people serves something else, and silence is no finding.
    """
    spoken_for = {group for group, speaks, _ in records.people if speaks}
    if not spoken_for or not records.groups:
        return ()
    held = sum(group.pk in spoken_for for group in records.groups)
    count = len(records.groups)
    days = [timezone.localdate(created_at) for _, _, created_at in records.people]
    return (
        EvidenceLine(
            key="groups.spokespeople",
            dimension="GOV",
            kind="measured",
            label="Groups with a named spokesperson",
            value=100.0 * held / count,
            se=REGISTER_SE,
            n=count,
            unit="groups",
            newest_on=max(days),
            oldest_on=min(days),
            half_life_days=HALF_LIFE_DAYS,
            note=f"{held} of {count} groups",
            rows=tuple(
                LineRow(
                    group.name,
                    "somebody speaks for it" if group.pk in spoken_for else "nobody speaks for it",
                    "assessments:group-detail",
                    str(group.pk),
                )
                for group in records.groups
            ),
        ),
    )
