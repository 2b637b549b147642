"""The profile of the dimensions and the evidence under it."""

from __future__ import annotations

from assessments.scoring.types import Cell as MatrixCell
from assessments.scoring.types import DimensionResult, Scorecard
from reports.figures import specs

from . import sentences, words
from .blocks import Bullets, Cell, Column, Figure, Grid, Panel, Paragraph, Section

MOST_MISSING = 6
CONFIDENCE = {"measured": "good", "partial": "partial", "weak": "weak", "none": "none"}


def profile_section(scorecard: Scorecard) -> Section:
    """Return the dimensions against their target, and where the missing points went."""
    profile = specs.profile(scorecard)
    note = (
        "Bar: 90 % interval. Stroke: pooled value. Triangle: target. "
        "Vertical lines: 40, 60 and 75, the limits of the bands."
    )
    panels = [Panel(profile.title, (Figure(profile, note.replace("90 %", f"90{words.NBSP}%")),))]
    if scorecard.score.is_shown and scorecard.score.point is not None:
        waterfall = specs.missing_points(scorecard)
        panels.append(Panel(waterfall.title, (Figure(waterfall, waterfall.note),)))
    panels.append(Panel("What each dimension rests on", (_footing(scorecard),)))
    flagged = _flags(scorecard)
    if flagged:
        panels.append(Panel("What to keep in mind", (Bullets(flagged),)))
    return Section(
        key="profile",
        name="Profile of the dimensions",
        title=sentences.weakest_headline(scorecard),
        lead=sentences.weight_sentence(scorecard),
        panels=tuple(panels),
        starts_page=False,
    )


def _footing(scorecard: Scorecard) -> Grid:
    rows = []
    for each in scorecard.dimensions:
        held = [cell.kind for cell in each.cells if cell.state == "value"]
        confidence = CONFIDENCE.get(each.confidence_state, each.confidence_state)
        if each.confidence is not None:
            confidence = f"{confidence}, {words.number(each.confidence)} of 100"
        rows.append(
            (
                Cell(each.name, dimension=each.code, is_bold=each.is_weakest),
                Cell(words.listed(held) or "nothing yet"),
                Cell(f"{each.answered_items} of {each.applicable_items}"),
                Cell(words.per_cent(each.coverage)),
                Cell(confidence),
            )
        )
    return Grid(
        name="What each dimension rests on",
        columns=(
            Column("Dimension", "1.3fr"),
            Column("Kinds of evidence held", "1.8fr"),
            Column("Items", align="right"),
            Column("Coverage", align="right"),
            Column("Confidence", align="right"),
        ),
        rows=tuple(rows),
        note="Coverage: weight of the kinds that can be used. Confidence: 100 is an interval of "
        "no width, 0 one of 100 points.",
    )


def _flags(scorecard: Scorecard) -> tuple[str, ...]:
    said = []
    for each in scorecard.dimensions:
        if each.state == "not_applicable":
            said.append(
                f"{each.name} does not apply: {words.lowered(words.unstopped(each.reason))}."
            )
        elif each.state in ("thin", "missing"):
            reason = f": {words.lowered(words.unstopped(each.reason))}" if each.reason else ""
            said.append(f"{each.name} holds too little evidence to count{reason}.")
        elif each.is_blocker:
            said.append(
                f"{each.name} is under {words.number(scorecard.settings.blocker_below)} and blocks "
                "the rollout whatever the rest says."
            )
    return tuple(said)


def matrix_section(scorecard: Scorecard) -> Section:
    """Return the evidence matrix, how to read it and what is missing."""
    matrix = specs.matrix(scorecard)
    note = f"Second line: n. Third line: age on {words.long_day(scorecard.as_of)}."
    panels = [
        Panel("", (Figure(matrix, note),)),
        Panel("How to read a row", (Paragraph(_how_to_read(scorecard)),)),
    ]
    if scorecard.missing:
        panels.append(Panel("What is missing and what it would settle", (_missing(scorecard),)))
    return Section(
        key="matrix",
        name="Evidence matrix",
        title=_headline(scorecard),
        lead=f"{matrix.measure}. An empty cell is missing evidence, not a zero.",
        panels=tuple(panels),
    )


def _valued(dimension: DimensionResult) -> list[MatrixCell]:
    return [c for c in dimension.cells if c.state == "value" and c.value is not None]


def _headline(scorecard: Scorecard) -> str:
    """Name the widest disagreement, else how much of the matrix is filled."""
    widest, gap = None, scorecard.settings.disagree_gap
    for dimension in scorecard.dimensions:
        values = [cell.value or 0 for cell in _valued(dimension)]
        if len(values) > 1 and dimension.sources_disagree and max(values) - min(values) >= gap:
            widest, gap = dimension, max(values) - min(values)
    if widest is None:
        return words.opened(sentences.cells_sentence(scorecard))
    cells = sorted(_valued(widest), key=lambda cell: cell.value or 0)
    low, high = cells[0], cells[-1]
    return (
        f"{widest.name}: {high.kind} says {words.number(high.value)}, "
        f"{low.kind} says {words.number(low.value)}"
    )


def _how_to_read(scorecard: Scorecard) -> str:
    said = ["Each kind of evidence has its own margin of error. Precise sources weigh more"]
    rich = max(scorecard.dimensions, key=lambda d: len(_valued(d)), default=None)
    cells = _valued(rich) if rich else []
    if rich and len(cells) > 1:
        shares = [f"{words.per_cent(cell.weight)} {cell.kind}" for cell in cells]
        said[0] += f": {words.lowered(rich.name)} is {words.listed(shares)}."
    else:
        said[0] += "."
        said.append(
            "Only one kind has been collected so far, so each row rests on it alone and its "
            "interval is wide."
        )
    torn = [words.lowered(d.name) for d in scorecard.dimensions if d.sources_disagree]
    said.append("Where the kinds disagree by more than chance, the pooled interval is widened.")
    if torn:
        said.append(f"This is the case for {words.listed(torn)}.")
    said.append(
        f"Evidence fades: older than {scorecard.settings.stale_after_days} days it is marked stale."
    )
    return " ".join(said)


def _missing(scorecard: Scorecard) -> Grid:
    order = sorted(scorecard.missing, key=lambda each: -each.narrows)
    columns = (
        Column("Where", "1.3fr"),
        Column("What to collect", "2.4fr"),
        Column("Narrows by", align="right"),
    )
    note = "Narrows by: points off the width of the possible results."
    rows = []
    for each in order[:MOST_MISSING]:
        name = sentences.dimension_name(scorecard, each.dimension)
        worth = f"{words.number(each.narrows, 1)} points" if each.narrows >= 0.05 else "under 0.1"
        rows.append(
            (
                Cell(f"{name}, {each.kind}", dimension=each.dimension),
                Cell(words.unstopped(each.text)),
                Cell(worth),
            )
        )
    if all(each.narrows < 0.05 for each in order[:MOST_MISSING]):
        columns, rows = columns[:2], [row[:2] for row in rows]
        note = "None would narrow the result by a tenth of a point alone; each would test it."
    if len(order) > MOST_MISSING:
        note += f" {words.plural(len(order) - MOST_MISSING, 'smaller gap')} left out here."
    return Grid(
        name="Missing evidence",
        columns=columns,
        rows=tuple(rows),
        note=note,
    )
