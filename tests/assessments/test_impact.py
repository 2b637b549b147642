import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Impact
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
            ({"rated_on": "2199-01-01"}, "This day has not come yet."),
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
