"""Published rollouts through the engine: python -m tests.bench.bench_cases [FOLDER]

Not a calibration: few, famous and retold cases with a third of the items answered.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import mean
from typing import Any

import yaml

from assessments.bank import load_bank
from assessments.scoring.aggregate import bounds, point
from assessments.scoring.engine import score
from assessments.scoring.types import Inputs, ItemAnswer, Scorecard

BANK = load_bank("readiness-1")
CASES = Path(__file__).parents[3] / "shared" / "cases"
NAN = float("nan")


def read_cases(folder: Path = CASES) -> list[dict[str, Any]]:
    """Return the encoded cases in the order of their names."""
    return [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))
    ]


def inputs_of(case: dict[str, Any]) -> Inputs:
    """Return a case as one assessor's answers; every level names its source, so none is capped."""
    answers = []
    for item, given in case["items"].items():
        level = given["level"]
        is_level = isinstance(level, int)
        answers.append(
            ItemAnswer(
                item=item,
                assessor="encoder",
                state="level" if is_level else level,
                level=level if is_level else None,
                has_valid_evidence=True,
                answered_on=date(2026, 1, 1),
                reason=given.get("reason", ""),
            )
        )
    return Inputs(project=case["id"], as_of=date(2026, 1, 1), seed=1, answers=tuple(answers))


def point_of(card: Scorecard) -> tuple[float, float, float]:
    """Return R over every dimension with an answered item, and its bounds: the engine asks more."""
    applicable = [d for d in card.dimensions if d.state != "not_applicable"]
    values = [NAN if d.value is None else d.value for d in applicable]
    weights = [1.0] * len(values)
    share = card.settings.weakest_link_share
    return (point(values, weights, share), *bounds(values, weights, share))


def mean_of(card: Scorecard) -> float:
    """Return the plain mean of the answered items in points."""
    return 25.0 * mean(item.counted for item in card.items if item.counted is not None)


def separation(better: Sequence[float], worse: Sequence[float]) -> float:
    """Return how often a case of the first kind lies above one of the second (AUC)."""
    wins = sum((a > b) + 0.5 * (a == b) for a in better for b in worse)
    return wins / (len(better) * len(worse))


def main(arguments: Sequence[str]) -> None:
    """Print a line per case and how well R and the plain mean tell them apart."""
    cases = read_cases(Path(arguments[0]) if arguments else CASES)
    figures: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for case in cases:
        card = score(inputs_of(case), BANK)
        value, low, high = point_of(card)
        outcome = case["outcome"]["verdict"]
        figures[outcome == "adopted"].append((value, mean_of(card)))
        print(
            f"{case['id']:<26}{outcome:<9}R {value:6.2f}  {low:5.2f}–{high:5.2f}  "
            f"mean {mean_of(card):5.1f}  items {card.item_coverage:4.0%}  {card.verdict.code}"
        )
    for n, name in enumerate(("R", "plain mean")):
        auc = separation([f[n] for f in figures[True]], [f[n] for f in figures[False]])
        print(f"AUC of {name}, adopted against the rest, n = {len(cases)}: {auc:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
