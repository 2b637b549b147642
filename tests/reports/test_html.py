"""The HTML report: one file, nothing from outside, nothing that people typed runs."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reports.content import build_report
from reports.content.facts import NextStep, People
from reports.exports import html
from tests.reports import samples

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)"> & "q" <b>'


class Page(HTMLParser):
    """What a parser makes of the page: elements, scripts, and text outside of them."""

    def __init__(self, source: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.scripts: list[tuple[dict, str]] = []
        self.words: list[str] = []
        self._inside: str = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif self._inside != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(scope="module")
def card():
    return samples.not_ready()


def source_of(card, context) -> str:
    return html.render(build_report(card, context)).decode()


@pytest.fixture(scope="module")
def source(card):
    return source_of(card, samples.context())


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_nothing_is_fetched_from_outside(page, source):
    for tag, attrs in page.elements:
        for name in ("src", "href", "action", "poster", "data", "srcset"):
            value = attrs.get(name) or ""
            assert value == "" or value.startswith(("#", "data:")), (tag, name, value[:60])
    styles = "".join(re.findall(r"<style.*?</style>", source, re.DOTALL))
    assert "@import" not in styles
    wanted = re.findall(r"url\(([^)]{0,40})", styles)
    assert wanted
    assert all(each.strip("\"'").startswith("data:") for each in wanted)


def test_only_the_products_own_scripts_may_run(page):
    policy = next(attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv"))
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    running = {
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for attrs, text in page.scripts
        if attrs.get("type") != "application/json"
    }

    assert running == allowed
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "unsafe-eval" not in policy


def test_the_chart_library_is_inside_once(source):
    assert sum("Plotly" in text and len(text) > 500_000 for _, text in Page(source).scripts) == 1


def test_every_chart_has_a_table_and_words(page):
    figures = [attrs for tag, attrs in page.elements if "data-figure" in attrs]
    tables = [attrs for tag, attrs in page.elements if "data-chart-table" in attrs]
    ids = {attrs.get("id") for attrs, _ in page.scripts}

    assert len(figures) == len(tables) >= 3
    assert all(figure["aria-label"] for figure in figures)
    assert {figure["data-figure"] for figure in figures} <= ids


def test_what_people_typed_neither_runs_nor_breaks_the_page(card, page):
    rollout = replace(samples.context().rollout, name=HOSTILE, client=HOSTILE, outcome=HOSTILE)
    context = samples.context(
        rollout=rollout,
        audience="internal",
        prepared_by=HOSTILE,
        groups=(People(HOSTILE, 3, HOSTILE),),
        steps=(NextStep("TRN-3", HOSTILE, HOSTILE, samples.AS_OF),),
        earlier=replace(
            samples.context().earlier,
            changes=(replace(samples.context().earlier.changes[0], text=HOSTILE),),
        ),
    )
    found = Page(source_of(card, context))

    assert len(found.scripts) == len(page.scripts)
    assert not [attrs for _, attrs in found.elements if any(n.startswith("on") for n in attrs)]
    assert not [attrs for tag, attrs in found.elements if tag == "img"]
    assert found.text.count(HOSTILE) >= 5
    for attrs, text in found.scripts:
        if attrs.get("type") == "application/json":
            json.loads(text)


def test_it_says_what_the_pdf_says(card, page):
    report = build_report(card, samples.context())

    for section in report.sections:
        assert section.title in page.text
        for panel in section.panels:
            assert panel.title in page.text


@pytest.mark.parametrize("name", samples.CARDS)
def test_every_verdict_makes_a_page(name):
    found = Page(source_of(samples.CARDS[name](), samples.context()))

    ids = [attrs["id"] for _, attrs in found.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert [tag for tag, _ in found.elements].count("h1") == 1


def test_links_of_the_contents_lead_somewhere(page):
    ids = {attrs.get("id") for _, attrs in page.elements}
    links = [attrs["href"][1:] for tag, attrs in page.elements if tag == "a"]

    assert links
    assert set(links) <= ids
