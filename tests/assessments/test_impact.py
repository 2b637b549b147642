import datetime
import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessments.models import Effect, Impact, Project
from assessments.services.impact import Given, save_rating
from tests import factories
from tests.queries import queries_of

ASPECTS = Impact.Aspect.values


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71, site="Halle")


@pytest.fixture
def url(project, sales):
    return reverse("assessments:group-detail", args=[project.pk, sales.pk])


@pytest.fixture
def save_url(project, sales):
    return reverse("assessments:impact-save", args=[project.pk, sales.pk])


def rate(aspect="tasks", view="project", seen="", only=True, **values):
    """Return one side of one aspect as its form sends it."""
    lane = f"{aspect}-{view}"
    values = {"level": "4", "yesterday": "", "tomorrow": "", "seen": seen} | values
    data = {f"{lane}-{name}": value for name, value in values.items()}
    return data | ({"only": lane} if only else {})


class TestGroupPage:
    def test_says_what_is_found_and_who_speaks(self, project, sales, url, bob, sign_in):
        factories.ImpactFactory(group=sales, level=5)
        factories.ImpactFactory(group=sales, aspect="tools", level=4)
        factories.EffectFactory(group=sales, text="Change a price while talking")
        factories.StakeholderFactory(
            project=project, group=sales, name="Sabine Roth", is_spokesperson=True
        )
        page = sign_in(bob).get(url).content.decode()
        assert "<bdi>Field sales</bdi>: impact 4.5 of 5, and its one loss has no answer" in page
        assert "Sabine Roth" in page
        assert "Change a price while talking" in page
        assert "No answer yet" in page

    def test_empty_group_says_what_to_ask(self, url, bob, sign_in):
        page = sign_in(bob).get(url).content.decode()
        assert "nobody has said yet what changes" in page
        assert "ask two people of the group what they" in page
        assert "Nobody yet" in page

    def test_viewer_sees_levels_and_no_fields(self, sales, url, bob, sign_in):
        factories.ImpactFactory(group=sales, level=3, yesterday="Excel", tomorrow="Platform")
        page = sign_in(bob).get(url).content.decode()
        assert "Excel → Platform" in page
        assert "tasks-project-level" not in page
        assert "Add a loss" not in page

    def test_gap_of_two_is_marked(self, sales, url, bob, sign_in):
        factories.ImpactFactory(group=sales, level=2)
        assert "is-wide" not in sign_in(bob).get(url).content.decode()
        factories.ImpactFactory(group=sales, view="group", level=4)
        page = sign_in(bob).get(url).content.decode()
        assert page.count("is-wide") == 1
        assert "The group sees far more change than the project on daily tasks" in page

    def test_names_people_typed_are_only_text(self, project, bob, sign_in):
        group = factories.GroupFactory(project=project, name="<script>alert(1)</script>")
        factories.EffectFactory(group=group, text="<b>bold</b>")
        url = reverse("assessments:group-detail", args=[project.pk, group.pk])
        page = sign_in(bob).get(url).content.decode()
        assert "<script>alert(1)" not in page
        assert "<b>bold" not in page

    def test_one_and_ten_rows_need_the_same_queries(self, project, sales, url, dora, sign_in):
        browser = sign_in(dora)

        def add(aspects, count):
            for aspect in aspects:
                for view in Impact.View.values:
                    factories.ImpactFactory(group=sales, aspect=aspect, view=view)
            factories.EffectFactory.create_batch(count, group=sales)
            factories.EffectFactory.create_batch(count, group=sales, direction="gain")
            factories.OtherChangeFactory.create_batch(count, group=sales)
            for _ in range(count):
                factories.StakeholderFactory(project=project, group=sales, is_spokesperson=True)

        add(ASPECTS[:1], 1)
        browser.get(url)
        one = queries_of(browser.get, url)
        add(ASPECTS[1:], 9)
        assert queries_of(browser.get, url) == one


class TestRating:
    def test_one_side_is_saved_as_typed(self, sales, save_url, dora, sign_in):
        sent = rate(level="5", yesterday=" Excel \n in the call", tomorrow="Platform")
        body = sign_in(dora).post(save_url, sent).json()
        row = sales.impacts.get()
        assert (row.view, row.level, row.yesterday) == ("project", 5, "Excel in the call")
        assert row.rated_on == timezone.localdate()
        assert body["seen"] == row.updated_at.isoformat()
        assert "impact 5.0 of 5" in body["parts"]["headline"]
        assert "side-project" in body["parts"]["strip-tasks"]

    def test_zero_is_a_level_and_a_dash_is_none(self, sales, save_url, dora, sign_in):
        browser = sign_in(dora)
        seen = browser.post(save_url, rate(level="0")).json()["seen"]
        assert sales.impacts.get().level == 0
        assert browser.post(save_url, rate(level="", seen=seen)).json()["seen"] == ""
        assert not sales.impacts.exists()

    def test_who_and_when_are_kept(self, sales, save_url, dora, sign_in):
        day = timezone.localdate() - datetime.timedelta(days=3)
        sent = rate(view="group", rated_by="Sabine Roth", rated_on=day.isoformat())
        assert sign_in(dora).post(save_url, sent).status_code == 200
        row = sales.impacts.get()
        assert (row.rated_by, row.rated_on) == ("Sabine Roth", day)

    @pytest.mark.parametrize(("view", "who"), [("project", "Dora"), ("group", "Sabine Roth")])
    def test_new_level_is_said_today_unless_told_otherwise(self, sales, dora, view, who):
        today = timezone.localdate()
        earlier = today - datetime.timedelta(days=30)
        row = factories.ImpactFactory(
            group=sales, view=view, level=2, rated_by="Sabine Roth", rated_on=earlier
        )

        def save(given):
            row.refresh_from_db()
            return save_rating(
                group=sales,
                aspect="tasks",
                view=view,
                given=given,
                seen_at=row.updated_at.isoformat(),
                by=dora,
                today=today,
            )

        words_only = save(Given(2, "Excel", "", "Sabine Roth", earlier))
        assert words_only.rated_on == earlier
        changed = save(Given(4, "Excel", "", "Sabine Roth", earlier))
        assert (changed.rated_by, changed.rated_on) == (who, today)
        told = earlier + datetime.timedelta(days=5)
        assert save(Given(5, "Excel", "", "Ann", told)).rated_on == told

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"level": "6"}, "Choose a level from 0 to 5, or –."),
            ({"level": "many"}, "Choose a level from 0 to 5, or –."),
            ({"level": "", "tomorrow": "Platform"}, "Choose a level too"),
            ({"tomorrow": "x" * 201}, "Shorten this to 200 characters."),
            ({"rated_on": "2999-01-01"}, "This day has not come yet."),
            ({"rated_on": "yesterday"}, "Enter a date, for example 18/01/2027."),
            ({"rated_by": "x" * 121}, "Shorten this to 120 characters."),
        ],
    )
    def test_wrong_value_is_told_and_nothing_saved(
        self, sales, save_url, dora, sign_in, wrong, message
    ):
        response = sign_in(dora).post(save_url, rate(**wrong))
        assert response.status_code == 422
        assert message in response.json()["problem"]
        assert not sales.impacts.exists()

    def test_made_up_lane_is_not_found(self, save_url, dora, sign_in):
        assert sign_in(dora).post(save_url, {"only": "tasks-nobody"}).status_code == 404

    def test_second_editor_sees_both_texts(self, sales, save_url, alice, dora, sign_in):
        first = sign_in(dora).post(save_url, rate(tomorrow="Hers", level="3"))
        assert first.status_code == 200
        other = sign_in(alice)
        response = other.post(save_url, rate(tomorrow="Mine", level="5"))
        body = response.json()
        assert response.status_code == 409
        assert body["theirs"]["tomorrow"] == "Hers"
        assert "Hers" in body["conflict"]
        assert sales.impacts.get().tomorrow == "Hers"
        again = rate(tomorrow="Mine", level="5", seen=body["seen"])
        assert other.post(save_url, again).status_code == 200
        assert sales.impacts.get().tomorrow == "Mine"

    def test_removed_meanwhile_is_a_conflict_too(self, sales, save_url, dora, sign_in):
        browser = sign_in(dora)
        seen = browser.post(save_url, rate()).json()["seen"]
        sales.impacts.all().delete()
        response = browser.post(save_url, rate(level="2", seen=seen))
        assert response.status_code == 409
        assert "removed this rating" in response.json()["conflict"]

    def test_saving_the_same_again_changes_nothing(self, sales, save_url, dora, sign_in):
        browser = sign_in(dora)
        body = browser.post(save_url, rate()).json()
        sent = rate(rated_by=body["rated_by"], rated_on=body["rated_on"], seen="out of date")
        again = browser.post(save_url, sent)
        assert (again.status_code, again.json()["seen"]) == (200, body["seen"])

    def test_one_button_saves_all_rows_without_script(self, sales, save_url, url, dora, sign_in):
        sent = rate(only=False) | rate("pace", "group", only=False, level="2")
        response = sign_in(dora).post(save_url, sent)
        assert response["Location"] == f"{url}#impact"
        assert list(sales.impacts.order_by("aspect").values_list("aspect", "level")) == [
            ("pace", 2),
            ("tasks", 4),
        ]

    def test_button_keeps_what_was_typed_beside_an_error(self, sales, save_url, dora, sign_in):
        sent = rate(only=False) | rate("pace", only=False, level="", tomorrow="Faster")
        response = sign_in(dora).post(save_url, sent)
        page = response.content.decode()
        assert response.status_code == 422
        assert "Choose a level too, so that the text can be saved." in page
        assert ">\nFaster</textarea>" in page
        assert sales.impacts.get().aspect == "tasks"

    def test_button_shows_a_conflict_and_a_second_press_decides(
        self, sales, save_url, dora, sign_in
    ):
        factories.ImpactFactory(group=sales, level=1, tomorrow="Theirs")
        browser = sign_in(dora)
        response = browser.post(save_url, rate(only=False, tomorrow="Mine"))
        assert response.status_code == 409
        page = response.content.decode()
        assert "Theirs" in page
        assert ">\nMine</textarea>" in page
        seen = sales.impacts.get().updated_at.isoformat()
        assert f'value="{seen}"' in page
        browser.post(save_url, rate(only=False, tomorrow="Mine", seen=seen))
        assert sales.impacts.get().tomorrow == "Mine"

    def test_rows_the_page_did_not_carry_stay(self, sales, save_url, dora, sign_in):
        factories.ImpactFactory(group=sales, aspect="place", level=3)
        sign_in(dora).post(save_url, rate(only=False))
        assert sales.impacts.get(aspect="place").level == 3


def effect(**change):
    return {"direction": "loss", "of": "freedom", "text": "Own price sheet"} | change


class TestEffects:
    @pytest.fixture
    def create(self, project, sales):
        return reverse("assessments:effect-create", args=[project.pk, sales.pk])

    def of(self, name, row):
        return reverse(f"assessments:effect-{name}", args=[row.project_id, row.group_id, row.pk])

    def test_add_a_loss_then_another(self, sales, create, dora, sign_in):
        browser = sign_in(dora)
        assert browser.post(create, effect())["Location"].endswith("#effects")
        back = browser.post(create, effect(direction="gain", another="1"))["Location"]
        assert back == f"{create}?direction=gain"
        assert sorted(sales.effects.values_list("direction", flat=True)) == ["gain", "loss"]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"text": ""}, "Write what is lost or gained."),
            ({"of": ""}, "Choose what is lost or gained."),
            ({"confirmed_on": "2999-01-01"}, "This day has not come yet."),
            ({"confirmed_by": "Sabine"}, "Enter the day on which the group confirmed it."),
            ({"direction": "gain", "answer": "We keep it"}, "Only a loss needs an answer."),
        ],
    )
    def test_wrong_value_is_told(self, sales, create, dora, sign_in, wrong, message):
        response = sign_in(dora).post(create, effect(**wrong))
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not sales.effects.exists()

    def test_answer_and_confirmation_are_shown(self, sales, url, bob, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        today = timezone.localdate().isoformat()
        sent = effect(
            version=row.updated_at.isoformat(),
            answer="The sheet stays for spare parts.",
            confirmed_on=today,
            confirmed_by="Sabine Roth",
        )
        assert sign_in(dora).post(self.of("edit", row), sent).status_code == 302
        page = sign_in(bob).get(url).content.decode()
        assert "Our answer: The sheet stays for spare parts." in page
        assert "Confirmed by the group" in page
        assert "No answer yet" not in page

    def test_second_editor_loses_no_text(self, sales, alice, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        opened = row.updated_at.isoformat()
        sign_in(dora).post(self.of("edit", row), effect(version=opened, answer="Hers"))
        sent = effect(version=opened, answer="His")
        response = sign_in(alice).post(self.of("edit", row), sent)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Hers" in page
        assert ">\nHis</textarea>" in page
        row.refresh_from_db()
        assert row.answer == "Hers"
        now = row.updated_at.isoformat()
        assert f'value="{now}"' in page
        sign_in(alice).post(self.of("edit", row), sent | {"version": now})
        row.refresh_from_db()
        assert row.answer == "His"

    def test_deleted_one_comes_back_whole(self, sales, url, dora, sign_in):
        row = factories.EffectFactory(group=sales, answer="Stays", confirmed_by="Sabine")
        browser = sign_in(dora)
        page = browser.post(self.of("delete", row), follow=True).content.decode()
        assert not sales.effects.exists()
        assert self.of("restore", row) in page
        browser.post(self.of("restore", row))
        back = Effect.objects.get()
        assert (back.pk, back.answer, back.created_at) == (row.pk, "Stays", row.created_at)
        assert back.updated_at == row.updated_at
        page = browser.post(self.of("restore", row), follow=True).content.decode()
        assert "It is back already." in page

    def test_nobody_brings_back_what_another_session_deleted(self, sales, alice, dora, sign_in):
        row = factories.EffectFactory(group=sales)
        sign_in(dora).post(self.of("delete", row))
        assert sign_in(alice).post(self.of("restore", row)).status_code == 404

    def test_group_comes_back_with_all_that_was_written_about_it(
        self, project, sales, dora, sign_in
    ):
        factories.ImpactFactory(group=sales, tomorrow="Platform")
        factories.EffectFactory(group=sales)
        factories.OtherChangeFactory(group=sales)
        person = factories.StakeholderFactory(project=project, group=sales)
        elsewhere = factories.StakeholderFactory(project=project, group=sales)
        browser = sign_in(dora)
        browser.post(reverse("assessments:group-delete", args=[project.pk, sales.pk]))
        assert not Effect.objects.exists()
        person.refresh_from_db()
        assert person.group is None
        other = factories.GroupFactory(project=project)
        project.stakeholders.filter(pk=elsewhere.pk).update(group=other)
        restore = reverse("assessments:group-restore", args=[project.pk, sales.pk])
        assert "is back" in browser.post(restore, follow=True).content.decode()
        back = project.groups.get(pk=sales.pk)
        assert back.impacts.get().tomorrow == "Platform"
        assert (back.effects.count(), back.other_changes.count()) == (1, 1)
        assert back.stakeholders.get() == person
        connection.check_constraints()


class TestGroupList:
    @pytest.fixture
    def list_url(self, project):
        return reverse("assessments:group-list", args=[project.pk])

    def test_tells_impact_gap_losses_and_spokesperson(self, project, sales, list_url, bob, sign_in):
        factories.ImpactFactory(group=sales, level=5)
        factories.ImpactFactory(group=sales, view="group", level=3)
        factories.EffectFactory(group=sales)
        factories.EffectFactory(group=sales, answer="Stays")
        today = timezone.localdate()
        factories.EffectFactory(group=sales, direction="gain", confirmed_on=today)
        factories.StakeholderFactory(
            project=project, group=sales, name="Sabine Roth", is_spokesperson=True
        )
        page = " ".join(sign_in(bob).get(list_url).content.decode().split())
        assert "<bdi>Field sales</bdi> changes most, 5.0 of 5; one of two losses" in page
        assert "(3.0) gap −2.0" in page
        assert "1 aspect far apart" in page
        assert "1 of 2</span>" in page
        assert "1 of 1</span>" in page
        assert "Sabine Roth" in page

    def test_group_that_changes_most_comes_first(self, project, sales, list_url, bob, sign_in):
        quiet = factories.GroupFactory(project=project, name="Accounts")
        factories.GroupFactory(project=project, name="Board")
        browser = sign_in(bob)
        page = browser.get(list_url).content.decode()
        assert (
            page.index(">Accounts</a>") < page.index(">Board</a>") < page.index(">Field sales</a>")
        )
        factories.ImpactFactory(group=sales, level=5)
        factories.ImpactFactory(group=quiet, level=1)
        page = browser.get(list_url).content.decode()
        assert (
            page.index(">Field sales</a>") < page.index(">Accounts</a>") < page.index(">Board</a>")
        )
        page = browser.get(f"{list_url}?sort=impact").content.decode()
        assert (
            page.index(">Board</a>") < page.index(">Accounts</a>") < page.index(">Field sales</a>")
        )

    def test_one_and_ten_groups_need_the_same_queries(self, project, list_url, dora, sign_in):
        def add(count):
            for group in factories.GroupFactory.create_batch(count, project=project):
                factories.ImpactFactory(group=group)
                factories.EffectFactory(group=group)
                factories.StakeholderFactory(project=project, group=group, is_spokesperson=True)

        browser = sign_in(dora)
        add(1)
        browser.get(list_url)
        one = queries_of(browser.get, list_url)
        add(9)
        assert queries_of(browser.get, list_url) == one


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


class TestCopy:
    @pytest.fixture
    def source(self, project):
        return factories.ProjectFactory(
            organisation=project.organisation, client=project.client, name="ERP finance"
        )

    @pytest.fixture
    def desk(self, source):
        group = factories.GroupFactory(project=source, name="Pricing desk", headcount=12)
        factories.ImpactFactory(group=group, level=5, tomorrow="Approval by click")
        factories.ImpactFactory(group=group, view="group", level=2)
        today = timezone.localdate()
        factories.EffectFactory(
            group=group, answer="Stays", confirmed_on=today, confirmed_by="Mehmet"
        )
        return group

    @pytest.fixture
    def copy(self, project):
        return reverse("assessments:group-copy", args=[project.pk])

    def test_earlier_rollouts_with_groups_are_offered(self, project, desk, copy, dora, sign_in):
        factories.ProjectFactory(organisation=project.organisation, name="Empty rollout")
        page = sign_in(dora).get(copy).content.decode()
        assert "ERP finance, 1 group" in page
        assert "Empty rollout" not in page
        page = sign_in(dora).get(f"{copy}?source={desk.project_id}").content.decode()
        assert "Pricing desk" in page

    def test_copy_brings_what_the_project_said_and_not_what_the_group_said(
        self, project, desk, copy, dora, sign_in
    ):
        sent = {
            "source": desk.project_id,
            "groups": [desk.pk],
            "with_impact": "on",
            "with_effects": "on",
        }
        page = sign_in(dora).post(copy, sent, follow=True).content.decode()
        assert "Copied from “ERP finance”: 1 group, 1 impact rating, 1 loss or gain." in page
        group = project.groups.get()
        assert (group.name, group.headcount) == ("Pricing desk", 12)
        impact = group.impacts.get()
        assert (impact.view, impact.level, impact.tomorrow) == ("project", 5, "Approval by click")
        assert impact.rated_by == "Copied from ERP finance"
        assert impact.project == project
        effect = group.effects.get()
        assert (effect.answer, effect.confirmed_on, effect.confirmed_by) == ("Stays", None, "")
        assert (desk.impacts.count(), desk.effects.count()) == (2, 1)

    def test_groups_alone(self, project, desk, copy, dora, sign_in):
        sign_in(dora).post(copy, {"source": desk.project_id, "groups": [desk.pk]})
        group = project.groups.get()
        assert (group.impacts.count(), group.effects.count()) == (0, 0)

    def test_copy_is_taken_back(self, project, desk, copy, dora, alice, sign_in):
        browser = sign_in(dora)
        sent = {"source": desk.project_id, "groups": [desk.pk], "with_effects": "on"}
        page = browser.post(copy, sent, follow=True).content.decode()
        undo = reverse("assessments:group-copy-undo", args=[project.pk])
        assert undo in page
        assert sign_in(alice).post(undo).status_code == 404
        page = browser.post(undo, follow=True).content.decode()
        assert "1 copied group deleted." in page
        assert not project.groups.exists()
        assert browser.post(undo).status_code == 404

    def test_namesake_is_shown_and_not_offered(self, project, desk, copy, dora, sign_in):
        factories.GroupFactory(project=project, name="pricing DESK")
        page = sign_in(dora).get(f"{copy}?source={desk.project_id}").content.decode()
        assert "All its groups are here already" in page

    def test_namesake_made_meanwhile_stops_the_whole_copy(
        self, project, source, desk, copy, dora, sign_in
    ):
        free = factories.GroupFactory(project=source, name="Order management")
        factories.GroupFactory(project=project, name="Pricing desk")
        sent = {"source": source.pk, "groups": [desk.pk, free.pk]}
        response = sign_in(dora).post(copy, sent)
        assert response.status_code == 409
        assert "Nothing was copied: Pricing desk is in this rollout" in response.content.decode()
        assert project.groups.count() == 1

    def test_nothing_ticked_is_told(self, project, desk, copy, dora, sign_in):
        response = sign_in(dora).post(copy, {"source": desk.project_id})
        assert response.status_code == 422
        assert "Choose at least one group." in response.content.decode()

    def test_other_organisations_and_walls_are_not_offered(
        self, project, copy, desk, charlie, sign_in
    ):
        theirs = factories.GroupFactory(
            project=factories.ProjectFactory(organisation=charlie.organisations.get())
        )
        walled = factories.MembershipFactory(
            organisation=project.organisation, role="editor", all_clients=False
        )
        walled.clients.add(project.client)
        hidden = factories.GroupFactory(
            project=factories.ProjectFactory(
                organisation=project.organisation,
                client=factories.ClientFactory(organisation=project.organisation),
            )
        )
        browser = sign_in(walled.user)
        for group in (theirs, hidden):
            assert str(group.project_id) not in browser.get(copy).content.decode()
            response = browser.post(copy, {"source": group.project_id, "groups": [group.pk]})
            assert response.status_code == 422
            mixed = {"source": desk.project_id, "groups": [group.pk]}
            assert browser.post(copy, mixed).status_code == 422
        assert not project.groups.exists()

    def test_one_and_ten_groups_need_the_same_queries(
        self, project, source, desk, copy, dora, sign_in
    ):
        browser, url = sign_in(dora), f"{copy}?source={source.pk}"
        browser.get(url)
        one = queries_of(browser.get, url)
        factories.GroupFactory.create_batch(9, project=source)
        assert queries_of(browser.get, url) == one


class TestExport:
    @pytest.fixture
    def export(self, project, bob, sign_in):
        url = reverse("assessments:group-export", args=[project.pk])
        return lambda query: sign_in(bob).get(f"{url}?{query}").content

    def test_workbook_holds_every_detail_on_its_sheet(self, project, sales, export):
        factories.ImpactFactory(group=sales, level=5, tomorrow="=1+1", rated_by="Jonas")
        factories.ImpactFactory(group=sales, view="group", level=3)
        factories.EffectFactory(group=sales, text="+49 by phone", answer="@home")
        factories.OtherChangeFactory(group=sales, name="-cut", hours="2.5")
        book = load_workbook(io.BytesIO(export("format=xlsx")))
        assert book.sheetnames == ["Groups", "Impact", "Losses and gains", "Other changes"]
        groups = dict(zip(*book["Groups"].iter_rows(values_only=True), strict=True))
        assert groups["Impact 0–5, the project"] == 5
        assert groups["Gap"] == -2
        assert (groups["Losses"], groups["Losses answered"]) == (1, 1)
        rows = list(book["Impact"].iter_rows(min_row=2, values_only=True))
        assert rows[0][:6] == ("Field sales", "Daily tasks", "The project", 5, None, "'=1+1")
        assert rows[1][2:4] == ("The group itself", 3)
        effect = next(book["Losses and gains"].iter_rows(min_row=2, values_only=True))
        assert effect[3:5] == ("'+49 by phone", "'@home")
        change = next(book["Other changes"].iter_rows(min_row=2, values_only=True))
        assert change[1:3] == ("'-cut", 2.5)

    def test_details_follow_the_search(self, project, sales, export):
        other = factories.GroupFactory(project=project, name="Pricing desk")
        factories.EffectFactory(group=other)
        book = load_workbook(io.BytesIO(export("format=xlsx&q=field")))
        assert book["Losses and gains"].max_row == 1

    def test_table_can_be_imported_again(self, project, sales, export, tmp_path):
        factories.ImpactFactory(group=sales, level=5)
        file = tmp_path / "groups.csv"
        file.write_bytes(export("format=csv"))
        said = io.StringIO()
        call_command("import_data", "groups", str(file), project=project.slug, stdout=said)
        assert project.groups.count() == 1
        sales.refresh_from_db()
        assert (sales.headcount, sales.version) == (71, 1)
