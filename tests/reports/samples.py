"""A rollout to report on: the scorecard comes out of the engine, the rest is written here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from assessments.bank import load_bank
from assessments.scoring.engine import score
from assessments.scoring.types import (
    Change,
    EvidenceLine,
    Inputs,
    ItemAnswer,
    Scorecard,
    StructuralGate,
)
from reports.content.facts import Context, Earlier, NextStep, Note, People, Rollout, Round

AS_OF = date(2026, 11, 20)
BANK = load_bank("readiness-1")

LEVELS = {
    "STR": "332211222",
    "GOV": "2332323221",
    "TRN": "331323233",
    "DAT": "233222222",
    "CHA": "1222232220",
}


def answers(assessor: str, shift: int = 0) -> list[ItemAnswer]:
    """Return one assessor's answers; a few items stay unknown, blank or inapplicable."""
    given = []
    for item in BANK.items:
        dimension, position = item.code.split("-")
        level = int(LEVELS[dimension][int(position) - 1])
        if shift and int(position) % 4 == 0:
            level = max(min(level + shift, 4), 0)
        common = {"item": item.code, "assessor": assessor, "answered_on": date(2026, 11, 16)}
        if item.code == "DAT-6":
            given.append(ItemAnswer(**common, state="dont_know"))
        elif item.code == "GOV-8":
            given.append(
                ItemAnswer(**common, state="not_applicable", reason="No partner is involved.")
            )
        elif item.code == "CHA-8":
            given.append(ItemAnswer(**common, state="blank"))
        else:
            proven = level >= 3 and item.code != "TRN-4"
            given.append(
                ItemAnswer(
                    **common,
                    state="level",
                    level=level,
                    has_valid_evidence=proven,
                    evidence=("Task list signed by five roles, 2 Nov",) if proven else (),
                )
            )
    return given


def line(dimension: str, kind: str, value: float, se: float, n: int, unit: str) -> EvidenceLine:
    return EvidenceLine(
        key=f"{dimension}-{kind}",
        dimension=dimension,
        kind=kind,
        label=f"{kind} for {dimension}",
        value=value,
        se=se,
        n=n,
        unit=unit,
        newest_on=AS_OF - timedelta(days=9),
        oldest_on=AS_OF - timedelta(days=20),
    )


LINES = (
    line("STR", "voiced", 38, 4, 142, "answers"),
    line("GOV", "voiced", 49, 4, 138, "answers"),
    line("TRN", "voiced", 33, 4, 142, "answers"),
    line("CHA", "voiced", 44, 4, 140, "answers"),
    line("STR", "heard", 34, 12, 17, "findings"),
    line("TRN", "heard", 30, 12, 21, "findings"),
    line("DAT", "heard", 44, 14, 5, "findings"),
    line("GOV", "measured", 52, 6, 5, "lines"),
    line("TRN", "measured", 26, 8, 16, "tests"),
    line("DAT", "measured", 63, 5, 41208, "rows"),
)


def inputs(**changes) -> Inputs:
    """Return what two assessors said and nothing else."""
    given = Inputs(
        project="sample",
        as_of=AS_OF,
        seed=7,
        answers=(*answers("a1"), *answers("a2", shift=1)),
    )
    return replace(given, **changes)


@cache
def not_ready() -> Scorecard:
    """Return a card with four kinds of evidence and open gates."""
    gate = StructuralGate("sponsor", "GOV", "Sponsor seen in the last 28 days", "unknown")
    return score(inputs(lines=LINES, structural_gates=(gate,)), BANK)


@cache
def assessed_only() -> Scorecard:
    """Return a card on the readiness assessment alone."""
    return score(inputs(), BANK)


@cache
def cannot_tell() -> Scorecard:
    """Return a card on which three dimensions hold almost nothing."""
    kept = tuple(a for a in answers("a1") if a.item[:3] in ("STR", "GOV") or a.item == "TRN-3")
    return score(inputs(answers=kept), BANK)


@cache
def ready() -> Scorecard:
    """Return a card with every item proven."""
    given = tuple(
        ItemAnswer(
            item=item.code,
            assessor=assessor,
            state="level",
            level=4,
            has_valid_evidence=True,
            answered_on=AS_OF,
            evidence=("Signed protocol",),
        )
        for item in BANK.items
        for assessor in ("a1", "a2")
    )
    lines = tuple(
        line(code, kind, 92, 4, 40, "answers" if kind == "voiced" else "tests")
        for code in LEVELS
        for kind in ("voiced", "measured")
    )
    return score(inputs(answers=given, lines=lines), BANK)


CARDS = {
    "not_ready": not_ready,
    "assessed_only": assessed_only,
    "cannot_tell": cannot_tell,
    "ready": ready,
}


def context(**changes) -> Context:
    """Return the rollout of the scorecards above, in its client version."""
    given = Context(
        rollout=Rollout(
            name="Quoting platform",
            client="Brandt Pumps",
            organisation="Halden Group",
            outcome="Quotes leave within one day of the call, so that fewer are lost to waiting.",
            system="Quoting platform",
            replaces="Price list in a spreadsheet, quotes by e-mail",
            kind="Customer relations and sales",
            use="Expected",
            phase="Preparing",
            measure="Days from call to quote",
            baseline="6 days",
            target="1 day",
            outcome_due_on=date(2027, 6, 30),
            starts_on=date(2026, 6, 1),
            go_live_on=date(2027, 1, 18),
            parallel_until=date(2027, 3, 31),
            waves=("January: field sales and inside sales", "March: application engineers"),
            sponsor_name="Helga Brandt",
            sponsor_title="Managing director",
        ),
        bank=BANK,
        edition=3,
        made_on=AS_OF,
        run=14,
        digest="7c1e09af52d4" + "0" * 52,
        audience="client",
        prepared_by="Jonas Feld, Halden Group",
        groups=(
            People("Field sales", 120, "Germany", "", "Uses it for their own work"),
            People("Inside sales Leeds", 38, "Leeds", "Early", "Uses it for their own work"),
            People("Application engineers", 54, "Halle", "", "Uses it for their own work"),
        ),
        round=Round("November round", "Signed off", date(2026, 11, 2), date(2026, 11, 18), "Dora"),
        assessors=(("a1", "Priya Raman"), ("a2", "Tom Ashworth")),
        steps=(
            NextStep(
                "TRN-3",
                "Let the twelve who failed repeat their own quote",
                "Priya Raman",
                date(2026, 12, 4),
            ),
            NextStep(
                "CHA-1",
                "Find two champions in Inside sales Leeds",
                "Tom Ashworth",
                date(2026, 11, 17),
            ),
        ),
        notes=(Note("TRN-3", "Priya Raman", "Only the pilot group has tried its own quotes."),),
        earlier=Earlier(
            12,
            date(2026, 11, 6),
            46.2,
            "ready_with_conditions",
            (
                Change("TRN", "voiced", "", "Survey closed, 142 answers", -5.0),
                Change("TRN", "measured", "", "Real-work tests, 16", -4.1),
                Change("GOV", "measured", "", "Five decisions in time", 1.6),
            ),
        ),
    )
    return replace(given, **changes)
