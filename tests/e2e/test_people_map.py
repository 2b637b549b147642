"""The map of people in a real browser: by pointer, by keys, found and enlarged."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Stakeholder
from assessments.services import people as service
from tests.e2e.people_map import COLUMN, address, answer, dot, drag


class TestMoving:
    def test_dragged_dot_asks_why_and_is_saved(self, project, ralf, anja, alice, open_as):
        page = open_as(alice, address("people-map", project))
        drag(page, dot(page, ralf).locator(".mark"), right=COLUMN)
        dialog = page.get_by_role("dialog", name="Ralf Öztürk")
        expect(dialog.get_by_label("Support now")).to_have_value("1")
        expect(dialog.get_by_label("Influence")).to_have_value("5")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_contain_text("Write why, in one sentence.")
        expect(dialog).to_contain_text("Choose how we know.")
        answer(page)
        expect(page.locator("[data-toasts]")).to_contain_text("Ralf Öztürk saved")
        expect(dot(page, ralf)).to_have_attribute("data-now", "1")
        expect(dot(page, ralf)).to_be_focused()
        ralf.refresh_from_db()
        assert (ralf.support_now, ralf.influence, ralf.source) == (1, 5, "observed")
        assert ralf.positions.first().reason == "Saw two quotes leave within the hour."

    def test_dot_goes_down_a_lane(self, project, ralf, anja, alice, open_as):
        page = open_as(alice, address("people-map", project))
        lane = page.locator('[data-lane="3"]')
        top = float(lane.get_attribute("data-top")) + 22
        y = float(re.findall(r"[\d.]+", dot(page, ralf).get_attribute("transform"))[1])
        drag(page, dot(page, ralf).locator(".mark"), down=top - y)
        answer(page)
        expect(dot(page, ralf)).to_have_attribute("data-influence", "3")

    def test_arrow_is_dragged_by_its_head(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        drag(page, dot(page, ralf).locator(".head"), right=-COLUMN)
        expect(page.get_by_role("dialog").get_by_label("Support needed")).to_have_value("1")
        answer(page)
        expect(dot(page, ralf)).to_have_attribute("data-needed", "1")

    def test_undo_brings_the_dot_back(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        drag(page, dot(page, ralf).locator(".mark"), right=-COLUMN)
        answer(page)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-toasts]")).to_contain_text("back where they stood")
        ralf.refresh_from_db()
        assert (ralf.support_now, ralf.reason) == (0, "Fears for the price sheet")

    def test_cancel_and_a_slip_change_nothing(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        before = dot(page, ralf).get_attribute("transform")
        drag(page, dot(page, ralf).locator(".mark"), right=COLUMN)
        page.get_by_role("button", name="Cancel").click()
        expect(dot(page, ralf)).to_have_attribute("transform", before)
        drag(page, dot(page, ralf).locator(".mark"), right=20)
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(dot(page, ralf)).to_have_attribute("transform", before)
        assert "people/" in page.url
        ralf.refresh_from_db()
        assert ralf.version == 1

    def test_click_opens_the_person(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        dot(page, ralf).locator(".mark").click()
        page.wait_for_url(f"**{address('person-detail', project, ralf.pk)}")

    def test_keys_do_what_the_pointer_does(self, project, ralf, anja, alice, open_as):
        page = open_as(alice, address("people-map", project))
        dot(page, ralf).focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("[data-found]")).to_contain_text("influence 5, doubts")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Now: influence 4, doubts, needed supports.")
        expect(dialog.get_by_label("Why they stand there")).to_be_focused()
        page.keyboard.type("Lost the pilot.")
        page.keyboard.press("Tab")
        page.keyboard.type("Int")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(dot(page, ralf)).to_have_attribute("data-now", "-1")
        expect(dot(page, ralf)).to_be_focused()
        ralf.refresh_from_db()
        assert (ralf.influence, ralf.support_now, ralf.support_needed) == (4, -1, 1)
        assert (ralf.reason, ralf.source) == ("Lost the pilot.", "interview")

    def test_escape_leaves_the_dot_where_it_was(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        before = dot(page, ralf).get_attribute("transform")
        dot(page, ralf).focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        expect(dot(page, ralf)).to_have_attribute("transform", before)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(dot(page, ralf)).to_have_attribute("transform", before)

    def test_steps_end_at_the_edge_of_the_map(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        dot(page, ralf).focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Now: influence 5, promotes")

    def test_conflict_shows_both_and_keeps_the_typed_text(self, project, ralf, alice, dora, window):
        page = window(alice, address("people-map", project))
        service.move(
            person=ralf,
            influence=5,
            support_now=2,
            support_needed=2,
            reason="Dora saw him promote it",
            source="observed",
            by=dora,
            today=timezone.localdate(),
            version=1,
        )
        with page.expect_response(lambda response: response.status == 409):
            drag(page, dot(page, ralf).locator(".mark"), right=-COLUMN)
            answer(page, "Alice heard him doubt it")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Dora changed Ralf Öztürk")
        expect(dialog).to_contain_text("Dora saw him promote it")
        expect(dialog.get_by_label("Why they stand there")).to_have_value(
            "Alice heard him doubt it"
        )
        dialog.get_by_role("button", name="Save").click()
        expect(dot(page, ralf)).to_have_attribute("data-now", "-1")
        assert [p.support_now for p in ralf.positions.all()] == [-1, 2, 0]

    def test_lost_connection_keeps_the_question_open(self, project, ralf, alice, window):
        page = window(alice, address("people-map", project))
        page.route("**/position/", lambda route: route.abort("connectionrefused"))
        drag(page, dot(page, ralf).locator(".mark"), right=COLUMN)
        answer(page)
        expect(page.get_by_role("dialog")).to_contain_text("No connection. Your entries stay here")
        page.unroute("**/position/")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(dot(page, ralf)).to_have_attribute("data-now", "1")

    def test_viewer_moves_nothing(self, project, ralf, bob, open_as):
        page = open_as(bob, address("people-map", project))
        before = dot(page, ralf).get_attribute("transform")
        dot(page, ralf).focus()
        page.keyboard.press("ArrowRight")
        expect(dot(page, ralf)).to_have_attribute("transform", before)
        expect(page.get_by_role("dialog")).to_have_count(0)


class TestCrowd:
    @pytest.fixture
    def crowd(self, project, sales, ralf):
        people = [
            Stakeholder(
                project=project,
                name=f"Person Nº {n}",
                influence=1 + n % 5,
                support_now=n % 3 - 1,
                support_needed=n % 3,
            )
            for n in range(300)
        ]
        return Stakeholder.objects.bulk_create(people)

    def test_search_finds_and_enter_goes_there(self, project, crowd, alice, open_as):
        page = open_as(alice, address("people-map", project))
        page.get_by_label("Find a person").fill("nº 290")
        expect(page.locator("[data-found]")).to_contain_text("1 found")
        page.keyboard.press("Enter")
        expect(dot(page, crowd[290])).to_be_focused()
        expect(page.locator(".hover-name")).to_have_text("Person Nº 290")
        page.get_by_label("Find a person").fill("ozturk")
        expect(page.locator("[data-found]")).to_contain_text("1 found")

    def test_unnamed_dot_is_moved_too(self, project, crowd, alice, open_as):
        page = open_as(alice, address("people-map", project))
        page.get_by_label("Find a person").fill("nº 290")
        page.keyboard.press("Enter")
        expect(dot(page, crowd[290])).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        answer(page)
        expect(dot(page, crowd[290])).to_have_attribute("data-now", "2")

    def test_keys_walk_from_dot_to_dot_past_one_tab_stop_each(self, project, crowd, alice, open_as):
        page = open_as(alice, address("people-map", project))
        first = page.locator(".dot").first
        first.focus()
        page.keyboard.press("PageDown")
        expect(page.locator(".dot").nth(1)).to_be_focused()
        assert page.locator('.dot:not([tabindex="-1"])').count() <= 24

    def test_zoom_enlarges_and_the_drag_stays_true(self, project, crowd, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        before = page.locator("#people-svg").bounding_box()["width"]
        page.get_by_role("button", name="Larger").click()
        page.get_by_role("button", name="Larger").click()
        assert page.locator("#people-svg").bounding_box()["width"] == pytest.approx(
            2 * before, abs=32
        )
        page.get_by_label("Find a person").fill("Ralf")
        page.keyboard.press("Enter")
        expect(dot(page, ralf)).to_be_focused()
        drag(page, dot(page, ralf).locator(".mark"), right=-COLUMN)
        expect(page.get_by_role("dialog").get_by_label("Support now")).to_have_value("-1")
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Fit").click()
        assert page.locator("#people-svg").bounding_box()["width"] == pytest.approx(before, abs=16)

    def test_wheel_zooms_with_control_only(self, project, crowd, alice, open_as):
        page = open_as(alice, address("people-map", project))
        frame = page.locator("[data-map]")
        frame.hover(position={"x": 200, "y": 100})
        page.mouse.wheel(0, 100)
        expect(frame).not_to_have_attribute("data-zoom", re.compile("."))
        frame.hover(position={"x": 200, "y": 150})
        page.keyboard.down("Control")
        page.mouse.wheel(0, -200)
        page.keyboard.up("Control")
        expect(frame).to_have_attribute("data-zoom", re.compile("."))

    def test_group_filter_shows_one_group(self, project, crowd, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        page.get_by_label("Group", exact=True).select_option("Field sales")
        page.wait_for_url("**group=**")
        expect(page.locator(".dot")).to_have_count(1)
