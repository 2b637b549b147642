"""Ties from a table: lists and matrices, names on no list, by page and by command."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from assessments.importers import KINDS, Context, ReadError, carry_out, guess_columns, plan, read
from assessments.models import AdviceTie, Stakeholder, UnmatchedTie
from tests import factories
from tests.queries import queries_of

CONTEXT = Context(today=timezone.localdate())
CREATE = Context(today=timezone.localdate(), options=frozenset({"create_people"}))


def rows_of(text, name="ties.csv"):
    raw = text.encode() if isinstance(text, str) else text
    return read(io.BytesIO(raw), name, KINDS["ties"].most_rows, KINDS["ties"].shape)


def planned(project, text, context=CONTEXT):
    rows = rows_of(text)
    return plan(KINDS["ties"], project, rows, guess_columns(KINDS["ties"], rows[0]), context)


def imported(project, text, context=CONTEXT):
    result = planned(project, text, context)
    assert [str(error) for error in result.errors] == []
    carry_out(result)
    return result


def ties(project):
    return {
        (tie.asker.name, tie.asked.name): tie.frequency
        for tie in AdviceTie.objects.filter(project=project).select_related("asker", "asked")
    }


@pytest.fixture
def people(project):
    return {
        name: factories.StakeholderFactory(project=project, name=name)
        for name in ("Ann Ek", "Bo Lund", "Cy Roy")
    }


class TestList:
    def test_ties_are_stored_and_askers_have_replied(self, project, people):
        imported(project, "from,to,frequency\nAnn Ek,Bo Lund,5\nbo  lund,Cy Roy,3\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 5, ("Bo Lund", "Cy Roy"): 3}
        replied = Stakeholder.objects.filter(replied_on=timezone.localdate())
        assert {person.name for person in replied} == {"Ann Ek", "Bo Lund"}

    def test_missing_frequency_counts_as_often(self, project, people):
        imported(project, "Who asks;Who is asked\nAnn Ek;Bo Lund\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4}

    def test_identifier_and_mail_find_the_person(self, project, people):
        people["Ann Ek"].key = "A17"
        people["Ann Ek"].save()
        people["Bo Lund"].email = "bo@example.org"
        people["Bo Lund"].save()
        imported(project, "from,to\na17,BO@example.org\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4}

    def test_repeated_pair_keeps_the_highest_frequency_and_is_named(self, project, people):
        text = "from,to,weight\nAnn Ek,Bo Lund,2\nAnn Ek,Bo Lund,5\nAnn Ek,Bo Lund,3\n"
        result = imported(project, text)
        assert ties(project) == {("Ann Ek", "Bo Lund"): 5}
        assert any(note.startswith("Rows 3, 4 hold a pair named before") for note in result.notes)

    def test_self_tie_is_left_out_and_named(self, project, people):
        result = imported(project, "from,to\nAnn Ek,ann ek\nAnn Ek,Bo Lund\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4}
        assert "Row 2 holds a person as asking themselves: left out." in result.notes

    def test_zero_is_no_tie_but_an_answer(self, project, people):
        imported(project, "from,to,weight\nAnn Ek,Bo Lund,0\nBo Lund,Cy Roy,4\n")
        assert ties(project) == {("Bo Lund", "Cy Roy"): 4}
        people["Ann Ek"].refresh_from_db()
        assert people["Ann Ek"].replied_on == timezone.localdate()

    def test_a_file_of_ones_means_often(self, project, people):
        result = imported(project, "from,to,weight\nAnn Ek,Bo Lund,1\nAnn Ek,Cy Roy,0\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4}
        assert any("0 and 1 only" in note for note in result.notes)

    def test_unknown_name_waits_and_is_not_dropped(self, project, people):
        result = imported(project, "from,to,weight\nAnn Ek,Zoe Unknown,5\nQuinn,Bo Lund,2\n")
        assert ties(project) == {}
        waiting = UnmatchedTie.objects.filter(project=project).order_by("row")
        assert [(w.asker_name, w.asked_name, w.frequency, w.row) for w in waiting] == [
            ("Ann Ek", "Zoe Unknown", 5, 2),
            ("Quinn", "Bo Lund", 2, 3),
        ]
        assert waiting[0].asker == people["Ann Ek"]
        assert any("2 names are on no list here" in note for note in result.notes)

    def test_namesakes_wait_until_somebody_says_who_is_meant(self, project, people):
        factories.StakeholderFactory(project=project, name="Ann Ek")
        result = imported(project, "from,to\nAnn Ek,Bo Lund\n")
        assert UnmatchedTie.objects.get().asker is None
        assert any("shared by several people" in note for note in result.notes)

    def test_unknown_people_are_added_when_asked(self, project, people):
        imported(project, "from,to\nAnn Ek,Zoe New\nzoe new,Bo Lund\n", CREATE)
        assert ties(project) == {("Ann Ek", "Zoe New"): 4, ("Zoe New", "Bo Lund"): 4}
        assert not UnmatchedTie.objects.exists()

    def test_second_import_of_the_same_file_changes_nothing(self, project, people):
        text = "from,to,weight\nAnn Ek,Bo Lund,5\nAnn Ek,Zoe Unknown,5\n"
        imported(project, text)
        again = imported(project, text)
        assert (len(again.new), len(again.changed), again.same) == (0, 0, 2)
        assert UnmatchedTie.objects.count() == 1

    def test_faulty_row_is_named_and_nothing_is_written(self, project, people):
        result = planned(project, "from,to,weight\nAnn Ek,,4\nAnn Ek,Bo Lund,often\n")
        assert [str(error) for error in result.errors] == [
            "Row 2, to: The cell is empty. Write the person’s name.",
            "Row 3, weight: “often” is no number from 0 to 5. "
            "0 is no tie, 1 never, 2 seldom, 3 sometimes, 4 often, 5 very often.",
        ]


class TestMatrix:
    def test_square_matrix_is_read(self, project, people):
        imported(project, ",Ann Ek,Bo Lund,Cy Roy\nAnn Ek,,5,0\nBo Lund,2,,4\nCy Roy,0,0,0\n")
        assert ties(project) == {
            ("Ann Ek", "Bo Lund"): 5,
            ("Bo Lund", "Ann Ek"): 2,
            ("Bo Lund", "Cy Roy"): 4,
        }
        people["Cy Roy"].refresh_from_db()
        assert people["Cy Roy"].replied_on is not None  # noughts are an answer

    def test_blank_row_is_no_answer(self, project, people):
        imported(project, ",Ann Ek,Bo Lund,Cy Roy\nAnn Ek,,x,\nBo Lund,,,\nCy Roy,x,,\n")
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4, ("Cy Roy", "Ann Ek"): 4}
        people["Bo Lund"].refresh_from_db()
        assert people["Bo Lund"].replied_on is None

    def test_xlsx_matrix_with_rows_in_another_order_is_read(self, project, people):
        book = Workbook()
        for row in (
            ("asks", "Ann Ek", "Bo Lund", "Cy Roy"),
            ("Cy Roy", None, 4, None),
            ("Bo Lund", 5, None, None),
            ("Ann Ek", None, None, None),
        ):
            book.active.append(row)
        raw = io.BytesIO()
        book.save(raw)
        rows = rows_of(raw.getvalue(), "ties.xlsx")
        assert [(row["From"], row["To"]) for row in rows] == [
            ("Cy Roy", "Bo Lund"),
            ("Bo Lund", "Ann Ek"),
        ]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (",A,B,C\nA,,1,\nB,1,,\n", "Column “C” has no row"),
            (",A,B\nA,,1\nB,1,\nC,1,1\n", "Row 4, “C”, has no column"),
            (",A,B\nA,,1\nB,1,\nC,1,1\n", "not square: 3 rows, 2 columns"),
            (",A,B\nA,,1\nB,1,,4\n", "has 3 values; row 1 names 2 people"),
            (",A,B\nA,,7\nB,1,\n", "Row 2, column “B”: “7” is no number"),
            (",A,A\nA,,1\nA,1,\n", "Two columns are called “A”"),
        ],
    )
    def test_broken_matrix_names_row_and_column(self, text, words):
        with pytest.raises(ReadError) as error:
            rows_of(text)
        assert words in str(error.value)


class TestPages:
    def test_upload_look_and_import(self, project, people, dora, sign_in):
        url = reverse("assessments:tie-import", args=[project.pk])
        browser = sign_in(dora)
        upload = SimpleUploadedFile("ties.csv", b"a,b\nAnn Ek,Bo Lund\nAnn Ek,Nobody Here\n")
        assert browser.post(url, {"go": "upload", "file": upload}).status_code == 302
        columns = {"column-asker": "a", "column-asked": "b"}
        page = browser.post(url, {"go": "check", **columns}).content.decode()
        assert "2 ties ready to import" in page
        assert "1 name is on no list here: Nobody Here" in page
        assert browser.post(url, {"go": "import", **columns}).status_code == 302
        assert ties(project) == {("Ann Ek", "Bo Lund"): 4}
        assert UnmatchedTie.objects.get().asked_name == "Nobody Here"

    def test_viewer_cannot_open_the_import(self, project, bob, sign_in):
        url = reverse("assessments:tie-import", args=[project.pk])
        assert sign_in(bob).get(url).status_code == 403


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path) -> Path:
        path = tmp_path / "ties.csv"
        path.write_text("from,to,weight\nAnn Ek,Bo Lund,5\nAnn Ek,Zoe New,4\n")
        return path

    def test_dry_run_writes_nothing(self, project, people, file, capsys):
        call_command("import_data", "ties", str(file), project=project.slug, dry_run=True)
        assert "Would import ties" in capsys.readouterr().out
        assert ties(project) == {}

    def test_import_and_create(self, project, people, file):
        call_command("import_data", "ties", str(file), project=project.slug, create_people=True)
        assert len(ties(project)) == 2

    def test_faulty_file_is_refused_as_a_whole(self, project, people, file):
        file.write_text("from,to\nAnn Ek,Bo Lund\n,Cy Roy\n")
        with pytest.raises(CommandError, match=r"1 problem\. Nothing was imported"):
            call_command("import_data", "ties", str(file), project=project.slug)
        assert ties(project) == {}


class TestManyRows:
    """A row at a time would need a query each; these are read, planned and written together."""

    @pytest.fixture
    def crowd(self, project):
        return Stakeholder.objects.bulk_create(
            factories.StakeholderFactory.build(project=project, name=f"P{i}") for i in range(500)
        )

    def table(self, count):
        """Return this many rows, each with a pair of its own."""
        rows = (f"P{i % 500},P{(i + 1 + i // 500) % 500},{i % 5 + 1}" for i in range(count))
        return "from,to,weight\n" + "\n".join(rows) + "\n"

    def test_a_hundred_thousand_rows_are_planned_with_the_queries_of_one(self, project, crowd):
        queries = queries_of(planned, project, self.table(1))
        with CaptureQueriesContext(connection) as asked:
            result = planned(project, self.table(100_000))
        assert len(asked) == queries
        assert result.errors == []
        assert len(result.new) == len(result.actions) == 100_000

    def test_twenty_thousand_ties_are_written_in_bulk(self, project, crowd):
        result = planned(project, self.table(20_000))
        written = queries_of(carry_out, result)
        assert AdviceTie.objects.count() == 20_000
        assert Stakeholder.objects.exclude(replied_on=None).count() == 500
        assert written < 20_000 / 100  # SQLite takes some hundred rows at once
