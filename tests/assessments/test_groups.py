import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessments.models import Group
from assessments.services.undo import bring_back, delete_kept
from tests import factories
from tests.queries import queries_of


@pytest.fixture
def url(project):
    return reverse("assessments:group-list", args=[project.pk])


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71, site="Halle")


def data(group=None, **change):
    return {
        "version": group.version if group else 1,
        "name": group.name if group else "Pricing desk",
        "headcount": group.headcount if group else 12,
        "audience": "users",
    } | change


class TestList:
    def test_headline_tells_how_many_people(self, project, url, sales, bob, sign_in):
        factories.GroupFactory(project=project, name="Pricing desk", headcount=12)
        page = sign_in(bob).get(url).content.decode()
        assert "83 people in 2 groups; nobody has rated yet what changes" in page

    def test_empty_list_says_where_to_start(self, url, dora, bob, sign_in):
        assert b"Start with the group whose day changes most" in sign_in(dora).get(url).content
        assert b"Add group" not in sign_in(bob).get(url).content

    def test_search_and_sort(self, project, url, sales, bob, sign_in):
        factories.GroupFactory(project=project, name="Pricing desk", headcount=12, site="Leeds")
        browser = sign_in(bob)
        page = browser.get(f"{url}?q=leeds").content.decode()
        assert "Pricing desk</a>" in page
        assert "Halle" not in page
        page = browser.get(f"{url}?sort=-people").content.decode()
        assert page.index("Halle") < page.index("Leeds")
        page = browser.get(f"{url}?sort=people").content.decode()
        assert page.index("Halle") > page.index("Leeds")

    def test_made_up_sort_and_page_are_harmless(self, url, sales, bob, sign_in):
        assert sign_in(bob).get(f"{url}?sort=password&page=99").status_code == 200

    def test_one_and_ten_groups_need_the_same_queries(self, project, url, sales, dora, sign_in):
        browser = sign_in(dora)
        browser.get(url)
        one = queries_of(browser.get, url)
        factories.GroupFactory.create_batch(9, project=project)
        assert queries_of(browser.get, url) == one


class TestChange:
    def test_editor_adds_a_group(self, project, dora, sign_in):
        create = reverse("assessments:group-create", args=[project.pk])
        sign_in(dora).post(create, data(site="Leeds"))
        assert project.groups.get().site == "Leeds"

    @pytest.mark.parametrize("headcount", ["sixty", "0", "-3", "1.5", ""])
    def test_headcount_is_a_whole_number(self, project, dora, sign_in, headcount):
        create = reverse("assessments:group-create", args=[project.pk])
        response = sign_in(dora).post(create, data(headcount=headcount))
        assert response.status_code == 422
        assert not project.groups.exists()
        if headcount:
            assert b"Enter a whole number, for example 60." in response.content

    def test_name_is_there_once_whatever_its_case(self, project, sales, dora, sign_in):
        create = reverse("assessments:group-create", args=[project.pk])
        response = sign_in(dora).post(create, data(name="FIELD  SALES"))
        assert b"is in this rollout already" in response.content

    def test_second_editor_sees_the_conflict(self, project, sales, alice, dora, sign_in):
        edit = reverse("assessments:group-edit", args=[project.pk, sales.pk])
        stale = data(sales)
        sign_in(dora).post(edit, stale | {"notes": "Note of Dora"})
        response = sign_in(alice).post(edit, stale | {"notes": "Note of Alice"})
        page = response.content.decode()
        assert response.status_code == 409
        assert "Note of Dora" in page
        assert "Note of Alice" in page
        sales.refresh_from_db()
        assert sales.notes == "Note of Dora"

    def test_deleted_group_comes_back_as_it_was(self, project, sales, dora, sign_in):
        browser = sign_in(dora)
        delete = reverse("assessments:group-delete", args=[project.pk, sales.pk])
        restore = reverse("assessments:group-restore", args=[project.pk, sales.pk])
        page = browser.post(delete, follow=True).content.decode()
        assert "Group “Field sales” deleted." in page
        assert f'action="{restore}"' in page
        assert not Group.objects.exists()
        for _ in range(2):  # a second click on Undo does no harm
            browser.post(restore)
        back = Group.objects.get()
        assert (back.pk, back.name, back.headcount, back.site) == (
            sales.pk,
            "Field sales",
            71,
            "Halle",
        )

    def test_group_does_not_come_back_beside_a_new_one_of_its_name(
        self, project, sales, dora, sign_in
    ):
        browser = sign_in(dora)
        browser.post(reverse("assessments:group-delete", args=[project.pk, sales.pk]))
        factories.GroupFactory(project=project, name="field sales")
        restore = reverse("assessments:group-restore", args=[project.pk, sales.pk])
        page = browser.post(restore, follow=True).content.decode()
        assert "the old one stays deleted" in page
        assert Group.objects.count() == 1

    def test_second_click_on_delete_leaves_the_undo_whole(self, project, sales):
        factories.EffectFactory(group=sales, text="Their own price list")
        clicked_twice = project.groups.get(pk=sales.pk)
        kept = delete_kept(sales)
        assert delete_kept(clicked_twice) is None
        bring_back(kept)
        assert project.groups.get().effects.get().text == "Their own price list"

    def test_deleting_says_what_becomes_of_the_people_in_the_group(
        self, project, sales, dora, sign_in
    ):
        person = factories.StakeholderFactory(project=project, group=sales)
        delete = reverse("assessments:group-delete", args=[project.pk, sales.pk])
        page = sign_in(dora).post(delete, follow=True).content.decode()
        assert "Its one person stays on the map, in no group." in page
        person.refresh_from_db()
        assert person.group is None

    def test_nobody_brings_back_what_another_session_deleted(
        self, project, sales, alice, dora, sign_in
    ):
        sign_in(dora).post(reverse("assessments:group-delete", args=[project.pk, sales.pk]))
        restore = reverse("assessments:group-restore", args=[project.pk, sales.pk])
        assert sign_in(alice).post(restore).status_code == 404

    def test_hostile_name_is_only_text(self, project, url, dora, sign_in):
        factories.GroupFactory(project=project, name="<script>alert(1)</script>" + "x" * 90)
        page = sign_in(dora).get(url).content.decode()
        assert "<script>alert(1)" not in page


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＠SUM(A1)"]


class TestExport:
    @pytest.fixture
    def export(self, project, bob, sign_in):
        url = reverse("assessments:group-export", args=[project.pk])
        return lambda query: sign_in(bob).get(f"{url}?{query}")

    def test_csv_holds_every_group(self, sales, export):
        response = export("format=csv")
        assert response["Content-Disposition"].startswith("attachment; filename=")
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert rows[1][:3] == ["Field sales", "71", "Halle"]

    def test_xlsx_holds_numbers_as_numbers(self, sales, export):
        sheet = load_workbook(io.BytesIO(export("format=xlsx").content)).active
        assert [cell.value for cell in sheet[2]][:2] == ["Field sales", 71]

    def test_export_holds_what_the_search_shows(self, project, sales, export):
        factories.GroupFactory(project=project, name="Pricing desk")
        assert b"Pricing" not in export("format=csv&q=field").content

    @pytest.mark.parametrize("name", FORMULAS)
    def test_no_cell_can_run_as_a_formula(self, project, export, name):
        factories.GroupFactory(project=project, name=name)
        text = export("format=csv").content.decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(text, newline="")))[1][0] == f"'{name}"
        sheet = load_workbook(io.BytesIO(export("format=xlsx").content)).active
        assert sheet["A2"].data_type == "s"
        assert sheet["A2"].value.startswith("'")
