"""What the readiness of the groups says: who carries the risk, and where each is weakest."""

from __future__ import annotations

from assessments.scoring.types import GroupDimension, Scorecard
from reports.figures.groups import by_risk, heat_map, risk_shares

from . import sentences, words
from .blocks import Figure, Panel, Paragraph, Section

MOST_OF_IT = 0.5  # the fewest groups that carry so much of the risk make the headline
MOST_NAMED = 3


def headline(card: Scorecard) -> str:
    """Return the finding: the fewest groups that carry half of the risk or more."""
    ranked = by_risk(card)
    known = [group for group in ranked if group.risk_share is not None]
    if not card.groups:
        return "No groups are named yet"
    if not known:
        return "No group’s risk can be told yet"
    if not any(group.risk for group in known):
        return "No group with evidence carries a risk"
    whole = risk_shares(card)
    if len(known) == 1:
        return f"{known[0].name} is the only group whose risk can be told"
    top, total = [], 0.0
    for group in known:
        top.append(group)
        total += group.risk_share or 0
        # Rounding must not leave the headline one hair under the half.
        if total >= MOST_OF_IT - 1e-9:
            break
    if len(top) == len(known) or len(top) > MOST_NAMED:
        return f"The risk is spread over {words.spelled(len(known))} groups; {known[0].name} leads"
    carried = sum(whole[group.id] for group in top)
    names = words.listed([group.name for group in top])
    if len(top) == 1:
        return f"{names} carries {carried}{words.NBSP}% of the risk"
    count = words.opened(words.spelled(len(top)))
    return f"{count} groups carry {carried}{words.NBSP}% of the risk: {names}"


def reading(card: Scorecard) -> str:
    """Return where the group with the most risk is weakest."""
    ranked = by_risk(card)
    if not ranked or ranked[0].risk_share is None:
        return no_risk(card)
    first = ranked[0]
    weak = [each for each in first.dimensions if each.code in first.weakest]
    said = words.listed(
        [
            f"{words.lowered(sentences.dimension_name(card, each.code))} {words.number(each.value)}"
            for each in weak
        ]
    )
    impact = words.number(first.impact, 1)
    if first.observed == 1:
        return f"{first.name} stands at {said}, impact {impact} of 5; nothing else counts yet"
    where = " where it matters most: " if first.impact == _highest(card) else " at "
    return f"{first.name} is weakest{where}{said}, impact {impact} of 5"


def _highest(card: Scorecard) -> float:
    return max(group.impact or 0 for group in card.groups if group.risk_share is not None)


def section(card: Scorecard) -> Section | None:
    """Return the groups by dimensions with their risk, or None where none is known."""
    if not any(dimension.cells for group in card.groups for dimension in group.dimensions):
        return None
    note = (
        "Share of risk = headcount share × impact ÷ 5 × (1 − readiness), over the groups whose "
        "impact is rated and that some evidence names. Dashed: no evidence, or in grey too thin "
        "to count. Beneath the readiness: dimensions that count."
    )
    said = (
        "Readiness is the score’s arithmetic over the dimensions that count for the group. Where "
        "few do, it says little; a survey or interviews per group fill the rest."
    )
    return Section(
        key="groups",
        name="Groups and risk",
        title=headline(card),
        lead=f"{measure(card)}.",
        panels=(Panel(reading(card), (Figure(heat_map(card), note), Paragraph(said, "muted"))),),
    )


def no_risk(card: Scorecard) -> str:
    """Return what is missing before any risk can be told."""
    is_rated = any(group.impact is not None for group in card.groups)
    is_seen = any(group.readiness is not None for group in card.groups)
    if not is_seen and not is_rated:
        return "No evidence names a group yet, and nobody has rated the impact"
    if not is_seen:
        return "The impact is rated; no evidence names a group yet"
    return "Evidence names groups; nobody has rated the impact of these yet"


def measure(card: Scorecard) -> str:
    """Return what the table shows and from which evidence."""
    kinds = [
        kind
        for kind in ("voiced", "heard", "measured")
        if any(
            cell.kind == kind
            for group in card.groups
            for dimension in group.dimensions
            for cell in dimension.cells
        )
    ]
    seen = words.listed(kinds) if kinds else "none yet"
    return (
        "Readiness 0–100 by group and dimension, from evidence that names the group: "
        f"{seen}. {words.long_day(card.as_of)}"
    )


def cell_note(dimension: GroupDimension, name: str) -> str:
    """Return a cell in words: Training 24, 12 replies."""
    if dimension.state == "not_applicable":
        return f"{name} does not apply"
    if dimension.value is None:
        return f"{name}: no evidence"
    thin = ", too thin to count" if dimension.state == "thin" else ""
    n = f"{words.number(dimension.n)} {dimension.unit}"
    if dimension.n == 1:
        n = n.removesuffix("s")
    return f"{name} {words.number(dimension.value)}, {n}{thin}"
