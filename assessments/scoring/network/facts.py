"""The coverage of the network as a scorecard freezes it, with whom to ask next."""

from __future__ import annotations

from collections.abc import Mapping

from ..facts import CoverageFacts, GroupCoverage, NextChampion
from .champions import Plan
from .coverage import Coverage, Part
from .graph import Network
from .stability import Stability, response_rate


def coverage_facts(
    network: Network,
    found: Coverage,
    spread: Stability,
    *,
    is_known: bool,
    prepared: int,
    headcount: int,
    people_per_champion: int,
    suggested: tuple[NextChampion, ...] = (),
    invited: int = 0,
) -> CoverageFacts:
    """Return what is known about coverage.

    Without champions on record (`is_known` false) the reach is unknown, not 0.
    """
    return CoverageFacts(
        people=network.size,
        replies=int(network.has_answered.sum()),
        response_rate=response_rate(network),
        is_stable=not spread.is_unstable,
        ties=network.ties,
        threshold=network.threshold,
        champions=len(found.champions),
        prepared=prepared,
        headcount=headcount,
        champions_needed=-(-headcount // people_per_champion),
        score=found.dimension_score if is_known else None,
        low=spread.overall.low if is_known else None,
        high=spread.overall.high if is_known else None,
        coverage=found.score if is_known else None,
        one_hop=found.one_hop if is_known else None,
        two_hop=found.two_hop if is_known else None,
        worst_group=found.worst_group.name if is_known and found.worst_group else "",
        silent=len(found.silent_ids),
        groups=tuple([_group(part, is_known) for part in found.groups]),
        next=suggested,
        invited=invited,
    )


def _group(part: Part, is_known: bool) -> GroupCoverage:
    return GroupCoverage(
        group=part.name,
        people=part.size,
        champions=part.champions,
        reached=round(part.one_hop * part.size),
        coverage=part.score if is_known else None,
        silent=part.silent,
        is_shown=part.is_shown,
        is_counted=part.is_counted,
    )


def suggestions(
    network: Network, plan: Plan, again: Stability, names: Mapping[str, str]
) -> tuple[NextChampion, ...]:
    """Return the picks of a plan with what each adds and how firm it is.

    `again` resampled the answers with the same people set; `names` gives each id its name.
    """
    firm = {chosen.id: chosen.share for chosen in again.champions}
    who = {person.id: person for person in network.people}
    return tuple(
        NextChampion(
            id=who[pick.id].order or pick.id,
            name=names.get(pick.id, ""),
            group=who[pick.id].group,
            gain=pick.gain,
            reached=pick.covered,
            share=pick.share,
            stability=firm[pick.id],
        )
        for pick in plan.picks
    )
