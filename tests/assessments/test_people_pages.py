import csv
import datetime
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from assessments.models import Stakeholder
from tests import factories
from tests.assessments.standing import address, head_of_sales, place
from tests.queries import queries_of


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


@pytest.fixture
def ralf(project, sales):
    return head_of_sales(project, sales)


class TestMap:
    @pytest.fixture
    def show(self, project, bob, sign_in):
        browser = sign_in(bob)
        return lambda query="": browser.get(
            address("people-map", project, query=query)
        ).content.decode()

    def test_headline_names_who_must_move(self, ralf, show):
        assert "The most influential person must move, and somebody talks to this person" in show()

    def test_dot_carries_its_sentence_and_leads_to_the_person(self, project, ralf, show):
        page = show()
        assert "Ralf Öztürk, Head of sales: influence 5, neutral, needed: promotes</title>" in page
        assert f'href="{address("person-detail", project, ralf.pk)}"' in page

    def test_red_begins_at_two_steps(self, project, ralf, show):
        assert "is-far" in show()
        Stakeholder.objects.update(support_needed=1)
        assert "is-far" not in show()

    def test_nobody_who_talks_is_marked(self, ralf, show):
        assert "nobody</span>" not in show()
        Stakeholder.objects.update(relationship_owner="")
        assert '<span class="tag tag-red">nobody</span>' in show()

    def test_group_filter_keeps_the_finding(self, project, ralf, show):
        other = factories.GroupFactory(project=project, name="Pricing desk")
        factories.StakeholderFactory(
            project=project, group=other, name="Mehmet", influence=4, support_now=-2
        )
        page = show(f"?group={other.pk}")
        assert "1 person of Pricing desk" in page
        assert 'data-name="Ralf' not in page
        assert "One of the two most influential people must move" in page

    def test_groups_have_shapes_of_their_own(self, project, ralf, show):
        factories.StakeholderFactory(
            project=project,
            group=factories.GroupFactory(project=project, name="Pricing desk"),
            influence=4,
            support_now=-2,
        )
        page = show("?marks=group")
        assert '#mark-0"/></svg>Field sales' in page.replace("></use>", "/>")
        assert '#mark-1"/></svg>Pricing desk' in page.replace("></use>", "/>")

    def test_what_is_missing_is_counted_with_its_list(self, project, ralf, show):
        factories.StakeholderFactory(project=project)  # not on the map
        page = show()
        assert "?gap=interview" in page
        assert "?gap=place" in page
        assert "?gap=owner" not in page
        assert ">Field sales</a>" in page  # nobody speaks for it
        Stakeholder.objects.filter(pk=ralf.pk).update(is_spokesperson=True)
        assert ">Field sales</a>" not in show()

    def test_old_entries_are_counted(self, ralf, show):
        day = timezone.localdate() - datetime.timedelta(days=31)
        position = factories.PositionFactory(stakeholder=ralf, noted_on=day)
        assert "1 entry is older than 30 days." in show()
        position.noted_on += datetime.timedelta(days=1)
        position.save()
        assert "No entry older than 30 days." in show()

    def test_search_fades_the_others_without_script(self, ralf, show):
        assert "is-faded" in show("?q=karl")
        assert "is-faded" not in show("?q=ÖZTÜRK")

    def test_map_draws_the_most_influential_of_too_many(self, project, ralf, show, monkeypatch):
        monkeypatch.setattr("assessments.views.people_map.MOST_DRAWN", 1)
        factories.StakeholderFactory(project=project, name="Anja", influence=1, support_now=0)
        page = show()
        assert "2 people, the 1 most influential drawn" in page
        assert 'data-name="Ralf' in page
        assert 'data-name="Anja' not in page

    def test_empty_map_says_where_to_start(self, project, show, dora, sign_in):
        assert "An editor names who decides" in show()
        page = sign_in(dora).get(address("people-map", project)).content.decode()
        assert "Start with the sponsor" in page

    def test_rank_of_people_is_counted_in_the_sidebar(self, project, ralf, show):
        factories.StakeholderFactory(project=project)
        assert 'People</span><span class="nav-count">1</span>' in show()

    @pytest.mark.parametrize("page", ["people-map", "people-table", "people-history"])
    def test_one_and_ten_people_need_the_same_queries(self, project, ralf, dora, sign_in, page):
        browser = sign_in(dora)
        url = address(page, project)
        factories.PositionFactory(stakeholder=ralf)
        browser.get(url)
        one = queries_of(browser.get, url)
        for n in range(9):
            person = factories.StakeholderFactory(
                project=project,
                group=factories.GroupFactory(project=project),
                influence=1 + n % 5,
                support_now=0,
                support_needed=1,
            )
            factories.PositionFactory(stakeholder=person, noted_by=dora)
        assert queries_of(browser.get, url) == one


class TestTable:
    @pytest.fixture
    def show(self, project, dora, sign_in):
        browser = sign_in(dora)
        return lambda query="": browser.get(
            address("people-table", project, query=query)
        ).content.decode()

    def test_headline_counts(self, project, ralf, show):
        factories.StakeholderFactory(project=project)
        assert "2 people on the list; 1 must move" in show()

    def test_search_sort_and_filters(self, project, sales, ralf, show):
        anja = factories.StakeholderFactory(project=project, name="Anja Vogt", influence=1)
        assert "Anja" not in show("?q=price+sheet")
        page = show("?sort=-influence")
        assert page.index("Ralf") < page.index("Anja")
        page = show("?sort=influence")
        assert page.index("Anja") < page.index("Ralf")
        assert "Anja" not in show(f"?group={sales.pk}")
        assert "Ralf" not in show("?gap=place")
        assert "Anja" not in show("?gap=interview")  # she is not on the map
        Stakeholder.objects.filter(pk=anja.pk).update(support_now=1)
        assert "Anja" in show("?gap=interview")
        assert "Ralf" not in show("?gap=owner")

    def test_made_up_filters_are_harmless(self, ralf, show):
        assert "Ralf" in show("?gap=password&group=x&sort=y&page=77")

    def test_pages_hold_fifty(self, project, show):
        factories.StakeholderFactory.create_batch(60, project=project)
        assert "1–50 of 60 people" in show()
        assert "51–60 of 60 people" in show("?page=2")


class TestHistory:
    def test_moves_stand_with_who_when_why_and_source(self, project, ralf, dora, sign_in):
        browser = sign_in(dora)
        browser.post(address("position-save", project, ralf.pk), place(ralf, support_now=1))
        page = browser.get(address("people-history", project)).content.decode()
        assert "One person moved towards support in 28 days, none away from it" in page
        for words in ("Saw two quotes leave", "Seen in the work", "Dora", "2 positions"):
            assert words in page
        assert "<strong>+1</strong>" in page

    def test_search_keeps_the_place_before(self, project, ralf, dora, sign_in):
        other = factories.StakeholderFactory(project=project, name="Anja Vogt")
        factories.PositionFactory(stakeholder=ralf, support_now=0)
        factories.PositionFactory(stakeholder=other, support_now=2)
        factories.PositionFactory(stakeholder=ralf, support_now=1)
        url = address("people-history", project, query="?q=ralf")
        page = sign_in(dora).get(url).content.decode()
        assert "Anja" not in page
        assert "<strong>+1</strong>" in page


class TestExport:
    @pytest.fixture
    def export(self, project, dora, sign_in):
        return lambda query: sign_in(dora).get(address("people-export", project, query=f"?{query}"))

    def test_csv_holds_everything_of_a_person(self, ralf, export):
        text = export("format=csv").content.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["Name"] == "Ralf Öztürk"
        assert (row["Influence"], row["Support now"], row["Support needed"]) == (
            *("5", "Neutral", "Promotes"),
        )
        assert row["Reason"] == "Fears for the price sheet"

    def test_export_holds_what_the_filters_show(self, project, ralf, export):
        factories.StakeholderFactory(project=project, name="Anja Vogt")
        assert b"Anja" not in export("format=csv&gap=move").content

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
    def test_no_cell_can_run_as_a_formula(self, project, export, name):
        factories.StakeholderFactory(project=project, name=name)
        text = export("format=csv").content.decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(text)))[1][0] == f"'{name}"
        sheet = load_workbook(io.BytesIO(export("format=xlsx").content)).active
        assert sheet["A2"].value == f"'{name}"
