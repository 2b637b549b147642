"""The HTML report opened from a disk, as its readers do."""

import pytest

from reports.content import build_report
from reports.exports import html
from tests.reports import samples


@pytest.fixture
def report(page, tmp_path):
    """Open the report as a file; nothing may be asked of any server."""
    path = tmp_path / "report.html"
    path.write_bytes(html.render(build_report(samples.not_ready(), samples.context())))
    asked = []
    page.on("request", lambda r: asked.append(r.url) if r.url.startswith("http") else None)
    page.goto(path.as_uri())
    page.wait_for_selector(".js-plotly-plot")
    yield page
    assert asked == []


def test_charts_are_drawn_and_change_into_tables(report):
    chart = report.locator("#figure-profile")
    assert chart.locator(".main-svg").first.is_visible()

    chart.get_by_role("button", name="Table").click()
    assert chart.locator("table").is_visible()
    assert not chart.locator(".main-svg").first.is_visible()


def test_what_if_starts_at_the_arithmetic_of_the_run_and_moves(report):
    box = report.locator("[data-what-if]")
    result = box.locator("[data-result]")
    point = samples.not_ready().score.point
    assert float(result.inner_text()) == pytest.approx(point, abs=0.1)

    training = box.get_by_label("Training")
    training.fill("80")
    assert float(result.inner_text()) > point + 3
    box.get_by_role("button", name="Back to the run").click()
    assert float(result.inner_text()) == pytest.approx(point, abs=0.1)


def test_answers_are_narrowed_to_gates(report):
    appendix = report.locator("#appendix-trn")
    rows = appendix.locator("tbody tr:visible")
    before = rows.count()

    appendix.get_by_role("button", name="Gates").click()
    assert rows.count() == 2  # TRN-3 and the sum
    appendix.get_by_role("button", name="All").click()
    assert rows.count() == before


def test_the_theme_can_be_switched(report):
    colour = "getComputedStyle(document.body).backgroundColor"
    before = report.evaluate(colour)

    report.get_by_role("button", name="Dark").click()
    assert report.evaluate(colour) != before


def test_a_phone_shows_no_sideways_scroll_and_numbers_first(page, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(html.render(build_report(samples.not_ready(), samples.context())))
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('[data-chart-switch]').hidden === false")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("#figure-profile table").is_visible()
