"""How the score is made, what moves it, and what it cannot say."""

from __future__ import annotations

from dataclasses import fields

from assessments.scoring.aggregate import owg
from assessments.scoring.types import DimensionResult, Scorecard, Settings

from . import sentences, words
from .blocks import (
    Bullets,
    Callout,
    Cell,
    Column,
    Facts,
    Grid,
    Lever,
    Panel,
    Paragraph,
    Section,
    WhatIf,
)
from .facts import Context

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

LABELS = {
    "weakest_link_share": "Share of the weakest dimension (0 average, 1 minimum)",
    "floor": "Lowest value that enters the product",
    "blocker_below": "A dimension under this blocks the rollout",
    "target": "Target of a dimension (shown, never computed with)",
    "band_limits": "Limits of high, elevated and moderate risk",
    "draws": "Recalculations",
    "method_uncertainty": "Weights and weakest-link share varied too",
    "minimum_dimensions": "Dimensions that must be observed",
    "minimum_weight": "Weight that must be observed",
    "widest_interval": "Widest interval that still allows a verdict",
    "ready_from": "Ready from",
    "not_ready_below": "Not ready below",
    "condition_q05_below": "Conditions when the lower end is below",
    "disagree_tau2": "Sources disagree from a variance between them of",
    "disagree_gap": "Sources disagree from a gap of",
    "one_assessor_se": "Standard error with one assessor",
    "more_assessors_se": "Standard error with two or more assessors",
    "unproven_level": "Levels 3 and 4 without evidence count as",
    "gate_open_at": "A gate fails at this level or below",
    "assessed_half_life_days": "Margin of error of an assessment doubles after",
    "stale_after_days": "Evidence is stale after",
    "kind_weights": "Weights of the kinds in coverage",
}
UNITS = {
    "blocker_below": "points",
    "widest_interval": "points",
    "disagree_gap": "points",
    "one_assessor_se": "points",
    "more_assessors_se": "points",
    "assessed_half_life_days": "days",
    "stale_after_days": "days",
}
PER_CENT = {"minimum_weight"}


def section(scorecard: Scorecard, context: Context) -> Section:
    """Return the method, its sensitivity, its limits and every setting."""
    panels = [
        Panel("How the score is made", (Paragraph(_how(scorecard)),)),
        Panel("Verdict rule", (Paragraph(_rule(scorecard)), *_reasons(scorecard))),
    ]
    sensitivity = _sensitivity(scorecard)
    if sensitivity:
        panels.append(Panel("What would move the result", sensitivity))
        panels.append(Panel("What if", (_what_if(scorecard),)))
    panels += [
        Panel("What this cannot say", (_calibration(context), Bullets(_limits(context)))),
        Panel(
            "Settings",
            (_settings(scorecard.settings),),
            "Our judgement, every one: no source validates them. They can be changed and are "
            "stored with the run.",
        ),
        Panel("To check this document", (Facts(_identity(scorecard, context)),)),
    ]
    return Section(
        key="method",
        name="Method, sensitivity and limits",
        title="How far this can be trusted",
        lead=sentences.calibration_sentence(context.finished_rollouts),
        panels=tuple(panels),
        starts_page=False,
    )


def _how(scorecard: Scorecard) -> str:
    settings = scorecard.settings
    share = words.per_cent(settings.weakest_link_share)
    return (
        "Each item becomes 0 to 100. Items make the assessed line of their dimension; lines of one "
        "kind make a cell, and the cells of a dimension are pooled by their precision. The "
        "dimensions are combined by a weighted geometric mean in which the weakest one takes "
        f"{share} of the exponent alone and the rest is shared by weight. Every dimension is then "
        f"drawn {scorecard.draws:,} times within its margin of error; the score is the middle of "
        f"the results and the interval holds nine in ten of them. Seed {scorecard.seed}: the same "
        "inputs give the same numbers."
    )


def _rule(scorecard: Scorecard) -> str:
    verdict = scorecard.verdict
    name = sentences.VERDICTS[verdict.code].lower()
    return f"The verdict “{name}” follows from rule {verdict.rule} of four, the first that applies."


def _reasons(scorecard: Scorecard) -> tuple[Bullets, ...]:
    verdict = scorecard.verdict
    said = [words.opened(each) for each in verdict.reasons]
    said += [f"Condition: {words.lowered(each)}" for each in verdict.conditions]
    return (Bullets(tuple(said)),) if said else ()


def _sensitivity(scorecard: Scorecard) -> tuple[Grid | Paragraph, ...]:
    score = scorecard.score
    counted = _counted(scorecard)
    if not score.is_shown or score.point is None or len(counted) < 2:
        return ()
    marginal = Grid(
        name="Worth of a point in each dimension",
        columns=(
            Column("Dimension", "2fr"),
            Column("Stands at", align="right"),
            Column("Carries of the score", align="right"),
            Column("One point more is worth", align="right"),
        ),
        rows=tuple(
            (
                Cell(d.name, dimension=d.code, is_bold=d.is_weakest),
                Cell(words.number(d.value)),
                Cell(words.per_cent(d.omega)),
                Cell(words.signed(d.marginal, 2) if d.marginal is not None else words.DASH),
            )
            for d in counted
        ),
    )
    values = [d.value or 0 for d in counted]
    weights = [d.weight for d in counted]
    floor = scorecard.settings.floor
    results = [(share, float(owg(values, weights, share, floor=floor))) for share in SHARES]
    aggregation = Grid(
        name="Score by weakest-link share",
        columns=(
            Column("Share of the weakest dimension", "2fr"),
            *(Column(words.number(share, 2), align="right") for share, _ in results),
        ),
        rows=(
            (
                Cell("Arithmetic score"),
                *(
                    Cell(
                        words.number(result, 1),
                        is_bold=share == scorecard.settings.weakest_link_share,
                    )
                    for share, result in results
                ),
            ),
        ),
        note="How to combine the dimensions is the largest choice in the method; 0 is the weighted "
        "geometric mean, 1 the weakest dimension alone.",
    )
    return (marginal, aggregation)


def _what_if(scorecard: Scorecard) -> WhatIf:
    return WhatIf(
        rows=tuple(Lever(d.code, d.name, d.value or 0, d.weight) for d in _counted(scorecard)),
        share=scorecard.settings.weakest_link_share,
        floor=scorecard.settings.floor,
    )


def _counted(scorecard: Scorecard) -> list[DimensionResult]:
    return [d for d in scorecard.dimensions if d.weight > 0 and d.value is not None]


def _calibration(context: Context) -> Callout:
    count, needed = context.finished_rollouts, sentences.CALIBRATED_FROM
    if count >= needed:
        return Callout("Calibration", f"{count} finished rollouts stand behind the scale.")
    return Callout(
        "Not calibrated",
        f"Not calibrated: {count} finished rollouts of {needed}",
        "The score orders what to mend. It is not a probability of adoption.",
    )


def _limits(context: Context) -> tuple[str, ...]:
    return (
        "Assessed levels are what the people running the rollout say; evidence limits them, it "
        "does not replace the voice of users.",
        "Missing answers are not random: what nobody knows is often what is not done.",
        "In nineteen published rollouts the weakest-link score separated adopted from failed no "
        "better than the plain mean of the answered items. The share of the weakest dimension is "
        "an argument of prudence, not a measured gain.",
        f"Use is {context.rollout.use.lower() or 'not stated'}. Pressure to use a system changes "
        "adoption, not readiness, and is left out of the score.",
    )


def _settings(settings: Settings) -> Grid:
    return Grid(
        name="Settings of the method",
        columns=(Column("Setting", "3fr"), Column("Value", "1.4fr", "right"), Column("Source")),
        rows=tuple(
            (
                Cell(LABELS.get(field.name, field.name.replace("_", " ").capitalize())),
                Cell(_value(field.name, getattr(settings, field.name))),
                Cell("our judgement", tone="muted"),
            )
            for field in fields(settings)
        ),
    )


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return ", ".join(f"{key} {weight:g}" for key, weight in value)
        return ", ".join(f"{each:g}" for each in value)
    if name in PER_CENT:
        return words.per_cent(float(value))  # type: ignore[arg-type]
    text = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    unit = UNITS.get(name)
    return f"{text} {unit}" if unit else text


def _identity(scorecard: Scorecard, context: Context) -> tuple[tuple[str, str], ...]:
    return (
        ("Score run", f"{context.run}, engine {scorecard.engine_version}"),
        ("Inputs", grouped(context.digest)),
        (
            "Question bank",
            f"{scorecard.bank_id} {scorecard.bank_version}, {grouped(scorecard.bank_sha256)}",
        ),
        ("This file", "Its checksum stands in the list of editions, where it can be compared."),
    )


def grouped(digest: str, groups: int = 3) -> str:
    """Return the beginning of a checksum in groups of four: 7c1e 09af 52d4."""
    return " ".join(digest[at : at + 4] for at in range(0, 4 * groups, 4)) if digest else words.DASH
