"""The coverage of the network as a scorecard freezes it, with whom to ask next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..facts import CoverageFacts, GroupCoverage, NextChampion
from .champions import greedy
from .coverage import Coverage, Part
from .graph import Network
from .lines import PEOPLE_PER_CHAMPION
from .stability import Stability, bootstrap, response_rate

NEXT = 5  # suggestions


@dataclass(frozen=True, slots=True)
class Roster:
    """The champions on record, by the ids of the network."""

    active: tuple[str, ...] = ()
    prepared: int = 0  # of the active
    always: tuple[str, ...] = ()  # in every suggestion
    never: tuple[str, ...] = ()  # in none
    is_in_use: bool = False  # anybody was ever put on it


def coverage_facts(
    network: Network,
    found: Coverage,
    spread: Stability,
    roster: Roster,
    *,
    headcount: int,
    names: Mapping[str, str],
) -> CoverageFacts | None:
    """Return what is known about coverage, or None if nobody said whom they ask.

    Without champions on record the reach is unknown, not 0; whom to ask first is known all the
    same. `names` gives each id its person's name.
    """
    replies = int(network.has_answered.sum())
    if not replies:
        return None
    known = roster.is_in_use
    return CoverageFacts(
        people=network.size,
        replies=replies,
        response_rate=response_rate(network),
        is_stable=not spread.is_unstable,
        ties=network.ties,
        threshold=network.threshold,
        champions=len(found.champions),
        prepared=roster.prepared,
        headcount=headcount,
        champions_needed=-(-headcount // PEOPLE_PER_CHAMPION),
        score=found.dimension_score if known else None,
        low=spread.overall.low if known else None,
        high=spread.overall.high if known else None,
        coverage=found.score if known else None,
        one_hop=found.one_hop if known else None,
        two_hop=found.two_hop if known else None,
        worst_group=found.worst_group.name if known and found.worst_group else "",
        silent=len(found.silent_ids),
        groups=tuple([_group(part, known) for part in found.groups]),
        next=next_champions(network, roster, names, seed=spread.seed),
    )


def _group(part: Part, known: bool) -> GroupCoverage:
    return GroupCoverage(
        group=part.name,
        people=part.size,
        champions=part.champions,
        reached=round(part.one_hop * part.size),
        coverage=part.score if known else None,
        silent=part.silent,
        is_shown=part.is_shown,
        is_counted=part.is_counted,
    )


def next_champions(
    network: Network, roster: Roster, names: Mapping[str, str], *, seed: int, m: int = NEXT
) -> tuple[NextChampion, ...]:
    """Return whom to ask next, each with the people added and how firm the suggestion is."""
    never = set(roster.never) - set(roster.active)
    always = set(roster.always) - set(roster.active) - never
    plan = greedy(network, m, locked_in=always, never=never, start=roster.active)
    if not plan.picks:
        return ()
    again = bootstrap(
        network,
        (*roster.active, *plan.ids),
        seed=seed,
        locked_in=(*roster.active, *always),
        never=never,
    )
    firm = {chosen.id: chosen.share for chosen in again.champions}
    groups = {person.id: person.group for person in network.people}
    return tuple(
        NextChampion(
            id=pick.id,
            name=names.get(pick.id, ""),
            group=groups[pick.id],
            gain=pick.gain,
            reached=pick.covered,
            share=pick.share,
            stability=firm[pick.id],
        )
        for pick in plan.picks
    )
