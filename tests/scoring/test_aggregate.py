import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.aggregate import (
    bounds,
    exponents,
    marginals,
    missing_points,
    owg,
    owg_draws,
    point,
)

EQUAL = [0.2] * 5
SHARES = (0.0, 0.25, 0.5, 1.0)

# a.owg.*: equal weights, floor 1, the weakest-link share 0, .25, .5 and 1
VECTORS = {
    "balanced60": ([60, 60, 60, 60, 60], (60, 60, 60, 60)),
    "one_weak20": ([90, 85, 88, 92, 20], (65.855550743, 48.8879457139, 36.2920241218, 20)),
    "mild": ([70, 70, 70, 70, 50], (65.4443913304, 61.1852622372, 57.2033177929, 50)),
    "mixed": ([80, 60, 90, 20, 70], (57.0587635677, 43.9035123921, 33.7812858156, 20)),
    "zero": ([100, 100, 100, 100, 0], (39.8107170553, 15.8489319246, 6.3095734448, 1)),
    "all_zero": ([0, 0, 0, 0, 0], (1, 1, 1, 1)),
    "missing_champion": (
        [80, 60, 90, 70, math.nan],
        (74.1558550213, 70.3310170301, 66.703457941, 60),
    ),
}

scores = st.floats(0, 100)
vectors = st.lists(scores, min_size=2, max_size=8)
shares = st.floats(0, 1)


def equal(values):
    return [1 / len(values)] * len(values)


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("which", range(4))
def test_the_score_equals_the_reference(name, which):
    values, expected = VECTORS[name]
    assert point(values, EQUAL, SHARES[which]) == pytest.approx(expected[which], abs=1e-9)
    assert owg(values, EQUAL, SHARES[which]) == pytest.approx(expected[which], abs=1e-9)


def test_unequal_weights_equal_the_reference():
    weights = [0.25, 0.2, 0.2, 0.15, 0.2]
    assert point([80, 60, 90, 20, 70], weights, 0.5) == pytest.approx(34.9725802871, abs=1e-9)


def test_bounds_equal_the_reference():
    found = bounds([80, 60, 90, 70, math.nan], EQUAL, 0.5)
    assert found == pytest.approx((5.5983259241, 68.7280154845), abs=1e-9)


def test_marginal_values_equal_the_reference():
    found = marginals([80, 60, 90, 20, 70], EQUAL, 0.5)
    expected = [0.0422266073, 0.056302143, 0.037534762, 1.0134385745, 0.0482589797]
    assert found == pytest.approx(expected, abs=1e-9)


def test_the_weakest_of_five_carries_three_fifths_of_the_exponent():
    assert exponents([80, 60, 90, 20, 70], EQUAL, 0.5) == pytest.approx([0.1, 0.1, 0.1, 0.6, 0.1])


def test_tied_minima_split_the_weakest_link_share():
    assert exponents([20, 20, 90, 90, 90], EQUAL, 0.5) == pytest.approx([0.35, 0.35, 0.1, 0.1, 0.1])


def test_zero_and_the_floor_are_tied():
    assert exponents([0, 1, 50, 50, 50], EQUAL, 0.5) == pytest.approx([0.35, 0.35, 0.1, 0.1, 0.1])


def test_work_below_the_floor_is_worth_nothing():
    assert marginals([0, 50, 50, 50, 50], EQUAL, 0.5)[0] == 0.0


def test_a_row_without_any_value_has_no_score():
    assert math.isnan(point([math.nan, math.nan], [0.5, 0.5], 0.5))
    assert np.isnan(owg([math.nan, math.nan], [0.5, 0.5], 0.5))


def test_the_batch_scores_each_row_as_alone():
    rows = [[80, 60, 90, 20, 70], [80, 60, 90, math.nan, 70], [0, 0, 0, 0, 0]]
    found = owg(rows, EQUAL, [0.5, 0.25, 1.0])
    alone = [point(row, EQUAL, share) for row, share in zip(rows, (0.5, 0.25, 1.0), strict=True)]
    assert found == pytest.approx(alone, abs=1e-12)


def test_draws_are_scored_like_points():
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 100, size=(5, 40))
    weights = rng.dirichlet([1] * 5, size=40).T
    share = rng.uniform(0, 1, size=40)
    expected = [point(values[:, n], weights[:, n], share[n]) for n in range(40)]
    assert owg_draws(values.copy(), np.array(weights), share) == pytest.approx(expected)
    fixed = [point(values[:, n], EQUAL, 0.5) for n in range(40)]
    assert owg_draws(values.copy(), np.array(EQUAL), 0.5) == pytest.approx(fixed)


@given(vectors, shares, st.data())
def test_more_in_one_dimension_never_lowers_the_score(values, share, data):
    index = data.draw(st.integers(0, len(values) - 1))
    more = list(values)
    more[index] = data.draw(st.floats(values[index], 100))
    before = point(values, equal(values), share)
    assert point(more, equal(values), share) >= before - 1e-9


@given(scores, st.integers(2, 8), shares)
def test_equal_dimensions_give_themselves(value, n, share):
    assert point([value] * n, [1 / n] * n, share) == pytest.approx(max(value, 1))


@given(st.lists(st.floats(2, 50), min_size=2, max_size=8), st.floats(0.5, 2), shares)
def test_the_score_scales_with_its_dimensions(values, factor, share):
    scaled = [factor * value for value in values]
    expected = factor * point(values, equal(values), share)
    assert point(scaled, equal(values), share) == pytest.approx(expected)


@given(vectors, shares, st.data())
def test_bounds_hold_whatever_the_missing_dimension_turns_out_to_be(values, share, data):
    index = data.draw(st.integers(0, len(values) - 1))
    unknown = [*values[:index], math.nan, *values[index + 1 :]]
    low, high = bounds(unknown, equal(values), share)
    assert low - 1e-9 <= point(values, equal(values), share) <= high + 1e-9


@given(vectors, shares)
def test_the_missing_points_add_up_to_what_is_missing(values, share):
    parts = missing_points(values, equal(values), share)
    assert sum(parts) == pytest.approx(100 - point(values, equal(values), share), abs=1e-9)
    assert min(parts) >= 0


@given(st.lists(st.floats(2, 99), min_size=2, max_size=8, unique=True), shares)
def test_marginal_values_are_the_slope(values, share):
    ordered = sorted(values)
    step = min([1e-4, *[(b - a) / 4 for a, b in pairwise(ordered)]])
    if step < 1e-6:
        return  # too close together to take a difference
    slopes = marginals(values, equal(values), share)
    for index, slope in enumerate(slopes):
        ends = []
        for sign in (-1, 1):
            moved = list(values)
            moved[index] += sign * step
            ends.append(point(moved, equal(values), share))
        assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-3, abs=1e-4)
