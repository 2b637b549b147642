"""What a report says: worked on scorecards that the engine made."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from assessments.scoring.types import Gate
from reports.content import build_report, sentences, words
from reports.content.blocks import Grid, Hero, WhatIf
from reports.content.summary import who_by
from tests.reports import samples

GO_LIVE = date(2027, 1, 18)


def everything(report) -> str:
    return str(asdict(report))


def blocks(report, kind):
    return [
        block
        for section in report.sections
        for panel in section.panels
        for block in panel.blocks
        if isinstance(block, kind)
    ]


@pytest.fixture(scope="module")
def cards():
    return {name: make() for name, make in samples.CARDS.items()}


@pytest.mark.parametrize("name", samples.CARDS)
@pytest.mark.parametrize("audience", ["client", "internal"])
def test_every_verdict_makes_a_whole_report_for_every_reader(cards, name, audience):
    report = build_report(cards[name], samples.context(audience=audience))

    keys = [section.key for section in report.sections]
    assert keys[:5] == ["summary", "subject", "profile", "matrix", "gates"]
    assert keys[-1] == "glossary"
    assert len(keys) == len(set(keys))


def test_the_headline_names_verdict_day_and_cause(cards):
    found = sentences.finding(cards["not_ready"], "Quoting", GO_LIVE, samples.AS_OF)

    assert found == "Not ready for 18\u00a0January: training holds it back"


def test_the_headline_without_a_go_live_day_names_the_rollout(cards):
    found = sentences.finding(cards["not_ready"], "Quoting platform", None, samples.AS_OF)

    assert found == "Quoting platform: not ready; training holds it back"


@pytest.mark.parametrize(
    ("go_live", "expected"),
    [
        (date(2027, 1, 18), "Ready for 18\u00a0January"),
        (date(2028, 1, 18), "Ready for 18\u00a0January 2028"),
        (date(2026, 11, 1), "Ready, and live since 1\u00a0November"),
    ],
)
def test_the_year_is_said_only_where_it_is_not_obvious(cards, go_live, expected):
    assert sentences.verdict_headline(cards["ready"], go_live, samples.AS_OF) == expected


def test_a_client_version_names_no_assessor_owner_sponsor_or_note(cards):
    text = everything(build_report(cards["not_ready"], samples.context()))

    for name in ("Priya Raman", "Tom Ashworth", "Helga Brandt", "Dora", "Only the pilot group"):
        assert name not in text
    assert "Names of assessors, owners and champions are left out" in text


def test_an_internal_version_names_them_and_carries_the_notes(cards):
    text = everything(build_report(cards["not_ready"], samples.context(audience="internal")))

    for name in ("Priya Raman", "Tom Ashworth", "Helga Brandt", "Only the pilot group"):
        assert name in text
    assert "Keep it inside the team" in text


def test_cannot_tell_shows_bounds_and_no_figure_and_says_first_what_is_missing(cards):
    summary = build_report(cards["cannot_tell"], samples.context()).sections[0]

    hero = summary.panels[0].blocks[0]
    assert isinstance(hero, Hero)
    assert hero.figure == "–"
    assert hero.bar.value is None
    assert hero.bar.low == cards["cannot_tell"].score.low
    titles = [panel.title for panel in summary.panels]
    assert titles[1:3] == ["Why no verdict can be given", "What would settle it"]


def test_dont_know_not_applicable_and_not_answered_read_differently(cards):
    report = build_report(cards["assessed_only"], samples.context())
    rows = {
        row[0].text: row
        for section in report.sections
        if section.key.startswith("appendix-")
        for panel in section.panels
        for block in panel.blocks
        for row in block.rows
    }

    said = {code: (rows[code][2].text, rows[code][3].text) for code in ("DAT-6", "GOV-8", "CHA-8")}
    assert said == {
        "DAT-6": ("don’t know", "–"),
        "GOV-8": ("n/a", "–"),
        "CHA-8": ("not answered", "–"),
    }
    assert rows["GOV-8"][4].text == "Does not apply: no partner is involved."


def test_a_level_without_evidence_shows_what_was_said_beside_what_counts(cards):
    report = build_report(cards["assessed_only"], samples.context())
    row = next(
        row
        for grid in blocks(report, Grid)
        if grid.name == "Answers"
        for row in grid.rows
        if row[0].text == "TRN-4"
    )

    assert row[3].text == "2"
    assert row[3].detail == "said 3.5"
    assert row[2].levels == ("done", "done", "unproven", "unproven")
    assert row[4].text == "No evidence attached"


def test_the_sum_of_an_appendix_adds_up_to_its_cell_of_the_matrix(cards):
    card = cards["assessed_only"]
    report = build_report(card, samples.context())

    for dimension in card.dimensions:
        section = next(s for s in report.sections if s.key == f"appendix-{dimension.code.lower()}")
        total = section.panels[0].blocks[0].rows[-1]
        value = next(c.value for c in dimension.cells if c.kind == "assessed")
        assert f"that is {words.number(value)} of 100" in total[4].text


def test_items_that_are_left_out_are_counted_as_left_out(cards):
    report = build_report(cards["assessed_only"], samples.context())
    section = next(s for s in report.sections if s.key == "appendix-dat")

    assert section.panels[0].blocks[0].rows[-1][4].text.endswith("1\u00a0item left out")


def test_missing_points_and_arithmetic_make_a_hundred(cards):
    report = build_report(cards["not_ready"], samples.context())
    waterfall = next(
        block.spec
        for section in report.sections
        if section.key == "profile"
        for panel in section.panels
        for block in panel.blocks
        if getattr(block, "spec", None) and block.spec.kind == "waterfall"
    )

    total = waterfall.steps[-1].total
    assert 100 + sum(step.points or 0 for step in waterfall.steps) == pytest.approx(total)


def test_calibration_is_never_claimed_before_twenty_finished_rollouts(cards):
    text = everything(build_report(cards["ready"], samples.context(finished_rollouts=7)))

    assert "Not calibrated: 7 finished rollouts of 20" in text


def test_every_setting_of_the_method_is_listed_as_our_judgement(cards):
    report = build_report(cards["ready"], samples.context())
    grid = next(g for g in blocks(report, Grid) if g.name == "Settings of the method")

    assert len(grid.rows) == len(asdict(cards["ready"].settings))
    assert {row[2].text for row in grid.rows} == {"our judgement"}


def test_a_late_step_says_how_late_and_a_missing_one_says_so():
    context = samples.context(audience="internal")

    late = who_by(context.step_for("CHA-1"), context, samples.AS_OF)
    assert late == "Tom Ashworth, 17\u00a0Nov, 3\u00a0days late"
    assert who_by(None, context, samples.AS_OF) == "No owner yet"
    assert who_by(None, samples.context(), samples.AS_OF) == "No date yet"


def test_a_first_run_has_no_section_about_change(cards):
    report = build_report(cards["not_ready"], samples.context(earlier=None))

    assert "changes" not in [section.key for section in report.sections]


def test_no_open_gate_reads_as_none(cards):
    assert sentences.gates_sentence(cards["ready"]) == "None of 11\u00a0gates has failed."


def test_a_gate_of_the_records_never_shows_its_key(cards):
    gate = Gate("no-trial-load", "DAT", "A trial load is reconciled", "open", None, True, "")
    card = replace(cards["not_ready"], gates=(gate, *cards["not_ready"].gates))

    assert "no-trial-load" not in everything(
        replace(build_report(card, samples.context()), scorecard=cards["ready"])
    )


def test_what_if_starts_from_the_values_of_the_run(cards):
    card = cards["not_ready"]
    lever = blocks(build_report(card, samples.context()), WhatIf)[0]

    assert [row.value for row in lever.rows] == [d.value for d in card.dimensions]


def test_conditions_stand_first_where_a_rollout_is_ready_on_conditions(cards):
    card = cards["ready"]
    verdict = replace(
        card.verdict, code="ready_with_conditions", conditions=("the lower end reaches 60",)
    )
    summary = build_report(replace(card, verdict=verdict), samples.context()).sections[0]

    assert summary.title == "Ready for 18\u00a0January on one condition"
    assert summary.panels[1].title == "On what conditions"
    assert summary.panels[1].blocks[0].items == ("The lower end reaches 60",)
