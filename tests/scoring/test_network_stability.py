import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring.network import (
    Network,
    Person,
    Tie,
    bootstrap,
    coverage,
    nonresponse_check,
)

from .network_samples import OFFICE, network, networks


def half_covered(size, *, answered=True):
    """Return a network in which every second person asks one champion, who asks nobody."""
    people = [Person("a", has_answered=True)]
    people += [Person(f"p{i:03}", has_answered=answered) for i in range(size - 1)]
    return Network.build(people, [Tie(f"p{i:03}", "a") for i in range(0, size - 1, 2)])


def test_where_everybody_is_reached_nothing_moves():
    found = bootstrap(network(("ba", "ca", "ac")), ["a"], resamples=50, seed=1)
    assert found.overall == (0.0, 100.0, 100.0)
    assert [(c.id, c.share) for c in found.champions] == [("a", 1.0)]


def test_the_error_is_that_of_a_share_when_there_are_no_groups():
    net = half_covered(101)  # 51 of 101 are in reach
    found = bootstrap(net, ["a"], resamples=2_000, seed=3)
    share = 51 / 101
    assert coverage(net, ["a"]).dimension_score == pytest.approx(100 * share)
    assert found.overall.se == pytest.approx(100 * (share * (1 - share) / 101) ** 0.5, rel=0.05)
    assert found.overall.low < 100 * share < found.overall.high


def test_who_did_not_answer_stays_out_of_every_resample():
    # Only the askers and the champion answered: each of their resamples covers the same 51.
    found = bootstrap(half_covered(101, answered=False), ["a"], resamples=50, seed=3)
    assert found.overall.se == pytest.approx(0.0, abs=1e-9)
    assert found.response_rate == pytest.approx(51 / 101)
    assert found.is_unstable


def test_a_champion_named_by_many_is_stable_and_one_by_chance_is_not():
    # a is asked by eight; of x, y and z, each asked by one, the lowest id is suggested.
    ties = [f"{c}a" for c in "bcdefghi"] + ["jx", "ky", "lz"]
    shares = {c.id: c.share for c in bootstrap(network(ties), ["a", "x"], seed=2).champions}
    assert shares["a"] > 0.99
    assert 0.2 < shares["x"] < 0.6


def test_locked_people_are_in_every_resample_and_excluded_ones_in_none():
    found = bootstrap(OFFICE, ["b", "a"], resamples=40, seed=1, locked_in=["b"], never=["a"])
    assert {c.id: c.share for c in found.champions} == {"a": 0.0, "b": 1.0}


def test_each_large_group_has_its_own_spread():
    found = bootstrap(OFFICE, ["a", "h"], resamples=200, seed=1)
    # Seven named somebody. North: a did not answer and counts once; b to e were resampled.
    assert [name for name, _ in found.groups] == ["North", "South"]
    north, south = (spread for _, spread in found.groups)
    assert 0 < north.se < south.se


def test_a_spread_of_one_resample_is_refused():
    with pytest.raises(ValueError, match="two resamples"):
        bootstrap(OFFICE, ["a"], resamples=1)


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(networks(), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_spread(net, seed):
    champions = [net.people[0].id]
    first = bootstrap(net, champions, resamples=5, seed=seed)
    assert first == bootstrap(net, champions, resamples=5, seed=seed)


def test_another_seed_gives_another_spread():
    net = half_covered(101)
    assert bootstrap(net, ["a"], seed=1).overall != bootstrap(net, ["a"], seed=2).overall


def test_when_all_ask_one_person_missing_answers_change_nothing():
    found = nonresponse_check(network([f"{c}a" for c in "bcdefghijk"]), draws=50, seed=1, m=1)
    assert found.rank_correlation == pytest.approx(1.0)
    assert found.rank_correlation_q05 == pytest.approx(1.0)
    assert (found.coverage_full, found.coverage_mean) == (1.0, 1.0)


def test_without_silence_the_check_finds_the_full_answers_again():
    found = nonresponse_check(OFFICE, share=0.0, draws=2, seed=1, m=2)
    assert found.rank_correlation == pytest.approx(1.0)
    assert found.coverage_mean == found.coverage_full == pytest.approx(0.6)


def test_silence_lowers_what_the_chosen_truly_cover():
    found = nonresponse_check(OFFICE, share=0.5, draws=200, seed=1, m=2)
    assert found.coverage_mean < found.coverage_full
    assert found.rank_correlation_q05 < found.rank_correlation < 1.0
    assert found == nonresponse_check(OFFICE, share=0.5, draws=200, seed=1, m=2)
