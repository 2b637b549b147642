"""Scoring against a bare numpy pass: python -m tests.bench.bench_scoring

The bare pass draws the same Betas with one `Generator.beta` call per project and evaluates the same
formula. It reads no answers, has no quantiles, no verdict and no advice: the ratio is their price.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median
from time import process_time

import numpy as np

from assessments.bank import load_bank
from assessments.scoring.aggregate import Floats
from assessments.scoring.engine import score, score_many
from assessments.scoring.types import Inputs, ItemAnswer
from assessments.scoring.uncertainty import beta_parameters

BANK = load_bank("readiness-1")
TODAY = date(2026, 11, 20)
ASSESSORS = 5


def project(number: int) -> Inputs:
    """Return a project with every item answered by five people."""
    rng = np.random.default_rng(number)
    levels = rng.integers(0, 5, size=(len(BANK.items), ASSESSORS)).tolist()
    answers = tuple(
        ItemAnswer(item.code, f"person-{k}", "level", levels[i][k], levels[i][k] > 2, TODAY)
        for i, item in enumerate(BANK.items)
        for k in range(ASSESSORS)
    )
    return Inputs(f"project-{number}", TODAY, number, answers)


def bare_pass(alpha: Floats, beta: Floats, seed: int, draws: int) -> Floats:
    """Return the draws of one score, as short as numpy can say it."""
    x = np.random.Generator(np.random.SFC64(seed)).beta(
        alpha[:, None], beta[:, None], (alpha.size, draws)
    )
    logs = np.log(np.maximum(100.0 * x, 1.0))
    return np.exp(0.5 * logs.mean(axis=0) + 0.5 * logs.min(axis=0))  # type: ignore[no-any-return]


def parameters(one: Inputs) -> tuple[Floats, Floats]:
    """Return the Beta parameters that the engine draws from."""
    pairs = [
        beta_parameters(d.value, d.se)
        for d in score(one, BANK).dimensions
        if d.value is not None and d.se is not None
    ]
    alphas, betas = zip(*pairs, strict=True)
    return np.array(alphas), np.array(betas)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of one call; what else the machine does is not counted."""
    start = process_time()
    work()
    return process_time() - start


def compare(
    ours: Callable[[], object], bare: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Return the median time of both, run in turns so that both see the same machine."""
    ours()
    bare()
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def main(arguments: Sequence[str]) -> None:
    """Print both comparisons; the number of projects may be given."""
    many = int(arguments[0]) if arguments else 1_000
    one = project(1)
    draws = one.settings.draws
    alpha, beta = parameters(one)
    ours, bare = compare(lambda: score(one, BANK), lambda: bare_pass(alpha, beta, 1, draws), 51)
    print(
        f"numpy {np.__version__}, {draws:,} draws, {len(BANK.items)} items × {ASSESSORS} assessors"
    )
    print(f"one project: {1e3 * ours:.2f} ms, bare {1e3 * bare:.2f} ms, ratio {ours / bare:.2f}")

    batch = [project(number) for number in range(many)]
    shapes = [parameters(one) for one in batch]
    ours, bare = compare(
        lambda: score_many(batch, BANK),
        lambda: [bare_pass(a, b, n, draws) for n, (a, b) in enumerate(shapes)],
        3,
    )
    print(f"{many:,} projects: {ours:.2f} s, bare {bare:.2f} s, ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
