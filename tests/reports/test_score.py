import re

import plotly.graph_objects as go
import pytest
from django.urls import reverse

from assessments.models import Answer
from assessments.scoring.types import Change, Settings
from reports.content import score as say
from reports.content.method import LABELS
from reports.figures import sources
from reports.figures.plotly import DRAWINGS, LIGHT, TOKENS, figure
from reports.figures.specs import Step, Table, Waterfall, changes, profile
from reports.runs import card_of
from reports.views.runs import trend_points
from tests import factories
from tests.reports.scored import answer, score


@pytest.fixture
def url(project):
    return reverse("reports:score", args=[project.pk])


def of(project, dimension):
    return reverse("reports:score-dimension", args=[project.pk, dimension])


def page(browser, url, **query):
    return browser.get(url, query).content.decode()


def test_without_a_run_the_page_leads_to_the_overview(url, project, bob, sign_in):
    text = page(sign_in(bob), url)

    assert "No score to take apart yet" in text
    assert reverse("reports:overview", args=[project.pk]) in text


def test_the_steps_lead_from_100_to_the_score_shown(url, project, alice, bob, sign_in):
    answer(project, [alice], level=1)
    run = score(project)

    spec = sources.breakdown(card_of(run))

    level = spec.start
    for step in spec.steps:
        if step.total is None:
            level += step.points
        else:
            assert level == pytest.approx(step.total, abs=1e-6)
    assert level == pytest.approx(run.median)
    assert f"The score is {run.median:.0f}" in page(sign_in(bob), url)


def test_a_number_opens_to_every_assessors_answer(project, alice, dora, sign_in):
    round_ = answer(project, [alice, dora], level=1, evidence=["TRN-3"])
    round_.answers.filter(item="TRN-3", assessor=alice).update(level=3, note="Seen in Leeds")
    score(project)

    text = page(sign_in(dora), of(project, "TRN"))

    row = text[text.index('id="TRN-3"') : text.index('id="TRN-4"')]
    assert "Alice" in row
    assert "Dora" in row
    assert "level 3" in row
    assert "Seen in Leeds" in row
    assert "Proof of TRN-3" in row
    assert "Mean of 2 levels: 2" in row


def test_viewers_see_numbered_assessors_without_their_notes(project, alice, dora, bob, sign_in):
    round_ = answer(project, [alice, dora], level=1)
    round_.answers.filter(item="TRN-3", assessor=alice).update(note="Said in confidence")
    score(project)

    text = page(sign_in(bob), of(project, "TRN"))

    assert "Assessor 1" in text
    assert "Assessor 2" in text
    assert "Alice" not in text
    assert "Dora" not in text
    assert "Said in confidence" not in text


def test_a_level_without_evidence_is_shown_as_said_and_as_counted(project, alice, bob, sign_in):
    answer(project, [alice], level=3, evidence=["TRN-1"])
    score(project)

    text = page(sign_in(bob), of(project, "TRN"))

    proven = text[text.index('id="TRN-1"') : text.index('id="TRN-2"')]
    said = text[text.index('id="TRN-2"') : text.index('id="TRN-3"')]
    assert "unproven" not in proven
    assert "unproven" in said
    assert "said 3" in said
    assert "No evidence attached" in said


def test_the_four_states_read_differently(project, alice, bob, sign_in):
    round_ = answer(project, [alice], level=2)
    round_.answers.filter(item="TRN-1").update(state=Answer.State.DONT_KNOW, level=None)
    round_.answers.filter(item="TRN-2").update(
        state=Answer.State.NOT_APPLICABLE, level=None, reason="One site only"
    )
    round_.answers.filter(item="TRN-4").delete()
    score(project)

    text = page(sign_in(bob), of(project, "TRN"))

    rows = {n: text.split(f'id="TRN-{n}"')[1].split("</tr>\n")[0] for n in (1, 2, 4)}
    assert "don’t know" in rows[1]
    assert "does not apply: One site only" in rows[2]
    assert "not answered" in rows[4]


def test_the_agreed_level_stands_beside_what_each_said(project, alice, dora, sign_in):
    round_ = answer(project, [alice, dora], level=1)
    factories.AnswerFactory(assessment=round_, assessor=None, item="TRN-3", level=2)
    score(project)

    text = page(sign_in(dora), of(project, "TRN"))

    row = text[text.index('id="TRN-3"') : text.index('id="TRN-4"')]
    assert "The agreed level counts: 2" in row


def test_an_older_run_is_shown_as_it_was(url, project, alice, bob, sign_in):
    round_ = answer(project, [alice], level=1)
    old = score(project, days_ago=14)
    round_.answers.update(level=2)
    new = score(project)
    browser = sign_in(bob)

    assert f"The score is {old.median:.0f}," in page(browser, url, run=1)
    assert "You see run 1" in page(browser, url, run=1)
    assert f"The score is {new.median:.0f}," in page(browser, url)


@pytest.mark.parametrize("asked", ["9", "x", "-1", "1e3", ""])
def test_a_run_that_does_not_exist_is_not_found(url, project, alice, bob, sign_in, asked):
    answer(project, [alice])
    score(project)

    assert sign_in(bob).get(url, {"run": asked}).status_code == 404


def test_a_dimension_that_does_not_exist_is_not_found(project, alice, bob, sign_in):
    answer(project, [alice])
    score(project)

    assert sign_in(bob).get(of(project, "XXX")).status_code == 404


def test_two_runs_are_compared_cause_by_cause(url, project, alice, bob, sign_in):
    round_ = answer(project, [alice], level=1)
    score(project, days_ago=2)
    round_.answers.filter(item="TRN-3").update(level=2)
    score(project, days_ago=1)
    round_.answers.filter(item="STR-1").update(level=0)
    score(project)

    text = page(sign_in(bob), url, **{"run": 3, "with": 1})

    assert 'id="changed"' in text
    assert "TRN-3" in text
    assert "STR-1" in text


def test_causes_too_small_to_see_share_one_bar_and_keep_their_rows():
    sizes = {"TRN-3": -2.0, "TRN-9": 0.2, "CHA-1": 0.15, "DAT-1": -0.05}
    causes = tuple(
        Change(code[:3], "assessed", code, f"{code} moved", size) for code, size in sizes.items()
    )

    spec = changes(44, 42.3, causes, ("Run 1", "Run 2"))

    drawn = [(step.label, step.points) for step in spec.steps[1:-1]]
    assert [label for label, _ in drawn] == [
        "TRN-3 moved", "TRN-9 moved", "Smaller causes together",
    ]  # fmt: skip
    assert drawn[-1][1] == pytest.approx(0.10)
    assert sum(points for _, points in drawn) == pytest.approx(sum(sizes.values()))
    assert [row[0] for row in spec.table.rows[1:-1]] == [each.text for each in causes]


def test_one_small_cause_keeps_its_name():
    only = Change("TRN", "assessed", "TRN-3", "TRN-3 moved", 0.1)
    assert [step.label for step in changes(44, 44.1, (only,), ("a", "b")).steps][1] == "TRN-3 moved"


def test_rows_of_a_figure_are_as_high_as_their_longest_name_asks():
    def height(text):
        cause = Change("TRN", "assessed", "TRN-3", text, 1.0)
        return figure(changes(44, 45, (cause,), ("a", "b")))["layout"]["height"] / 3

    short, long, longest = (height("word " * count) for count in (3, 14, 22))
    assert short < long < longest
    assert longest - long >= 17


def test_bounds_stand_in_for_a_score_that_cannot_be_told(url, project, alice, bob, sign_in):
    answer(project, [alice], dimensions=("STR", "GOV"))
    score(project)

    text = page(sign_in(bob), url)

    assert "No single score" in text
    assert "No figure between the two can be defended" in text


def test_the_page_says_with_what_the_run_was_calculated(url, project, alice, bob, sign_in):
    answer(project, [alice])
    run = score(project)

    text = page(sign_in(bob), url)

    assert f"seed {run.seed}" in text
    assert run.inputs_digest in text
    assert "0 finished rollouts of 20" in text
    for label in LABELS.values():
        assert label.replace("’", "’") in text.replace("&#x27;", "'")


def test_every_value_of_judgement_is_listed_and_a_changed_one_is_marked(project, alice):
    project.method = {"weakest_link_share": 0.3}
    project.save()
    answer(project, [alice])

    rows = say.method_rows(card_of(score(project)))

    assert len(rows) >= len(Settings.__dataclass_fields__)
    assert [name for name, _, changed in rows if changed] == [LABELS["weakest_link_share"]]


def test_the_runs_are_listed_with_what_each_moved(project, alice, dora, sign_in):
    round_ = answer(project, [alice], level=1)
    score(project, days_ago=7, by=dora)
    round_.answers.update(level=2)
    score(project)
    factories.ScoreRunFactory(project=project, number=3, status="failed", error="Lost twice.")

    response = sign_in(dora).get(reverse("reports:run-list", args=[project.pk]))

    text = response.content.decode()
    assert [row["run"].number for row in response.context["rows"]] == [3, 2, 1]
    assert response.context["rows"][1]["change"] > 0
    assert "run=2&amp;with=1#changed" in text
    assert "Lost twice." in text


def test_plotly_accepts_every_kind_of_chart(project, alice):
    answer(project, [alice], level=1)
    score(project, days_ago=3)
    card = card_of(score(project))
    specs_ = [
        sources.breakdown(card),
        sources.sources(card.dimensions[0]),
        sources.trend(trend_points(project), shown=2),
        profile(card),
    ]

    assert {spec.kind for spec in specs_} == DRAWINGS.keys()
    for spec in specs_:
        checked = go.Figure(figure(spec)).to_plotly_json()
        assert len(checked["data"]) == len(figure(spec)["data"])


def test_a_figure_carries_plain_lists_and_names_of_colours(project, alice):
    answer(project, [alice], level=1)
    drawn = figure(sources.breakdown(card_of(score(project))))

    colours = set(re.findall(r"var\(--([a-z0-9-]+)\)", str(drawn)))
    assert colours <= set(TOKENS)
    assert "not-ready" in colours
    assert "bdata" not in str(drawn)


def test_a_file_without_a_stylesheet_gets_real_colours(project, alice):
    answer(project, [alice], level=1)

    assert "var(" not in str(figure(sources.breakdown(card_of(score(project))), LIGHT))
    assert LIGHT.keys() == TOKENS.keys()


def test_peoples_words_are_escaped_before_they_enter_a_figure():
    spec = Waterfall(
        key="x", title="", measure="", alt="", start=10, low=0, high=100, note="",
        steps=(Step("<b>bold</b><img src=x>", points=-1), Step("End", total=9)),
        table=Table((), ()),
    )  # fmt: skip

    drawn = str(figure(spec))

    assert "&lt;b&gt;bold&lt;/b&gt;&lt;img" in drawn
    assert "<img" not in drawn


@pytest.mark.parametrize(
    ("shares", "whole"),
    [
        ([0.19, 0.34, 0.23, 0.24], [19, 34, 23, 24]),
        ([1, 1, 1], [34, 33, 33]),
        ([0.005, 0.995], [1, 99]),
        ([], []),
        ([0, 0], [0, 0]),
    ],
)
def test_shares_are_whole_and_sum_to_100(shares, whole):
    assert sources.whole_shares(shares) == whole


def test_more_answers_cost_no_more_queries(
    project, alice, dora, sign_in, django_assert_max_num_queries
):
    browser = sign_in(dora)
    answer(project, [alice], level=1)
    score(project)
    browser.get(of(project, "TRN"))
    for person in factories.UserFactory.create_batch(3):
        for item in ("TRN-1", "TRN-2", "TRN-3"):
            factories.AnswerFactory(
                assessment=project.assessments.get(), assessor=person, item=item
            )
    score(project)
    with django_assert_max_num_queries(14):
        browser.get(of(project, "TRN"))
