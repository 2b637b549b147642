"""Strategy: the people whose group confirmed a benefit and got an answer to every loss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from assessments.models import Effect
from assessments.scoring.types import EvidenceLine, LineRow

from .records import Records
from .spokespeople import HALF_LIFE_DAYS, REGISTER_SE


def settled(records: Records) -> tuple[EvidenceLine, ...]:
    """Return the share of groups, by headcount, with nothing left open between both sides."""
    if not records.effects or not records.headcount:
        return ()
    by_group: dict[object, list[Effect]] = defaultdict(list)
    for row in records.effects:
        by_group[row.group_id].append(row)
    standing = {group.pk: _Standing(by_group[group.pk], records) for group in records.groups}
    done = [group for group in records.groups if standing[group.pk].is_settled]
    people = sum(group.headcount for group in done)
    days = [timezone.localdate(row.created_at) for row in records.effects]
    days += [row.confirmed_on for row in records.effects if _is_confirmed(row, records)]
    return (
        EvidenceLine(
            key="groups.settled",
            dimension="STR",
            kind="measured",
            label="Benefits confirmed and losses answered, by headcount",
            value=100.0 * people / records.headcount,
            se=REGISTER_SE,
            n=len(records.groups),
            unit="groups",
            newest_on=max(days),
            oldest_on=min(days),
            half_life_days=HALF_LIFE_DAYS,
            note=f"{len(done)} of {len(records.groups)} groups, "
            f"{people} of {records.headcount} people",
            rows=tuple(
                LineRow(
                    group.name,
                    standing[group.pk].words,
                    "assessments:group-detail",
                    str(group.pk),
                )
                for group in records.groups
            ),
        ),
    )


def _is_confirmed(row: Effect, records: Records) -> bool:
    return row.confirmed_on is not None and row.confirmed_on <= records.as_of


class _Standing:
    """How far one group is."""

    def __init__(self, rows: Sequence[Effect], records: Records) -> None:
        losses = [row for row in rows if row.direction == Effect.Direction.LOSS]
        gains = [row for row in rows if row.direction == Effect.Direction.GAIN]
        self.losses = len(losses)
        self.answered = sum(bool(row.answer.strip()) for row in losses)
        self.confirmed = sum(_is_confirmed(row, records) for row in gains)

    @property
    def is_settled(self) -> bool:
        return self.confirmed > 0 and self.answered == self.losses

    @property
    def words(self) -> str:
        gains = "a benefit confirmed" if self.confirmed else "no benefit confirmed"
        if not self.losses:
            return f"{gains}, no loss named"
        return f"{gains}, {self.answered} of {self.losses} losses answered"
