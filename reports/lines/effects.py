"""Strategy: who confirmed a benefit and got an answer to every loss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from assessments.models import Effect, Group
from assessments.scoring.intervals import share_se
from assessments.scoring.types import EvidenceLine, LineRow

from .records import Records
from .spokespeople import HALF_LIFE_DAYS, REGISTER_SE

FEWEST = 5  # METHODS h: fewer things than this are thin


def settled(records: Records) -> tuple[EvidenceLine, ...]:
    """Return the share of groups, by headcount, with nothing left open, and how far each is.

    Of the whole a group is settled or not; within a group each loss and gain counts.
    """
    if not records.effects or not records.headcount:
        return ()
    by_group: dict[object, list[Effect]] = defaultdict(list)
    for row in records.effects:
        by_group[row.group_id].append(row)
    standing = {group.pk: _Standing(by_group[group.pk], records) for group in records.groups}
    done = [group for group in records.groups if standing[group.pk].is_settled]
    people = sum(group.headcount for group in done)
    days = _days(records.effects, records)
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
        *(
            _of_group(group, by_group[group.pk], records)
            for group in records.groups
            if by_group[group.pk]
        ),
    )


def _of_group(group: Group, rows: Sequence[Effect], records: Records) -> EvidenceLine:
    settled_rows = sum(_is_settled(row, records) for row in rows)
    days = _days(rows, records)
    return EvidenceLine(
        key=f"groups.settled.{group.name}",
        dimension="STR",
        kind="measured",
        label=f"Losses answered and gains confirmed in {group.name}",
        value=100.0 * settled_rows / len(rows),
        se=share_se(settled_rows, len(rows)),
        n=len(rows),
        unit="effects",
        newest_on=max(days),
        oldest_on=min(days),
        half_life_days=HALF_LIFE_DAYS,
        is_usable=len(rows) >= FEWEST,
        group=group.name,
        rows=tuple(
            LineRow(row.text, _words(row, records), "assessments:group-detail", str(group.pk))
            for row in rows
        ),
    )


def _days(rows: Sequence[Effect], records: Records) -> list[date]:
    days = [timezone.localdate(row.created_at) for row in rows]
    return days + [
        row.confirmed_on for row in rows if row.confirmed_on and _is_confirmed(row, records)
    ]


def _is_settled(row: Effect, records: Records) -> bool:
    if row.direction == Effect.Direction.LOSS:
        return bool(row.answer.strip())
    return _is_confirmed(row, records)


def _words(row: Effect, records: Records) -> str:
    if row.direction == Effect.Direction.LOSS:
        return "loss, answered" if _is_settled(row, records) else "loss, no answer yet"
    return "gain, confirmed" if _is_settled(row, records) else "gain, not confirmed yet"


def _is_confirmed(row: Effect, records: Records) -> bool:
    return row.confirmed_on is not None and row.confirmed_on <= records.as_of


class _Standing:
    """How far one group is."""

    def __init__(self, rows: Sequence[Effect], records: Records) -> None:
        losses = [row for row in rows if row.direction == Effect.Direction.LOSS]
        gains = [row for row in rows if row.direction == Effect.Direction.GAIN]
        self.losses = len(losses)
        self.answered = sum(_is_settled(row, records) for row in losses)
        self.confirmed = sum(_is_settled(row, records) for row in gains)

    @property
    def is_settled(self) -> bool:
        return self.confirmed > 0 and self.answered == self.losses

    @property
    def words(self) -> str:
        gains = "a benefit confirmed" if self.confirmed else "no benefit confirmed"
        if not self.losses:
            return f"{gains}, no loss named"
        return f"{gains}, {self.answered} of {self.losses} losses answered"
