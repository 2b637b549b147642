import numpy as np
import pytest

from assessments.scoring.engine import score
from assessments.scoring.sensitivity import influences, sobol_indices

from .builders import BANK, five_lines, inputs, line


def ishigami(u):
    x = -np.pi + 2 * np.pi * u
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_indices_equal_the_closed_form():
    # a.sobol.ishigami.analytic
    found = sobol_indices(ishigami, (1, 1, 1), seed=7)
    assert found.first == pytest.approx((0.3139051911, 0.4424111448, 0.0), abs=0.005)
    assert found.total == pytest.approx((0.5575888552, 0.4424111448, 0.2436836641), abs=0.005)


def test_a_block_of_columns_counts_as_one_input():
    found = sobol_indices(ishigami, (1, 2), seed=7)
    # Total of the block is one minus the first order of the rest.
    assert found.total[1] == pytest.approx(1 - 0.3139051911, abs=0.01)


def test_a_function_that_does_not_vary_has_no_influences():
    found = sobol_indices(lambda u: np.ones(len(u)), (1, 1), seed=1, base_sample=64)
    assert found == ((0, 0), (0, 0))


def test_the_widest_and_weakest_dimension_moves_the_score_most():
    values = five_lines([80, 80, 40, 80, 80], se=3)
    wide = tuple(line("TRN", 40, se=12) if one.dimension == "TRN" else one for one in values)
    found = influences(score(inputs(lines=wide), BANK))
    assert found[0].name == "TRN"
    assert {one.name for one in found} == {
        "STR", "GOV", "TRN", "DAT", "CHA", "weights", "weakest_link_share",
    }  # fmt: skip
    assert found[0].total > 0.5
