import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests import factories
from tests.queries import queries_of


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


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
