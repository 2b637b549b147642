import csv
import datetime
import io
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.scoring.engine import score as calculate
from assessments.scoring.facts import GroupFacts
from assessments.scoring.types import Settings
from reports.content import groups as say
from reports.figures.groups import heat_map, risk_shares
from tests import factories
from tests.reports import office
from tests.reports.scored import answer, score
from tests.scoring.builders import BANK, inputs, line

FIELD, LEEDS, HALLE, PRICING = (
    GroupFacts("g1", "Field sales", 60, 4.6),
    GroupFacts("g2", "Leeds", 50, 4.0),
    GroupFacts("g3", "Halle", 60, 2.0),
    GroupFacts("g4", "Pricing desk", 20),
)
LINES = (
    line("TRN", 24, key="a", group="Field sales"),
    line("CHA", 33, kind="measured", key="b", group="Field sales"),
    line("CHA", 14, kind="measured", key="c", group="Leeds"),
    line("CHA", 62, kind="measured", key="d", group="Halle"),
)


def card(lines=LINES, groups=(FIELD, LEEDS, HALLE, PRICING)):
    return calculate(inputs(lines=lines, groups=groups, settings=Settings(draws=200)), BANK)


# What it says


def test_the_headline_names_the_fewest_groups_that_carry_half_of_the_risk():
    found = card()
    shares = risk_shares(found)
    carried = shares["g1"] + shares["g2"]
    assert say.headline(found) == (
        f"Two groups carry {carried}\u00a0% of the risk: Field sales and Leeds"
    )
    assert sum(shares.values()) == 100
    assert "g4" not in shares


def test_one_group_with_most_of_the_risk_stands_alone():
    small = (FIELD, replace(LEEDS, headcount=4), replace(HALLE, headcount=4))
    assert say.headline(card(groups=small)).startswith("Field sales carries 9")


def test_a_single_known_group_is_not_called_a_finding_about_all():
    assert say.headline(card(LINES[:2])) == "Field sales is the only group whose risk can be told"


def test_a_risk_that_lies_everywhere_is_called_spread():
    groups = tuple(GroupFacts(str(n), f"Group {n}", 10, 3.0) for n in range(8))
    lines = tuple(line("CHA", 30, key=str(n), group=f"Group {n}") for n in range(8))
    assert say.headline(card(lines, groups)).startswith("The risk is spread over eight groups")


def test_without_evidence_or_impact_it_says_what_is_missing():
    assert say.headline(card(())) == "No group’s risk can be told yet"
    assert say.reading(card(())) == "The impact is rated; no evidence names a group yet"
    unrated = tuple(replace(each, impact=None) for each in (FIELD, LEEDS, HALLE))
    assert "nobody has rated the impact" in say.reading(card(groups=unrated))


def test_the_reading_says_where_the_first_group_is_weakest():
    assert say.reading(card()) == (
        "Field sales is weakest where it matters most: training 24, impact 4.6 of 5"
    )


def test_the_drawn_map_carries_every_number_and_no_zero_for_nothing():
    drawn = heat_map(card())
    assert [row.name for row in drawn.rows] == ["Field sales", "Leeds", "Halle", "Pricing desk"]
    pricing = drawn.rows[-1]
    assert {cell.value for cell in pricing.cells} == {None}
    assert (pricing.readiness, pricing.share) == (None, None)
    assert drawn.table.rows[-1] == (
        "Pricing desk", "20", "not rated", *("no evidence",) * 5, "–", "–",
    )  # fmt: skip
    assert [cell.is_weakest for cell in drawn.rows[0].cells] == [False, False, True, False, False]


# The page


@pytest.fixture
def mapped(project):
    """Two groups with six replies each, one of them without a champion."""
    groups = [
        factories.GroupFactory(project=project, name=name, headcount=headcount)
        for name, headcount in (("North", 30), ("South", 70), ("West <b>", 12))
    ]
    for group, level in zip(groups[:2], (2, 4), strict=True):
        factories.ImpactFactory(group=group, level=level)
        hub, *others = factories.StakeholderFactory.create_batch(7, project=project, group=group)
        for other in others:
            factories.AdviceTieFactory(project=project, asker=other, asked=hub)
        if group.name == "North":
            office.champion(hub)
        else:
            office.champion(others[0])
    return project


@pytest.fixture
def page(mapped, bob, sign_in):
    score(mapped)
    return sign_in(bob).get(reverse("reports:group-heat-map", args=[mapped.pk])).content.decode()


@pytest.mark.django_db
def test_the_page_shows_groups_by_risk_with_their_shares(page):
    # North: everybody in reach, no risk left. South: the champion alone, 1 of 7 people.
    assert "South carries 100\u00a0% of the risk" in page
    assert page.index(">South<") < page.index(">North<") < page.index("West &lt;b&gt;")
    assert "100&nbsp;%" in page
    assert "0&nbsp;%" in page
    assert "West <b>" not in page


@pytest.mark.django_db
def test_a_group_without_evidence_is_empty_on_the_page(page):
    row = page[page.index("West &lt;b&gt;") : page.index("</tbody>")]
    assert row.count("heat-empty") == 5
    assert "no evidence" in row
    assert "not known" in row
    assert "not rated" in row


@pytest.mark.django_db
def test_every_figure_opens_the_lines_and_rows_behind_it(page, mapped):
    south = mapped.groups.get(name="South")
    assert f'href="#group-{south.pk}"' in page
    assert f'id="group-{south.pk}"' in page
    assert "Champion coverage of South" in page
    assert "1 of 7 in reach, 1 champion" in page
    assert reverse("assessments:group-detail", args=[mapped.pk, south.pk]) in page


@pytest.mark.django_db
def test_the_page_stays_true_to_its_run(mapped, bob, sign_in):
    score(mapped)
    mapped.groups.filter(name="South").update(name="Renamed", headcount=1)
    mapped.adviceties.all().delete()

    body = sign_in(bob).get(reverse("reports:group-heat-map", args=[mapped.pk])).content.decode()

    assert "South carries 100\u00a0% of the risk" in body
    assert "Renamed" not in body


@pytest.mark.django_db
def test_the_page_tells_that_ties_came_after_the_run(mapped, bob, sign_in):
    score(mapped)
    url = reverse("reports:group-heat-map", args=[mapped.pk])
    assert "has changed since run" not in sign_in(bob).get(url).content.decode()
    one, other = mapped.stakeholders.filter(group__name="South")[1:3]
    factories.AdviceTieFactory(project=mapped, asker=one, asked=other)

    assert "has changed since run" in sign_in(bob).get(url).content.decode()


@pytest.mark.django_db
def test_before_the_first_run_the_page_says_what_to_do(project, bob, sign_in):
    url = reverse("reports:group-heat-map", args=[project.pk])

    assert "No groups yet" in sign_in(bob).get(url).content.decode()
    factories.GroupFactory(project=project)
    assert "The groups are not scored yet" in sign_in(bob).get(url).content.decode()


@pytest.mark.django_db
def test_a_run_from_before_groups_is_read_as_one_without_them(project, bob, sign_in):
    run = score(project)
    run.result = {k: v for k, v in run.result.items() if k not in ("groups", "people")}
    run.save()

    body = sign_in(bob).get(reverse("reports:group-heat-map", args=[project.pk])).content.decode()

    assert "No groups are named yet" in body


@pytest.mark.django_db
def test_the_export_holds_the_same_rows_and_leaves_the_unknown_empty(mapped, bob, sign_in):
    score(mapped)
    url = reverse("reports:group-heat-map-export", args=[mapped.pk])

    text = sign_in(bob).get(url).content.decode("utf-8-sig")

    header, *rows = csv.reader(io.StringIO(text))
    assert header[:4] == ["Group", "People", "Impact 0–5", "Strategy"]
    assert [row[0] for row in rows] == ["South", "North", "West <b>"]
    south = dict(zip(header, rows[0], strict=True))
    assert (south["Champion coverage"], south["Dimensions that count"]) == ("14.3", "1")
    assert south["Share of risk %"] == "100.0"
    assert rows[2][2:9] == ["", "", "", "", "", "", "0"]
    assert rows[2][9:12] == ["", "", ""]


@pytest.mark.django_db
def test_before_a_run_the_export_leads_to_what_is_missing(project, bob, sign_in):
    url = reverse("reports:group-heat-map-export", args=[project.pk])
    page = reverse("reports:group-heat-map", args=[project.pk])
    assert sign_in(bob).get(url)["Location"] == page


@pytest.mark.django_db
def test_the_page_reads_as_many_rows_as_one_with_as_many_queries(
    mapped, bob, sign_in, django_assert_max_num_queries
):
    score(mapped)
    browser = sign_in(bob)
    url = reverse("reports:group-heat-map", args=[mapped.pk])
    browser.get(url)
    with django_assert_max_num_queries(20):
        browser.get(url)
    factories.GroupFactory.create_batch(20, project=mapped)
    score(mapped, days_ago=0)
    with django_assert_max_num_queries(20):
        browser.get(url)


@pytest.mark.django_db
def test_reach_that_grew_is_named_in_the_movement(mapped, alice):
    answer(mapped, [alice])
    for model in ("groups", "stakeholders", "adviceties"):
        getattr(mapped, model).update(created_at=timezone.now() - datetime.timedelta(days=30))
    mapped.champions.update(state_on=timezone.localdate() - datetime.timedelta(days=30))
    score(mapped, days_ago=20)
    for person in mapped.stakeholders.filter(group__name="South", champion=None):
        office.champion(person)

    run = score(mapped)

    texts = [cause["text"] for cause in run.summary["changes"]]
    assert any(text == "Champion coverage: 29 → 100" for text in texts), texts
