"""Names of champions and of those to ask next: on the team's pages and files, on no other."""

import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests import factories
from tests.reports import office, scored

# Making a document goes through the task queue, which hears of it when it commits.
pytestmark = pytest.mark.django_db(transaction=True)

# One word each, so that no line of a page can break a name in two.
NAMES = {letter: f"Nowak{letter.upper()}nna" for letter in office.NORTH + office.SOUTH}
CHAMPIONS = {NAMES["a"], NAMES["h"]}


@pytest.fixture
def rollout(project):
    """A scored rollout with two champions, one of them prepared, and somebody to ask next."""
    of = office.network(project)
    for letter, person in of.items():
        person.name, person.key = NAMES[letter], f"HR-{letter}-10417"
        person.email = f"{letter}@staff.example"
        person.reason = "Fears losing the old price list"
        person.save()
    project.champions.filter(person=of["a"]).update(**office.prepared(timezone.localdate()))
    project.stakeholders.update(replied_on=timezone.localdate())
    people = [factories.UserFactory(name=name) for name in ("First Rater", "Second Rater")]
    scored.answer(project, people)
    scored.score(project)
    return project


def suggested(project):
    run = project.scoreruns.get(is_latest=True)
    return {each["name"] for each in run.result["people"]["next"]}


def exported(project, folder, format, audience):
    path = folder / f"{audience}.{format}"
    call_command(
        "export",
        project.slug,
        "--format",
        format,
        "--out",
        str(path),
        "--audience",
        audience,
        stdout=io.StringIO(),
    )
    if format == "pdf":
        return " ".join(page.extract_text() for page in PdfReader(path).pages)
    return path.read_text(encoding="utf-8")


def named_in(text):
    return {name for name in NAMES.values() if name in text}


def test_the_rollout_has_champions_and_people_to_ask_next(rollout):
    assert suggested(rollout)
    assert suggested(rollout).isdisjoint(CHAMPIONS)


@pytest.mark.parametrize("page", ["score", "score-dimension"])
def test_a_viewer_opens_the_champions_line_and_reads_no_name(rollout, bob, sign_in, page):
    url = reverse(f"reports:{page}", args=[rollout.pk, *(["CHA"] if "-" in page else [])])
    shown = sign_in(bob).get(url).content.decode()
    assert named_in(shown) == set()
    assert "lacks belief" not in shown


def test_a_viewer_still_reads_the_lines_and_the_rows_of_groups(rollout, bob, sign_in):
    url = reverse("reports:score-dimension", args=[rollout.pk, "CHA"])
    shown = sign_in(bob).get(url).content.decode()
    assert "prepared" in shown
    assert "4 of 5 in reach, 1 champion" in shown


def test_an_editor_reads_who_is_prepared_and_who_lacks_what(rollout, dora, sign_in):
    url = reverse("reports:score-dimension", args=[rollout.pk, "CHA"])
    shown = sign_in(dora).get(url).content.decode()
    assert named_in(shown) == CHAMPIONS
    assert "lacks belief, early access, word to the manager, agreed time" in shown


@pytest.mark.parametrize("page", ["overview", "group-heat-map", "portfolio"])
def test_the_other_pages_of_the_result_name_nobody(rollout, bob, sign_in, page):
    wall = rollout.organisation_id if page == "portfolio" else rollout.pk
    assert (
        named_in(sign_in(bob).get(reverse(f"reports:{page}", args=[wall])).content.decode())
        == set()
    )


@pytest.mark.parametrize("format", ["pdf", "html", "json"])
def test_the_client_edition_names_no_champion_and_nobody_to_ask(rollout, tmp_path, format):
    text = exported(rollout, tmp_path, format, "client")
    assert "hampion" in text
    assert named_in(text) == set()
    for words in ("10417", "staff.example", "lacks belief", "Fears losing"):
        assert words not in text


@pytest.mark.parametrize("format", ["pdf", "html", "json"])
def test_the_internal_edition_names_whom_to_ask_next(rollout, tmp_path, format):
    text = exported(rollout, tmp_path, format, "internal")
    assert suggested(rollout) <= named_in(text)


def test_the_client_json_holds_no_row_of_a_person(rollout, tmp_path):
    card = json.loads(exported(rollout, tmp_path, "json", "client"))["scorecard"]
    assert {(each["id"], each["name"]) for each in card["people"]["next"]} == {("", "")}
    rows = [
        row
        for dimension in card["dimensions"]
        for cell in dimension["cells"]
        for line in cell["lines"]
        for row in line["rows"]
    ]
    assert rows
    assert not [row for row in rows if row["names_person"]]


def test_no_edition_carries_a_reason_a_mail_or_a_belief(rollout, tmp_path):
    text = exported(rollout, tmp_path, "json", "internal")
    for words in ("staff.example", "Fears losing", "Friday list"):
        assert words not in text
