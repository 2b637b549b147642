from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import DimensionException, Membership, Project
from tests import factories

OUTCOME = {
    "outcome": "Customers get a quote within two days",
    "outcome_measure": "days from call to quote",
    "outcome_baseline": "9 days",
    "outcome_target": "2 days",
    "outcome_due_on": "2027-06-30",
}
SYSTEM = {"system": "QuoteIt", "name": "Quoting platform", "kind": "crm", "use": "expected"}
DATES = {"starts_on": "2026-10-01", "go_live_on": "2027-01-18", "parallel_until": "2027-03-01"}
PEOPLE = {"client": "", "sponsor_name": "Helga Brandt", "sponsor_title": "Managing director"}


def groups(*rows):
    data = {"groups-TOTAL_FORMS": len(rows), "groups-INITIAL_FORMS": 0}
    for at, (name, headcount) in enumerate(rows):
        data |= {f"groups-{at}-name": name, f"groups-{at}-headcount": headcount}
    return data


class TestSetUp:
    @pytest.fixture
    def post(self, organisation, dora, sign_in):
        browser = sign_in(dora)
        url = reverse("assessments:project-create", args=[organisation.pk])

        def send(step, data, go="next"):
            return browser.post(url, {"step": step, "go": go, **data})

        send.browser, send.url = browser, url
        return send

    def all_but_groups(self, post):
        for step, data in zip(
            ("outcome", "system", "dates", "people"), (OUTCOME, SYSTEM, DATES, PEOPLE), strict=True
        ):
            assert post(step, data).status_code == 302

    def test_outcome_is_asked_before_the_tool(self, post):
        response = post.browser.get(f"{post.url}?step=system")
        assert response["Location"].endswith("?step=outcome")
        page = post.browser.get(post.url).content.decode()
        assert "What must be different for the business?" in page
        assert 'name="system"' not in page

    def test_five_steps_make_a_rollout_with_its_groups(self, post, organisation):
        self.all_but_groups(post)
        response = post("groups", groups(("Field sales", 71), ("", ""), ("Pricing", 12)), "finish")
        project = Project.objects.get()
        assert response["Location"] == reverse("reports:overview", args=[project.pk])
        assert project.organisation == organisation
        assert project.go_live_on == date(2027, 1, 18)
        assert project.slug.startswith("quoting-platform-")
        rows = project.groups.values_list("name", "headcount")
        assert list(rows) == [("Field sales", 71), ("Pricing", 12)]

    def test_finishing_twice_makes_one_rollout(self, post):
        self.all_but_groups(post)
        post("groups", groups(), "finish")
        post("groups", groups(), "finish")
        assert Project.objects.count() == 1

    @pytest.mark.parametrize("total", ["abc", "1e3", "-1", "9" * 5000])
    def test_made_up_number_of_rows_does_not_break_the_draft(self, post, total):
        self.all_but_groups(post)
        assert post("groups", {"groups-TOTAL_FORMS": total}, "rows").status_code == 200
        assert post.browser.get(f"{post.url}?step=groups").status_code == 200

    def test_going_back_and_away_loses_nothing(self, post):
        post("outcome", OUTCOME)
        # Half filled in and not valid, then back.
        post("system", {"system": "QuoteIt", "name": "", "kind": "crm", "use": ""}, "back")
        page = post.browser.get(f"{post.url}?step=outcome").content.decode()
        assert "Customers get a quote within two days" in page
        page = post.browser.get(f"{post.url}?step=system").content.decode()
        assert 'value="QuoteIt"' in page

    @pytest.mark.parametrize("day", ["0001-01-01", "0206-01-18", "9999-12-31"])
    def test_year_that_no_rollout_has_is_refused(self, post, day):
        post("outcome", OUTCOME)
        post("system", SYSTEM)
        response = post("dates", DATES | {"go_live_on": day})
        assert response.status_code == 422
        assert b"Enter a year from 1900 to 2199." in response.content

    def test_text_of_a_whole_book_is_refused(self, post):
        response = post("outcome", OUTCOME | {"outcome": "x" * 20_001})
        assert response.status_code == 422
        assert b"at most 20000 characters" in response.content

    def test_refused_step_keeps_what_was_typed(self, post):
        response = post("outcome", OUTCOME | {"outcome": ""})
        assert response.status_code == 422
        assert 'value="days from call to quote"' in response.content.decode()

    def test_more_rows_keep_the_typed_groups(self, post):
        self.all_but_groups(post)
        page = post("groups", groups(("Field sales", "71")), "rows").content.decode()
        assert 'value="Field sales"' in page
        assert page.count('type="number"') > 5

    def test_draft_can_be_deleted(self, post):
        post("outcome", OUTCOME)
        post("outcome", {}, "discard")
        page = post.browser.get(post.url).content.decode()
        assert "Customers get a quote" not in page

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"starts_on": "2027-02-01"}, "Work must start before go-live"),
            ({"parallel_until": "2027-01-01"}, "cannot be switched off before go-live"),
            ({"go_live_on": "2027-07-01", "parallel_until": ""}, "before go-live on 1 Jul 2027"),
            ({"go_live_on": "soon"}, "Enter a date"),
        ],
    )
    def test_dates_that_cannot_be_are_refused(self, post, change, words):
        post("outcome", OUTCOME)
        post("system", SYSTEM)
        response = post("dates", DATES | change)
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_outcome_moved_later_is_caught_before_creating(self, post):
        self.all_but_groups(post)
        post("outcome", OUTCOME | {"outcome_due_on": "2026-12-01"})
        response = post("groups", groups(), "finish")
        assert response["Location"].endswith("?step=dates&check=1")
        assert not Project.objects.exists()
        page = post.browser.get(response["Location"]).content.decode()
        assert "before go-live on 18 Jan 2027" in page

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ([("Field sales", "sixty")], "Enter a whole number, for example 60."),
            ([("Field sales", "0")], "Enter a whole number, for example 60."),
            ([("Field sales", "")], "Say how many people"),
            ([("", "12")], "Give the group a name"),
            ([("Sales", "12"), ("SALES", "3")], "stands above already"),
        ],
    )
    def test_groups_that_cannot_be_are_refused(self, post, rows, words):
        self.all_but_groups(post)
        response = post("groups", groups(*rows), "finish")
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not Project.objects.exists()

    def test_who_sees_chosen_clients_only_must_choose_one(self, post, dora, organisation):
        mine = factories.ClientFactory(organisation=organisation)
        other = factories.ClientFactory(organisation=organisation)
        membership = Membership.objects.get(user=dora)
        membership.all_clients = False
        membership.save()
        membership.clients.add(mine)
        for step, data in (("outcome", OUTCOME), ("system", SYSTEM), ("dates", DATES)):
            post(step, data)
        assert "needs a client of yours" in post("people", PEOPLE).content.decode()
        assert post("people", PEOPLE | {"client": other.pk}).status_code == 422
        assert post("people", PEOPLE | {"client": mine.pk}).status_code == 302

    def test_viewer_cannot_open_it(self, organisation, bob, sign_in):
        url = reverse("assessments:project-create", args=[organisation.pk])
        assert sign_in(bob).get(url).status_code == 403


def facts(project, **change):
    data = {
        "version": project.version,
        "name": project.name,
        "outcome": project.outcome,
        "system": project.system,
        "kind": project.kind,
        "use": project.use,
        "phase": project.phase,
        "client": project.client_id or "",
        "go_live_on": project.go_live_on.isoformat(),
    }
    return data | change


class TestFacts:
    def url(self, project):
        return reverse("assessments:project-edit", args=[project.pk])

    def test_editor_changes_the_facts(self, project, dora, sign_in):
        response = sign_in(dora).post(self.url(project), facts(project, name="Quotes"))
        assert response.status_code == 302
        project.refresh_from_db()
        assert (project.name, project.version) == ("Quotes", 2)
        assert project.history.first().history_user == dora

    def test_second_editor_sees_both_texts_and_decides(self, project, alice, dora, sign_in):
        mine, theirs = sign_in(alice), sign_in(dora)
        stale = facts(project)
        theirs.post(self.url(project), stale | {"outcome": "Text of Dora"})
        response = mine.post(self.url(project), stale | {"outcome": "Text of Alice"})
        page = response.content.decode()
        assert response.status_code == 409
        assert "Dora saved this" in page
        assert "Text of Dora" in page
        assert "Text of Alice" in page
        project.refresh_from_db()
        assert project.outcome == "Text of Dora"
        # The refused form carries the new version, so that saving again is a decision.
        mine.post(self.url(project), stale | {"outcome": "Text of Alice", "version": 2})
        project.refresh_from_db()
        assert project.outcome == "Text of Alice"

    def test_target_due_before_go_live_is_refused(self, project, dora, sign_in):
        due = (project.go_live_on - timedelta(days=1)).isoformat()
        response = sign_in(dora).post(self.url(project), facts(project, outcome_due_on=due))
        assert response.status_code == 422
        assert "before go-live" in response.content.decode()

    def test_long_and_foreign_names_are_kept_as_text(self, project, dora, sign_in):
        name = "مرحبا <b>" + "x" * 100
        sign_in(dora).post(self.url(project), facts(project, name=name))
        page = sign_in(dora).get(self.url(project)).content.decode()
        assert "<b>xxx" not in page
        assert "مرحبا &lt;b&gt;" in page


class TestMethod:
    def url(self, project):
        return reverse("assessments:project-method", args=[project.pk])

    def data(self, project, **change):
        weights = {f"weight_{d.code}": "1" for d in project.bank.dimensions}
        return {"version": project.version, "weakest_link_share": "0.5", **weights} | change

    def test_weights_are_kept_and_called_a_judgement(self, project, dora, sign_in):
        browser = sign_in(dora)
        assert b"not calibrated" in browser.get(self.url(project)).content
        browser.post(
            self.url(project), self.data(project, weakest_link_share="0.8", weight_TRN="2")
        )
        project.refresh_from_db()
        assert project.method["weakest_link_share"] == 0.8
        assert project.method["weights"]["TRN"] == 2

    def test_weights_of_the_bank_are_not_stored(self, project, dora, sign_in):
        sign_in(dora).post(self.url(project), self.data(project))
        project.refresh_from_db()
        assert project.method == {"weakest_link_share": 0.5}

    @pytest.mark.parametrize(
        "change",
        [
            {"weakest_link_share": "1.1"},
            {"weakest_link_share": "nan"},
            {"weight_TRN": "0"},
            {"weight_TRN": "inf"},
            {"weight_TRN": ""},
        ],
    )
    def test_impossible_values_are_refused(self, project, dora, sign_in, change):
        response = sign_in(dora).post(self.url(project), self.data(project, **change))
        assert response.status_code == 422
        project.refresh_from_db()
        assert project.method == {}

    def test_stale_form_is_a_conflict(self, project, dora, sign_in):
        browser = sign_in(dora)
        browser.post(self.url(project), self.data(project, weakest_link_share="0.8"))
        response = browser.post(self.url(project), self.data(project, weakest_link_share="0.2"))
        assert response.status_code == 409

    def test_dimension_is_left_out_with_a_reason_and_counts_again(self, project, dora, sign_in):
        browser = sign_in(dora)
        url = reverse("assessments:exception-create", args=[project.pk])
        refused = browser.post(url, {"dimension": "DAT", "reason": " "})
        assert refused.status_code == 422
        browser.post(url, {"dimension": "DAT", "reason": "Nothing is migrated."})
        row = DimensionException.objects.get(project=project)
        assert (row.dimension, row.declared_by) == ("DAT", dora)
        assert b"Data quality does not apply" in browser.get(self.url(project)).content
        browser.post(reverse("assessments:exception-delete", args=[project.pk, row.pk]))
        assert not DimensionException.objects.exists()

    def test_one_dimension_must_stay(self, project, dora, sign_in):
        url = reverse("assessments:exception-create", args=[project.pk])
        for dimension in project.bank.dimensions:
            sign_in(dora).post(url, {"dimension": dimension.code, "reason": "No."})
        assert DimensionException.objects.count() == len(project.bank.dimensions) - 1


class TestArchive:
    def test_archived_rollout_is_gone_and_comes_back(self, project, dora, sign_in):
        browser = sign_in(dora)
        archive = reverse("assessments:project-archive", args=[project.pk])
        restore = reverse("assessments:project-restore", args=[project.pk])
        assert b"Archive Quoting platform?" in browser.get(archive).content
        page = browser.post(archive, follow=True).content.decode()
        assert f'action="{restore}"' in page
        groups_url = reverse("assessments:group-list", args=[project.pk])
        assert browser.get(groups_url).status_code == 404
        settings = reverse("assessments:organisation-settings", args=[project.organisation_id])
        assert "Quoting platform" in browser.get(f"{settings}?tab=archive").content.decode()
        browser.post(restore)
        assert browser.get(groups_url).status_code == 200

    def test_viewer_cannot_bring_it_back(self, project, bob, charlie, sign_in):
        Project.objects.update(archived_at=timezone.now())
        url = reverse("assessments:project-restore", args=[project.pk])
        assert sign_in(bob).post(url).status_code == 403
        assert sign_in(charlie).post(url).status_code == 404
