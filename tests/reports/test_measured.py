"""What the records measure, on the pages and in the report."""

import json
import re
from dataclasses import asdict, replace

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import BankFile, Champion
from assessments.scoring.engine import score as calculate
from assessments.scoring.facts import CoverageFacts, GroupCoverage, GroupFacts, NextChampion
from reports.collect import collect
from reports.content import build_report, people, sentences
from reports.content.blocks import Figure, Grid
from tests.banks import BANK_TEXT, own_bank
from tests.reports import office, samples
from tests.reports.scored import answer, score

FACTS = CoverageFacts(
    people=10, replies=7, response_rate=0.7, is_stable=True, ties=7, threshold=4, champions=2,
    prepared=1, headcount=100, champions_needed=5, score=59.16, low=40.0, high=70.0, coverage=0.7,
    one_hop=0.6, two_hop=0.8, worst_group="South", silent=3,
    groups=(
        GroupCoverage("North", 5, 1, 4, 0.9, 1, True, True),
        GroupCoverage("South", 5, 1, 2, 0.5, 2, True, True),
        GroupCoverage("Two of them", 2, 0, 0, 0.0, 0, False, False),
    ),
    next=(
        NextChampion("e", "Eva Koch", "North", 2, 8, 0.8, 0.9),
        NextChampion("g", "Gus Wood", "South", 1, 9, 0.9, 0.6),
    ),
)  # fmt: skip


def report(facts=FACTS, audience="client"):
    line = replace(samples.line("CHA", "measured", 90, 5, 6, "replies"), group="North")
    card = calculate(
        samples.inputs(people=facts, groups=(GroupFacts("g1", "North", 40, 3.0),), lines=(line,)),
        samples.BANK,
    )
    return build_report(card, samples.context(audience=audience))


def said(value):
    return json.dumps(value, ensure_ascii=False, default=str)


def section(made, key):
    return next((each for each in made.sections if each.key == key), None)


def blocks(part, kind):
    return [block for panel in part.panels for block in panel.blocks if isinstance(block, kind)]


# The report


def test_the_section_says_whom_the_champions_reach_and_how_sure_that_is():
    part = section(report(), "people")
    assert part.title == "Two champions reach 60\u00a0% of colleagues directly"
    assert part.lead == "7 of 10 people said whom they ask, 70\u00a0%."
    (bars,) = blocks(part, Figure)
    assert [(row.label, row.value) for row in bars.spec.rows] == [
        ("Everybody", 70), ("South", 50), ("North", 90),
    ]  # fmt: skip
    text = said(asdict(part))
    assert "100 × √0.70 (everybody) × √0.50 (the lowest group, South) = 59" in text
    assert "59 of 100, 90\u00a0% interval 40–70" in text
    assert "5\u00a0champions for 100 people; it only warns" in text
    assert "3\u00a0people name nobody" in text


def test_a_group_too_small_to_show_is_counted_and_not_named():
    text = said(asdict(section(report(), "people")))
    assert "Two of them" not in text
    assert "1\u00a0group of fewer than three listed people left out" in text


def test_only_the_internal_version_names_whom_to_ask_next():
    client, internal = report(), report(audience="internal")
    for name in ("Eva Koch", "Gus Wood"):
        assert name not in said(asdict(client))
        assert name in said(asdict(section(internal, "people")))
    worth = "Two more would bring 3\u00a0further people into reach: 9 of 10, 90\u00a0%."
    assert worth in said(asdict(client))
    assert blocks(section(internal, "people"), Grid)[-1].name == "Whom to ask next"


def test_too_few_replies_are_said_wherever_people_are_suggested():
    facts = replace(FACTS, replies=4, response_rate=0.4, is_stable=False)
    text = said(asdict(section(report(facts), "people")))
    assert "Under 60\u00a0% every suggestion is unstable." in text
    assert "Too few have answered for the choice of people to be firm." in text


def test_reach_that_is_not_known_is_not_drawn_as_zero():
    facts = replace(FACTS, score=None, coverage=None, one_hop=None, two_hop=None, champions=0)
    part = section(report(facts), "people")
    assert part.title.startswith("Colleagues have said whom they ask")
    assert blocks(part, Figure) == []


def test_without_replies_and_group_evidence_both_sections_are_left_out():
    made = build_report(samples.assessed_only(), samples.context())
    assert section(made, "people") is None
    assert section(made, "groups") is None


def test_the_groups_stand_in_the_report_with_their_risk():
    part = section(report(), "groups")
    assert part.title == "North is the only group whose risk can be told"
    (drawn,) = blocks(part, Figure)
    assert (drawn.spec.kind, drawn.spec.rows[0].share) == ("heat_map", 100)


@pytest.mark.parametrize(
    ("champions", "title"),
    [
        (0, "No champion is active, so nobody can ask one"),
        (1, "One champion reaches 60\u00a0% of colleagues directly"),
    ],
)
def test_the_headline_counts_champions(champions, title):
    assert people.headline(replace(FACTS, champions=champions)) == title


# The pages


@pytest.mark.django_db
def test_an_empty_measured_cell_says_what_starts_its_record(project, alice, dora, sign_in):
    answer(project, [alice])
    score(project)

    page = sign_in(dora).get(reverse("reports:overview", args=[project.pk])).content.decode()

    for name, words in (
        ("people-network", "No ties yet: ask whom people turn to"),
        ("people-map", "No people yet: name who speaks for each group"),
        ("group-list", "No losses and gains yet: note them per group"),
    ):
        url = reverse(f"assessments:{name}", args=[project.pk])
        assert f'<a href="{url}">{words}</a>' in page
    assert page.count("No records counted yet") == 2


@pytest.mark.django_db
def test_ties_without_champions_lead_to_the_first_one(project, alice, dora, sign_in):
    answer(project, [alice])
    office.asks(project, office.people(project))
    score(project)

    page = sign_in(dora).get(reverse("reports:overview", args=[project.pk])).content.decode()

    url = reverse("assessments:recommender", args=[project.pk])
    assert f'<a href="{url}">No champions yet: ask the first</a>' in page


@pytest.mark.django_db
def test_the_measured_cell_opens_to_lines_rows_and_the_network(project, alice, sign_in):
    answer(project, [alice])
    office.network(project)
    score(project)
    north = project.groups.get(name="North")

    url = reverse("reports:score-dimension", args=[project.pk, "CHA"])
    page = sign_in(alice).get(url).content.decode()

    assert re.search(r"Measured: 2.lines", page)
    group = reverse("assessments:group-detail", args=[project.pk, north.pk])
    assert f'<a href="{group}">North</a>: 4 of 5 in reach, 1 champion' in page
    champion = Champion.objects.get(person__name="Person a")
    edit = reverse("assessments:champion-edit", args=[project.pk, champion.pk])
    assert f'<a href="{edit}">Person a</a>: lacks belief' in page
    assert reverse("assessments:people-network", args=[project.pk]) in page
    assert "100 × √0.70 (everybody) × √0.50 (the lowest group, South) = 59" in page


@pytest.mark.django_db
def test_an_open_gate_of_the_records_opens_what_was_counted(project, alice, bob, sign_in):
    # Records and raters disagree widely here; that alone must not hide the weak link.
    project.method = {"widest_interval": 100.0}
    project.save()
    answer(project, [alice], level=2)
    of = office.people(project)
    office.asks(project, of)
    office.champion(of["a"])
    project.stakeholders.filter(key__in="af").update(is_spokesperson=True)
    run = score(project)
    opened = [gate for gate in run.result["gates"] if gate["state"] == "open"]

    page = sign_in(bob).get(reverse("reports:overview", args=[project.pk])).content.decode()

    assert [gate["code"] for gate in opened] == ["champions"]
    measured = reverse("reports:score-dimension", args=[project.pk, "CHA"]) + "#measured"
    assert f'href="{measured}">champion coverage in the records</a>' in page
    assert "counted in the records" in page
    assert "No champion in reach: South." in page
    assert reverse("assessments:people-network", args=[project.pk]) in page
    assert "item=champions" not in page
    assert run.summary["weak_link"]["code"] == ""


@pytest.mark.django_db
def test_a_bank_without_these_dimensions_is_scored_all_the_same(project):
    bank = own_bank()
    project.bank_file = BankFile.objects.create(
        organisation=project.organisation, bank_id=bank.id, version=bank.version, name=bank.title,
        text=BANK_TEXT, sha256=bank.sha256, item_count=len(bank.items),
    )  # fmt: skip
    project.save()
    office.network(project)

    inputs = collect(project, as_of=timezone.localdate(), seed=1).inputs

    known = {dimension.code for dimension in project.bank.dimensions}
    assert known == {"VAN", "DEP"}
    assert (inputs.lines, inputs.structural_gates) == ((), ())
    assert score(project).status == "done"


def test_gates_of_the_records_are_told_in_words():
    card = samples.not_ready()
    gates = [gate for gate in card.gates if gate.is_structural]
    gates += [gate for gate in card.gates if gate.code == "TRN-3"]
    assert sentences.gate_names(gates) == "TRN-3 and one in the records"
