"""One run, four places: page, command, PDF and HTML must say the same."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from assessments.models import Answer
from reports.content import sentences, words
from tests import factories
from tests.reports import office, samples

# The queue hears of a run when it commits.
pytestmark = pytest.mark.django_db(transaction=True)


class Words(HTMLParser):
    """The words of a page, without scripts and styles."""

    def __init__(self, source: str):
        super().__init__()
        self.parts, self._skipped = [], 0
        self.feed(source)
        self.text = " ".join(" ".join(self.parts).split())

    def handle_starttag(self, tag, attrs):
        self._skipped += tag in ("script", "style")

    def handle_endtag(self, tag):
        self._skipped -= tag in ("script", "style")

    def handle_data(self, data):
        if not self._skipped:
            self.parts.append(data)


@pytest.fixture
def assessed(project, alice, dora):
    """A rollout that two people have rated, with evidence for some of it."""
    round_ = factories.AssessmentFactory(project=project, number=1)
    for person, shift in ((alice, 0), (dora, 1)):
        for answer in samples.answers(person.email, shift):
            if answer.state == "blank":
                continue
            factories.AnswerFactory(
                assessment=round_,
                assessor=person,
                item=answer.item,
                state=answer.state,
                level=answer.level,
                reason=answer.reason,
            )
    proven = {a.item for a in samples.answers("x") if a.has_valid_evidence}
    for item in sorted(proven):
        factories.EvidenceFactory(project=project, item=item)
    assert Answer.objects.filter(assessment=round_).count() > 80
    office.network(project)
    return project


def run_json(command, *args) -> dict:
    out = io.StringIO()
    call_command(command, *args, stdout=out)
    return json.loads(out.getvalue())


def exported(project, format, tmp_path) -> bytes:
    out = tmp_path / f"report.{format}"
    call_command(
        "export", project.slug, "--format", format, "--out", str(out), stdout=io.StringIO()
    )
    return out.read_bytes()


@pytest.fixture
def places(assessed, bob, sign_in, tmp_path, django_capture_on_commit_callbacks):
    """The scorecard of the command, and the words of every other place."""
    with django_capture_on_commit_callbacks(execute=True):
        card = run_json("score", assessed.slug, "--json")
    page = sign_in(bob).get(reverse("reports:overview", args=[assessed.pk])).content.decode()
    pdf = PdfReader(io.BytesIO(exported(assessed, "pdf", tmp_path)))
    document = json.loads(exported(assessed, "json", tmp_path))
    texts = {
        "overview": Words(page).text,
        "pdf": " ".join("\n".join(p.extract_text() for p in pdf.pages).split()),
        "html": Words(exported(assessed, "html", tmp_path).decode()).text,
    }
    return card, texts, document


def test_score_and_interval_are_the_same_everywhere(places):
    card, texts, document = places
    score = card["score"]
    median = words.number(score["median"])
    interval = f"90 % interval {words.span(score['q05'], score['q95'])}"

    for place, text in texts.items():
        assert re.search(rf"\b{median}\b.{{0,120}}?{re.escape(interval)}", text), place
    assert document["scorecard"]["score"] == score


def test_every_dimension_is_the_same_everywhere(places):
    card, texts, document = places

    assert len(card["dimensions"]) == 5
    for dimension in card["dimensions"]:
        value = words.number(dimension["value"])
        span = words.span(dimension["q05"], dimension["q95"])
        for place, text in texts.items():
            near = rf"{re.escape(dimension['name'])}\b.{{0,300}}?\b{value}\b.{{0,40}}?{span}"
            assert re.search(near, text), (place, dimension["name"], value, span)
    values = [each["value"] for each in card["dimensions"]]
    assert [each["value"] for each in document["scorecard"]["dimensions"]] == values


def test_verdict_and_open_gates_are_the_same_everywhere(places):
    card, texts, document = places
    verdict = sentences.VERDICTS[card["verdict"]["code"]]
    opened = [gate["code"] for gate in card["gates"] if gate["state"] == "open"]

    assert opened
    for place, text in texts.items():
        assert verdict in text, place
        for code in opened:
            assert code in text, (place, code)
    assert document["scorecard"]["verdict"] == card["verdict"]


def test_champion_coverage_is_the_same_everywhere(places):
    card, texts, _ = places
    people = card["people"]
    reach = words.span(people["low"], people["high"])
    champions = next(each for each in card["dimensions"] if each["code"] == "CHA")
    cell = next(each for each in champions["cells"] if each["kind"] == "measured")

    assert people["score"] == cell["lines"][0]["value"]
    assert words.number(people["score"]) == "59"
    for place in ("pdf", "html"):
        assert f"59 of 100, 90 % interval {reach}" in texts[place].replace(words.NBSP, " "), place
        assert re.search(r"Two champions reach 60.%", texts[place]), place
        for group in people["groups"]:
            said = f"{group['reached']} of {group['people']}"
            assert re.search(rf"{group['group']}\b.{{0,40}}?\b{said}\b", texts[place]), place
    value = words.number(cell["value"])
    for place, text in texts.items():
        assert re.search(rf"\b{value}\b.{{0,20}}?2.lines", text), place


def test_a_version_for_the_client_suggests_nobody_by_name(places):
    card, texts, document = places
    names = [each["name"] for each in card["people"]["next"]]

    assert names
    assert "Person a" in json.dumps(card)
    for place in ("pdf", "html"):
        assert not [name for name in names if name in texts[place]], place
    assert "Person" not in json.dumps(document)
    kept = [(each["gain"], each["reached"]) for each in document["scorecard"]["people"]["next"]]
    assert kept == [(each["gain"], each["reached"]) for each in card["people"]["next"]]


def test_every_place_is_about_the_same_run(places, assessed):
    card, texts, document = places

    for place, text in texts.items():
        assert re.search(rf"[Ss]core run {card['run']}\b", text), place
    assert document["meta"]["run"] == card["run"]
    assert assessed.scoreruns.get().as_of == timezone.localdate()
