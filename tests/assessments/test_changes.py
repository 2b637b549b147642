import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Project
from tests import factories
from tests.queries import queries_of


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


@pytest.fixture
def url(project, sales):
    return reverse("assessments:group-detail", args=[project.pk, sales.pk])


def change(*groups, **values):
    return {
        "name": "New travel rules",
        "hours": "2.5",
        "starts_on": "2027-01-04",
        "ends_on": "2027-01-31",
        "groups": [group.pk for group in groups],
    } | values


class TestChanges:
    @pytest.fixture
    def create(self, project):
        return reverse("assessments:change-create", args=[project.pk])

    def test_one_change_for_several_groups(self, project, sales, create, dora, sign_in):
        desk = factories.GroupFactory(project=project, name="Pricing desk")
        response = sign_in(dora).post(create, change(sales, desk), follow=True)
        assert "“New travel rules” added for 2 groups." in response.content.decode()
        hours = project.otherchanges.values_list("group__name", "hours")
        assert sorted((name, float(each)) for name, each in hours) == [
            ("Field sales", 2.5),
            ("Pricing desk", 2.5),
        ]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"hours": "0"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"hours": "-2"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"hours": "61"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"hours": "2.55"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"hours": "lots"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"hours": "NaN"}, "Enter hours per person and week, from 0.1 to 60"),
            ({"ends_on": "2027-01-03"}, "It cannot end before it starts."),
            ({"starts_on": "soon"}, "Enter a date, for example 18/01/2027."),
            ({"groups": []}, "Choose at least one group."),
        ],
    )
    def test_wrong_value_is_told(self, project, sales, create, dora, sign_in, wrong, message):
        response = sign_in(dora).post(create, change(sales, **wrong))
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not project.otherchanges.exists()

    def test_group_of_another_organisation_is_refused(self, project, create, dora, sign_in):
        response = sign_in(dora).post(create, change(factories.GroupFactory()))
        assert response.status_code == 422
        assert not project.otherchanges.exists()

    def test_own_hours_come_with_the_days_around_go_live(self, project, create, dora, sign_in):
        Project.objects.filter(pk=project.pk).update(go_live_on=datetime.date(2027, 1, 18))
        page = sign_in(dora).get(f"{create}?rollout=1").content.decode()
        assert "Quoting platform: training and practice" in page
        assert "2027-01-04" in page
        assert "2027-02-15" in page

    def test_made_up_group_in_the_address_is_harmless(self, create, dora, sign_in):
        assert sign_in(dora).get(f"{create}?group=nobody").status_code == 200

    def test_edit_returns_to_our_pages_only(self, sales, url, dora, sign_in):
        row = factories.OtherChangeFactory(group=sales)
        edit = reverse("assessments:change-edit", args=[row.project_id, row.pk])
        browser = sign_in(dora)
        sent = change(version=row.updated_at.isoformat(), next="https://evil.example/")
        assert "evil" not in browser.post(edit, sent)["Location"]
        row.refresh_from_db()
        assert row.hours == 2.5
        sent = change(version=row.updated_at.isoformat(), next=url)
        assert browser.post(edit, sent)["Location"] == url

    def test_second_editor_loses_no_text(self, sales, alice, dora, sign_in):
        row = factories.OtherChangeFactory(group=sales)
        opened = row.updated_at.isoformat()
        edit = reverse("assessments:change-edit", args=[row.project_id, row.pk])
        sign_in(dora).post(edit, change(version=opened, hours="7"))
        response = sign_in(alice).post(edit, change(version=opened, hours="9"))
        assert response.status_code == 409
        row.refresh_from_db()
        assert row.hours == 7

    def test_deleted_one_comes_back_unless_its_group_is_gone(self, project, sales, dora, sign_in):
        row = factories.OtherChangeFactory(group=sales)
        delete, restore = (
            reverse(f"assessments:change-{name}", args=[project.pk, row.pk])
            for name in ("delete", "restore")
        )
        browser = sign_in(dora)
        browser.post(delete)
        assert not project.otherchanges.exists()
        browser.post(restore)
        assert project.otherchanges.get().pk == row.pk
        browser.post(delete)
        sales.delete()
        page = browser.post(restore, follow=True).content.decode()
        assert "Its group is no longer there" in page


class TestCalendar:
    @pytest.fixture
    def calendar(self, project):
        Project.objects.filter(pk=project.pk).update(go_live_on=datetime.date(2027, 1, 20))
        return reverse("assessments:change-calendar", args=[project.pk])

    def add(self, group, hours, first, last, **values):
        return factories.OtherChangeFactory(
            group=group,
            hours=hours,
            starts_on=datetime.date.fromisoformat(first),
            ends_on=datetime.date.fromisoformat(last),
            **values,
        )

    def test_heaviest_week_is_the_finding(self, sales, calendar, bob, sign_in):
        self.add(sales, "5.5", "2027-01-04", "2027-02-26")
        self.add(sales, "4", "2027-01-18", "2027-01-22", is_rollout=True)
        page = sign_in(bob).get(calendar).content.decode()
        assert "<bdi>Field sales</bdi> carries 9.5 hours a week in the go-live week" in page
        assert page.count("is-heavy") == 1

    def test_cell_opens_what_is_in_it(self, sales, calendar, bob, sign_in):
        self.add(sales, "5.5", "2027-01-04", "2027-02-26", name="Travel rules")
        self.add(sales, "4", "2027-03-01", "2027-03-05", name="Spring fair")
        page = sign_in(bob).get(f"{calendar}?group={sales.pk}&week=2027-01-18").content.decode()
        opened = page[page.index('id="cell"') : page.index('id="changes"')]
        assert "5.5 hours" in opened
        assert "Travel rules" in opened
        assert "Spring fair" not in opened

    def test_made_up_cell_is_harmless(self, sales, calendar, bob, sign_in):
        page = sign_in(bob).get(f"{calendar}?group=x&week=2027-01-19&from=never")
        assert page.status_code == 200
        assert b'id="cell"' not in page.content

    def test_weeks_begin_today_when_asked(self, project, sales, calendar, bob, sign_in):
        browser = sign_in(bob)
        assert "23 Nov 2026 to 23 May 2027" in browser.get(calendar).content.decode()
        today = timezone.localdate()
        monday = today - datetime.timedelta(days=today.weekday())
        page = browser.get(f"{calendar}?from=today").content.decode()
        assert f"{monday.day} {monday:%b %Y} to" in page
        Project.objects.filter(pk=project.pk).update(go_live_on=None)
        assert "No go-live day is set." in browser.get(calendar).content.decode()

    def test_limit_is_set_for_the_rollout_and_outlives_its_method(
        self, project, sales, calendar, dora, bob, sign_in
    ):
        self.add(sales, "5.5", "2027-01-04", "2027-02-26")
        limit = reverse("assessments:change-limit", args=[project.pk])
        assert sign_in(dora).post(limit, {"hours": "5"}).status_code == 302
        page = sign_in(bob).get(calendar).content.decode()
        assert "is-heavy" in page
        assert "the product starts with 8" in page
        method = reverse("assessments:project-method", args=[project.pk])
        sent = {"weakest_link_share": "0.4", "version": project.version}
        sent |= {f"weight_{code}": "1" for code in ("STR", "GOV", "TRN", "DAT", "CHA")}
        assert sign_in(dora).post(method, sent).status_code == 302
        project.refresh_from_db()
        assert project.method["heavy_week_hours"] == 5
        assert project.method["weakest_link_share"] == 0.4

    @pytest.mark.parametrize("hours", ["", "0", "61", "many", "nan", "inf"])
    def test_wrong_limit_is_told(self, project, sales, dora, sign_in, hours):
        limit = reverse("assessments:change-limit", args=[project.pk])
        response = sign_in(dora).post(limit, {"hours": hours})
        assert response.status_code == 422
        assert b"Enter hours from 1 to 60" in response.content

    def test_one_and_ten_groups_need_the_same_queries(self, project, calendar, dora, sign_in):
        def add(count):
            for group in factories.GroupFactory.create_batch(count, project=project):
                self.add(group, "2", "2027-01-04", "2027-02-26")

        browser = sign_in(dora)
        add(1)
        browser.get(calendar)
        one = queries_of(browser.get, calendar)
        add(9)
        assert queries_of(browser.get, calendar) == one
