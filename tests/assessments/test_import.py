import io
import zipfile
from itertools import pairwise

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook

from assessments.importers import ReadError, read
from tests import factories

CSV = "Group,People,Site\nField sales,71,Halle\nPricing desk,12,Leeds\n"


def xlsx(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content, name="groups.csv"):
    raw = content.encode() if isinstance(content, str) else content
    return read(io.BytesIO(raw), name)


def sheet_of(rows, before=""):
    """Return an Excel file with a table of one group, and `rows` written as they are below it."""
    book = Workbook()
    book.active.append(["Group", "People"])
    book.active.append(["Sales", 71])
    whole, broken = io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                text = before + text.replace("</sheetData>", f"{rows}</sheetData>")
            new.writestr(part, text)
    return broken.getvalue()


class TestReaders:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_csv_of_any_usual_kind_is_read(self, encoding, delimiter):
        text = "Group,People\nMüller’s team,60\n".replace(",", delimiter)
        assert rows_of(text.encode(encoding)) == [{"Group": "Müller’s team", "People": "60"}]

    def test_delimiter_inside_quotes_is_text(self):
        assert rows_of('"Group; name",People\n"Sales, field",7\n') == [
            {"Group; name": "Sales, field", "People": "7"}
        ]

    def test_rows_keep_the_number_they_have_in_the_file(self):
        rows = rows_of('Group,People\n\n"two\nlines",1\nPricing,2\n')
        assert [row.number for row in rows] == [3, 5]

    def test_xlsx_is_read_with_whole_numbers(self):
        raw = xlsx(("Group", "People", None), ("Field sales", 71.0, None), (None, None, None))
        assert rows_of(raw, "groups.xlsx") == [{"Group": "Field sales", "People": "71"}]

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            ("", "a.csv", "The file is empty"),
            ("Group,People\n", "a.csv", "no rows below its header"),
            ("Group,People\nA,1,extra\n", "a.csv", "Row 2 has 3 cells, the header has 2. “extra”"),
            ("Group,People,Site\nA,1\n", "a.csv", "It ends before column “Site”"),
            ("Group,Group\nA,1\n", "a.csv", "Two columns are called “Group”"),
            ("Group,,Site\nA,1,2\n", "a.csv", "Column 2 has no name"),
            ('Group,People\n"A,1\n', "a.csv", "Row 2 cannot be read"),
            (b"Group,People\n\x00\x01\x02,1\n", "a.csv", "Row 2 holds bytes that are no text"),
            (b"\xff\xfeG", "a.csv", "The encoding of the file is unknown"),
            ("Group,People\n" + "A,1\n" * 100_000, "a.csv", "more than 10,000 rows"),
            (f"Group\n{'x' * 10_001}\n", "a.csv", "longer than 10,000 characters"),
            (b"PK\x03\x04 broken", "a.xlsx", "cannot be opened"),
            ("Group", "a.pdf", "“.pdf” cannot be imported. Use CSV or XLSX"),
        ],
    )
    def test_broken_table_says_where_and_why(self, content, name, words):
        with pytest.raises(ReadError) as error:
            rows_of(content, name)
        assert words in str(error.value)

    def test_small_file_that_names_a_row_far_below_is_refused(self):
        with pytest.raises(ReadError, match="reaches below row 250,000"):
            rows_of(
                sheet_of('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'), "a.xlsx"
            )

    def test_cells_far_to_the_right_cost_nothing(self):
        wide = "".join(f'<row r="{at}"><c r="ZZZ{at}"/></row>' for at in range(3, 2_000))
        assert [dict(row) for row in rows_of(sheet_of(wide), "a.xlsx")] == [
            {"Group": "Sales", "People": "71"}
        ]

    def test_entities_that_expand_without_end_are_refused(self):
        names = "abcdefghij"
        entities = "".join(
            f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
        )
        document = f'<!DOCTYPE w [<!ENTITY a "lol">{entities}]>'
        row = '<row r="3"><c r="A3" t="inlineStr"><is><t>&j;</t></is></c></row>'
        with pytest.raises(ReadError, match="cannot be opened"):
            rows_of(sheet_of(row, document), "a.xlsx")

    def test_every_uneven_row_is_named(self):
        with pytest.raises(ReadError) as error:
            rows_of("Group,People\nA\nB,1\nC,1,2\n")
        assert len(error.value.problems) == 2


class TestPages:
    @pytest.fixture
    def url(self, project):
        return reverse("assessments:group-import", args=[project.pk])

    @pytest.fixture
    def browser(self, dora, sign_in):
        return sign_in(dora)

    def upload(self, browser, url, content=CSV, name="groups.csv"):
        raw = content.encode() if isinstance(content, str) else content
        data = {"go": "upload", "file": SimpleUploadedFile(name, raw)}
        return browser.post(url, data, follow=True)

    columns = {"column-name": "Group", "column-headcount": "People", "column-site": "Site"}

    def test_rows_are_shown_before_anything_is_written(self, project, browser, url):
        page = self.upload(browser, url).content.decode()
        assert "2 groups ready to import" in page
        assert "Field sales" in page
        assert not project.groups.exists()

    def test_confirmed_rows_are_written(self, project, browser, url):
        self.upload(browser, url)
        browser.post(url, {"go": "import", **self.columns})
        assert list(project.groups.values_list("name", "headcount", "site")) == [
            ("Field sales", 71, "Halle"),
            ("Pricing desk", 12, "Leeds"),
        ]

    def test_second_import_updates_instead_of_doubling(self, project, browser, url):
        group = factories.GroupFactory(
            project=project, name="FIELD SALES", headcount=1, notes="Keep me"
        )
        page = self.upload(browser, url).content.decode()
        assert "1 new, 1 changed, 0 unchanged" in page
        browser.post(url, {"go": "import", **self.columns})
        group.refresh_from_db()
        assert (group.headcount, group.notes, group.version) == (71, "Keep me", 2)
        assert project.groups.count() == 2
        page = self.upload(browser, url).content.decode()
        assert "Nothing in this table is new" in page

    def test_one_bad_row_keeps_all_out_and_is_named(self, project, browser, url):
        page = self.upload(browser, url, CSV + "Night shift,forty,Kiel\n").content.decode()
        assert "1 cell in 1 row stand" in page or "1 cell in 1 row" in page
        assert "“forty” is no whole number above 0." in page
        assert "Enter a whole number, for example 60." in page
        assert "Row </span>4</th>" in page
        response = browser.post(url, {"go": "import", **self.columns})
        assert response.status_code == 422
        assert not project.groups.exists()

    def test_column_of_another_name_is_chosen(self, project, browser, url):
        page = self.upload(browser, url, "Bereich,Kopfzahl\nVertrieb,71\n").content.decode()
        assert "No column holds it." in page
        data = {"column-name": "Bereich", "column-headcount": "Kopfzahl"}
        assert b"1 group ready" in browser.post(url, {"go": "check", **data}).content
        browser.post(url, {"go": "import", **data})
        assert project.groups.get().name == "Vertrieb"

    def test_name_twice_in_the_file_is_an_error(self, browser, url):
        page = self.upload(browser, url, CSV + "field  sales,1,Kiel\n").content.decode()
        assert "stands in row 2 too" in page

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (b"", "groups.csv", "The file is empty"),
            (b"%PDF-1.7", "groups.pdf", "cannot be used here. Use CSV or XLSX"),
            (CSV.encode(), "groups.xlsx", "the content is something else"),
            (b"Group,People\nA\n", "groups.csv", "It ends before column “People”"),
            (b"0" * (50 * 1024 * 1024), "groups.csv", "The file has 50.0 MB. The limit is 20 MB."),
        ],
    )
    def test_file_that_is_no_table_is_refused(self, project, browser, url, content, name, words):
        response = self.upload(browser, url, content, name)
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_uploaded_rows_are_deleted_after_the_import(self, browser, url):
        self.upload(browser, url)
        before = len(default_storage.listdir("imports")[1])
        browser.post(url, {"go": "import", **self.columns})
        assert len(default_storage.listdir("imports")[1]) == before - 1

    def test_lost_upload_is_said(self, browser, url):
        response = browser.post(url, {"go": "import", **self.columns}, follow=True)
        assert b"Upload it again" in response.content

    def test_own_export_comes_back_as_it_was(self, project, browser, url):
        factories.GroupFactory(project=project, name="=Night", audience="managers", notes="-x")
        export = reverse("assessments:group-export", args=[project.pk])
        for form, name in (("csv", "g.csv"), ("xlsx", "g.xlsx")):
            content = browser.get(f"{export}?format={form}").content
            page = self.upload(browser, url, content, name).content.decode()
            assert "0 new, 0 changed, 1 unchanged" in page

    def test_hostile_cells_are_only_text(self, browser, url):
        page = self.upload(browser, url, "Group,People\n<script>alert(1)</script>,1\n")
        assert b"<script>alert(1)" not in page.content

    def test_template_can_be_imported(self, project, browser, url):
        template = browser.get(reverse("assessments:group-import-template", args=[project.pk]))
        assert b"1 group ready" in self.upload(browser, url, template.content).content


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "groups.csv"
        path.write_text(CSV)
        return path

    @pytest.mark.parametrize("by", ["pk", "slug"])
    def test_rows_are_written_to_the_named_rollout(self, project, file, capsys, by):
        call_command("import_data", "groups", str(file), project=str(getattr(project, by)))
        assert project.groups.count() == 2
        assert "2 new, 0 changed, 0 unchanged" in capsys.readouterr().out

    def test_dry_run_writes_nothing(self, project, file, capsys):
        call_command("import_data", "groups", str(file), project=project.slug, dry_run=True)
        assert not project.groups.exists()
        assert "Would import groups" in capsys.readouterr().out

    def test_bad_rows_are_printed_and_nothing_is_written(self, project, file, capsys):
        file.write_text(CSV + "Night,forty,\n,3,\n")
        with pytest.raises(CommandError, match=r"2 problems\. Nothing was imported\."):
            call_command("import_data", "groups", str(file), project=project.slug)
        errors = capsys.readouterr().err
        assert "Row 4, People: “forty” is no whole number above 0." in errors
        assert "Row 5, Group: The cell is empty. Fill it in." in errors
        assert not project.groups.exists()

    def test_unknown_rollout_and_missing_file_are_said(self, project, file):
        with pytest.raises(CommandError, match="No rollout has the id or slug"):
            call_command("import_data", "groups", str(file), project="nowhere")
        with pytest.raises(CommandError, match="cannot be opened"):
            call_command("import_data", "groups", str(file) + "x", project=project.slug)
