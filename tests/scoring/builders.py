"""Short ways to say what a test puts in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from assessments.bank import Bank, load_bank, parse_bank
from assessments.scoring.types import EvidenceLine, Inputs, ItemAnswer

TODAY = date(2026, 11, 20)
BANK = load_bank("readiness-1")
CODES = [dimension.code for dimension in BANK.dimensions]


def answer(item, level, assessor="ann", *, proven=True, on=TODAY, **more):
    """Return one answer; a level may be given as a state, too."""
    state = level if isinstance(level, str) else "level"
    return ItemAnswer(
        item=item,
        assessor=assessor,
        state=state,
        level=None if isinstance(level, str) else level,
        has_valid_evidence=proven,
        answered_on=on,
        **more,
    )


def all_items(
    level: int | Mapping[str, int],
    assessors: Iterable[str] = ("ann",),
    *,
    bank: Bank = BANK,
    but: Mapping[str, int | str] | None = None,
    **more,
) -> tuple[ItemAnswer, ...]:
    """Return answers to every item at one level, or a level per dimension, with exceptions."""
    but = but or {}
    return tuple(
        answer(
            item.code,
            but.get(item.code, level if isinstance(level, int) else level[item.dimension]),
            assessor,
            **more,
        )
        for item in bank.items
        for assessor in assessors
    )


def inputs(answers=(), **more) -> Inputs:
    """Return the inputs of a project on the day of the tests."""
    return Inputs(project="p", as_of=TODAY, seed=7, answers=tuple(answers), **more)


def line(dimension, value, se=5.0, kind="voiced", key="", **more) -> EvidenceLine:
    """Return an evidence line that is fresh and usable unless said otherwise."""
    settings = {"label": "Survey", "n": 50, "unit": "answers", "newest_on": TODAY, **more}
    return EvidenceLine(
        key=key or f"{kind}:{dimension}",
        dimension=dimension,
        kind=kind,
        value=value,
        se=se,
        **settings,
    )


def five_lines(values, se=5.0, **more) -> tuple[EvidenceLine, ...]:
    """Return one survey line per dimension of the readiness bank."""
    return tuple(line(code, value, se, **more) for code, value in zip(CODES, values, strict=True))


def bank_with(dimensions: int, items: int = 4) -> Bank:
    """Return a made-up bank with this many dimensions; the first item of each is a gate."""
    lines = ["id: small", "version: '1'", "language: en", "title: T", "licence: L", "statement: S"]
    lines += ["ladder: {0: A, 1: B, 2: C, 3: D, 4: E}", "dimensions:"]
    lines += [f"- {{code: D{d}, name: Dimension {d}, sentence: S}}" for d in range(dimensions)]
    lines += ["items:"]
    lines += [
        f"- {{code: D{d}-{i}, dimension: D{d}, text: Item {i}, short: I{i}, why: W, "
        f"gate: {'true' if i == 0 else 'false'}, anchors: {{0: a, 1: b, 2: c, 3: d, 4: e}}}}"
        for d in range(dimensions)
        for i in range(items)
    ]
    return parse_bank("\n".join(lines), "small")
