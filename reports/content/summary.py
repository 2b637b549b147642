"""The one page that most readers read."""

from __future__ import annotations

from datetime import date

from assessments.scoring.types import KINDS, Improvement, Scorecard
from reports.figures.specs import IntervalRow

from . import sentences, words
from .blocks import Bullets, Hero, Panel, Paragraph, Row, Rows, Section
from .facts import Context, NextStep

MOST_HOLDS = 5
MOST_STEPS = 3
ONE_LINE = 72


def section(scorecard: Scorecard, context: Context) -> Section:
    """Return the summary; where no verdict can be given, what is missing comes first."""
    cannot_tell = scorecard.verdict.code == "cannot_tell_yet"
    hero = Panel("", (_hero(scorecard),))
    if cannot_tell:
        panels = (
            hero,
            _why_no_verdict(scorecard),
            _what_would_settle(scorecard),
            _holds_back(scorecard, context),
            _sure(scorecard, context),
        )
    else:
        panels = (
            hero,
            _conditions(scorecard),
            _holds_back(scorecard, context),
            _to_do(scorecard, context),
            _speaks_for(scorecard),
            _sure(scorecard, context),
        )
    return Section(
        key="summary",
        name="Summary",
        title=sentences.verdict_headline(scorecard, context.rollout.go_live_on, context.made_on),
        lead=_lead(scorecard),
        panels=tuple(panel for panel in panels if panel is not None),
    )


def _lead(scorecard: Scorecard) -> str:
    if scorecard.verdict.code == "cannot_tell_yet":
        return f"{words.opened(sentences.cause(scorecard))}. {sentences.score_line(scorecard)}."
    why = sentences.cause(scorecard)
    return (
        f"{words.opened(why)}. {sentences.weak_link_lead(scorecard)}"
        if why
        else _ready_lead(scorecard)
    )


def _ready_lead(scorecard: Scorecard) -> str:
    low = words.number(scorecard.score.q05)
    return f"No gate has failed, and 95 of 100 recalculations stay above {low}."


def _conditions(scorecard: Scorecard) -> Panel | None:
    if not scorecard.verdict.conditions:
        return None
    conditions = tuple(words.opened(each) for each in scorecard.verdict.conditions)
    return Panel("On what conditions", (Bullets(conditions),))


def _hero(scorecard: Scorecard) -> Hero:
    score = scorecard.score
    if not score.is_shown or score.median is None:
        return Hero(
            figure=words.DASH,
            bar=IntervalRow("", "Score", None, score.low, score.high),
            caption=f"Bounds {sentences.bounds(scorecard)} of 100. "
            + sentences.band_sentence(scorecard),
        )
    return Hero(
        figure=words.number(score.median),
        bar=IntervalRow("", "Score", score.median, score.q05, score.q95),
        caption=f"of 100, {sentences.interval(scorecard)}. {sentences.band_sentence(scorecard)}",
    )


def _why_no_verdict(scorecard: Scorecard) -> Panel | None:
    if not scorecard.verdict.reasons:
        return None
    reasons = tuple(words.opened(each) for each in scorecard.verdict.reasons)
    return Panel("Why no verdict can be given", (Bullets(reasons),))


def _what_would_settle(scorecard: Scorecard) -> Panel | None:
    rows = tuple(
        Row(
            lead=f"−{words.number(each.narrows)}",
            title=each.text,
            detail=f"{sentences.dimension_name(scorecard, each.dimension)}, {each.kind}",
            tone="strong",
        )
        for each in sorted(scorecard.missing, key=lambda each: -each.narrows)[:4]
    )
    if not rows:
        return None
    note = "First figure: points by which the range of possible results would narrow."
    return Panel("What would settle it", (Rows(rows, note),))


def who_by(step: NextStep | None, context: Context, today: date) -> str:
    """Return who mends it and by when; a client version gives the day alone."""
    if step is None:
        return "No owner yet" if context.shows_names else "No date yet"
    late = (today - step.due_on).days
    when = words.short_day(step.due_on)
    if late > 0:
        when = f"{when}, {words.plural(late, 'day')} late"
    return f"{words.cut(step.owner, 36)}, {when}" if context.shows_names else f"by {when}"


def _holds_back(scorecard: Scorecard, context: Context) -> Panel | None:
    items = {item.code: item for item in scorecard.items}
    gates = sentences.open_gates(scorecard)
    link = scorecard.weak_link
    # The first weak link leads, so that the page and the list name the same thing first.
    first = link.code if link else ""
    gates = tuple(sorted(gates, key=lambda gate: gate.code != first))
    rows = []
    for gate in gates:
        item = items.get(gate.code)
        detail = gate.note
        if item is not None and item.counted is not None:
            detail = stands_at(item.counted, gate.code, context)
        rows.append(
            Row(
                lead=sentences.gate_code(gate),
                title=_brief(gate.label, gate.code, context),
                detail=detail,
                right=who_by(context.step_for(gate.code), context, context.made_on),
                tone="bad",
            )
        )
    if len(rows) < MOST_HOLDS and scorecard.verdict.code != "ready":
        taken = {gate.code for gate in gates}
        weak = sorted(
            (i for i in scorecard.items if i.counted is not None and i.counted < 2),
            key=lambda i: (i.code != first, i.counted, -i.weight, i.code),
        )
        rows.extend(
            Row(
                lead=item.code,
                title=_brief(item.text, item.code, context),
                detail=stands_at(item.counted or 0, item.code, context),
                right=who_by(context.step_for(item.code), context, context.made_on),
            )
            for item in weak
            if item.code not in taken
        )
    if not rows:
        return None
    left = max(len(gates) - MOST_HOLDS, 0)
    note = f"{words.plural(left, 'more failed gate')}, listed under “Gates”." if left else ""
    title = "What holds it back"
    if scorecard.verdict.code == "cannot_tell_yet":
        title = "What has failed already" if gates else "What stands lowest so far"
    return Panel(title, (Rows(tuple(rows[:MOST_HOLDS]), note),))


def _brief(text: str, code: str, context: Context) -> str:
    """Return the statement, or the bank's short form where it would take two lines."""
    return words.unstopped(text if len(text) <= ONE_LINE else context.short(code, text))


def stands_at(counted: float, code: str, context: Context) -> str:
    """Return a level with what it means: Level 1 of 4: attendance only."""
    anchor = context.anchor(code, counted)
    text = f"Level {sentences.level(counted)} of 4"
    return f"{text}: {words.lowered(words.unstopped(anchor))}" if anchor else text


def _to_do(scorecard: Scorecard, context: Context) -> Panel | None:
    best = sorted(scorecard.improvements, key=lambda each: (-each.gain, each.item))[:MOST_STEPS]
    if not best:
        return None
    rows = tuple(_step_row(each, scorecard, context) for each in best)
    return Panel(
        "What to do in the next three weeks",
        (Rows(rows, "First figure: points of the overall score gained, all else unchanged."),),
    )


def _step_row(each: Improvement, scorecard: Scorecard, context: Context) -> Row:
    step = context.step_for(each.item)
    name = sentences.dimension_name(scorecard, each.dimension)
    low, high = words.number(each.dimension_from), words.number(each.dimension_to)
    detail = f"{each.item} to level {each.level_to}"
    if each.anchor_to:
        detail += f": {words.lowered(words.unstopped(each.anchor_to))}"
    detail += f". {name} {low}{words.NBSP}→{words.NBSP}{high}"
    if low == high:
        gain = words.number(each.dimension_to - each.dimension_from, 1)
        detail = f"{detail.rpartition('. ')[0]}. {name} +{gain}"
    if each.opens_gate:
        detail += "; passes the gate"
    if each.needs == "evidence":
        detail += "; needs evidence only"
    return Row(
        lead=words.points(each.gain),
        title=_brief(step.text if step else each.text, "" if step else each.item, context),
        detail=detail,
        right=who_by(step, context, context.made_on),
        tone="strong",
        is_bold=True,
    )


def _speaks_for(scorecard: Scorecard) -> Panel:
    passed = [gate for gate in scorecard.gates if gate.state == "passed"]
    counted = [gate for gate in scorecard.gates if gate.state in ("passed", "open")]
    said = []
    if passed:
        said.append(
            f"{len(passed)} of {words.plural(len(counted), 'gate')} are passed: "
            f"{sentences.gate_names(passed)}."
        )
    else:
        said.append("No gate is passed yet.")
    valued = [d for d in scorecard.dimensions if d.state == "observed" and d.value is not None]
    if valued:
        best = max(valued, key=lambda d: (d.value or 0, d.code))
        target = words.number(scorecard.settings.target)
        reaches = (best.value or 0) >= scorecard.settings.target
        said.append(
            f"{best.name} stands highest at {words.number(best.value)}, "
            f"{'above' if reaches else 'below'} the target of {target}."
        )
    proven = [i for i in scorecard.items if i.counted is not None and i.counted >= 3]
    if proven:
        said.append(
            f"{words.opened(words.plural(len(proven), 'item'))} of "
            f"{len(scorecard.items)} stand at level 3 or 4 with evidence, among them "
            f"{words.listed([i.code for i in sorted(proven, key=_strongest)[:4]])}."
        )
    return Panel("What speaks for the rollout", (Paragraph(" ".join(said)),))


def _strongest(item):
    return (-(item.counted or 0), not item.is_gate, item.code)


def _sure(scorecard: Scorecard, context: Context) -> Panel:
    raters = {answer.assessor for item in scorecard.items for answer in item.answers}
    raters.discard("")
    said = [f"{sentences.cells_sentence(scorecard)}; {sentences.coverage_sentence(scorecard)}"]
    if raters:
        said[0] += f" by {words.plural(len(raters), 'person', 'people')}"
    said[0] += "."
    capped = sum(item.is_capped for item in scorecard.items)
    if capped:
        verb = "was" if capped == 1 else "were"
        said.append(f"{words.plural(capped, 'level')} {verb} counted lower for want of evidence.")
    silent = [kind for kind in KINDS if not _holds(scorecard, kind)]
    missing = [SILENT[kind] for kind in silent if kind in SILENT]
    if missing:
        said.append(f"{words.opened(words.listed(missing))}.")
    said.append(sentences.calibration_sentence(context.finished_rollouts))
    return Panel("How sure this is", (Paragraph(" ".join(said)),))


SILENT = {
    "assessed": "nobody has rated the items",
    "voiced": "users have not been surveyed",
    "heard": "no interview is on record",
    "measured": "no record has been counted",
}


def _holds(scorecard: Scorecard, kind: str) -> bool:
    return any(
        cell.kind == kind and cell.state == "value"
        for dimension in scorecard.dimensions
        for cell in dimension.cells
    )
