import json

import pytest
from django.utils import timezone

from assessments.models import Position, Stakeholder
from assessments.services import people as service
from tests import factories
from tests.assessments.standing import address, fields, head_of_sales, place


@pytest.fixture
def sales(project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


@pytest.fixture
def ralf(project, sales):
    return head_of_sales(project, sales)


class TestMove:
    def moved(self, person, alice, **change):
        values = {name: getattr(person, name) for name in service.STANDING} | change
        return service.move(
            person=person,
            **values,
            by=alice,
            today=timezone.localdate(),
            version=change.pop("version", person.version),
        )

    def test_move_is_on_the_person_and_in_the_history(self, ralf, alice):
        self.moved(ralf, alice, support_now=1, reason="Saw it work", source="observed")
        ralf.refresh_from_db()
        assert (ralf.support_now, ralf.reason, ralf.version) == (1, "Saw it work", 2)
        latest = ralf.positions.first()
        assert (latest.support_now, latest.source, latest.noted_by) == (1, "observed", alice)

    def test_place_that_nobody_noted_enters_the_history_first(self, ralf, alice):
        self.moved(ralf, alice, support_now=1)
        self.moved(Stakeholder.objects.get(), alice, support_now=2)
        assert [p.support_now for p in ralf.positions.all()] == [2, 1, 0]

    def test_stale_version_moves_nothing(self, ralf, alice):
        with pytest.raises(service.MovedMeanwhile):
            service.move(
                person=ralf,
                influence=1,
                support_now=0,
                support_needed=0,
                reason="x",
                source="guess",
                by=alice,
                today=timezone.localdate(),
                version=7,
            )
        ralf.refresh_from_db()
        assert (ralf.influence, ralf.positions.count()) == (5, 0)

    def test_taking_back_restores_place_reason_and_source(self, ralf, alice):
        position = self.moved(ralf, alice, support_now=1, reason="Slip", source="guess")
        service.take_back(position=position, by=alice, today=timezone.localdate())
        ralf.refresh_from_db()
        assert [getattr(ralf, name) for name in service.STANDING] == [
            *(5, 0, 2),
            *("Fears for the price sheet", "interview"),
        ]
        assert ralf.positions.count() == 3

    def test_only_the_latest_move_can_be_taken_back(self, ralf, alice):
        first = self.moved(ralf, alice, support_now=1)
        self.moved(Stakeholder.objects.get(), alice, support_now=2)
        with pytest.raises(service.MovedMeanwhile):
            service.take_back(position=first, by=alice, today=timezone.localdate())

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("José Müller", "jose\u0301  MÜLLER"),
            ("Straße", "STRASSE"),
            ("\u200fדנה לוי", "דנה\u00a0לוי\u200e"),
            ("ﬁona", "Fiona"),
        ],
    )
    def test_two_spellings_of_one_name_are_alike(self, first, second):
        assert service.name_key(first) == service.name_key(second)

    def test_accents_tell_names_apart(self):
        assert service.name_key("José") != service.name_key("Jose")


class TestPositionSave:
    @pytest.fixture
    def save(self, project, ralf, dora, sign_in):
        url = address("position-save", project, ralf.pk)

        def post(data, **headers):
            return sign_in(dora).post(url, data, headers=headers)

        return post

    def test_map_gets_the_new_version_and_the_way_back(self, ralf, save, dora, sign_in):
        response = save(place(ralf, support_now=1), accept="application/json")
        body = response.json()
        assert body["version"] == 2
        assert body["text"] == "Ralf Öztürk saved: influence 5, supports, needed promotes."
        sign_in(dora).post(body["undo"])
        ralf.refresh_from_db()
        assert ralf.support_now == 0

    @pytest.mark.parametrize("missing", ["reason", "source"])
    def test_no_move_without_reason_and_source(self, ralf, save, missing):
        response = save(place(ralf, support_now=1, **{missing: " "}), accept="application/json")
        assert response.status_code == 422
        assert list(response.json()["errors"]) == [missing]
        ralf.refresh_from_db()
        assert (ralf.support_now, ralf.positions.count()) == (0, 0)

    @pytest.mark.parametrize("value", ["6", "0", "-1", "five", "3.5"])
    def test_influence_outside_its_scale_is_refused(self, ralf, save, value):
        assert save(place(ralf, influence=value), accept="application/json").status_code == 422

    def test_conflict_shows_both_and_loses_neither(self, project, ralf, save, alice, sign_in):
        stale = place(ralf)
        sign_in(alice).post(
            address("position-save", project, ralf.pk),
            stale | {"support_now": 2, "reason": "Alice saw him promote it"},
        )
        response = save(stale | {"support_now": -1}, accept="application/json")
        assert response.status_code == 409
        body = response.json()
        for words in ("Alice", "Promotes", "Doubts", "Alice saw him promote it", "Saw two quotes"):
            assert words in body["conflict"]
        again = stale | {"support_now": -1, "version": body["version"]}
        assert save(again, accept="application/json").status_code == 200
        assert [p.support_now for p in ralf.positions.all()] == [-1, 2, 0]

    def test_page_works_without_script(self, project, ralf, save):
        response = save(place(ralf, support_now=1))
        assert response["Location"] == address("person-detail", project, ralf.pk)
        ralf.refresh_from_db()
        assert ralf.support_now == 1
        response = save(place(ralf, support_now=2, reason="", source=""))
        assert response.status_code == 422
        assert b"Choose how we know." in response.content

    def test_table_row_is_edited_in_place(self, project, ralf, save, dora, sign_in):
        url = address("position-save", project, ralf.pk)
        form = sign_in(dora).get(url, headers={"hx-request": "true"}).content.decode()
        assert "<tr" in form
        assert 'name="reason"' in form
        bad = save(place(ralf, reason=""), **{"hx-request": "true"})
        assert b"Write why, in one sentence." in bad.content
        response = save(place(ralf, support_now=1), **{"hx-request": "true"})
        assert b"Supports" in response.content
        toast = json.loads(response["HX-Trigger"])["toast"]
        assert toast["undo"].endswith("?next=table")
        assert "Öztürk" in toast["text"]

    def test_needing_less_support_than_there_is_is_allowed_and_said(self, project, ralf, save):
        save(place(ralf, support_now=2, support_needed=0))
        ralf.refresh_from_db()
        assert ralf.support_needed == 0
        assert ralf.steps_to_move == 0

    def test_person_can_leave_the_map(self, ralf, save):
        save(place(ralf, influence="", support_now="", support_needed=""))
        ralf.refresh_from_db()
        assert (ralf.influence, ralf.support_now) == (None, None)

    def test_undo_after_a_later_move_takes_nothing_back(self, project, ralf, save, dora, sign_in):
        undo = save(place(ralf, support_now=1), accept="application/json").json()["undo"]
        ralf.refresh_from_db()
        save(place(ralf, support_now=2))
        page = sign_in(dora).post(undo, follow=True).content.decode()
        assert "was changed again meanwhile, so nothing was taken back" in page
        ralf.refresh_from_db()
        assert ralf.support_now == 2


class TestPerson:
    @pytest.fixture
    def browser(self, dora, sign_in):
        return sign_in(dora)

    def test_added_person_is_placed_with_a_first_position(self, project, sales, browser, dora):
        data = fields(
            group=sales.pk,
            influence=4,
            support_now=-1,
            support_needed=1,
            reason="Her team keeps its own sheet",
            source="interview",
            next_step="Answer the loss list",
        )
        browser.post(address("person-create", project), data)
        claire = project.stakeholders.get()
        assert (claire.group, claire.next_step, claire.next_step_on) == (
            sales,
            "Answer the loss list",
            None,
        )
        assert claire.positions.get().noted_by == dora

    def test_person_without_a_place_needs_no_reason(self, project, browser):
        browser.post(address("person-create", project), fields())
        assert project.stakeholders.get().positions.count() == 0

    def test_place_without_reason_keeps_the_typed_text(self, project, browser):
        data = fields(influence=4, support_now=1, job_title="Head of sales, UK")
        response = browser.post(address("person-create", project), data)
        assert response.status_code == 422
        assert b"Head of sales, UK" in response.content
        assert not project.stakeholders.exists()

    def test_same_name_needs_an_identifier(self, project, ralf, browser):
        data = fields(name="ralf  öztürk")
        response = browser.post(address("person-create", project), data)
        page = response.content.decode()
        assert response.status_code == 422
        assert "Ralf Öztürk, in Field sales, is on the list already" in page
        browser.post(address("person-create", project), data | {"key": "10417"})
        assert project.stakeholders.count() == 2

    def test_identifier_is_there_once(self, project, ralf, browser):
        Stakeholder.objects.update(key="A-1")
        response = browser.post(address("person-create", project), fields(key="a-1"))
        assert b"has this identifier already" in response.content

    def test_identifier_that_tells_two_apart_cannot_be_taken_away(self, project, ralf, browser):
        twin = factories.StakeholderFactory(project=project, name="Ralf Öztürk", key="7")
        url = address("person-edit", project, twin.pk)
        assert browser.post(url, fields(twin, key="")).status_code == 422

    def test_group_of_another_rollout_is_refused(self, project, browser):
        other = factories.GroupFactory()
        response = browser.post(address("person-create", project), fields(group=other.pk))
        assert response.status_code == 422

    def test_edit_without_a_move_writes_no_position(self, project, ralf, browser):
        url = address("person-edit", project, ralf.pk)
        browser.post(url, fields(ralf, job_title="Sales director"))
        ralf.refresh_from_db()
        assert ralf.job_title == "Sales director"
        assert [p.noted_by for p in ralf.positions.all()] == [None]  # where he stood already

    def test_second_editor_sees_the_conflict(self, project, ralf, browser, alice, sign_in):
        url = address("person-edit", project, ralf.pk)
        stale = fields(ralf)
        sign_in(alice).post(url, stale | {"job_title": "Title of Alice"})
        response = browser.post(url, stale | {"job_title": "Title of Dora"})
        assert response.status_code == 409
        assert b"Title of Alice" in response.content
        assert b"Title of Dora" in response.content

    def test_page_tells_history_and_warns(self, project, ralf, browser):
        factories.PositionFactory(stakeholder=ralf, reason="Said so in October", support_now=-2)
        factories.StakeholderFactory(project=project, name="ralf öztürk", key="9")
        Stakeholder.objects.filter(pk=ralf.pk).update(support_needed=-1)
        page = browser.get(address("person-detail", project, ralf.pk)).content.decode()
        assert "Said so in October" in page
        assert "is spelled the same" in page
        assert "Less support is needed than there is today" in page

    def test_page_leads_to_whom_the_person_asks(self, project, ralf, bob, sign_in):
        page = sign_in(bob).get(address("person-detail", project, ralf.pk)).content.decode()
        assert f'href="{address("person-ties", project, ralf.pk)}"' in page

    def test_delete_asks_and_tells_what_goes(self, project, ralf, browser):
        factories.PositionFactory(stakeholder=ralf)
        factories.AdviceTieFactory(asker=ralf)
        url = address("person-delete", project, ralf.pk)
        page = browser.get(url).content.decode()
        assert "With them go 1 noted position and 1 tie to others." in page
        assert project.stakeholders.filter(pk=ralf.pk).exists()
        browser.post(url)
        assert not Stakeholder.objects.filter(pk=ralf.pk).exists()
        assert not Position.objects.exists()

    def test_viewer_reads_and_changes_nothing(self, project, ralf, bob, sign_in):
        browser = sign_in(bob)
        page = browser.get(address("person-detail", project, ralf.pk)).content.decode()
        assert "Ralf Öztürk must move 2 steps" in page
        assert "<textarea" not in page
        assert browser.get(address("person-edit", project, ralf.pk)).status_code == 403
        assert browser.post(address("position-save", project, ralf.pk)).status_code == 403

    def test_hostile_name_is_only_text(self, project, ralf, browser):
        Stakeholder.objects.update(name='"><script>alert(1)</script>')
        for url in (
            address("people-map", project),
            address("people-table", project),
            address("person-detail", project, ralf.pk),
        ):
            assert b"<script>alert(1)" not in browser.get(url).content
