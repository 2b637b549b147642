"""Published rollouts as they were known before the start, where the cases are at hand."""

import pytest

from assessments.scoring.engine import score
from tests.bench.bench_cases import BANK, CASES, inputs_of, point_of, read_cases

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the cases are kept apart")

# R and the bounds over missing dimensions; items answered of those that apply
TABLE = {
    "birmingham_2022": (3.77, 3.77, 3.77, 15, 47),
    "qld_health_2010": (19.40, 3.48, 22.52, 12, 47),
    "sundhedsplatformen_2016": (22.52, 22.52, 22.52, 13, 47),
    "pittsburgh_cpoe_2002": (24.67, 24.67, 24.67, 14, 47),
    "tsb_2018": (26.65, 3.81, 30.22, 11, 47),
    "mayo_2018": (53.22, 53.22, 53.22, 21, 47),
    "seattle_cpoe_2003": (55.81, 55.81, 55.81, 9, 47),
    "umich_duo_2019": (59.76, 5.26, 62.54, 18, 38),
    "spine2_2014": (65.38, 65.38, 65.38, 11, 23),
}


@pytest.fixture(scope="module")
def cards():
    return {case["id"]: score(inputs_of(case), BANK) for case in read_cases()}


def test_every_case_is_in_the_table(cards):
    assert set(cards) == set(TABLE)


@pytest.mark.parametrize("case", TABLE)
def test_score_and_bounds_are_those_of_the_table(cards, case):
    value, low, high, answered, applicable = TABLE[case]
    assert point_of(cards[case]) == pytest.approx((value, low, high), abs=0.005)
    assert cards[case].item_coverage == pytest.approx(answered / applicable)


@pytest.mark.parametrize("case", TABLE)
def test_little_evidence_never_reads_as_not_ready(cards, case):
    assert cards[case].verdict.code == "cannot_tell_yet"
    assert cards[case].verdict.reasons


def test_a_rollout_without_champions_by_nature_misses_none(cards):
    champions = cards["spine2_2014"].dimensions[-1]
    assert champions.state == "not_applicable"
