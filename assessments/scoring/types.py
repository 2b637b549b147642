"""Values that go into and come out of the scoring engine.

Everything here is frozen and free of Django, clocks and files. Scores and
standard errors are points on 0–100, high = ready; dates are calendar dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .facts import CoverageFacts, GroupFacts

Kind = Literal["assessed", "voiced", "heard", "measured"]
KINDS: tuple[Kind, ...] = ("assessed", "voiced", "heard", "measured")

AnswerState = Literal["level", "dont_know", "not_applicable", "blank"]
DimensionState = Literal["observed", "thin", "missing", "not_applicable"]
CellState = Literal["value", "empty", "hidden", "not_applicable"]
GateState = Literal["open", "passed", "unknown", "not_applicable"]
VerdictCode = Literal["ready", "ready_with_conditions", "not_ready", "cannot_tell_yet"]
Band = Literal["high", "elevated", "moderate", "low"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The judgement values of the method. No source validates them; every report says so."""

    weakest_link_share: float = 0.5  # lambda of a1
    floor: float = 1.0  # a3
    blocker_below: float = 20.0  # a3
    target: float = 70.0  # where a dimension should be; shown, never computed with
    band_limits: tuple[float, float, float] = (40.0, 60.0, 75.0)  # a5
    draws: int = 10_000  # a5
    method_uncertainty: bool = False  # draw weights and lambda too (a5)
    minimum_dimensions: int = 4  # a4, of five; scaled to the applicable ones
    minimum_weight: float = 0.8  # a4
    widest_interval: float = 40.0  # h, rule 1
    ready_from: float = 75.0  # h, rules 1 and 3
    not_ready_below: float = 40.0  # h, rules 1 and 2
    condition_q05_below: float = 60.0  # h, rule 3
    disagree_tau2: float = 100.0  # b6
    disagree_gap: float = 20.0  # b6
    one_assessor_se: float = 15.0  # b6, h
    more_assessors_se: float = 10.0  # b6, h
    unproven_level: int = 2  # levels 3–4 without valid evidence count as this
    gate_open_at: int = 1  # a gate item whose mean level is nearest to this or lower is open
    assessed_half_life_days: int = 90  # h, for the answers; other lines bring their own
    stale_after_days: int = 60  # shown as stale; precision fades by half-life all the time
    kind_weights: tuple[tuple[Kind, float], ...] = (
        ("assessed", 0.3),
        ("voiced", 0.3),
        ("heard", 0.1),
        ("measured", 0.3),
    )  # h, coverage of a dimension


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One person's answer to one item, or the consensus the editors agreed (assessor = "")."""

    item: str
    assessor: str  # stable id of the person; "" for the consensus
    state: AnswerState
    level: int | None = None  # 0–4 when state is "level"
    has_valid_evidence: bool = False  # on the scoring date
    answered_on: date | None = None
    reason: str = ""  # why not applicable
    evidence: tuple[str, ...] = ()  # titles, for the arithmetic on the page
    answer_id: str = ""  # where the number opens to


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row behind an evidence line, so that every number can be opened."""

    label: str
    value: str
    url_name: str = ""
    object_id: str = ""
    names_person: bool = False  # left out of a version without names


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One measurement that speaks for one dimension.

    value: 0–100; se: its standard error in points before ageing (> 0).
    `group` names a stakeholder group when the line speaks for that group only.
    """

    key: str
    dimension: str
    kind: Kind
    label: str
    value: float
    se: float
    n: int
    unit: str  # what n counts: "raters", "answers", "findings", "tests"
    newest_on: date | None = None
    oldest_on: date | None = None
    half_life_days: int = 90
    is_usable: bool = True
    group: str = ""
    note: str = ""
    rows: tuple[LineRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StructuralGate:
    """A gate counted in the records: open, passed, or unknown while its register is not in use."""

    key: str
    dimension: str
    label: str
    state: GateState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that one calculation may know. The same inputs and bank give the same scorecard."""

    project: str
    as_of: date
    seed: int
    answers: tuple[ItemAnswer, ...] = ()  # each assessor's own
    consensus: tuple[ItemAnswer, ...] = ()
    lines: tuple[EvidenceLine, ...] = ()  # voiced, heard, measured
    structural_gates: tuple[StructuralGate, ...] = ()
    not_applicable: tuple[tuple[str, str], ...] = ()  # (dimension, reason)
    weights: tuple[tuple[str, float], ...] = ()  # (dimension, weight); empty = equal
    settings: Settings = field(default_factory=Settings)
    groups: tuple[GroupFacts, ...] = ()
    people: CoverageFacts | None = None  # handed on to the scorecard as it is


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One bank item as it counted."""

    code: str
    dimension: str
    text: str
    is_gate: bool
    weight: float
    state: AnswerState
    said: float | None  # mean level over assessors, or the agreed one
    counted: float | None  # after the evidence cap
    is_capped: bool
    raters: int  # people with a level
    spread: float | None  # sd over assessors' levels, n - 1
    is_consensus: bool
    reason: str
    evidence: tuple[str, ...]
    answered_on: date | None
    answers: tuple[ItemAnswer, ...]
    short: str = ""  # the label for tables


@dataclass(frozen=True, slots=True)
class LineResult:
    """An evidence line as it counted: aged standard error and share of weight in its cell."""

    key: str
    label: str
    value: float
    se: float  # as measured
    aged_se: float
    weight: float  # share in the cell, sums to 1
    n: int
    unit: str
    newest_on: date | None
    age_days: int | None
    is_usable: bool
    note: str
    rows: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One square of the evidence matrix."""

    dimension: str
    kind: Kind
    state: CellState
    value: float | None
    se: float | None
    n: int
    unit: str
    newest_on: date | None
    oldest_on: date | None
    age_days: int | None
    is_stale: bool
    is_usable: bool
    weight: float  # share in the dimension's pooled value
    tau2: float
    note: str
    lines: tuple[LineResult, ...]


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """One dimension: pooled value, interval, and how it entered the score."""

    code: str
    name: str
    state: DimensionState
    reason: str  # why not applicable, or what is thin
    value: float | None
    se: float | None
    q05: float | None
    q95: float | None
    tau2: float
    sources_disagree: bool
    coverage: float  # weight of usable kinds, 0–1
    confidence: float | None  # 0–100, b6
    confidence_state: str  # measured, partial, weak, none
    weight: float  # w_d after renormalising, 0 when not in the score
    omega: float  # exponent in the score (a1)
    is_weakest: bool
    is_blocker: bool
    marginal: float | None  # dR/ds_d
    missing_points: float | None  # share of 100 - R, log attribution
    answered_items: int
    applicable_items: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate item or a structural gate with its state."""

    code: str
    dimension: str
    label: str
    state: GateState
    level: float | None
    is_structural: bool
    note: str


@dataclass(frozen=True, slots=True)
class Improvement:
    """One next step and what it is worth, all else unchanged."""

    dimension: str
    item: str
    text: str
    level_from: float | None  # counted level now; None when not answered
    level_to: int
    anchor_to: str
    gain: float  # points of the overall score
    dimension_from: float
    dimension_to: float
    opens_gate: bool  # the step closes an open gate
    needs: str  # "evidence" or "work"


@dataclass(frozen=True, slots=True)
class MissingEvidence:
    """A piece of evidence that is not there, and how much it would narrow the result."""

    dimension: str
    kind: Kind
    text: str
    narrows: float  # points off the width of the bounds or interval


@dataclass(frozen=True, slots=True)
class WeakLink:
    """What to mend first."""

    dimension: str
    code: str  # item or structural gate; "" when only the dimension is known
    text: str
    level: float | None
    passes_at: str  # anchor of the level that passes
    is_gate: bool

    @property
    def is_structural(self) -> bool:
        """Tell whether it was counted in the records; the code is then no item's."""
        return self.is_gate and self.level is None


@dataclass(frozen=True, slots=True)
class Score:
    """The overall result on 0–100."""

    median: float | None  # None when only bounds may be shown
    q05: float | None
    q95: float | None
    p_high_risk: float | None  # share of draws below the first band limit
    point: float | None  # the arithmetic at the pooled values; None with the median
    low: float  # bounds: missing dimensions at 0 ...
    high: float  # ... and at 100
    band: Band | None
    is_band_certain: bool
    is_shown: bool  # the score may be shown as one figure (a4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict, the rule of METHODS h that gave it, and its reasons in plain words."""

    code: VerdictCode
    rule: int
    reasons: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupDimension:
    """One dimension as the evidence that names one group sees it."""

    code: str
    state: DimensionState
    value: float | None  # a thin one has a value, which does not count
    se: float | None
    n: int
    unit: str
    cells: tuple[Cell, ...]  # the kinds of evidence that name the group


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One stakeholder group; without evidence of its own it is empty, never zero."""

    id: str
    name: str
    headcount: int
    impact: float | None  # 0–5
    dimensions: tuple[GroupDimension, ...]
    observed: int  # dimensions that count here
    applicable: int
    readiness: float | None  # the score's arithmetic over the observed ones
    weakest: tuple[str, ...]  # dimension codes
    risk: float | None  # headcount share × impact / 5 × (1 − readiness / 100)
    risk_share: float | None  # of all groups whose risk is known, 0–1


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The complete, frozen result of one calculation."""

    engine_version: str
    bank_id: str
    bank_version: str
    bank_sha256: str
    project: str
    as_of: date
    seed: int
    draws: int
    settings: Settings
    verdict: Verdict
    score: Score
    dimensions: tuple[DimensionResult, ...]
    items: tuple[ItemResult, ...]
    gates: tuple[Gate, ...]
    weakest: tuple[str, ...]  # dimension codes
    weak_link: WeakLink | None
    improvements: tuple[Improvement, ...]
    missing: tuple[MissingEvidence, ...]
    evidence_held: int  # cells with a value
    stale_cells: int
    item_coverage: float  # answered / applicable items
    weights: tuple[tuple[str, float], ...] = ()  # as set, sum 1 over all dimensions of the bank
    groups: tuple[GroupResult, ...] = ()
    people: CoverageFacts | None = None  # None without a reply


@dataclass(frozen=True, slots=True)
class Change:
    """One cause of a movement between two scorecards, in points of the overall score."""

    dimension: str
    kind: str  # one of KINDS, "margin", "weights", or "recalculation" for the luck of the draws
    code: str  # item or line key; "" for several
    text: str
    points: float
