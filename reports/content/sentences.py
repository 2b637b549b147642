"""Sentences that pages and documents share. Each says what the numbers say and no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assessments.scoring.types import DimensionResult, Gate, Scorecard

from . import words

VERDICTS = {
    "ready": "Ready",
    "ready_with_conditions": "Ready with conditions",
    "not_ready": "Not ready",
    "cannot_tell_yet": "Cannot tell yet",
}
BANDS = {
    "high": "high risk",
    "elevated": "elevated risk",
    "moderate": "moderate risk",
    "low": "low risk",
}
KINDS = {"assessed": "Assessed", "voiced": "Voiced", "heard": "Heard", "measured": "Measured"}
CALIBRATED_FROM = 20  # METHODS g4: finished rollouts with an outcome


def dimension_of(scorecard: Scorecard, code: str) -> DimensionResult | None:
    """Return the dimension with this code."""
    return next((each for each in scorecard.dimensions if each.code == code), None)


def dimension_name(scorecard: Scorecard, code: str) -> str:
    """Return the name of the dimension with this code, or the code."""
    found = dimension_of(scorecard, code)
    return found.name if found else code


def count_of(n: int, unit: str) -> str:
    """Return a count with its unit: 1 rater, 142 answers."""
    if n == 1:
        unit = f"{unit[:-3]}y" if unit.endswith("ies") else unit.removesuffix("s")
    return f"{words.number(n)}{words.NBSP}{unit}"


def age(days: int | None, *, is_stale: bool) -> str:
    """Return an age in days: 4 days, or 74 days, stale."""
    if days is None:
        return ""
    text = words.plural(days, "day") if days else "today"
    return f"{text}, stale" if is_stale else text


def go_live_day(go_live: date, today: date) -> str:
    """Return the go-live day, with its year when that is not obvious."""
    return words.long_day(go_live, with_year=abs((go_live - today).days) > 300)


def verdict_headline(scorecard: Scorecard, go_live: date | None, today: date) -> str:
    """Return the verdict with the day it is about: Not ready for 18 January."""
    code = scorecard.verdict.code
    if code == "cannot_tell_yet":
        if go_live is None:
            return "Cannot tell yet whether people are ready"
        if go_live < today:
            return "Cannot tell yet whether people were ready"
        return f"Cannot tell yet for {go_live_day(go_live, today)}"
    name = "Ready" if code == "ready_with_conditions" else VERDICTS[code]
    if go_live is None:
        head = name
    elif go_live < today:
        head = f"{name}, and live since {go_live_day(go_live, today)}"
    else:
        head = f"{name} for {go_live_day(go_live, today)}"
    count = len(scorecard.verdict.conditions)
    if code == "ready_with_conditions" and count:
        return f"{head} on {words.spelled(count)} condition{'s' if count > 1 else ''}"
    return head


def cause(scorecard: Scorecard) -> str:
    """Return what decides the verdict, to follow a colon; empty when nothing holds it back."""
    if scorecard.verdict.code == "cannot_tell_yet":
        thin = [d for d in scorecard.dimensions if d.state in ("thin", "missing")]
        if thin:
            names = words.listed([words.lowered(d.name) for d in thin])
            return f"too little evidence on {names}" if len(thin) < 4 else "too little evidence"
        return "the evidence points both ways"
    if scorecard.verdict.code == "ready":
        return ""
    code = scorecard.weak_link.dimension if scorecard.weak_link else ""
    weakest = dimension_of(scorecard, code or next(iter(scorecard.weakest), ""))
    return f"{words.lowered(weakest.name)} holds it back" if weakest else ""


def finding(scorecard: Scorecard, project_name: str, go_live: date | None, today: date) -> str:
    """Return the page's headline: the verdict, its day and its cause."""
    head = verdict_headline(scorecard, go_live, today)
    if go_live is None:
        head = f"{project_name}: {words.lowered(head)}"
        return f"{head}; {why}" if (why := cause(scorecard)) else head
    return f"{head}: {why}" if (why := cause(scorecard)) else head


def score_line(scorecard: Scorecard) -> str:
    """Return the score with its interval, or its bounds when no figure may be shown."""
    score = scorecard.score
    if not score.is_shown or score.median is None:
        return f"No single score: anything from {bounds(scorecard)} of 100 fits the evidence"
    return f"Score {words.number(score.median)} of 100, {interval(scorecard)}"


def interval(scorecard: Scorecard) -> str:
    """Return the interval of the score: 90 % interval 33–45."""
    score = scorecard.score
    return f"90{words.NBSP}% interval {words.span(score.q05, score.q95)}"


def bounds(scorecard: Scorecard) -> str:
    """Return the bounds of the score: 6 to 69."""
    return f"{words.number(scorecard.score.low)} to {words.number(scorecard.score.high)}"


def band_sentence(scorecard: Scorecard) -> str:
    """Return what the score means on the scale of risk, and how sure that is."""
    score = scorecard.score
    if not score.is_shown or score.median is None or score.band is None:
        return "With missing dimensions at 0 and at 100 these are the outermost results."
    limit = words.number(scorecard.settings.band_limits[0])
    out_of = words.number((score.p_high_risk or 0) * 100)
    sentence = f"This is {BANDS[score.band]}."
    if not score.is_band_certain:
        sentence = f"This is {BANDS[score.band]}, likely but not certain."
    return f"{sentence} Under {limit} is high risk; {out_of} of 100 recalculations fall there."


def weak_link_lead(scorecard: Scorecard) -> str:
    """Return what to mend first and where it stands, in two short sentences."""
    link = scorecard.weak_link
    if link is None:
        return "No weak link stands out."
    if not link.code:
        return f"First to mend: {words.lowered(link.text)}"
    if link.is_structural:
        return f"First to mend, counted in the records: {words.unstopped(link.text)}."
    label = "gate" if link.is_gate else "item"
    stands = "" if link.level is None else f" It stands at level {level(link.level)} of 4."
    return f"First to mend, {label} {link.code}: {words.unstopped(link.text)}.{stands}"


def level(value: float | None) -> str:
    """Return a level as 2, or 2.5 where people differ."""
    if value is None:
        return words.DASH
    return words.number(value, 0 if float(value).is_integer() else 1)


def gate_code(gate: Gate) -> str:
    """Return the item's code; a gate counted in the records has a key that only machines read."""
    return "Record" if gate.is_structural else gate.code


def gate_names(gates: Sequence[Gate]) -> str:
    """Return the gates in a row: TRN-3, DAT-4 and one in the records."""
    codes = [gate.code for gate in gates if not gate.is_structural]
    if counted := len(gates) - len(codes):
        codes.append(f"{words.spelled(counted)} in the records")
    return words.listed(codes)


def open_gates(scorecard: Scorecard) -> tuple[Gate, ...]:
    return tuple(gate for gate in scorecard.gates if gate.state == "open")


def gates_sentence(scorecard: Scorecard) -> str:
    """Return how many gates have failed: 4 of 11 gates have failed."""
    counted = [gate for gate in scorecard.gates if gate.state in ("open", "passed")]
    unknown = sum(gate.state == "unknown" for gate in scorecard.gates)
    count = len(open_gates(scorecard))
    verb = "has" if count == 1 else "have"
    if not count and counted:
        first = f"None of {words.plural(len(counted), 'gate')} has failed"
        return f"{first}; {unknown} unknown." if unknown else f"{first}."
    first = f"{count} of {words.plural(len(counted), 'gate')} {verb} failed"
    if not counted:
        first = "No gate can be judged yet"
    return f"{first}; {unknown} unknown." if unknown and counted else f"{first}."


def cells_sentence(scorecard: Scorecard) -> str:
    """Return how many cells of the matrix hold evidence."""
    total = sum(
        cell.state != "not_applicable"
        for dimension in scorecard.dimensions
        if dimension.state != "not_applicable"
        for cell in dimension.cells
    )
    text = f"{scorecard.evidence_held} of {words.plural(total, 'cell')} hold evidence"
    if scorecard.stale_cells:
        text += f", {scorecard.stale_cells} stale"
    return text


def coverage_sentence(scorecard: Scorecard) -> str:
    """Return how many items of the bank are answered."""
    answered = sum(item.state == "level" for item in scorecard.items)
    applicable = sum(item.state != "not_applicable" for item in scorecard.items)
    return f"{answered} of {words.plural(applicable, 'item')} answered"


def calibration_sentence(finished: int) -> str:
    """Return that the scale is judgement until outcomes calibrate it."""
    if finished >= CALIBRATED_FROM:
        return f"Calibrated on {words.plural(finished, 'finished rollout')}."
    return (
        f"Not calibrated: {finished} finished rollouts of {CALIBRATED_FROM}. The scale, the "
        "weights and the limits are our own judgement until outcomes test them."
    )


def weakest_headline(scorecard: Scorecard) -> str:
    """Return which dimension is weakest: Training is the weakest of five dimensions."""
    observed = [d for d in scorecard.dimensions if d.value is not None and d.state == "observed"]
    names = [d.name for d in scorecard.dimensions if d.code in scorecard.weakest]
    if not names or not observed:
        return "No dimension holds enough evidence yet"
    if not scorecard.score.is_shown:
        total = sum(d.state != "not_applicable" for d in scorecard.dimensions)
        held = words.opened(words.spelled(len(observed)))
        verb = "holds" if len(observed) == 1 else "hold"
        return f"{held} of {words.spelled(total)} dimensions {verb} enough evidence"
    if len(names) == len(observed) > 1:
        value = words.number(observed[0].value)
        return f"All {words.spelled(len(observed))} dimensions stand at {value}"
    verb = "is" if len(names) == 1 else "are"
    text = words.listed([names[0], *(words.lowered(name) for name in names[1:])])
    return f"{text} {verb} the weakest of {words.spelled(len(observed))} dimensions"


def weight_sentence(scorecard: Scorecard) -> str:
    """Return how much the weakest dimension counts, and why."""
    weakest = [d for d in scorecard.dimensions if d.code in scorecard.weakest]
    if not weakest or not scorecard.score.is_shown:
        return "A dimension without evidence is shown as missing, never as zero."
    if len(weakest) > 1:
        return "The weakest dimensions share most of the weight: a rollout fails at its weakest."
    first = weakest[0]
    return (
        f"{first.name} stands at {words.number(first.value)} and counts for "
        f"{words.per_cent(first.omega)} of the score, because a rollout fails at its weakest point."
    )


def editions_headline(newest_on_run: int | None, latest_run: int | None) -> str:
    """Return how the newest document of a rollout stands to its newest score."""
    if latest_run is None:
        return "No document yet: the rollout has not been scored"
    if newest_on_run is None:
        return f"No document yet on score run {latest_run}"
    behind = latest_run - newest_on_run
    if behind <= 0:
        return f"The newest document is up to date with score run {latest_run}"
    return f"The newest document is {words.plural(behind, 'score run')} behind"
