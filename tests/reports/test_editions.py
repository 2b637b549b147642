"""Asking for documents, making them, and handing them out."""

import hashlib
import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.scoring import serialise
from reports import editions, exporting, tasks
from reports.models import ExportFile, ScoreRun
from tests import factories
from tests.reports import samples

pytestmark = pytest.mark.django_db


def finished_run(project, number=1, **fields):
    card = samples.not_ready()
    return factories.ScoreRunFactory(
        project=project,
        number=number,
        status=ScoreRun.Status.DONE,
        is_latest=True,
        result=serialise.to_dict(card),
        verdict=card.verdict.code,
        median=card.score.median,
        inputs_digest="ab" * 32,
        **fields,
    )


@pytest.fixture
def run(project):
    return finished_run(project)


def ask(run, by=None, **changes):
    wish = {"format": "json", "audience": "client", "now": timezone.now(), **changes}
    return exporting.request_export(project=run.project, run=run, by=by, **wish)


@pytest.fixture
def make(run, django_capture_on_commit_callbacks):
    """Ask for an edition and let the worker make it."""

    def made(**changes) -> ExportFile:
        with django_capture_on_commit_callbacks(execute=True):
            edition = ask(run, **changes).edition
        edition.refresh_from_db()
        return edition

    return made


def url(name, project, edition=None):
    args = [project.pk] + ([edition.pk] if edition else [])
    return reverse(f"reports:edition-{name}", args=args)


# Making


@pytest.mark.parametrize("format", ["pdf", "html", "json"])
def test_the_kept_file_fits_its_row(make, format):
    edition = make(format=format)

    data = edition.file.open("rb").read()
    assert edition.status == ExportFile.Status.DONE
    assert edition.sha256 == hashlib.sha256(data).hexdigest()
    assert edition.size == len(data)
    assert (edition.pages > 5) == (format == "pdf")


def test_the_name_says_whose_it_is(make, project):
    assert make().file_name == "Brandt Pumps – Quoting platform – readiness – edition 1.json"


def test_a_name_with_signs_of_a_path_becomes_a_safe_one(make, project):
    project.name = '../../etc/"pass": a\\b <x>?' + "y" * 90
    project.save()
    name = make(audience="internal").file_name

    assert not set(name) & set('/\\:*?"<>|')
    assert name.endswith("edition 1 – internal.json")


def test_a_second_click_gets_the_first_one(run):
    first = ask(run)
    second = ask(run)

    assert (first.state, second.state) == ("queued", "under_way")
    assert second.edition == first.edition


def test_another_reader_or_format_is_another_edition(run):
    numbers = [
        ask(run, format=format, audience=audience).edition.number
        for format in ("pdf", "json")
        for audience in ("client", "internal")
    ]

    assert numbers == [1, 2, 3, 4]


def test_the_same_again_gives_the_kept_one_unless_it_is_wanted_anew(run, make):
    kept = make()

    again = ask(run)
    anew = ask(run, is_anew=True)
    assert (again.state, again.edition) == ("exists", kept)
    assert (anew.state, anew.edition.number) == ("queued", 2)


def test_a_task_that_comes_twice_makes_one_file(make):
    edition = make()
    before = edition.file.name, edition.finished_at

    assert not editions.execute(str(edition.pk), clock=timezone.now)
    edition.refresh_from_db()
    assert (edition.file.name, edition.finished_at) == before


def test_a_worker_that_lost_its_edition_keeps_nothing(run, monkeypatch):
    edition = ask(run).edition
    json_exporter = editions.EXPORTERS["json"]

    class Slow:
        suffix, step = json_exporter.suffix, json_exporter.step

        @staticmethod
        def render(report):
            ExportFile.objects.filter(pk=edition.pk).update(attempt=2)
            return json_exporter.render(report)

    monkeypatch.setitem(editions.EXPORTERS, "json", Slow)

    assert not editions.execute(str(edition.pk), clock=timezone.now)
    edition.refresh_from_db()
    assert edition.status == ExportFile.Status.RUNNING
    assert not edition.file
    folder = edition.requested_at.strftime("exports/%Y/%m")
    storage = edition.file.storage
    kept = storage.listdir(folder)[1] if storage.exists(folder) else []
    assert not [name for name in kept if name.startswith(str(edition.pk))]


def test_a_run_that_cannot_be_read_fails_with_a_sentence(run, make):
    ScoreRun.objects.filter(pk=run.pk).update(result={"schema": "other"})
    edition = make()

    assert edition.status == ExportFile.Status.FAILED
    assert edition.error.startswith("The file could not be made")
    assert "Traceback" not in edition.error


def test_the_sweeper_takes_up_what_was_forgotten(run):
    edition = ask(run, now=timezone.now() - timedelta(minutes=5)).edition

    tasks.sweep()

    edition.refresh_from_db()
    assert edition.status == ExportFile.Status.DONE


def test_an_unfinished_run_gives_no_edition(project):
    unfinished = factories.ScoreRunFactory(project=project)

    with pytest.raises(ValueError, match="finished run"):
        ask(unfinished)


def test_the_json_can_be_read_back_and_names_nobody(make, run, dora):
    document = json.loads(make().file.open("rb").read())

    card = serialise.from_dict(document["scorecard"])
    assert card.score.median == run.median
    assert document["meta"]["inputs_digest"] == run.inputs_digest
    answers = [a for item in card.items for a in item.answers]
    assert answers
    assert {a.answer_id for a in answers} == {""}
    assert {a.assessor for a in answers} <= {"Assessor", "Assessor 1", "Assessor 2", ""}


def test_an_edition_does_not_change_when_the_rollout_does(make, project):
    edition = make()
    project.name = "Another name"
    project.save()

    data = edition.file.open("rb").read()
    assert hashlib.sha256(data).hexdigest() == edition.sha256
    assert "Another name" not in data.decode()


# Pages


def test_an_editor_asks_and_is_led_to_the_progress(run, project, dora, sign_in):
    answer = sign_in(dora).post(
        url("request", project), {"format": "json", "audience": "client", "run": run.pk}
    )

    edition = project.exportfiles.get()
    assert edition.requested_by == dora
    assert answer.headers["Location"] == url("status", project, edition)


def test_a_viewer_may_not_ask(run, project, bob, sign_in):
    answer = sign_in(bob).post(
        url("request", project), {"format": "pdf", "audience": "client", "run": run.pk}
    )

    assert answer.status_code == 403
    assert not project.exportfiles.exists()


def test_a_run_of_another_rollout_is_refused(project, dora, sign_in):
    foreign = finished_run(factories.ProjectFactory())
    answer = sign_in(dora).post(
        url("request", project), {"format": "pdf", "audience": "client", "run": foreign.pk}
    )

    assert answer.status_code == 422
    assert not ExportFile.objects.exists()


def test_asking_for_the_same_offers_the_kept_one(make, run, project, dora, sign_in):
    make()
    answer = sign_in(dora).post(
        url("request", project), {"format": "json", "audience": "client", "run": run.pk}
    )

    assert "Edition 1 already says the same" in answer.content.decode()
    assert project.exportfiles.count() == 1


def test_progress_polls_with_htmx_and_reloads_without_javascript(run, project, dora, sign_in):
    edition = ask(run).edition
    browser = sign_in(dora)
    page = browser.get(url("status", project, edition)).content.decode()
    part = browser.get(url("status", project, edition), headers={"HX-Request": "true"})

    assert '<meta http-equiv="refresh"' in page
    assert f'hx-get="{url("status", project, edition)}"' in page
    assert "<html" not in part.content.decode()


def test_a_finished_edition_polls_no_more(make, project, bob, sign_in):
    page = sign_in(bob).get(url("status", project, make())).content.decode()

    assert "hx-get=" not in page.split("<main")[1].split("</main>")[0]
    assert "is ready" in page


def test_a_viewer_downloads_the_client_version(make, project, bob, sign_in):
    edition = make(format="pdf")
    answer = sign_in(bob).get(url("download", project, edition))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "edition%201.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_viewer_may_not_have_the_internal_version(make, project, bob, dora, sign_in):
    edition = make(audience="internal")

    assert sign_in(bob).get(url("download", project, edition)).status_code == 403
    assert sign_in(dora).get(url("download", project, edition)).status_code == 200


@pytest.mark.parametrize("name", ["status", "download"])
def test_an_outsider_finds_nothing(make, project, charlie, sign_in, name):
    assert sign_in(charlie).get(url(name, project, make())).status_code == 404


@pytest.mark.parametrize("name", ["status", "download"])
def test_an_edition_of_another_rollout_is_not_found_here(make, organisation, dora, sign_in, name):
    other = factories.ProjectFactory(organisation=organisation)

    assert sign_in(dora).get(url(name, other, make())).status_code == 404


def test_an_edition_without_a_file_cannot_be_downloaded(run, project, dora, sign_in):
    edition = ask(run).edition

    assert sign_in(dora).get(url("download", project, edition)).status_code == 404


def test_the_list_says_how_the_newest_document_stands(make, project, bob, sign_in):
    make()
    ScoreRun.objects.update(is_latest=False)
    finished_run(project, number=3)

    page = sign_in(bob).get(url("list", project)).content.decode()
    assert "The newest document is 2\u00a0score runs behind" in page


def test_before_the_first_run_the_list_says_where_to_start(project, dora, sign_in):
    page = sign_in(dora).get(url("list", project)).content.decode()

    assert "Score the rollout first" in page
    assert "Make the document" not in page


# The library


def library(organisation, **asked):
    return reverse("reports:library", args=[organisation.pk]), asked


def test_the_library_keeps_to_the_clients_a_person_may_see(make, organisation, project, sign_in):
    make()
    other = factories.ProjectFactory(
        organisation=organisation,
        name="Rostering",
        client=factories.ClientFactory(organisation=organisation, name="Meridian"),
    )
    ask(finished_run(other))
    walled = factories.UserFactory()
    membership = factories.MembershipFactory(
        organisation=organisation, user=walled, role="viewer", all_clients=False
    )
    membership.clients.add(project.client)

    page = sign_in(walled).get(*library(organisation)).content.decode()
    assert "Quoting platform" in page
    assert "Rostering" not in page
    assert "Meridian" not in page


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"q": "quoting"}, True),
        ({"q": "brandt"}, True),
        ({"q": "nothing"}, False),
        ({"format": "json"}, True),
        ({"format": "pdf"}, False),
        ({"client": "not-an-id"}, False),
        ({"client": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"}, False),
        ({"page": "99"}, True),
    ],
)
def test_the_library_is_searched_and_filtered(make, organisation, bob, sign_in, asked, is_found):
    edition = make()
    page = sign_in(bob).get(*library(organisation, **asked)).content.decode()

    assert (edition.sha256[:12] in page) is is_found


def test_a_checksum_finds_its_edition(make, organisation, bob, sign_in):
    edition = make()
    page = sign_in(bob).get(*library(organisation, q=edition.sha256[:10])).content.decode()

    assert edition.sha256[:12] in page


def test_the_library_asks_no_more_for_ten_editions_than_for_one(
    make, organisation, bob, sign_in, django_assert_max_num_queries
):
    make()
    browser = sign_in(bob)
    with CaptureQueriesContext(connection) as one:
        browser.get(*library(organisation))
    for _ in range(9):
        make(is_anew=True)
    with django_assert_max_num_queries(len(one)):
        browser.get(*library(organisation))


# The command


@pytest.mark.django_db(transaction=True)  # the queue hears of an edition when it commits
def test_the_command_writes_the_file(run, tmp_path):
    out = tmp_path / "report.json"
    said = io.StringIO()
    call_command("export", run.project.slug, "--format", "json", "--out", str(out), stdout=said)

    edition = run.project.exportfiles.get()
    assert hashlib.sha256(out.read_bytes()).hexdigest() == edition.sha256
    assert edition.sha256 in said.getvalue()


@pytest.mark.parametrize("format", ["pptx", "xlsx"])
def test_a_format_to_come_is_refused_with_code_2(run, tmp_path, format):
    with pytest.raises(CommandError, match="not available yet") as error:
        call_command("export", run.project.slug, "--format", format, "--out", str(tmp_path / "x"))

    assert error.value.returncode == 2


def test_without_a_run_the_command_says_what_to_do(project, tmp_path):
    with pytest.raises(CommandError, match=r"manage\.py score"):
        call_command("export", project.slug, "--format", "pdf", "--out", str(tmp_path / "x"))
