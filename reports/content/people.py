"""What the advice network says, in sentences."""

from __future__ import annotations

from assessments.scoring.facts import CoverageFacts
from assessments.scoring.types import Scorecard
from reports.figures.groups import coverage_bars

from . import words
from .blocks import Cell, Column, Facts, Figure, Grid, Panel, Paragraph, Section
from .facts import Context


def headline(facts: CoverageFacts) -> str:
    """Return whom the champions reach."""
    if facts.one_hop is None:
        return "Colleagues have said whom they ask; nobody has been asked to be a champion"
    if not facts.champions:
        return "No champion is active, so nobody can ask one"
    verb = "reaches" if facts.champions == 1 else "reach"
    text = f"{words.opened(words.spelled(facts.champions))} champion"
    text += f"{'' if facts.champions == 1 else 's'} {verb} {words.per_cent(facts.one_hop)}"
    return f"{text} of colleagues directly"


def arithmetic(facts: CoverageFacts) -> str:
    """Return how the score of the coverage comes about, with its numbers."""
    if facts.score is None or facts.coverage is None:
        return ""
    worst = next((each for each in facts.groups if each.group == facts.worst_group), None)
    low, where = facts.coverage, "the whole again: no group has five people"
    if worst is not None and worst.coverage is not None:
        low, where = worst.coverage, f"the lowest group, {worst.group}"
    return (
        f"100 × √{words.number(facts.coverage, 2)} (everybody) × √{words.number(low, 2)} ({where}) "
        f"= {words.number(facts.score)}, at least 1. A colleague who is a champion or asks one "
        "counts 1, one step further ½."
    )


def sureness(facts: CoverageFacts) -> str:
    """Return how many answered and how far that carries."""
    said = (
        f"{words.number(facts.replies)} of {words.number(facts.people)} people said whom they ask, "
        f"{words.per_cent(facts.response_rate)}."
    )
    if not facts.is_stable:
        return f"{said} Under 60{words.NBSP}% every suggestion is unstable."
    return said


def ratio_warning(facts: CoverageFacts) -> str:
    """Return how the count of champions stands to the planning ratio; "" where it is met."""
    if facts.champions >= facts.champions_needed:
        return ""
    return (
        f"{words.number(facts.champions)} of {words.number(facts.champions_needed)} champions that "
        f"the planning ratio asks for {words.number(facts.headcount)} people. "
        "The ratio warns; whom the champions reach decides."
    )


def suggestion(facts: CoverageFacts) -> str:
    """Return what the next champions would add; "" where nobody adds anybody."""
    if not facts.next:
        return ""
    gained = sum(each.gain for each in facts.next)
    last = facts.next[-1]
    who = "one more champion" if len(facts.next) == 1 else f"{words.spelled(len(facts.next))} more"
    beside = f", beside {words.spelled(facts.invited)} already invited," if facts.invited else ""
    more = words.plural(gained, "further person", "further people")
    return (
        f"{words.opened(who)}{beside} would bring {more} into reach: "
        f"{words.number(last.reached)} of {words.number(facts.people)}, "
        f"{words.per_cent(last.share)}."
    )


def silent(facts: CoverageFacts) -> str:
    """Return how many name nobody, and what that means; "" for nobody."""
    if not facts.silent:
        return ""
    verb = "names" if facts.silent == 1 else "name"
    return (
        f"{words.plural(facts.silent, 'person', 'people')} {verb} nobody: only a champion of "
        "their own or a buddy reaches them."
    )


def section(card: Scorecard, context: Context) -> Section | None:
    """Return whom the champions reach and whom to ask next, or None without a reply."""
    facts = card.people
    if facts is None:
        return None
    panels = []
    if facts.coverage is not None:
        panels.append(Panel("Reach by group", _reach(card, facts)))
    if facts.next:
        panels.append(Panel("Whom to ask next", _next(facts, context)))
    panels.append(Panel("What the figures rest on", (Facts(_footing(facts)),)))
    return Section(
        key="people",
        name="People and champions",
        title=headline(facts),
        lead=sureness(facts),
        panels=tuple(panels),
        starts_page=False,
    )


def _reach(card: Scorecard, facts: CoverageFacts) -> tuple[Figure | Grid | Paragraph, ...]:
    groups = sorted(
        (each for each in facts.groups if each.is_shown),
        key=lambda each: (each.coverage or 0, each.group),
    )
    hidden = len(facts.groups) - len(groups)
    note = f"{words.plural(hidden, 'group')} of fewer than three listed people left out. "
    grid = Grid(
        name="Reach by group",
        columns=(
            Column("Group", "2fr"),
            Column("Listed", align="right"),
            Column("Champions", align="right"),
            Column("In reach", align="right"),
            Column("Name nobody", align="right"),
        ),
        rows=tuple(
            (
                Cell(each.group),
                Cell(words.number(each.people)),
                Cell(words.number(each.champions), tone="" if each.champions else "bad"),
                Cell(f"{words.number(each.reached)} of {words.number(each.people)}"),
                Cell(words.number(each.silent), tone="muted"),
            )
            for each in groups
        ),
        note=(note if hidden else "")
        + "In reach: a champion, or somebody who asks one directly. People as listed by name.",
    )
    return Figure(coverage_bars(card, facts)), grid, Paragraph(arithmetic(facts), "muted")


def _next(facts: CoverageFacts, context: Context) -> tuple[Paragraph | Grid, ...]:
    """Return what further champions add; a version without names gives the numbers alone."""
    said = suggestion(facts)
    if not facts.is_stable:
        said += " Too few have answered for the choice of people to be firm."
    if not context.shows_names:
        return (Paragraph(said),)
    grid = Grid(
        name="Whom to ask next",
        columns=(
            Column("Person", "2fr"),
            Column("Group", "2fr"),
            Column("Adds", align="right"),
            Column("Then in reach", align="right"),
            Column("Firm", align="right"),
        ),
        rows=tuple(
            (
                Cell(each.name),
                Cell(each.group, tone="muted"),
                Cell(f"+{words.number(each.gain)}"),
                Cell(f"{words.number(each.reached)} of {words.number(facts.people)}"),
                Cell(words.per_cent(each.stability)),
            )
            for each in facts.next
        ),
        note="Firm: share of resamples of the answers that suggest the same person.",
    )
    return Paragraph(said), grid


def _footing(facts: CoverageFacts) -> tuple[tuple[str, str], ...]:
    share = words.per_cent(facts.response_rate)
    answered = f"{words.number(facts.replies)} of {words.number(facts.people)} people, {share}"
    needed = words.plural(facts.champions_needed, "champion")
    rows = [
        ("Answered", answered + ("" if facts.is_stable else ", under 60\u00a0%: unstable")),
        ("Ties", f"{words.number(facts.ties)}, level {facts.threshold} of 5 or more often"),
        ("Score of the reach", _score(facts)),
        (
            "Champions",
            f"{words.number(facts.champions)} active, {words.number(facts.prepared)} of them with "
            "belief, early access and agreed time",
        ),
        ("Planning ratio", f"{needed} for {words.number(facts.headcount)} people; it only warns"),
        ("Name nobody", silent(facts) or "nobody"),
    ]
    return tuple((label, value) for label, value in rows if value)


def _score(facts: CoverageFacts) -> str:
    if facts.score is None:
        return ""
    span = words.span(facts.low, facts.high)
    return f"{words.number(facts.score)} of 100, 90{words.NBSP}% interval {span}"
