import datetime
from math import sqrt

import pytest
from django.utils import timezone

from assessments.models import AdviceTie, Champion, Effect, Group, Impact, Stakeholder
from assessments.scoring import engine
from reports.collect import collect
from reports.runs import fingerprint
from tests import factories
from tests.reports import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def read(project, day=None):
    return collect(project, as_of=day or timezone.localdate(), seed=1).inputs


def line(project, key, day=None):
    found = [each for each in read(project, day).lines if each.key == key]
    assert len(found) < 2
    return found[0] if found else None


def gate(project, day=None):
    (found,) = read(project, day).structural_gates
    return found


# Champion coverage


def test_coverage_is_measured_in_total_and_in_each_group(project):
    office.network(project)

    whole, north, south = (
        line(project, f"champions.coverage{name}") for name in ("", ".North", ".South")
    )

    assert (whole.dimension, whole.kind, whole.n, whole.unit) == ("CHA", "measured", 7, "replies")
    assert whole.value == pytest.approx(100 * sqrt(0.7 * 0.5))
    assert (north.group, north.value, south.group, south.value) == ("North", 90, "South", 50)


def test_each_row_of_coverage_opens_its_group(project):
    office.network(project)
    ids = {group.name: str(group.pk) for group in project.groups.all()}

    rows = line(project, "champions.coverage").rows

    assert [(row.label, row.value) for row in rows] == [
        ("North", "4 of 5 in reach, 1 champion"),
        ("South", "2 of 5 in reach, 1 champion"),
    ]
    assert [row.object_id for row in rows] == [ids["North"], ids["South"]]


def test_the_measured_value_reaches_the_cell_of_the_matrix(project):
    office.network(project)
    collection = collect(project, as_of=timezone.localdate(), seed=1)

    card = engine.score(collection.inputs, collection.bank)

    champions = next(each for each in card.dimensions if each.code == "CHA")
    cell = next(each for each in champions.cells if each.kind == "measured")
    assert [each.key for each in cell.lines] == ["champions.coverage", "champions.prepared"]
    assert {group.name: group.readiness for group in card.groups} == {"North": None, "South": None}
    assert {
        g.name: next(d for d in g.dimensions if d.code == "CHA").value for g in card.groups
    } == {
        "North": 90,
        "South": 50,
    }


def test_without_ties_there_is_no_line_and_the_gate_is_unknown(project):
    of = office.people(project)
    office.champion(of["a"])

    assert line(project, "champions.coverage") is None
    assert gate(project).state == "unknown"
    assert read(project).people is None


def test_while_nobody_was_asked_to_be_a_champion_reach_is_unknown_not_zero(project):
    of = office.people(project)
    office.asks(project, of)

    assert line(project, "champions.coverage") is None
    assert (gate(project).state, gate(project).note) == (
        "unknown",
        "Nobody has been asked to be a champion yet",
    )
    facts = read(project).people
    assert (facts.score, facts.one_hop, facts.champions) == (None, None, 0)
    assert [(each.name, each.gain, each.reached) for each in facts.next[:2]] == [
        ("Person a", 4, 4),
        ("Person e", 2, 6),
    ]


def test_a_list_of_champions_without_an_active_one_reaches_nobody(project):
    of = office.people(project)
    office.asks(project, of)
    office.champion(of["a"], state=Champion.State.INVITED)

    assert line(project, "champions.coverage").value == 1.0
    assert gate(project).state == "open"


def test_a_declined_or_excluded_person_is_never_suggested(project):
    of = office.people(project)
    office.asks(project, of)
    office.champion(of["a"], state=Champion.State.DECLINED)
    office.champion(of["d"], state=Champion.State.CANDIDATE, lock=Champion.Lock.NEVER)

    assert {each.id for each in read(project).people.next}.isdisjoint("ad")


def test_the_spread_does_not_move_with_the_seed_of_the_run(project, today):
    office.network(project)

    one, other = (collect(project, as_of=today, seed=seed) for seed in (1, 2))

    assert one.inputs.lines == other.inputs.lines
    assert fingerprint(one) == fingerprint(other)


def test_a_person_who_answered_that_he_asks_nobody_is_a_reply(project, today):
    of = office.network(project)
    of["j"].replied_on = today
    of["j"].save()

    assert line(project, "champions.coverage").n == 8
    assert read(project).people.replies == 8


def test_the_roster_counts_who_is_prepared(project, today):
    of = office.people(project)
    office.champion(of["a"], **office.prepared(today))
    office.champion(of["b"], **office.prepared(today, hours=None))
    office.champion(of["c"], state=Champion.State.INVITED, **office.prepared(today))

    found = line(project, "champions.prepared")

    assert (found.value, found.se, found.n, found.unit) == (50.0, 5.0, 2, "champions")
    assert [(row.label, row.value) for row in found.rows] == [
        ("Person a", "prepared"),
        ("Person b", "lacks agreed time"),
    ]


def test_without_an_active_champion_there_is_no_roster_line(project):
    of = office.people(project)
    office.champion(of["a"], state=Champion.State.LAPSED)

    assert line(project, "champions.prepared") is None


def test_the_ratio_only_warns(project):
    office.network(project)

    inputs = read(project)

    assert (inputs.people.headcount, inputs.people.champions_needed) == (50, 3)
    assert not [each for each in inputs.lines if each.key == "champions.ratio"]


# The gate


def test_the_gate_opens_for_a_large_group_that_no_champion_reaches(project):
    of = office.people(project)
    office.asks(project, of)
    office.champion(of["a"])

    assert (gate(project).state, gate(project).note) == ("open", "No champion in reach: South")


def test_the_gate_passes_when_every_large_group_is_reached(project):
    office.network(project)

    assert gate(project).state == "passed"


@pytest.mark.parametrize(("level", "state"), [(0, "passed"), (1, "open")])
def test_a_group_whose_work_does_not_change_does_not_hold_the_gate(project, level, state):
    of = office.people(project)
    office.asks(project, of)
    office.champion(of["a"])
    factories.ImpactFactory(group=of["f"].group, level=level)

    assert gate(project).state == state


# Spokespeople


def test_spokespeople_are_a_share_of_the_groups(project):
    of = office.people(project)
    factories.GroupFactory(project=project, name="West")
    of["a"].is_spokesperson = True
    of["a"].save()

    found = line(project, "groups.spokespeople")

    assert (found.dimension, found.kind, found.se, found.n) == ("GOV", "measured", 5.0, 3)
    assert found.value == pytest.approx(100 / 3)
    assert [row.value for row in found.rows] == [
        "somebody speaks for it",
        "nobody speaks for it",
        "nobody speaks for it",
    ]


def test_before_the_first_spokesperson_is_named_nothing_is_said(project):
    group = factories.GroupFactory(project=project)
    factories.StakeholderFactory(project=project, group=group)
    assert line(project, "groups.spokespeople") is None


def test_without_people_by_name_nothing_is_said_about_spokespeople(project):
    factories.GroupFactory(project=project)

    assert line(project, "groups.spokespeople") is None


# Benefits and losses


def test_settled_groups_are_weighed_by_headcount(project, today):
    north = factories.GroupFactory(project=project, name="North", headcount=30)
    south = factories.GroupFactory(project=project, name="South", headcount=70)
    for group in (north, south):
        factories.EffectFactory(group=group, direction="gain", confirmed_on=today)
    factories.EffectFactory(group=north, direction="loss", answer="You keep your sheet.")
    factories.EffectFactory(group=south, direction="loss", answer="  ")

    found = line(project, "groups.settled")

    assert (found.dimension, found.value, found.se, found.n) == ("STR", 30.0, 5.0, 2)
    assert [row.value for row in found.rows] == [
        "a benefit confirmed, 1 of 1 losses answered",
        "a benefit confirmed, 0 of 1 losses answered",
    ]


def test_within_a_group_each_loss_and_gain_counts(project, today):
    north = factories.GroupFactory(project=project, name="North", headcount=30)
    factories.GroupFactory(project=project, name="South", headcount=70)
    factories.EffectFactory.create_batch(3, group=north, direction="loss", answer="You keep it.")
    factories.EffectFactory(group=north, direction="loss", text="Own price sheet")
    factories.EffectFactory(group=north, direction="gain", confirmed_on=today)

    found = line(project, "groups.settled.North")

    # 4 of 5: half the 68 % Wilson width is 17.0 points.
    assert (found.group, found.value, found.n, found.is_usable) == ("North", 80.0, 5, True)
    assert found.se == pytest.approx(17.0, abs=0.05)
    assert ("Own price sheet", "loss, no answer yet") in [
        (row.label, row.value) for row in found.rows
    ]
    assert line(project, "groups.settled.South") is None


def test_four_losses_of_a_group_are_too_few_to_count(project):
    group = factories.GroupFactory(project=project, name="North")
    factories.EffectFactory.create_batch(4, group=group)

    assert not line(project, "groups.settled.North").is_usable


@pytest.mark.parametrize("days", [None, 1])
def test_a_benefit_that_the_group_has_not_confirmed_settles_nothing(project, today, days):
    group = factories.GroupFactory(project=project)
    later = days and today + datetime.timedelta(days=days)
    factories.EffectFactory(group=group, direction="gain", confirmed_on=later)

    assert line(project, "groups.settled").value == 0.0


def test_without_losses_and_gains_on_record_nothing_is_said(project):
    factories.GroupFactory(project=project)

    assert line(project, "groups.settled") is None


# Groups


def test_groups_come_with_their_impact(project):
    rated = factories.GroupFactory(project=project, name="North", headcount=30)
    factories.GroupFactory(project=project, name="South", headcount=20)
    factories.ImpactFactory(group=rated, aspect="tasks", level=5)
    factories.ImpactFactory(group=rated, aspect="tools", level=2)
    factories.ImpactFactory(group=rated, aspect="tasks", view="group", level=1)

    north, south = read(project).groups

    assert (north.id, north.name, north.headcount, north.impact) == (
        str(rated.pk), "North", 30, 3.5,
    )  # fmt: skip
    assert south.impact is None


# Time and walls


def test_nothing_recorded_after_the_day_is_seen(project, today):
    office.network(project)
    factories.EffectFactory(group=project.groups.first())
    yesterday = today - datetime.timedelta(days=1)

    inputs = read(project, yesterday)

    assert (inputs.lines, inputs.groups, inputs.people) == ((), (), None)


def test_what_came_later_is_left_out_piece_by_piece(project, today):
    of = office.network(project)
    yesterday = today - datetime.timedelta(days=1)
    before = timezone.now() - datetime.timedelta(days=2)
    for model in (Group, Stakeholder, AdviceTie):
        model.objects.filter(project=project).update(created_at=before)
    project.adviceties.filter(asker=of["f"]).update(created_at=timezone.now())
    Champion.objects.filter(person=of["a"]).update(state_on=yesterday)
    of["j"].replied_on = today
    of["j"].save()

    inputs = read(project, yesterday)

    assert (inputs.people.replies, inputs.people.champions) == (6, 1)
    assert (read(project).people.replies, read(project).people.champions) == (8, 2)


def test_a_rating_of_tomorrow_does_not_count_today(project, today):
    group = factories.GroupFactory(project=project)
    factories.ImpactFactory(group=group, rated_on=today + datetime.timedelta(days=1))

    assert read(project).groups[0].impact is None


def test_another_projects_registers_never_enter(project):
    office.network(factories.ProjectFactory())

    inputs = read(project)

    assert (inputs.lines, inputs.groups, inputs.people) == ((), (), None)


def test_the_number_of_queries_does_not_grow_with_the_registers(project, django_assert_num_queries):
    def fill(more):
        for n in range(more):
            group = factories.GroupFactory(project=project)
            asker, asked = factories.StakeholderFactory.create_batch(
                2, project=project, group=group
            )
            factories.AdviceTieFactory(project=project, asker=asker, asked=asked)
            office.champion(asked)
            factories.EffectFactory(group=group)
            factories.ImpactFactory(group=group, aspect=Impact.Aspect.values[n])
            factories.EffectFactory(group=group, direction=Effect.Direction.GAIN)

    fill(1)
    with django_assert_num_queries(11):
        read(project)
    fill(9)
    with django_assert_num_queries(11):
        assert len(read(project).groups) == 10
