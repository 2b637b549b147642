from datetime import timedelta

import pytest

from assessments.scoring.assessed import assessed_line, item_result
from assessments.scoring.types import Settings

from .builders import BANK, TODAY, answer, bank_with

SETTINGS = Settings()
ITEM = BANK.item("TRN-3")


def result(*answers, agreed=None):
    return item_result(ITEM, answers, agreed, SETTINGS)


def line_of(levels, bank=None, **more):
    """Assess the nine training items with these levels or states, all by one person."""
    items = (bank or BANK).items_of("TRN")
    results = [
        item_result(item, [answer(item.code, level, **more)] if level != "" else [], None, SETTINGS)
        for item, level in zip(items, levels, strict=True)
    ]
    return assessed_line(results, SETTINGS, TODAY)


@pytest.mark.parametrize(("said", "counted"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2)])
def test_say_so_alone_counts_as_two_at_most(said, counted):
    found = result(answer("TRN-3", said, proven=False))
    assert (found.said, found.counted, found.is_capped) == (said, counted, said > 2)


@pytest.mark.parametrize("level", range(5))
def test_a_level_with_valid_evidence_counts_in_full(level):
    found = result(answer("TRN-3", level, evidence=("Minutes",)))
    assert (found.counted, found.is_capped, found.evidence) == (level, False, ("Minutes",))


def test_the_mean_over_assessors_is_taken_after_the_cap():
    found = result(
        answer("TRN-3", 4, "ann"), answer("TRN-3", 4, "ben", proven=False), answer("TRN-3", 0, "cy")
    )
    assert found.said == pytest.approx(8 / 3)
    assert found.counted == pytest.approx(2)
    assert found.raters == 3
    assert found.spread == pytest.approx((16 / 3) ** 0.5)


def test_the_agreed_answer_replaces_the_mean():
    agreed = answer("TRN-3", 1, assessor="")
    found = result(answer("TRN-3", 4, "ann"), answer("TRN-3", 4, "ben"), agreed=agreed)
    assert (found.counted, found.is_consensus, found.raters) == (1, True, 2)
    assert [a.assessor for a in found.answers] == ["", "ann", "ben"]


def test_the_agreed_answer_is_capped_too():
    assert result(agreed=answer("TRN-3", 4, assessor="", proven=False)).counted == 2


def test_a_blank_agreement_leaves_the_mean():
    agreed = answer("TRN-3", "blank", assessor="")
    assert result(answer("TRN-3", 3), agreed=agreed).counted == 3


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), "blank"),
        (("blank",), "blank"),
        (("blank", "dont_know"), "dont_know"),
        (("not_applicable", "blank"), "not_applicable"),
        (("not_applicable", "dont_know"), "dont_know"),
        (("not_applicable", "dont_know", 2), "level"),
    ],
)
def test_blank_unknown_inapplicable_and_zero_are_never_confused(states, expected):
    found = result(*[answer("TRN-3", state, f"p{n}") for n, state in enumerate(states)])
    assert found.state == expected
    assert (found.counted is None) == (expected != "level")


def test_level_zero_is_an_answer():
    found = result(answer("TRN-3", 0))
    assert (found.state, found.counted) == ("level", 0)


def test_the_reason_for_not_applicable_is_kept():
    found = result(answer("TRN-3", "not_applicable", reason="Screens stay"))
    assert found.reason == "Screens stay"


def test_the_value_is_the_mean_level_in_points():
    found = line_of([4, 3, 2, 1, 0, 4, 3, 2, 1])
    assert found.value == pytest.approx(100 * 20 / 36)
    assert found.se == 15
    assert (found.answered_items, found.applicable_items) == (9, 9)


def test_dont_know_and_blank_lower_coverage_and_widen_the_error():
    found = line_of([4, 4, 4, 4, "dont_know", "dont_know", "blank", "", ""])
    assert found.value == 100
    assert found.se == pytest.approx(15 / (4 / 9) ** 0.5)
    assert (found.answered_items, found.applicable_items) == (4, 9)


def test_not_applicable_leaves_the_denominator():
    found = line_of([4, 4, 4, 4] + ["not_applicable"] * 5)
    assert (found.value, found.se, found.applicable_items) == (100, 15, 4)


def test_item_weights_weigh():
    bank = bank_with(2, items=2)
    items = [
        item_result(item, [answer(item.code, level)], None, SETTINGS)
        for item, level in zip(bank.items_of("D0"), (4, 0), strict=True)
    ]
    heavy = [type(items[0])(**{**_fields(items[0]), "weight": 3.0}), items[1]]
    assert assessed_line(heavy, SETTINGS, TODAY).value == 75


def _fields(item):
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


@pytest.mark.parametrize(
    ("levels", "is_usable"),
    [
        ([2, 2] + [""] * 7, False),
        ([2, 2, 2, 2] + [""] * 5, False),  # 4 of 9 is under half
        ([2, 2, 2, 2, 2] + [""] * 4, True),
        ([2, 2] + ["not_applicable"] * 7, False),  # all that applies, but under three
        ([2, 2, 2] + ["not_applicable"] * 6, True),
        ([2, 2, 2, "", "", ""] + ["not_applicable"] * 3, True),  # exactly half
    ],
)
def test_three_items_and_half_of_the_weight_make_a_dimension(levels, is_usable):
    assert line_of(levels).is_usable is is_usable


def two_people(first, second, agreed=()):
    items = []
    for n, item in enumerate(BANK.items_of("TRN")):
        given = [answer(item.code, first[n], "ann"), answer(item.code, second[n], "ben")]
        own = answer(item.code, first[n], "") if n in agreed else None
        items.append(item_result(item, given, own, SETTINGS))
    return assessed_line(items, SETTINGS, TODAY)


def test_two_assessors_who_agree_are_taken_as_ten_points():
    found = two_people([2] * 9, [2] * 9)
    assert (found.value, found.se, found.raters) == (50, 10, 2)


def test_two_assessors_far_apart_widen_the_error_by_their_spread():
    found = two_people([4] * 9, [1] * 9)
    # Means 100 and 25: sd 53.03, over the root of two 37.5.
    assert found.se == pytest.approx(37.5)


def test_what_is_agreed_no_longer_counts_as_disagreement():
    assert two_people([4] * 9, [1] * 9, agreed=range(9)).se == 10


def test_age_is_the_mean_over_items_so_one_fresh_answer_does_not_renew_the_rest():
    items = [
        item_result(
            item,
            [answer(item.code, 2, on=TODAY if n == 0 else TODAY - timedelta(days=90))],
            None,
            SETTINGS,
        )
        for n, item in enumerate(BANK.items_of("TRN"))
    ]
    found = assessed_line(items, SETTINGS, TODAY)
    assert found.age_days == 80
    assert found.newest_on == TODAY
    assert found.oldest_on == TODAY - timedelta(days=90)
