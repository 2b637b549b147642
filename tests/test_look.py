"""How numbers, dates and marks are written, and that the parts of a page fit together."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from assessments.templatetags import look

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(39.4, "39"), (38.5, "39"), (62.5, "63"), (-0.2, "0"), (-7, "−7"), (None, "–"), ("", "–")],
)
def test_score_is_a_whole_number_rounded_half_up(value, shown):
    assert look.score(value) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(3, 0, "+3"), (-5.4, 0, "−5"), (0.3, 0, "0"), (0.84, 1, "+0.8"), (None, 0, "–")],
)
def test_change_carries_its_sign_and_a_true_minus(value, decimals, shown):
    assert look.signed(value, decimals) == shown


def test_not_a_number_is_shown_as_none():
    assert look.score(float("nan")) == "–"
    assert look.score("abc") == "–"
    assert look.heat_step(float("inf")) == ""


def test_per_cent_does_not_break_from_its_number():
    assert look.nbsp_percent(36.4) == "36\u00a0%"
    assert look.share(0.745) == "75\u00a0%"


def test_counts_have_separators_and_nouns_in_number():
    assert look.thousands(41208) == "41,208"
    assert look.counted(41208, "rows") == "41,208 rows"
    assert look.counted(1, "raters") == "1 rater"
    assert look.counted(1, "replies") == "1 reply"
    assert look.plural(1, "day") == "1 day"
    assert look.plural(0, "reply,replies") == "0 replies"


def test_range_uses_words_where_a_minus_would_clash():
    assert look.range_to(33.2, 44.9) == "33–45"
    assert look.range_to(-3, 25) == "−3 to 25"
    assert look.range_to(None, 25) == "–"


def test_dates_are_written_day_first():
    assert look.day(date(2027, 1, 18)) == "18 Jan 2027"
    assert look.day("2026-12-07T09:30:00+00:00") == "7 Dec 2026"
    assert look.short_day(date(2026, 11, 4)) == "4 Nov"
    assert look.day(None) == "–"


def test_time_left_is_counted_in_days():
    today = date(2026, 11, 20)
    assert look.days_until(date(2027, 1, 18), today) == "59 days"
    assert look.days_until(date(2026, 11, 21), today) == "1 day"
    assert look.days_until(today, today) == "today"
    assert look.days_until(date(2026, 11, 16), today) == "4 days ago"


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (0, "1"),
        (19.4, "1"),
        (19.5, "2"),
        (39.4, "2"),
        (39.5, "3"),
        (60, "4"),
        (75, "5"),
        (100, "5"),
    ],
)
def test_heat_follows_the_number_as_shown(value, step):
    assert look.heat_step(value) == step


def test_red_follows_the_number_as_shown():
    assert look.is_low(39.4)
    assert not look.is_low(39.6)
    assert not look.is_low(None)


def test_position_stays_on_the_axis():
    assert look.pct(120) == "100"
    assert look.pct(-5) == "0"
    assert look.pct_between(33, 45) == "12.00"


def test_unproven_level_is_hatched():
    assert look.level_blocks(2, 3) == ["done", "done", "unproven", "empty"]
    assert look.level_blocks(0) == ["empty"] * 4
    assert look.level_number(2.3) == "2.3"
    assert look.level_number(3.0) == "3"


def test_waterfall_bars_join_end_to_end():
    steps = [{"total": 46}, {"points": -5}, {"points": 2}, {"total": 43}]
    rows = look.waterfall(steps, 46)
    assert [row["joint"] for row in rows] == ["46.00", "41.00", "43.00", "43.00"]
    assert (rows[1]["left"], rows[1]["width"]) == ("41.00", "5.00")
    assert rows[1]["is_loss"]
    assert not rows[2]["is_loss"]


def test_small_changes_do_not_look_steep():
    heights = [float(y) for _, y in look.sparkline_points([40, 41, 40])]
    assert max(heights) - min(heights) <= 1.1


def test_undo_leads_only_into_this_site():
    assert look.undo_url(SimpleNamespace(extra_tags="undo:/groups/3/undo/")) == "/groups/3/undo/"
    assert look.undo_url(SimpleNamespace(extra_tags="undo://elsewhere.example/")) == ""
    assert look.undo_url(SimpleNamespace(extra_tags="safe")) == ""


def cell(**values):
    return {
        "kind": "voiced",
        "state": "value",
        "value": 38.0,
        "n": 142,
        "unit": "answers",
        "age_days": 9,
        "is_stale": False,
        "note": "",
        **values,
    }


def test_cell_shows_value_count_and_age():
    html = render_to_string("components/matrix_cell.html", {"cell": cell()})
    assert "cell-low" in html
    assert "142 answers" in html
    assert "9 days ago" in html


def test_old_evidence_says_that_it_is_stale():
    html = render_to_string(
        "components/matrix_cell.html", {"cell": cell(age_days=74, is_stale=True)}
    )
    assert "74 days, stale" in html


def test_empty_and_hidden_cells_show_no_number():
    empty = render_to_string(
        "components/matrix_cell.html",
        {"cell": cell(state="empty", value=None, n=0), "action_url": "/x/", "action_label": "Ask"},
    )
    assert "No evidence" in empty
    assert 'href="/x/"' in empty
    hidden = render_to_string(
        "components/matrix_cell.html", {"cell": cell(state="hidden", value=None, n=4)}
    )
    assert "Hidden" in hidden
    for html in (empty, hidden):
        assert not re.search(r">\s*\d", html)


def test_score_without_a_figure_shows_its_bounds():
    html = render_to_string("components/interval_bar.html", {"low": 2, "high": 58, "number": 1})
    assert "No single score; between 2 and 58" in html
    assert "interval-value" not in html


def test_marks_have_words_for_screen_readers():
    html = render_to_string(
        "components/pooled_strip.html",
        {"code": "TRN", "cells": [cell()], "value": 36, "low": 26, "high": 47, "target": 70},
    )
    assert "voiced 38, pooled 36, 90 % interval 26–47, target 70" in html


def test_text_in_a_component_is_escaped():
    html = render_to_string("components/conflict.html", {"who": "<b>Tom</b>", "when": "14:29"})
    assert "&lt;b&gt;Tom" in html


def test_every_icon_in_a_template_is_in_the_sprite():
    sprite = next((ROOT / "static/vendor").glob("tabler-icons-*/icons.svg")).read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set()
    for path in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r'icon\.html" with name="([^"]+)"', path.read_text()))
    assert used
    assert used <= known


def test_both_dark_sets_are_alike():
    css = (ROOT / "static/css/tokens.css").read_text()
    blocks = re.findall(r"/\* dark:begin \*/(.*?)/\* dark:end \*/", css, re.DOTALL)
    assert len(blocks) == 2
    first, second = (re.findall(r"(--?[\w-]+): ([^;]+);", block) for block in blocks)
    assert first
    assert first == second


def test_templates_hold_no_script_or_style_of_their_own():
    one_file = TEMPLATES / "reports" / "html"  # handed over as one file, so all is inside it
    for path in TEMPLATES.rglob("*.html"):
        if path.is_relative_to(one_file):
            continue
        text = path.read_text()
        assert "<style" not in text, path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son[a-z]+=", text), path


def test_a_mark_is_what_its_component_gives_and_follows_its_values():
    values = {"value": 38.4, "low": 28, "high": 48.2, "number": 1}
    shown = look.mark("interval_bar", **values)
    assert shown == render_to_string("components/interval_bar.html", values)
    assert "39" in look.mark("interval_bar", **{**values, "value": 38.6})


def test_text_in_a_mark_is_escaped():
    shown = look.mark("delta", value=3, since="<script>", is_alarm=False)
    assert "&lt;script&gt;" in shown
