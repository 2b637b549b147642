from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.uncertainty import (
    DrawPlan,
    beta_parameters,
    middle_90,
    quantiles,
    simulate,
)

PROJECT_A = DrawPlan(
    seed=7,
    draws=200_000,
    values=(72, 64, 55, 81, 38),
    ses=(6, 8, 10, 4, 12),
    is_counted=(True,) * 5,
    weights=(0.2,) * 5,
    share=0.5,
    floor=1.0,
    method_uncertainty=False,
    high_risk_below=40.0,
)


def draw(plan):
    return simulate([plan])[0]


def test_draws_equal_the_reference():
    # a.mc.project_A.*, tolerance .3 and .01
    found = draw(PROJECT_A)
    assert (found.q05, found.median, found.q95) == pytest.approx(
        (31.4774600416, 46.7309977775, 59.6908887781), abs=0.15
    )
    assert found.p_high_risk == pytest.approx(0.230705, abs=0.005)


def test_the_usual_number_of_draws_is_enough():
    found = draw(replace(PROJECT_A, draws=10_000))
    assert found.median == pytest.approx(46.731, abs=0.5)
    assert found.p_high_risk == pytest.approx(0.2307, abs=0.02)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    plan = replace(PROJECT_A, draws=1_000)
    assert draw(plan) == draw(plan)
    assert draw(plan).median != draw(replace(plan, seed=8)).median


def test_a_project_does_not_depend_on_its_neighbours():
    plan = replace(PROJECT_A, draws=1_000)
    other = replace(plan, seed=3, values=(10, 20, 30, 40, 50))
    thin = replace(plan, is_counted=(True, True, True, True, False))
    assert simulate([other, plan, thin, plan])[1] == draw(plan)
    assert simulate([thin, plan])[0] == draw(thin)


def test_news_about_one_dimension_leaves_the_draws_of_the_others():
    plan = replace(PROJECT_A, draws=1_000)
    moved = draw(replace(plan, values=(20, *plan.values[1:])))
    assert moved.dimension_q05[1:] == draw(plan).dimension_q05[1:]


@given(st.floats(2, 98), st.floats(0.5, 60))
def test_the_beta_has_the_error_and_never_less_than_the_least_concentration(value, se):
    alpha, beta = beta_parameters(value, se)
    mean = 100 * alpha / (alpha + beta)
    variance = alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1))
    assert alpha + beta >= 2 - 1e-9
    # A uniform draw is the widest there is.
    assert 100 * variance**0.5 == pytest.approx(min(se, 100 / 12**0.5))
    if alpha + beta > 2 + 1e-6:
        assert mean == pytest.approx(value)
    else:
        assert abs(mean - 50) <= abs(value - 50) + 1e-9


def test_an_extreme_value_never_looks_surer_than_a_moderate_one():
    means = (98.0,) * 5
    extreme = draw(replace(PROJECT_A, values=means, ses=(15.0,) * 5))
    assert extreme.q95 - extreme.q05 > 25
    assert extreme.q05 < 60


@pytest.mark.parametrize("value", [0, 100])
def test_the_ends_of_the_scale_can_be_drawn(value):
    found = draw(replace(PROJECT_A, draws=1_000, values=(value,) * 5))
    assert np.isfinite([found.median, found.q05, found.q95]).all()


def test_thin_evidence_does_not_make_u_shaped_draws():
    # One published case had point 55.8 and median 9.7 before the concentration had a floor.
    plan = replace(PROJECT_A, values=(67, 75, 50, 75, 50), ses=(26, 34, 32, 45, 47), draws=10_000)
    assert draw(plan).median > 25


def test_a_dimension_that_does_not_count_is_drawn_from_the_whole_scale():
    plan = replace(
        PROJECT_A,
        draws=20_000,
        values=(100.0, np.nan),
        ses=(1.0, np.nan),
        is_counted=(True, False),
        weights=(0.5, 0.5),
        share=1.0,
    )
    found = draw(plan)
    assert found.median == pytest.approx(50, abs=1.5)
    assert np.isnan(found.dimension_q05[1])


def test_a_thin_dimension_shows_its_own_interval_and_counts_as_unknown():
    plan = replace(PROJECT_A, draws=20_000, is_counted=(True, True, True, True, False))
    found = draw(plan)
    assert found.dimension_q05[4] == pytest.approx(20, abs=2)
    assert found.q05 < draw(PROJECT_A).q05 - 5


def test_a_dimension_that_does_not_apply_is_not_drawn():
    plan = replace(PROJECT_A, draws=1_000, weights=(0.25, 0.25, 0.25, 0.25, 0.0))
    without = draw(plan)
    assert without.median > draw(replace(PROJECT_A, draws=1_000)).median
    assert np.isnan(without.dimension_q05[4])


def test_uncertainty_about_the_method_widens_the_interval():
    plain = draw(PROJECT_A)
    method = draw(replace(PROJECT_A, method_uncertainty=True))
    assert method.q95 - method.q05 > plain.q95 - plain.q05
    assert method.median == pytest.approx(plain.median, abs=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 10**6), st.floats(0.2, 20), st.floats(0.2, 20))
def test_quantiles_are_those_of_numpy(n, seed, alpha, beta):
    sample = np.random.default_rng(seed).beta(alpha, beta, n)
    assert quantiles(sample, (0.05, 0.5, 0.95)) == pytest.approx(
        np.quantile(sample, (0.05, 0.5, 0.95)).tolist(), abs=1e-12
    )
    assert middle_90(sample) == pytest.approx(np.quantile(sample, (0.05, 0.95)).tolist(), abs=1e-12)


def test_ends_are_found_in_order_and_in_ties():
    for sample in (np.arange(5000.0), np.arange(5000.0)[::-1].copy(), np.zeros(5000)):
        assert middle_90(sample) == pytest.approx(np.quantile(sample, (0.05, 0.95)).tolist())
