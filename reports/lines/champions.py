"""Champion coverage: whom the active champions reach, and how well they are prepared."""

from __future__ import annotations

from dataclasses import replace

from assessments.models import Champion
from assessments.scoring.network import (
    ImpactedGroup,
    lines_of,
    roster_line,
    unreached_groups_gate,
)
from assessments.scoring.types import EvidenceLine, LineRow, StructuralGate

from .records import Records

NETWORK, GROUP, CHAMPION = (
    "assessments:people-network",
    "assessments:group-detail",
    "assessments:champion-edit",
)


def coverage(records: Records) -> tuple[EvidenceLine, ...]:
    """Return the coverage of the network in total and per group.

    While nobody was asked to be a champion the reach is not known, so there is no line.
    """
    if not records.has_replies or not records.has_champions:
        return ()
    first, last = records.reply_days
    ids = {name: str(pk) for pk, name in records.group_names.items()}
    lines = lines_of(records.network, records.advice.coverage, records.spread, last, first)
    return tuple(
        replace(
            line,
            rows=tuple(
                LineRow(row.label, row.value, GROUP, ids[row.label])
                if row.label in ids
                else replace(row, url_name=NETWORK)
                for row in line.rows
            ),
        )
        for line in lines
        # A group that was entered after the day is not known to the rest of the calculation.
        if not line.group or line.group in ids
    )


def roster(records: Records) -> tuple[EvidenceLine, ...]:
    """Return the share of active champions with belief, early access and agreed time."""
    if not records.active:
        return ()
    line = roster_line(
        records.prepared,
        len(records.active),
        max(row.state_on for row in records.active),
    )
    assert line is not None
    rows = tuple(
        LineRow(row.person.name, _missing(records, row), CHAMPION, str(row.pk), names_person=True)
        for row in records.active
    )
    oldest = min(row.state_on for row in records.active)
    return (replace(line, rows=rows, oldest_on=oldest),)


def _missing(records: Records, champion: Champion) -> str:
    day = records.as_of
    lacks = [
        what
        for what, since in (
            ("belief", champion.belief_on),
            ("early access", champion.early_access_on),
            ("word to the manager", champion.manager_told_on),
        )
        if since is None or since > day
    ]
    if not champion.hours:
        lacks.append("agreed time")
    return f"lacks {', '.join(lacks)}" if lacks else "prepared"


def reach_gate(records: Records) -> tuple[StructuralGate, ...]:
    """Return the gate that is open while a large impacted group has no champion in reach."""
    impacted = [
        ImpactedGroup(group.name, group.headcount)
        for group in records.groups
        # A group that nobody has rated may change as much as any other.
        if records.impact[group.pk] is None or records.impact[group.pk] > 0
    ]
    network = records.network if records.has_replies else None
    gate = unreached_groups_gate(network, records.advice.active, impacted)
    if gate.state == "open" and not records.has_champions:
        gate = replace(gate, state="unknown", note="Nobody has been asked to be a champion yet")
    return (gate,)
