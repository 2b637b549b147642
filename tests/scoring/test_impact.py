from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.impact import (
    AtRisk,
    Hours,
    Peak,
    Rating,
    calendar,
    load_step,
    mean,
    monday_of,
    peak,
    risk_shares,
    summarise,
    weeks_from,
)
from assessments.scoring.impact_findings import (
    GroupFacts,
    Ledger,
    calendar_headline,
    changes_headline,
    gains_unconfirmed,
    gaps_headline,
    group_headline,
    groups_headline,
    losses_unanswered,
)

NAMES = {"tasks": "Daily tasks", "tools": "Tools", "pace": "Pace and load", "skills": "Skills"}
MONDAY = date(2027, 1, 18)


def summary(*pairs):
    return summarise(
        Rating(aspect, project, group)
        for aspect, (project, group) in zip(
            ("tasks", "tools", "pace", "skills"), pairs, strict=False
        )
    )


class TestMeans:
    def test_unrated_aspect_is_not_a_zero(self):
        assert mean([4, None, 5]) == 4.5
        assert mean([None]) is None
        assert mean([0, 4]) == 2

    def test_sides_are_counted_apart(self):
        found = summary((5, None), (4, 3), (None, 1))
        assert (found.project, found.project_n) == (4.5, 2)
        assert (found.group, found.group_n) == (2, 2)

    def test_gap_counts_aspects_that_both_rated(self):
        # Project 4.5, group 2: the difference of the means would be −2.5.
        found = summary((5, None), (4, 3), (None, 1))
        assert (found.gap, found.gap_n) == (-1, 1)

    def test_gap_of_two_is_wide_and_the_widest_comes_first(self):
        found = summary((1, 3), (5, 1), (2, 3))
        assert [row.aspect for row in found.wide] == ["tools", "tasks"]
        assert not Rating("pace", 2, 3).is_wide

    def test_opposite_gaps_leave_no_gap_on_the_whole(self):
        found = summary((1, 4), (4, 1))
        assert found.gap == 0
        assert not found.is_wide
        assert len(found.wide) == 2

    def test_the_groups_own_view_counts_where_the_project_has_none(self):
        assert summary((None, 3)).level == 3
        assert summary((5, 3)).level == 5
        assert summary().level is None


class TestRisk:
    def test_shares_of_a_case_worked_by_hand(self):
        # 71 × 4.6 × .71 = 231.9; 38 × 4.2 × .8 = 127.7; 64 × 3.8 × .53 = 128.9; sum 488.5
        shares = risk_shares([AtRisk(71, 4.6, 29), AtRisk(38, 4.2, 20), AtRisk(64, 3.8, 47)])
        assert shares == pytest.approx([0.4747, 0.2614, 0.2639], abs=0.0001)

    def test_group_without_readiness_or_impact_has_no_share(self):
        shares = risk_shares([AtRisk(10, 4, None), AtRisk(10, None, 50), AtRisk(10, 4, 50)])
        assert shares == [None, None, 1.0]

    def test_nobody_at_risk_is_no_division_by_zero(self):
        assert risk_shares([AtRisk(10, 0, 50), AtRisk(10, 4, 100)]) == [0.0, 0.0]

    @given(
        st.lists(
            st.builds(
                AtRisk,
                st.integers(1, 10_000),
                st.floats(0.1, 5),
                st.floats(0, 99),
            ),
            min_size=1,
        )
    )
    def test_shares_add_up_to_one(self, groups):
        assert sum(risk_shares(groups)) == pytest.approx(1)

    def test_less_ready_group_carries_more(self):
        worse, better = risk_shares([AtRisk(50, 3, 20), AtRisk(50, 3, 60)])
        assert worse == pytest.approx(2 * better)


class TestCalendar:
    weeks = weeks_from(date(2027, 1, 20), 3)

    def test_weeks_begin_on_monday(self):
        assert self.weeks == (MONDAY, MONDAY + timedelta(7), MONDAY + timedelta(14))
        assert monday_of(date(2027, 1, 24)) == MONDAY

    def test_one_day_makes_a_full_week(self):
        sunday = MONDAY + timedelta(6)
        assert calendar([Hours("a", 3, sunday, sunday)], self.weeks) == {"a": (3, 0, 0)}
        monday = MONDAY + timedelta(7)
        assert calendar([Hours("a", 3, monday, monday)], self.weeks) == {"a": (0, 3, 0)}

    def test_changes_of_one_group_add_up(self):
        long = Hours("a", 5.5, MONDAY - timedelta(100), MONDAY + timedelta(100))
        short = Hours("a", 4, MONDAY + timedelta(8), MONDAY + timedelta(9))
        assert calendar([long, short], self.weeks) == {"a": (5.5, 9.5, 5.5)}

    def test_groups_without_a_change_in_these_weeks_have_no_row(self):
        past = Hours("a", 5, MONDAY - timedelta(9), MONDAY - timedelta(1))
        assert calendar([past], self.weeks) == {}

    def test_tenths_reach_the_limit_exactly(self):
        parts = [Hours("a", 0.1, MONDAY, MONDAY)] * 80
        assert calendar(parts, self.weeks)["a"][0] == 8.0

    def test_heaviest_week_is_the_earlier_of_equals(self):
        loads = {"b": (2, 9, 9), "a": (0, 9, 0)}
        assert peak(loads, self.weeks) == Peak("a", self.weeks[1], 9)
        assert peak({"a": (0, 0, 0)}, self.weeks) is None

    @pytest.mark.parametrize(
        ("hours", "step"), [(2, 5), (2.1, 4), (4, 4), (8, 3), (8.1, 2), (12, 2), (12.1, 1)]
    )
    def test_colour_steps_turn_at_the_limit(self, hours, step):
        assert load_step(hours, 8) == step


class TestGroupHeadline:
    def say(self, impact, **ledger):
        return str(group_headline("Field sales", impact, Ledger(**ledger)))

    def test_impact_and_open_losses(self):
        said = self.say(summary((5, 5), (4, 4)), losses=5, answered=3)
        assert said == "Field sales: impact 4.5 of 5, and two of five losses have no answer"

    def test_nothing_known(self):
        assert self.say(summary()) == "Field sales: nobody has said yet what changes"

    def test_losses_before_any_rating(self):
        said = self.say(summary(), losses=1)
        assert said == "Field sales: impact not rated yet, and its one loss has no answer"

    def test_only_the_group_rated(self):
        said = self.say(summary((None, 4)))
        assert (
            said == "Field sales: impact 4.0 of 5 in its own eyes, and no loss is written down yet"
        )

    def test_wide_gap_is_told_once_losses_are_answered(self):
        said = self.say(summary((1, 4)), losses=1, answered=1)
        assert said.endswith("and it sees far more change than the project does")
        assert "far less" in self.say(summary((4, 1)))

    def test_everything_settled(self):
        said = self.say(summary((3, 3)), losses=2, answered=2)
        assert said == "Field sales: impact 3.0 of 5, and every loss has an answer"


class TestLedgerWords:
    @pytest.mark.parametrize(
        ("losses", "answered", "words"),
        [
            (0, 0, "no loss is written down yet"),
            (1, 0, "its one loss has no answer"),
            (1, 1, "its one loss has an answer"),
            (3, 0, "none of its three losses has an answer"),
            (3, 2, "one of three losses has no answer"),
            (30, 15, "15 of 30 losses have no answer"),
        ],
    )
    def test_losses(self, losses, answered, words):
        assert losses_unanswered(Ledger(losses=losses, answered=answered)) == words

    @pytest.mark.parametrize(
        ("gains", "confirmed", "words"),
        [
            (0, 0, "no gain is written down yet"),
            (1, 1, "the group confirmed it"),
            (2, 0, "the group confirmed none"),
            (3, 1, "the group confirmed one of three gains"),
            (2, 2, "the group confirmed every gain"),
        ],
    )
    def test_gains(self, gains, confirmed, words):
        assert gains_unconfirmed(Ledger(gains=gains, confirmed=confirmed)) == words


class TestGapsHeadline:
    @pytest.mark.parametrize(
        ("pairs", "words"),
        [
            ((), "Nobody has rated the impact yet"),
            (((3, None),), "The group has not rated its own change yet"),
            (((None, 3),), "The project has not rated this group yet"),
            (((3, 4),), "The group and the project see the change alike"),
            (
                ((1, 3), (1, 4)),
                "The group sees far more change than the project on tools and daily tasks",
            ),
            (((3, 1),), "The group sees far less change than the project on daily tasks"),
            (
                ((1, 3), (4, 1)),
                "The group and the project are far apart on tools and daily tasks",
            ),
            (
                ((1, 3), (1, 3), (0, 4), (1, 3)),
                "The group sees far more change than the project on four of ten aspects,"
                " most on pace and load",
            ),
        ],
    )
    def test_says_where_the_sides_differ(self, pairs, words):
        assert gaps_headline(summary(*pairs), NAMES) == words


class TestListHeadline:
    def facts(self, name, impact, headcount=10, **ledger):
        return GroupFacts(name, headcount, impact, Ledger(**ledger))

    def test_group_that_changes_most_and_all_losses(self):
        groups = [
            self.facts("Field sales", summary((5, None)), losses=5, answered=3),
            self.facts("Pricing desk", summary((3, None)), losses=4, answered=3),
        ]
        said = str(groups_headline(groups))
        assert said == "Field sales changes most, 5.0 of 5; three of nine losses have no answer"

    def test_larger_group_comes_first_of_equals(self):
        groups = [self.facts("A", summary((5, 5)), 3), self.facts("B", summary((5, 5)), 30)]
        assert groups_headline(groups).subject == "B"

    def test_groups_that_nobody_rated_are_told(self):
        groups = [self.facts("A", summary((5, 5))), self.facts("B", summary())]
        said = str(groups_headline(groups))
        assert said == "A changes most, 5.0 of 5, the only one rated; no loss is written down yet"
        said = str(groups_headline([*groups, self.facts("C", summary((1, 1)))]))
        assert said.startswith("A changes most, 5.0 of 5 among the two rated; ")

    def test_before_any_rating_people_are_counted(self):
        groups = [self.facts("A", summary(), 1200), self.facts("B", summary(), 3)]
        said = str(groups_headline(groups))
        assert said == "1,203 people in 2 groups; nobody has rated yet what changes"
        assert str(groups_headline([])) == "Nobody is named yet whose work changes"


class TestCalendarHeadline:
    weeks = weeks_from(MONDAY, 2)

    def say(self, loads, go_live=None):
        return str(calendar_headline(loads, self.weeks, limit=8, go_live=go_live))

    def test_go_live_week_is_named(self):
        said = self.say({"Field sales": (9.5, 1)}, date(2027, 1, 24))
        assert said == "Field sales carries 9.5 hours a week in the go-live week"

    def test_other_weeks_have_their_date(self):
        said = self.say({"Field sales": (1, 9)}, date(2027, 1, 24))
        assert said == "Field sales carries 9 hours a week in the week of 25 Jan"

    def test_other_heavy_groups_are_counted(self):
        said = self.say({"A": (9, 0), "B": (0, 10), "C": (8, 8)})
        assert said.endswith("; two groups go above 8")

    def test_everybody_within_the_limit(self):
        said = self.say({"A": (1, 0)})
        assert said == "A carries 1 hour a week in the week of 18 Jan, within the limit of 8"

    def test_nothing_planned(self):
        assert self.say({}) == "No hours are planned in these weeks"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (0, "Nothing else is planned for this group"),
        (1, "One change takes hours from this group now or later"),
        (4, "Four changes take hours from this group now or later"),
    ],
)
def test_changes_ahead_in_words(ahead, words):
    assert changes_headline(ahead) == words
