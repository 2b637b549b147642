"""What was assessed and how: the business outcome first, then the tool."""

from __future__ import annotations

from assessments.scoring.types import Scorecard

from . import sentences, words
from .blocks import Cell, Column, Facts, Grid, Panel, Paragraph, Section
from .facts import Context, Rollout


def section(scorecard: Scorecard, context: Context) -> Section:
    """Return the facts of the rollout and of the assessment."""
    panels = [Panel("The rollout", (Facts(_rollout(context)),))]
    if context.groups:
        panels.append(Panel("The people", (_people(context),)))
    panels.append(
        Panel(
            "The assessment",
            (Facts(_assessment(scorecard, context)), Paragraph(_rules(scorecard))),
        )
    )
    return Section(
        key="subject",
        name="What was assessed and how",
        title="What the rollout must change",
        lead=context.rollout.outcome,
        panels=tuple(panels),
    )


def _rollout(context: Context) -> tuple[tuple[str, str], ...]:
    rollout = context.rollout
    rows = [
        ("Measured by", _measure(rollout)),
        ("New system", rollout.system),
        ("Replaces", rollout.replaces),
        ("Kind of rollout", rollout.kind),
        ("Use is", rollout.use),
        ("Phase", rollout.phase),
        ("Dates", _dates(rollout)),
        ("Waves", "\n".join(rollout.waves)),
        ("Sponsor", _sponsor(context)),
    ]
    return tuple((label, value) for label, value in rows if value)


def _measure(rollout: Rollout) -> str:
    if not rollout.measure:
        return "No measure stated"
    parts = [rollout.measure]
    if rollout.baseline:
        parts.append(f"today {rollout.baseline}")
    if rollout.target:
        due = words.long_day(rollout.outcome_due_on) if rollout.outcome_due_on else ""
        parts.append(f"target {rollout.target}{' by ' + due if due else ''}")
    return ", ".join(parts)


def _dates(rollout: Rollout) -> str:
    dates = (
        ("work starts", rollout.starts_on),
        ("go-live", rollout.go_live_on),
        ("old system tolerated until", rollout.parallel_until),
    )
    return words.opened("; ".join(f"{name} {words.long_day(day)}" for name, day in dates if day))


def _sponsor(context: Context) -> str:
    rollout = context.rollout
    if not context.shows_names:
        return rollout.sponsor_title
    return ", ".join(part for part in (rollout.sponsor_name, rollout.sponsor_title) if part)


def _people(context: Context) -> Grid:
    total = sum(group.headcount for group in context.groups)
    rows = [
        (
            Cell(group.name),
            Cell(group.audience, tone="muted"),
            Cell(", ".join(part for part in (group.site, group.shift) if part), tone="muted"),
            Cell(words.number(group.headcount)),
        )
        for group in context.groups
    ]
    rows.append(
        (Cell("All", is_bold=True), Cell(), Cell(), Cell(words.number(total), is_bold=True))
    )
    return Grid(
        name="Groups of people",
        columns=(
            Column("Group", "2fr"),
            Column("Their part", "2fr"),
            Column("Site and shift", "1.5fr"),
            Column("People", align="right"),
        ),
        rows=tuple(rows),
        has_total=True,
    )


def _assessment(scorecard: Scorecard, context: Context) -> tuple[tuple[str, str], ...]:
    raters = words.plural(len(context.assessors), "person", "people")
    if context.shows_names:
        raters = words.listed([name for _, name in context.assessors])
    rows = [
        ("Round", _round(context)),
        ("Rated by", raters),
        ("Question bank", f"{context.bank.title}, version {scorecard.bank_version}"),
        ("Answered", sentences.coverage_sentence(scorecard)),
        ("Scored", f"Run {context.run}, evidence valid on {words.long_day(scorecard.as_of)}"),
    ]
    return tuple((label, value) for label, value in rows if value)


def _round(context: Context) -> str:
    if context.round is None:
        return ""
    parts = [context.round.name, context.round.status.lower()]
    if context.round.opened_on:
        parts.append(f"opened {words.long_day(context.round.opened_on)}")
    if context.round.signed_off_on:
        by = ""
        if context.shows_names and context.round.signed_off_by:
            by = f" by {context.round.signed_off_by}"
        parts.append(f"signed off {words.long_day(context.round.signed_off_on)}{by}")
    return ", ".join(parts)


def _rules(scorecard: Scorecard) -> str:
    unproven = scorecard.settings.unproven_level
    return (
        f"Every item has five levels, each with its own description. Levels 3 and 4 count only "
        f"with valid evidence; without it they count as {unproven}. “Don’t know” and items not "
        "answered lower the coverage and widen the interval; they never count as 0. An item that "
        "does not apply leaves the sum, with its reason."
    )
