import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from assessments import importers
from assessments.importers.cells import WrongCell, day, influence, support
from assessments.models import Position, Stakeholder
from tests import factories
from tests.queries import queries_of

CSV = """\
Name,Identifier,Group,Influence,Support now,Support needed,Reason,Source,Owner,Next step,By
Ralf Öztürk,10417,Field sales,5,0,2,Price sheet,Interview,Jonas Feld,Two quotes,26/11/2026
Claire Whitfield,,Field sales,high,doubts,Supports,,,,,
"""


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales")


def rows_of(text: str):
    return importers.read(io.BytesIO(text.encode()), "people.csv", 100_000)


def plan(project, text: str, *options, **context):
    rows = rows_of(text)
    kind = importers.KINDS["stakeholders"]
    columns = importers.guess_columns(kind, rows[0])
    context = importers.Context(options=frozenset(options), **context)
    return importers.plan(kind, project, rows, columns, context)


def bring(project, text: str, *options, **context):
    result = plan(project, text, *options, **context)
    assert result.errors == []
    importers.carry_out(result)
    return result


def problems(project, text: str) -> list[str]:
    return [str(error) for error in plan(project, text).errors]


class TestRows:
    def test_every_column_arrives(self, project, sales, alice):
        bring(project, CSV, by=alice)
        ralf = project.stakeholders.get(key="10417")
        assert (ralf.name, ralf.group, ralf.influence, ralf.support_now) == (
            *("Ralf Öztürk", sales, 5, 0),
        )
        assert (ralf.relationship_owner, ralf.next_step_on) == (
            "Jonas Feld",
            datetime.date(2026, 11, 26),
        )
        claire = project.stakeholders.get(name="Claire Whitfield")
        assert (claire.influence, claire.support_now, claire.support_needed) == (4, -1, 1)

    def test_every_place_is_noted_with_its_source(self, project, sales, alice):
        bring(project, CSV, by=alice, today=datetime.date(2026, 11, 20))
        noted = {p.stakeholder.name: p for p in project.positions.all()}
        assert noted["Ralf Öztürk"].source == "interview"
        assert noted["Ralf Öztürk"].noted_by == alice
        assert noted["Claire Whitfield"].source == "guess"  # nobody said how it is known
        assert noted["Claire Whitfield"].noted_on == datetime.date(2026, 11, 20)

    def test_second_import_updates_instead_of_doubling(self, project, sales):
        bring(project, CSV)
        again = bring(project, CSV)
        assert again.summary == "0 new, 0 changed, 2 unchanged"
        changed = bring(project, CSV.replace("high,doubts", "high,neutral"))
        assert changed.summary == "0 new, 1 changed, 1 unchanged"
        claire = project.stakeholders.get(name="Claire Whitfield")
        assert (claire.support_now, claire.version) == (0, 2)
        assert [p.support_now for p in claire.positions.all()] == [0, -1]
        assert project.stakeholders.count() == 2

    def test_champions_come_with_their_state_and_keep_what_was_noted(self, project, sales):
        bring(project, "name,champion\nAnn Ek,yes\nBo Lund,invited\nCy Roy,no\nDi Sun,\n")
        states = dict(project.champions.values_list("person__name", "state"))
        assert states == {"Ann Ek": "active", "Bo Lund": "invited"}

        project.champions.filter(person__name="Bo Lund").update(belief="It saves me the phone.")
        result = bring(project, "name,champion\nAnn Ek,active\nBo Lund,active\n")

        assert (result.same, [person.name for person in result.changed]) == (1, ["Bo Lund"])
        bo = project.champions.get(person__name="Bo Lund")
        assert (bo.state, bo.belief) == ("active", "It saves me the phone.")

    def test_an_unknown_state_of_a_champion_is_named(self, project):
        assert "is no state of a champion" in problems(project, "name,champion\nAnn Ek,keen\n")[0]

    def test_empty_cell_changes_nothing(self, project, sales):
        person = factories.StakeholderFactory(
            project=project, group=sales, name="Claire Whitfield", job_title="Head", reason="Hers"
        )
        bring(project, "Name,Group,Job title,Reason\nClaire Whitfield,Field sales,,\n")
        person.refresh_from_db()
        assert (person.job_title, person.reason, person.version) == ("Head", "Hers", 1)

    def test_place_that_nobody_noted_enters_the_history_first(self, project, sales):
        person = factories.StakeholderFactory(
            project=project, name="Karl", influence=4, support_now=-1, reason="Old", source="self"
        )
        bring(project, "Name,Support now\nKarl,1\n")
        latest, first = person.positions.all()
        assert (first.support_now, first.reason, first.source) == (-1, "Old", "self")
        # The old reason does not explain the new place.
        assert (latest.support_now, latest.reason, latest.source) == (1, "", "guess")

    def test_spelling_finds_the_same_person(self, project, sales):
        bring(project, "Name,Group\nJosé  Müller,field  SALES\n")
        again = bring(project, "Name,Group\njose\u0301 MÜLLER,Field sales\n")
        assert again.same + len(again.changed) == 1
        assert project.stakeholders.count() == 1

    def test_names_written_from_right_to_left_come_and_find(self, project, sales):
        bring(project, "Name,Group\n\u200fדנה לוי\u200f,Field sales\n")
        assert project.stakeholders.get().name == "דנה לוי"
        assert bring(project, "Name,Group\nדנה לוי,Field sales\n").same == 1

    def test_identifier_wins_over_name_and_group(self, project, sales):
        person = factories.StakeholderFactory(project=project, name="Claire Miller", key="A-7")
        bring(project, "Name,Identifier,Group\nClaire Whitfield,a-7,Field sales\n")
        person.refresh_from_db()
        assert (person.name, person.group) == ("Claire Whitfield", sales)

    def test_identifier_completes_the_person_without_one(self, project, sales):
        person = factories.StakeholderFactory(project=project, group=sales, name="Kim Lee")
        bring(project, "Name,Identifier,Group\nKim Lee,7,Field sales\n")
        person.refresh_from_db()
        assert person.key == "7"
        bring(project, "Name,Identifier,Group\nKim Lee,8,Field sales\n")  # a namesake
        assert project.stakeholders.count() == 2

    def test_person_without_a_group_gets_one(self, project, sales):
        person = factories.StakeholderFactory(project=project, name="Kim Lee")
        bring(project, "Name,Group\nKim Lee,Field sales\n")
        person.refresh_from_db()
        assert person.group == sales

    def test_unknown_group_is_an_error_or_is_added(self, project):
        text = "Name,Group\nKim Lee,Night shift\nJo Park,night shift\n"
        assert problems(project, text)[0] == (
            "Row 2, Group: “Night shift” is no group of this rollout. "
            "Correct the name, or allow new groups to be added."
        )
        result = bring(project, text, "create_groups")
        assert "Night shift (2)" in result.notes[0]
        group = project.groups.get()
        assert (group.headcount, group.stakeholders.count()) == (2, 2)


class TestRefused:
    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (",7,3,0", "Row 2, Name: The cell is empty. Fill it in."),
            ("Kim,7,6,0", "“6” is no influence. Use 1 to 5, or very low to very high."),
            ("Kim,7,3,3", "“3” is no level of support. Use −2 to 2, or opposes"),
            ("Kim,7,3,maybe", "“maybe” is no level of support."),
            (f"{'K' * 121},7,3,0", "Row 2, Name: Longer than 120 characters. Shorten it."),
            (f"Kim,{'7' * 61},3,0", "Row 2, Identifier: Longer than 60 characters."),
        ],
    )
    def test_wrong_cell_is_named_with_its_remedy(self, project, row, words):
        (problem,) = problems(project, f"Name,Identifier,Influence,Support now\n{row}\n")
        assert words in problem

    def test_all_wrong_cells_of_a_row_are_named(self, project):
        found = problems(project, "Name,E-mail,Leads people,By\n,x@,perhaps,32/13/2026\n")
        assert len(found) == 4

    def test_person_in_two_groups_needs_an_identifier(self, project, sales):
        factories.StakeholderFactory(
            project=project,
            group=factories.GroupFactory(project=project, name="Pricing desk"),
            name="Kim Lee",
        )
        (problem,) = problems(project, "Name,Group\nKim Lee,Field sales\n")
        assert "“Kim Lee” is on the list already, in Pricing desk." in problem
        assert "enter an identifier" in problem

    def test_name_of_two_people_needs_an_identifier(self, project, sales):
        for key in "78":
            factories.StakeholderFactory(project=project, group=sales, name="Kim Lee", key=key)
        for text in ("Name\nKim Lee\n", "Name,Group\nKim Lee,Field sales\n"):
            (problem,) = problems(project, text)
            assert "2 people are called “Kim Lee”. Enter the identifier" in problem
        assert problems(project, "Name,Identifier\nKim Lee,8\n") == []

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ("Kim Lee,,Field sales\nkim  lee,,Field sales\n", "stands in row 2 too. Keep one row"),
            ("Kim Lee,,Field sales\nKim Lee,,Desk\n", "stands in row 2 too, in another group."),
            ("Kim Lee,7,Field sales\nJo Park,7,Desk\n", "The identifier “7” stands in row 2 too."),
            ("Kim Lee,7,Field sales\nKim Lee,,Desk\n", "or give both an identifier"),
        ],
    )
    def test_nobody_stands_in_the_file_twice(self, project, sales, rows, words):
        factories.GroupFactory(project=project, name="Desk")
        (problem,) = problems(project, "Name,Identifier,Group\n" + rows)
        assert problem.startswith("Row 3")
        assert words in problem

    def test_two_rows_about_one_person_are_refused(self, project):
        factories.StakeholderFactory(project=project, name="Kim Lee", key="7")
        (problem,) = problems(project, "Name,Identifier\nKim Park,7\nKim Lee,\n")
        assert "Row 2 is about the same person." in problem

    def test_namesakes_with_identifiers_are_welcome(self, project):
        assert problems(project, "Name,Identifier\nKim Lee,7\nKim Lee,8\n") == []

    def test_one_wrong_row_keeps_all_out(self, project, sales, tmp_path):
        file = tmp_path / "people.csv"
        file.write_text(CSV + "Kim,,Nowhere,9,,,,,,,\n")
        with pytest.raises(CommandError, match=r"2 problems\. Nothing was imported\."):
            call_command("import_data", "stakeholders", str(file), project=project.slug)
        assert not project.stakeholders.exists()


class TestCells:
    @pytest.mark.parametrize(
        ("text", "level"),
        [("-2", -2), ("−1", -1), ("+2", 2), ("0", 0), ("Promotes", 2), ("SCEPTICAL", -1)],
    )
    def test_support_is_a_number_or_a_word(self, text, level):
        assert support(text) == level

    @pytest.mark.parametrize(("text", "level"), [("5", 5), ("very high", 5), ("1.0", 1)])
    def test_influence_is_a_number_or_a_word(self, text, level):
        assert influence(text) == level

    @pytest.mark.parametrize(
        "text", ["18/01/2027", "18.1.2027", "2027-01-18", "18 Jan 2027", "18 January 2027"]
    )
    def test_day_comes_before_the_month(self, text):
        assert day(text) == datetime.date(2027, 1, 18)

    @pytest.mark.parametrize("text", ["31/02/2027", "18/2027", "soon", "18 Mac 2027"])
    def test_what_is_no_date_is_refused(self, text):
        with pytest.raises(WrongCell, match="is no date"):
            day(text)


class TestPages:
    @pytest.fixture
    def url(self, project):
        return reverse("assessments:people-import", args=[project.pk])

    @pytest.fixture
    def browser(self, dora, sign_in):
        return sign_in(dora)

    def upload(self, browser, url, content=CSV, name="people.csv"):
        raw = content.encode() if isinstance(content, str) else content
        data = {"go": "upload", "file": SimpleUploadedFile(name, raw)}
        return browser.post(url, data, follow=True)

    columns = {
        "column-name": "Name",
        "column-key": "Identifier",
        "column-group": "Group",
        "column-influence": "Influence",
        "column-support_now": "Support now",
    }

    def test_rows_are_shown_before_anything_is_written(self, project, sales, browser, url):
        page = self.upload(browser, url).content.decode()
        assert "2 people ready to import" in page
        assert not project.stakeholders.exists()
        browser.post(url, {"go": "import", **self.columns})
        assert project.stakeholders.count() == 2
        assert {p.noted_by.name for p in Position.objects.all()} == {"Dora"}

    def test_unknown_groups_are_added_when_ticked(self, project, browser, url):
        page = self.upload(browser, url).content.decode()
        assert "Add groups that are not on the list yet" in page
        assert "is no group of this rollout" in page
        ticked = {**self.columns, "option-create_groups": "on"}
        page = browser.post(url, {"go": "check", **ticked}).content.decode()
        assert "Field sales (2)" in page
        browser.post(url, {"go": "import", **ticked})
        assert project.groups.get().stakeholders.count() == 2

    def test_empty_file_is_refused(self, browser, url):
        assert b"The file is empty" in self.upload(browser, url, b"").content
        assert b"no rows below its header" in self.upload(browser, url, "Name,Group\n").content

    def test_excel_is_read(self, project, browser, url):
        book = Workbook()
        for row in (("Name", "Influence", "By"), ("Kim", 4, datetime.date(2026, 12, 1))):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        self.upload(browser, url, out.getvalue(), "people.xlsx")
        names = {
            "column-name": "Name",
            "column-influence": "Influence",
            "column-next_step_on": "By",
        }
        browser.post(url, {"go": "import", **names})
        kim = project.stakeholders.get()
        assert (kim.influence, kim.next_step_on) == (4, datetime.date(2026, 12, 1))

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_own_export_comes_back_as_it_was(self, project, sales, browser, url, form):
        bring(project, CSV)
        factories.StakeholderFactory(project=project, name="=Kim", reason="-x", support_now=-2)
        Stakeholder.objects.filter(name="=Kim").update(source="self", influence=1)
        export = reverse("assessments:people-export", args=[project.pk])
        content = browser.get(f"{export}?format={form}").content
        page = self.upload(browser, url, content, f"p.{form}").content.decode()
        assert "0 new, 0 changed, 3 unchanged" in page

    def test_template_can_be_imported(self, project, sales, browser, url):
        template = browser.get(reverse("assessments:people-import-template", args=[project.pk]))
        assert b"1 person ready" in self.upload(browser, url, template.content).content


class TestCommand:
    def test_people_and_groups_are_written(self, project, tmp_path, capsys):
        file = tmp_path / "people.csv"
        file.write_text(CSV)
        arguments = ("import_data", "stakeholders", str(file))
        with pytest.raises(CommandError):
            call_command(*arguments, project=project.slug)
        call_command(*arguments, project=project.slug, create_groups=True, dry_run=True)
        assert "Would import" in capsys.readouterr().out
        assert not project.groups.exists()
        call_command(*arguments, project=project.slug, create_groups=True)
        assert "2 new, 0 changed, 0 unchanged" in capsys.readouterr().out
        assert project.stakeholders.count() == 2
        assert project.positions.filter(noted_on=timezone.localdate()).count() == 2


def test_one_and_ten_rows_need_the_same_queries(project, sales):
    def table(first, count):
        lines = [f"P {n},Field sales,3,0" for n in range(first, first + count)]
        return "Name,Group,Influence,Support now\n" + "\n".join(lines) + "\n"

    few = queries_of(bring, project, table(0, 1))
    assert queries_of(bring, project, table(10, 10)) == few
