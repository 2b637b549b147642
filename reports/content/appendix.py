"""Every answer, item by item, and what the levels mean."""

from __future__ import annotations

from assessments.scoring.types import DimensionResult, ItemResult, Scorecard

from . import sentences, words
from .blocks import Cell, Column, Facts, Grid, Panel, Section
from .facts import Context
from .items import level_blocks

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sections(scorecard: Scorecard, context: Context) -> tuple[Section, ...]:
    """Return one appendix per dimension and the glossary."""
    kept = [d for d in scorecard.dimensions if _items(d, scorecard)]
    found = [
        _dimension(letter, d, scorecard, context) for letter, d in zip(LETTERS, kept, strict=False)
    ]
    return (*found, _glossary(LETTERS[len(found)], context))


def _items(dimension: DimensionResult, scorecard: Scorecard) -> list[ItemResult]:
    return [item for item in scorecard.items if item.dimension == dimension.code]


def _dimension(
    letter: str, dimension: DimensionResult, scorecard: Scorecard, context: Context
) -> Section:
    items = _items(dimension, scorecard)
    name = f"Appendix {letter}: {words.lowered(dimension.name)}, item by item"
    return Section(
        key=f"appendix-{dimension.code.lower()}",
        name=name,
        title=name,
        lead=_lead(items),
        panels=(Panel("", (_answers(items, context),)), *_notes(items, context)),
        starts_page=False,
    )


def _lead(items: list[ItemResult]) -> str:
    raters = {a.assessor for item in items for a in item.answers if a.assessor}
    agreed = sum(item.is_consensus for item in items)
    text = "Level as said, 0–4."
    if len(raters) > 1:
        text = f"Mean level of {words.plural(len(raters), 'rater')}, 0–4."
    text += " Levels 3 and 4 count only with evidence."
    if agreed:
        text += f" {words.plural(agreed, 'level')} agreed in the round."
    return text


def _answers(items: list[ItemResult], context: Context) -> Grid:
    rows = [_row(item, context) for item in items]
    counted = [item for item in items if item.counted is not None]
    if counted:
        rows.append(_sum(counted, len(items)))
    return Grid(
        name="Answers",
        columns=(
            Column("Item"),
            Column("Statement", "2.6fr"),
            Column("Level"),
            Column("Counted", align="right"),
            Column("Evidence", "1.9fr"),
        ),
        rows=tuple(rows),
        has_total=bool(counted),
    )


def _sum(counted: list[ItemResult], total: int) -> tuple[Cell, ...]:
    most = 4 * sum(item.weight for item in counted)
    reached = sum((item.counted or 0) * item.weight for item in counted)
    weights = {item.weight for item in counted}
    label = "Sum" if weights == {1} else "Weighted sum"
    share = words.number(100 * reached / most) if most else words.DASH
    of = f"of {len(counted)} × 4 = {words.number(most)}" if weights == {1} else f"of {most:g}"
    missing = total - len(counted)
    note = f"{of}, that is {share} of 100"
    if missing:
        note += f"; {words.plural(missing, 'item')} left out"
    decimals = 0 if float(reached).is_integer() else 1
    return (
        Cell(),
        Cell(label, is_bold=True),
        Cell(),
        Cell(words.number(reached, decimals), is_bold=True),
        Cell(note, tone="muted"),
    )


def _row(item: ItemResult, context: Context) -> tuple[Cell, ...]:
    return (
        Cell(item.code, tone="muted"),
        Cell(
            words.unstopped(item.text),
            detail=_said(item, context),
            tag="gate" if item.is_gate else "",
        ),
        _level(item),
        _counted(item),
        _evidence(item),
    )


def _level(item: ItemResult) -> Cell:
    if item.state == "level":
        return Cell(levels=level_blocks(item))
    name = {"dont_know": "don’t know", "not_applicable": "n/a", "blank": "not answered"}
    return Cell(name[item.state], tone="muted")


def _counted(item: ItemResult) -> Cell:
    if item.counted is None:
        return Cell(words.DASH, tone="muted")
    text = sentences.level(item.counted)
    if item.is_capped:
        return Cell(text, detail=f"said {sentences.level(item.said)}", tone="bad", is_bold=True)
    return Cell(text, is_bold=True)


def _evidence(item: ItemResult) -> Cell:
    if item.state == "not_applicable":
        return Cell(f"Does not apply: {words.lowered(item.reason)}", tone="muted")
    if item.state == "dont_know":
        return Cell("Nobody could say", tone="muted")
    if item.state == "blank":
        return Cell("Left blank", tone="muted")
    if item.evidence:
        return Cell("; ".join(item.evidence))
    if item.is_capped:
        return Cell("No evidence attached", tone="bad")
    if (item.counted or 0) >= 3:
        return Cell("Held, without a title", tone="muted")
    return Cell("None needed below 3", tone="muted")


def _said(item: ItemResult, context: Context) -> str:
    """Return what each rater said where they differ."""
    own = [answer for answer in item.answers if answer.assessor]
    parts = []
    if len({(a.state, a.level) for a in own}) > 1:
        parts = [f"{context.assessor_name(a.assessor)}: {_short(a)}" for a in own]
        if not context.shows_names:
            # In order of the level, so that nobody's answers can be followed from item to item.
            parts = [f"Said {', '.join(sorted(_short(a) for a in own))}"]
    text = "; ".join(parts)
    if item.is_consensus and parts:
        text += f"; agreed {sentences.level(item.said)}" if item.said is not None else "; agreed"
    return text


def _notes(items: list[ItemResult], context: Context) -> tuple[Panel, ...]:
    """Return what the raters noted, for readers inside the team."""
    codes = [item.code for item in items]
    notes = [note for note in context.notes if note.item in codes]
    if not (context.shows_names and notes):
        return ()
    grid = Grid(
        name="Notes",
        columns=(Column("Item"), Column("Note", "4fr"), Column("By", "1fr", "right")),
        rows=tuple(
            (
                Cell(note.item, tone="muted"),
                Cell(note.text),
                Cell(words.cut(note.author, 36), tone="muted"),
            )
            for note in sorted(notes, key=lambda note: codes.index(note.item))
        ),
    )
    return (Panel("Notes", (grid,)),)


def _short(answer) -> str:
    if answer.state == "level":
        return str(answer.level)
    return {"dont_know": "don’t know", "not_applicable": "n/a", "blank": "blank"}[answer.state]


def _glossary(letter: str, context: Context) -> Section:
    name = f"Appendix {letter}: what the levels and words mean"
    levels = tuple(
        (f"Level {step}", words.opened(text)) for step, text in enumerate(context.bank.ladder)
    )
    return Section(
        key="glossary",
        name=name,
        title=name,
        lead="One ladder stands behind the descriptions of every item.",
        starts_page=False,
        panels=(
            Panel("Levels", (Facts(levels),)),
            Panel("Answers without a level", (Facts(ANSWERS),)),
            Panel("Kinds of evidence", (Facts(EVIDENCE),)),
            Panel("Verdicts", (Facts(VERDICTS),)),
            Panel("Other words", (Facts(WORDS),)),
        ),
    )


ANSWERS = (
    ("Don’t know", "The person was asked and could not say. Counts as missing, never as 0."),
    ("Not applicable", "The item cannot apply here, with a reason. It leaves the sum."),
    ("Not answered", "Nobody has come to it yet. Counts as missing, never as 0."),
)
EVIDENCE = (
    ("Assessed", "What the people running the rollout say, item by item, with evidence."),
    ("Voiced", "What the people who must use the system say in anonymous surveys."),
    ("Heard", "What interviews found: what helps and what hinders, by group."),
    ("Measured", "What can be counted in the records: tests passed, dates kept, people reached."),
)
VERDICTS = (
    ("Ready", "No gate has failed and the score holds within its interval."),
    ("Ready with conditions", "It can go ahead if the listed conditions are met."),
    ("Not ready", "Going live now means that people will work around the system."),
    ("Cannot tell yet", "The evidence does not reach; the report says which piece is missing."),
)
WORDS = (
    ("Gate", "An item that no average can buy back."),
    ("90 % interval", "Nine in ten recalculations within the margins of error fall inside."),
    ("Bounds", "The score with everything missing at 0, and at 100."),
    ("Weak link", "What to mend first, because the weakest point decides."),
)
