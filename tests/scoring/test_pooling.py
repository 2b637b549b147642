import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.intervals import share_se, wilson
from assessments.scoring.pooling import aged, disagree, pool

values = st.lists(st.tuples(st.floats(0, 100), st.floats(0.5, 40)), min_size=1, max_size=6)


# b.pool.dl.*: value, standard error, variance between sources
@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([80, 62, 55], (61.572340008, 4.465675349, 6.5859872611)),
        ([90, 62, 40], (60.9831297525, 11.1280350902, 283.9585987261)),
    ],
)
def test_pooling_equals_the_reference(points, expected):
    found = pool(points, [15, 5, 8])
    assert found[:3] == pytest.approx(expected, abs=1e-9)
    assert sum(found.weights) == pytest.approx(1)


def test_one_source_stays_as_it_is():
    assert pool([64], [15]) == (64, 15, 0, (1,))


def test_sources_that_agree_gain_precision():
    assert pool([60, 60], [10, 10]).se == pytest.approx(10 / 2**0.5)


def test_sources_that_disagree_widen_instead_of_vanishing_in_the_mean():
    found = pool([20, 80], [5, 5])
    assert found.value == pytest.approx(50)
    assert found.se > 25


@given(values)
def test_the_pooled_value_lies_between_its_sources(sources):
    points, ses = zip(*sources, strict=True)
    assert min(points) - 1e-9 <= pool(points, ses).value <= max(points) + 1e-9


@given(values)
def test_pooling_is_never_wider_than_spread_and_worst_error_together(sources):
    points, ses = zip(*sources, strict=True)
    found = pool(points, ses)
    assert found.tau2 >= 0
    assert found.se <= (max(ses) ** 2 + found.tau2) ** 0.5 + 1e-9


@pytest.mark.parametrize(("age", "factor"), [(0, 1), (90, 2), (180, 4), (45, 2**0.5), (-3, 1)])
def test_the_error_doubles_with_every_half_life(age, factor):
    assert aged(10, age, 90) == pytest.approx(10 * factor)


def test_a_mistyped_date_does_not_overflow():
    assert aged(10, 700_000, 1) < 1e8


def test_sources_disagree_by_variance_or_by_gap():
    limits = {"tau2_limit": 100, "gap_limit": 20}
    assert disagree([40, 60], 0, **limits)
    assert disagree([40, 59], 101, **limits)
    assert not disagree([40, 59], 100, **limits)
    assert not disagree([40], 500, **limits)


# b.wilson.*: published by Newcombe (1998)
@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [
        (81, 263, (0.2552885199, 0.366209577)),
        (15, 148, (0.0623863995, 0.1604872417)),
        (0, 20, (0.0, 0.1611251581)),
        (1, 29, (0.0061132143, 0.1717552188)),
    ],
)
def test_the_wilson_interval_equals_the_reference(hits, n, expected):
    assert wilson(hits, n) == pytest.approx(expected, abs=1e-9)


def test_having_asked_most_of_a_small_population_narrows_the_interval():
    found = wilson(14, 20, population=30)
    assert found == pytest.approx((0.5726891152, 0.8024637425), abs=1e-9)


def test_having_asked_everybody_leaves_no_interval():
    assert wilson(14, 20, population=20) == (0.7, 0.7)


@given(st.integers(1, 500), st.data())
def test_the_wilson_interval_holds_the_share_and_stays_in_0_to_1(n, data):
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


@pytest.mark.parametrize(("hits", "n", "population"), [(1, 0, None), (3, 2, None), (1, 5, 4)])
def test_impossible_counts_are_refused(hits, n, population):
    with pytest.raises(ValueError, match="n"):
        wilson(hits, n, population=population)


def test_the_error_of_a_share_is_in_points_and_has_a_floor():
    low, high = wilson(4, 16, z=0.994457883209753)
    assert share_se(4, 16) == pytest.approx(50 * (high - low))
    assert share_se(4000, 16000) == 2
