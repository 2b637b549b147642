"""Champions and network as evidence for the score (METHODS d and h)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..types import EvidenceLine, GateState, LineRow, StructuralGate
from ..words import PERCENT, counted, listed
from .coverage import Coverage, Part, coverage
from .graph import Network, distances
from .stability import STABLE_FROM, Stability, bootstrap

DIMENSION = "CHA"
FEWEST_REPLIES = 5
LEAST_SE = 2.0  # METHODS h, something measured
REGISTER_SE = 5.0  # METHODS h, a share of a complete register
# Judgement. A bootstrap of a handful of replies finds no spread because it sees none.
THIN_SE = 25.0
RATIO_SE = 15.0  # the ratio only warns (d4), so it weighs as little as one person's estimate
PEOPLE_PER_CHAMPION = 20
GATE_FROM = 10  # people in an impacted group
GATE_HOPS = 2


@dataclass(frozen=True, slots=True)
class ImpactedGroup:
    """A group whose work changes, with everybody in it, listed by name or not."""

    name: str
    headcount: int


def coverage_line(
    network: Network,
    champions: Iterable[str],
    seed: int,
    newest_on: date | None = None,
    oldest_on: date | None = None,
) -> EvidenceLine | None:
    """Return the coverage of the network as one line, or None if nobody answered."""
    lines = coverage_lines(network, champions, seed, newest_on, oldest_on)
    return lines[0] if lines else None


def coverage_lines(
    network: Network,
    champions: Iterable[str],
    seed: int,
    newest_on: date | None = None,
    oldest_on: date | None = None,
) -> tuple[EvidenceLine, ...]:
    """Return the line of the whole network and one per group of five people or more."""
    if not network.has_answered.any():
        return ()
    found = coverage(network, champions)
    spread = bootstrap(network, found.champions, seed=seed)
    return lines_of(network, found, spread, newest_on, oldest_on)


def lines_of(
    network: Network,
    found: Coverage,
    spread: Stability,
    newest_on: date | None = None,
    oldest_on: date | None = None,
) -> tuple[EvidenceLine, ...]:
    """Return the lines of a coverage whose spread is known."""
    replies = int(network.has_answered.sum())
    if not replies:
        return ()
    whole = EvidenceLine(
        key="champions.coverage",
        dimension=DIMENSION,
        kind="measured",
        label="Champion coverage",
        value=found.dimension_score,
        se=_error(spread.overall.se, replies),
        n=replies,
        unit="replies",
        newest_on=newest_on,
        oldest_on=oldest_on,
        is_usable=replies >= FEWEST_REPLIES,
        note=_note(network, found, spread),
        rows=tuple([_row(part) for part in found.groups if part.is_shown]),
    )
    parts = {part.name: part for part in found.groups}
    answered = _replies_by_group(network)
    return whole, *(
        EvidenceLine(
            key=f"champions.coverage.{name}",
            dimension=DIMENSION,
            kind="measured",
            label=f"Champion coverage of {name}",
            value=100.0 * parts[name].score,
            se=_error(group.se, answered[name]),
            n=answered[name],
            unit="replies",
            newest_on=newest_on,
            oldest_on=oldest_on,
            is_usable=answered[name] >= FEWEST_REPLIES,
            group=name,
            note=_rate_note(answered[name], parts[name].size),
            rows=(_row(parts[name]),),
        )
        for name, group in spread.groups
        if answered.get(name)
    )


def roster_line(prepared: int, active: int, on: date | None = None) -> EvidenceLine | None:
    """Return the share of active champions who are prepared, or None if there are none."""
    if not 0 <= prepared <= active:
        raise ValueError("Prepared champions are some of the active ones.")
    if not active:
        return None
    return EvidenceLine(
        key="champions.prepared",
        dimension=DIMENSION,
        kind="measured",
        label="Champions with belief, early access and agreed time",
        value=100.0 * prepared / active,
        se=REGISTER_SE,
        n=active,
        unit="champions",
        newest_on=on,
        oldest_on=on,
        note=f"{prepared} of {active} are prepared",
    )


def ratio_line(
    headcount: int, active: int, ratio: int = PEOPLE_PER_CHAMPION, on: date | None = None
) -> EvidenceLine | None:
    """Return the champions there are against one per `ratio` people, or None without people."""
    if headcount <= 0:
        return None
    needed = -(-headcount // ratio)
    return EvidenceLine(
        key="champions.ratio",
        dimension=DIMENSION,
        kind="measured",
        label=f"Active champions against one per {ratio} people",
        value=100.0 * min(1.0, active / needed),
        se=RATIO_SE,
        n=active,
        unit="champions",
        newest_on=on,
        oldest_on=on,
        # A ratio alone says nothing about who can reach whom.
        is_usable=False,
        note=f"{active} of {needed} for {headcount} people. A planning figure, not a finding",
    )


def unreached_groups_gate(
    network: Network | None, champions: Iterable[str], impacted: Sequence[ImpactedGroup]
) -> StructuralGate:
    """Return the gate that is open while a large impacted group has no champion in reach.

    In reach is a champion of the group or one whom somebody in it asks in one or two steps.
    """
    state, note = _gate_state(network, champions, impacted)
    return StructuralGate(
        key="champions",
        dimension=DIMENSION,
        label=f"Every impacted group of {GATE_FROM} or more has a champion in reach",
        state=state,
        note=note,
    )


def _gate_state(
    network: Network | None, champions: Iterable[str], impacted: Sequence[ImpactedGroup]
) -> tuple[GateState, str]:
    large = [group for group in impacted if group.headcount >= GATE_FROM]
    if network is None or not network.has_answered.any():
        return "unknown", "Nobody has said yet whom they ask"
    if not large:
        return "not_applicable", f"No impacted group has {GATE_FROM} people or more"
    steps = distances(network, network.places(champions), GATE_HOPS)
    listed_in = {person.group for person in network.people}
    in_reach = {network.people[i].group for i in np.flatnonzero(steps <= GATE_HOPS)}
    unlisted = [group.name for group in large if group.name not in listed_in]
    without = [
        group.name for group in large if group.name in listed_in and group.name not in in_reach
    ]
    if without:
        return "open", f"No champion in reach: {listed(without)}"
    if unlisted:
        # Nobody of the group is on the list: evidence that is missing, not a failure.
        return "unknown", f"Nobody listed yet: {listed(unlisted)}"
    return "passed", f"{counted(len(large), 'group')} reached"


def _error(se: float, replies: int) -> float:
    return max(LEAST_SE if replies >= FEWEST_REPLIES else THIN_SE, se)


def _replies_by_group(network: Network) -> dict[str, int]:
    found: dict[str, int] = {}
    for i in np.flatnonzero(network.has_answered):
        name = network.people[i].group
        found[name] = found.get(name, 0) + 1
    return found


def _rate_note(replies: int, size: int) -> str:
    if replies >= STABLE_FROM * size:
        return ""
    return f"Only {replies} of {size} said whom they ask, less than {STABLE_FROM:.0%}".replace(
        "%", PERCENT
    )


def _note(network: Network, found: Coverage, spread: Stability) -> str:
    notes = []
    if spread.is_unstable:
        notes.append(_rate_note(int(network.has_answered.sum()), network.size))
    worst = found.worst_group
    if worst is not None:
        share = f"{100 * worst.score:.0f}{PERCENT}"
        notes.append(f"Lowest group: {worst.name} at {share} of {worst.size} people")
    return ". ".join(notes)


def _row(part: Part) -> LineRow:
    reached = round(part.one_hop * part.size)
    return LineRow(
        part.name, f"{reached} of {part.size} in reach, {counted(part.champions, 'champion')}"
    )
