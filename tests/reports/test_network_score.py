"""From a file of who asks whom to the numbers of `score --json`."""

import csv
import io
import json
from math import sqrt
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import factories
from tests.reports import office

# The queue hears of a run when it commits.
pytestmark = pytest.mark.django_db(transaction=True)

SHARED = Path(__file__).parents[3] / "shared"
TABLE = SHARED / "reference-values.json"
needs_table = pytest.mark.skipif(not TABLE.exists(), reason="the table is kept apart")


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def bring_in(project, folder, people, ties):
    """Import people (name, key, group) and ties (asker, asked, frequency) as anybody would."""
    groups = sorted({group for _, _, group in people})
    files = {
        "groups": write(folder / "groups.csv", ["group", "people"], [(g, 20) for g in groups]),
        "stakeholders": write(folder / "people.csv", ["name", "identifier", "group"], people),
        "ties": write(folder / "ties.csv", ["asker", "asked", "frequency"], ties),
    }
    for kind, path in files.items():
        call_command(
            "import_data", kind, str(path), "--project", project.slug, stdout=io.StringIO()
        )


def make_champions(project, keys):
    for key in keys:
        office.champion(project.stakeholders.get(key=key))


def scored(project):
    out = io.StringIO()
    call_command("score", project.slug, "--json", stdout=out)
    return json.loads(out.getvalue())


def measured(card):
    champions = next(each for each in card["dimensions"] if each["code"] == "CHA")
    return next(cell for cell in champions["cells"] if cell["kind"] == "measured")


@pytest.fixture
def small(project, tmp_path):
    people = [
        (f"Person {letter}", letter, group)
        for group, letters in (("North", office.NORTH), ("South", office.SOUTH))
        for letter in letters
    ]
    # j says of b that he asks hardly ever: below the threshold, so it is no tie that counts.
    ties = [(*pair, 4) for pair in office.TIES] + [("j", "b", 2)]
    bring_in(project, tmp_path, people, ties)
    return project


def test_an_imported_network_is_scored_as_worked_out_by_hand(small):
    make_champions(small, "ah")

    card = scored(small)

    # Direct: a b c d and g h. In two steps: e by d, i by g. Out: f and j.
    people = card["people"]
    assert (people["people"], people["replies"], people["ties"]) == (10, 8, 7)
    assert (people["one_hop"], people["two_hop"], people["coverage"]) == (0.6, 0.8, 0.7)
    assert {g["group"]: (g["reached"], g["coverage"]) for g in people["groups"]} == {
        "North": (4, 0.9),
        "South": (2, 0.5),
    }
    assert people["worst_group"] == "South"
    assert people["silent"] == 3
    assert people["score"] == pytest.approx(100 * sqrt(0.7 * 0.5))
    line = next(each for each in measured(card)["lines"] if each["key"] == "champions.coverage")
    assert (line["value"], line["n"]) == (pytest.approx(people["score"]), 8)


def test_the_next_champions_add_what_they_add_by_hand(small):
    make_champions(small, "ah")

    picks = scored(small)["people"]["next"]

    # e brings f along, g brings i. j would only bring herself, so nobody would ask her.
    assert [(each["id"], each["gain"], each["reached"]) for each in picks] == [
        ("e", 2, 8),
        ("g", 1, 9),
    ]


def test_an_invited_person_counts_in_what_the_next_one_adds(small):
    make_champions(small, "ah")
    office.champion(small.stakeholders.get(key="e"), state="invited")

    people = scored(small)["people"]

    assert (people["champions"], people["invited"], people["one_hop"]) == (2, 1, 0.6)
    assert [(each["id"], each["reached"]) for each in people["next"]] == [("g", 9)]


def test_each_group_carries_its_own_coverage_and_risk(small):
    make_champions(small, "ah")
    for group in small.groups.all():
        factories.ImpactFactory(group=group, level=5 if group.name == "South" else 2)

    north, south = sorted(scored(small)["groups"], key=lambda group: group["name"])

    values = {d["code"]: (d["state"], d["value"]) for d in south["dimensions"]}
    # Four replies of a group are too few to count, so there is no readiness.
    assert values["CHA"] == ("thin", 50)
    assert values["TRN"] == ("missing", None)
    assert (south["readiness"], south["risk"], north["impact"]) == (None, None, 2)


def test_a_lower_threshold_counts_more_ties(small):
    make_champions(small, "ah")
    small.method = {"champions": {"tie_from": 2}}
    small.save()

    people = scored(small)["people"]

    # Now j asks b, who asks a: one more person two steps away.
    assert (people["ties"], people["threshold"], people["two_hop"]) == (8, 2, 0.9)


# The published networks


def reference():
    return {row["key"]: row["value"] for row in json.loads(TABLE.read_text(encoding="utf-8"))}


def rows_of(*parts):
    with SHARED.joinpath("data", *parts).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def consulting(project, tmp_path):
    people = [
        (f"Consultant {row['id']}", row["id"], f"Location {row['location']}")
        for row in rows_of("net_cross_parker_consulting", "attributes.csv")
    ]
    ties = [
        (row["from"], row["to"], row["weight"])
        for row in rows_of("net_cross_parker_consulting", "info_requests.csv")
    ]
    bring_in(project, tmp_path, people, ties)
    return project


@needs_table
def test_the_consulting_firm_gives_the_champions_of_the_table(consulting):
    expected = reference()

    people = scored(consulting)["people"]

    assert people["people"] == expected["d.cp_consulting_ge4.n"]
    assert people["ties"] == expected["d.cp_consulting_ge4.edges"]
    assert people["silent"] == len(expected["d.cp_consulting_ge4.silent_nodes"])
    assert [int(each["id"]) for each in people["next"]] == expected[
        "d.cp_consulting_ge4.greedy5_champions"
    ]
    assert [each["reached"] for each in people["next"]] == expected[
        "d.cp_consulting_ge4.greedy_1hop_cover_history"
    ][:5]
    assert people["next"][-1]["share"] == pytest.approx(
        expected["d.cp_consulting_ge4.greedy_1hop_coverage_m5"]
    )


@needs_table
def test_the_consulting_firm_with_these_champions_gives_the_reach_of_the_table(consulting):
    expected = reference()
    make_champions(consulting, map(str, expected["d.cp_consulting_ge4.greedy5_champions"]))

    people = scored(consulting)["people"]

    assert people["one_hop"] == pytest.approx(
        expected["d.cp_consulting_ge4.greedy_1hop_coverage_m5"]
    )
    shares = {g["group"]: g["reached"] / g["people"] for g in people["groups"]}
    by_location = expected["d.cp_consulting_ge4.greedy5_group_coverage_by_location"]
    assert shares == {
        f"Location {number}": pytest.approx(share) for number, share in by_location.items()
    }


@needs_table
def test_the_consulting_firm_at_a_lower_threshold_gives_the_table_too(consulting):
    consulting.method = {"champions": {"tie_from": 3}}
    consulting.save()
    expected = reference()

    people = scored(consulting)["people"]

    assert people["ties"] == expected["d.cp_consulting_ge3.edges"]
    assert [each["reached"] for each in people["next"]] == expected[
        "d.cp_consulting_ge3.greedy_1hop_cover_history"
    ][:5]


@needs_table
def test_the_high_tech_managers_are_reached_by_two(project, tmp_path):
    people = [
        (f"Manager {row['id']}", row["id"], f"Department {row['dept']}")
        for row in rows_of("net_krackhardt_hightech", "attributes.csv")
    ]
    ties = [
        (row["from"], row["to"], "") for row in rows_of("net_krackhardt_hightech", "advice.csv")
    ]
    bring_in(project, tmp_path, people, ties)
    expected = reference()

    before = scored(project)["people"]
    make_champions(project, ["2", "21"])
    after = scored(project)["people"]

    assert (before["people"], before["ties"]) == (
        expected["d.krackhardt.n"],
        expected["d.krackhardt.edges"],
    )
    assert [int(each["id"]) for each in before["next"]] == expected[
        "d.krackhardt.greedy_1hop_full_cover_order"
    ]
    assert [each["reached"] for each in before["next"]] == expected[
        "d.krackhardt.greedy_1hop_cover_history"
    ]
    assert (after["one_hop"], after["score"], after["next"]) == (1.0, 100.0, [])
    assert {g["coverage"] for g in after["groups"]} == {1.0}
