"""The parts that a report is made of. Each format draws each kind of block once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assessments.scoring.types import Scorecard
from reports.figures.specs import IntervalRow, Spec

from . import words

LEVEL_STATES = ("done", "unproven", "empty")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    tone: str = ""  # "", "muted"
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    kind: str = "bullets"


@dataclass(frozen=True, slots=True)
class Hero:
    """The result in one figure, or its bounds where no figure may be shown."""

    figure: str
    bar: IntervalRow
    caption: str
    kind: str = "hero"


@dataclass(frozen=True, slots=True)
class Row:
    lead: str
    title: str
    detail: str = ""
    right: str = ""
    tone: str = ""  # of the lead: "", "bad", "strong"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A short list: a code or a gain, what it is, and who by when."""

    rows: tuple[Row, ...]
    note: str = ""
    kind: str = "rows"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    width: str = "auto"  # "auto" or a share such as "2fr"
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str = ""
    detail: str = ""  # a second, smaller line
    tone: str = ""  # "", "muted", "bad", "ok"
    is_bold: bool = False
    tag: str = ""
    mark: str = ""  # a kind of evidence, drawn as its shape
    dimension: str = ""  # a dimension's code, drawn as its bar
    levels: tuple[str, ...] = ()  # four of LEVEL_STATES

    @property
    def level_words(self) -> str:
        """Return the blocks in words, for readers who do not see them."""
        done, unproven = self.levels.count("done"), self.levels.count("unproven")
        said = f", {unproven} more said without evidence" if unproven else ""
        return f"level {done} of 4{said}"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose header repeats on every page."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    has_total: bool = False  # the last row sums up the others
    kind: str = "grid"

    @property
    def cells(self) -> tuple[tuple[tuple[Cell, Column], ...], ...]:
        """Return the rows with each cell beside its column."""
        return tuple(tuple(zip(row, self.columns, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Figure:
    spec: Spec
    note: str = ""
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Callout:
    kicker: str
    title: str
    text: str = ""
    kind: str = "callout"


@dataclass(frozen=True, slots=True)
class Lever:
    code: str
    name: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Values that a reader may move to see the arithmetic; only for formats that can react."""

    rows: tuple[Lever, ...]
    share: float
    floor: float
    kind: str = "what_if"


Block = Paragraph | Bullets | Hero | Rows | Facts | Grid | Figure | Callout | WhatIf


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled part of a section."""

    title: str
    blocks: tuple[Block, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the contents; the title is the finding, the short name what it is about."""

    key: str
    name: str
    title: str
    lead: str
    panels: tuple[Panel, ...]
    starts_page: bool = True


@dataclass(frozen=True, slots=True)
class Logo:
    data: bytes
    media_type: str  # image/png, image/jpeg or image/svg+xml


@dataclass(frozen=True, slots=True)
class Meta:
    """What the cover and the running lines say."""

    title: str
    project: str
    client: str
    organisation: str
    edition: int
    made_on: date
    run: int
    as_of: date
    bank: str
    engine: str
    digest: str  # the beginning, in groups of four
    inputs_digest: str
    audience: str
    audience_name: str
    audience_note: str
    prepared_by: str
    go_live_line: str
    verdict: str
    verdict_name: str
    score_line: str
    colour: str = ""
    logo: Logo | None = None

    @property
    def running_line(self) -> str:
        """Return what the foot of every page says."""
        return (
            f"Edition {self.edition}, {words.long_day(self.made_on)}, score run {self.run}, "
            f"{self.audience_name.lower()}"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one edition says, for one audience."""

    meta: Meta
    scorecard: Scorecard  # without what the audience may not see
    profile: Spec
    sections: tuple[Section, ...]
