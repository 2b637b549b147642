"""Gates and the weakest items, with what the next level looks like."""

from __future__ import annotations

from assessments.scoring.types import Gate, ItemResult, Scorecard

from . import sentences, words
from .blocks import Cell, Column, Grid, Panel, Section
from .facts import Context
from .summary import who_by

WEAKEST = 8
STATES = {
    "open": ("failed", "bad"),
    "passed": ("passed", "ok"),
    "unknown": ("not known", "muted"),
    "not_applicable": ("does not apply", "muted"),
}


def level_blocks(item: ItemResult) -> tuple[str, ...]:
    """Return four blocks: counted, said but unproven, empty. Nothing where there is no level."""
    if item.counted is None:
        return ()
    counted = int(words.rounded(item.counted))
    said = int(words.rounded(item.said if item.said is not None else item.counted))
    return tuple(
        "done" if step <= counted else "unproven" if step <= said else "empty"
        for step in range(1, 5)
    )


def section(scorecard: Scorecard, context: Context) -> Section:
    """Return gates first, then the items that stand lowest."""
    panels = []
    if scorecard.gates:
        panels.append(Panel("All gates", (_gates(scorecard, context),), _gates_lead(scorecard)))
    weak = _weakest(scorecard)
    if weak:
        panels.append(Panel("The weakest items", (_weak_items(weak, scorecard, context),)))
    return Section(
        key="gates",
        name="Gates and weakest items",
        title=words.unstopped(sentences.gates_sentence(scorecard)),
        lead="A gate is an item that no average can buy back: at level 0 or 1 it fails.",
        panels=tuple(panels),
    )


def _gates_lead(scorecard: Scorecard) -> str:
    if any(gate.is_structural for gate in scorecard.gates):
        return "“Record” marks a gate counted in the records; where none is kept it stays unknown."
    return ""


def _gates(scorecard: Scorecard, context: Context) -> Grid:
    order = ("open", "unknown", "passed", "not_applicable")
    items = {item.code: item for item in scorecard.items}
    gates = sorted(scorecard.gates, key=lambda gate: order.index(gate.state))
    return Grid(
        name="Gates",
        columns=(
            Column("Gate"),
            Column("Statement", "3fr"),
            Column("Level"),
            Column("State"),
            Column("Who and when" if context.shows_names else "When", "1.1fr", "right"),
        ),
        rows=tuple(_gate_row(gate, items.get(gate.code), context) for gate in gates),
    )


def _gate_row(gate: Gate, item: ItemResult | None, context: Context) -> tuple[Cell, ...]:
    name, tone = STATES[gate.state]
    step = context.step_for(gate.code)
    is_open = gate.state == "open"
    return (
        Cell(sentences.gate_code(gate), tone="bad" if is_open else "muted", is_bold=is_open),
        Cell(words.unstopped(context.short(gate.code, gate.label)), detail=gate.note),
        Cell(levels=level_blocks(item) if item else ()),
        Cell(name, tone=tone, is_bold=is_open),
        Cell(who_by(step, context, context.made_on) if is_open or step else "", tone="muted"),
    )


def _weakest(scorecard: Scorecard) -> list[ItemResult]:
    counted = [item for item in scorecard.items if item.counted is not None and item.counted < 3]
    return sorted(counted, key=lambda i: (i.counted, not i.is_gate, -i.weight, i.code))[:WEAKEST]


def _weak_items(weak: list[ItemResult], scorecard: Scorecard, context: Context) -> Grid:
    gains = {each.item: each.gain for each in scorecard.improvements}
    rows = []
    for item in weak:
        reached = int(item.counted or 0)
        gain = gains.get(item.code)
        rows.append(
            (
                Cell(item.code, tone="muted"),
                Cell(context.short(item.code, item.text), tag="gate" if item.is_gate else ""),
                Cell(levels=level_blocks(item)),
                Cell(context.anchor(item.code, reached) or words.DASH),
                Cell(context.anchor(item.code, min(reached + 1, 4)) or words.DASH),
                Cell(words.points(gain) if gain is not None else "", is_bold=True),
            )
        )
    return Grid(
        name="Weakest items",
        columns=(
            Column("Item"),
            Column("Statement", "2.2fr"),
            Column("Level"),
            Column("Now", "1.8fr"),
            Column("Next level", "1.8fr"),
            Column("Gain", align="right"),
        ),
        rows=tuple(rows),
        note="Gain: points of the overall score from the step the list of next steps names, "
        "all else unchanged.",
    )
