"""What the overview of one rollout says beside its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assessments.scoring.types import Cell, Improvement, Scorecard, WeakLink

from . import sentences, words

NOT_COLLECTED = {
    "assessed": "Answer the items",
    "voiced": "No survey in this project",
    "heard": "No interviews in this project",
    "measured": "No records counted yet",
}
# What starts the record that would fill the cell.
UNMEASURED = {
    "STR": "No losses and gains yet: note them per group",
    "GOV": "No people yet: name who speaks for each group",
    "CHA": "No ties yet: ask whom people turn to",
}
NOBODY_ASKED = "No champions yet: ask the first"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who mends an item, and by when."""

    text: str
    name: str
    due_on: date


def lede(card: Scorecard) -> str:
    """Return the reason beneath the headline, in one or two sentences."""
    if card.verdict.code == "cannot_tell_yet":
        return card.verdict.reasons[0] if card.verdict.reasons else ""
    if card.verdict.code == "ready":
        return " ".join(card.verdict.reasons)
    return sentences.weight_sentence(card)


def weak_link_kicker(card: Scorecard, link: WeakLink) -> str:
    """Return where the first weak link is: First weak link: training, gate TRN-3."""
    name = words.lowered(sentences.dimension_name(card, link.dimension))
    if not link.code:
        return f"First weak link: {name}"
    if link.is_structural:
        return f"First weak link: {name}, counted in the records"
    return f"First weak link: {name}, {'gate' if link.is_gate else 'item'} {link.code}"


def weak_link_note(card: Scorecard, link: WeakLink, owner: Owner | None, today: date) -> str:
    """Return what passes the weak link, who sees to it and what it holds."""
    said = []
    if link.passes_at:
        verb = "Passes at" if link.is_gate else "Next level"
        said.append(f"{verb}: {words.lowered(words.unstopped(link.passes_at))}.")
    if owner:
        late = (today - owner.due_on).days
        when = words.short_day(owner.due_on)
        due = f"{words.plural(late, 'day')} late, due {when}" if late > 0 else f"due {when}"
        said.append(f"{owner.name}, {due}.")
    elif link.is_structural:
        said += [f"{gate.note}." for gate in card.gates if gate.code == link.code and gate.note]
    elif link.code:
        said.append("Nobody is named yet.")
    if link.is_gate and card.verdict.code != "cannot_tell_yet":
        said.append(
            f"Until then the verdict cannot be “ready”; it is "
            f"“{sentences.VERDICTS[card.verdict.code].lower()}”."
        )
    return " ".join(said)


def matrix_headline(card: Scorecard) -> str:
    """Return what the matrix shows: its widest disagreement, else the weakest dimension."""
    for dimension in card.dimensions:
        values = [cell for cell in dimension.cells if cell.value is not None]
        if dimension.sources_disagree and len(values) > 1:
            low = min(values, key=lambda cell: cell.value or 0)
            high = max(values, key=lambda cell: cell.value or 0)
            return (
                f"{dimension.name}: {high.kind} evidence says {words.number(high.value)}, "
                f"{low.kind} says {words.number(low.value)}"
            )
    if card.score.is_shown:
        return sentences.weakest_headline(card)
    return words.opened(sentences.cells_sentence(card))


def improvement_note(card: Scorecard, step: Improvement) -> str:
    """Return what a step does: Training 36 → 46. Passes gate TRN-3."""
    name = sentences.dimension_name(card, step.dimension)
    low, high = words.number(step.dimension_from), words.number(step.dimension_to)
    said = [f"{name} {low} → {high}." if low != high else f"{name} stays at {low} as shown."]
    if step.opens_gate:
        said.append(f"Passes gate {step.item}.")
    if step.needs == "evidence":
        item = next(item for item in card.items if item.code == step.item)
        level = words.number(item.said, 1).removesuffix(".0")
        said.append(f"Raters put {step.item} at {level}; only its proof is missing.")
    else:
        said.append(f"{step.item} to level {step.level_to}: {words.lowered(step.anchor_to)}.")
    return " ".join(said).replace("..", ".")


def evidence_span(card: Scorecard) -> str:
    """Return from when to when the evidence dates."""
    days = [
        day
        for dimension in card.dimensions
        for cell in dimension.cells
        for day in (cell.oldest_on, cell.newest_on)
        if day is not None
    ]
    if not days:
        return "no evidence yet"
    first, last = min(days), max(days)
    if first == last:
        return f"all of {words.short_day(last)}"
    return f"{words.short_day(first)} to {words.short_day(last)}"


def empty_cell(card: Scorecard, cell: Cell) -> str:
    """Return why a cell is empty, or what fills it, in a few words."""
    if cell.kind != "measured":
        return NOT_COLLECTED[cell.kind]
    if cell.dimension == "CHA" and card.people is not None:
        return NOBODY_ASKED
    return UNMEASURED.get(cell.dimension, NOT_COLLECTED["measured"])


@dataclass(frozen=True, slots=True)
class Movement:
    """The way from an earlier score to this one; the steps add up as shown."""

    start_label: str
    end_label: str
    start: float
    end: float
    steps: tuple[tuple[str, str, float], ...]  # dimension, text, points
    decimals: int

    @property
    def levels(self) -> list[float]:
        """Where the score stood after each step, for the ends of the axis."""
        found = [self.start, self.end]
        level = self.start
        for _, _, points in self.steps:
            level += points
            found.append(level)
        return found


def movement(summary: Mapping[str, Any], number: int, as_of: date) -> Movement | None:
    """Return what changed since the run compared with, or None for a first score."""
    if summary.get("change") is None:
        return None
    start, end = float(summary["change_from"]), float(summary["median"])
    causes = [
        (each["dimension"], each["text"], float(each["points"])) for each in summary["changes"]
    ]
    if abs(summary.get("changes_rest", 0.0)) >= 0.05:
        causes.append(("", "Everything else", float(summary["changes_rest"])))
    since = date.fromisoformat(summary["change_since"])
    # Whole numbers where each cause shows as one; else a decimal, or small causes would vanish.
    is_coarse = all(abs(points) >= 0.5 for _, _, points in causes)
    whole = _shown(start, end, causes, 0) if is_coarse else None
    decimals = 0 if whole is not None else 1
    steps = whole if whole is not None else _shown(start, end, causes, 1, force=True)
    assert steps is not None
    return Movement(
        start_label=f"Run {summary['change_number']}, {words.short_day(since)}",
        end_label=f"Run {number}, {words.short_day(as_of)}",
        start=float(words.rounded(start, decimals)),
        end=float(words.rounded(end, decimals)),
        steps=tuple(step for step in steps if step[2]),
        decimals=decimals,
    )


def _shown(
    start: float,
    end: float,
    causes: list[tuple[str, str, float]],
    decimals: int,
    *,
    force: bool = False,
) -> list[tuple[str, str, float]] | None:
    """Return the causes rounded so that they add up; None when rounding would bend one."""
    unit = 10**-decimals
    left = float(words.rounded(end, decimals)) - float(words.rounded(start, decimals))
    rounded = [float(words.rounded(points, decimals)) for _, _, points in causes]
    gap = round((left - sum(rounded)) / unit)
    # The rounding that is least wrong moves by one unit, as often as the gap asks.
    by_error = sorted(
        range(len(causes)),
        key=lambda at: (rounded[at] - causes[at][2]) * (1 if gap > 0 else -1),
    )
    if abs(gap) > len(causes):
        return None
    for at in by_error[: abs(gap)]:
        moved = rounded[at] + unit * (1 if gap > 0 else -1)
        # A cause must never change its sign, nor stray by a whole unit or more.
        if not force and (moved * causes[at][2] < 0 or abs(moved - causes[at][2]) >= unit):
            return None
        rounded[at] = round(moved, decimals)
    return [(*cause[:2], value) for cause, value in zip(causes, rounded, strict=True)]
