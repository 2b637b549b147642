"""The pages about people in a real browser: the table, phones, no script, accessibility."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import factories
from tests.e2e.people_map import COLUMN, address, answer, dot, drag


class TestTable:
    def test_row_is_moved_with_keys_alone(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-table", project))
        page.get_by_role("link", name="Move Ralf Öztürk").focus()
        page.keyboard.press("Enter")
        row = page.locator(f"#person-{ralf.pk}")
        expect(row.get_by_label("Influence")).to_be_focused()
        row.get_by_label("Support now").select_option("Supports")
        row.get_by_role("button", name="Save").press("Enter")
        expect(row).to_contain_text("Write why, in one sentence.")
        row.get_by_label("Why they stand there").fill("Saw it work.")
        row.get_by_label("How we know").select_option("Seen in the work")
        row.get_by_role("button", name="Save").press("Enter")
        expect(row).to_contain_text("Saw it work.")
        expect(page.locator("[data-toasts]")).to_contain_text("Ralf Öztürk saved")
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url("**/people/table/")
        ralf.refresh_from_db()
        assert ralf.support_now == 0

    def test_cancel_brings_the_row_back(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-table", project))
        page.get_by_role("link", name="Move Ralf Öztürk").click()
        # The form takes the focus a moment after it came; a key before that goes to the form.
        expect(page.locator(f"#person-{ralf.pk}").get_by_label("Influence")).to_be_focused()
        page.get_by_role("link", name="Cancel").press("Enter")
        expect(page.get_by_role("link", name="Move Ralf Öztürk")).to_be_focused()

    def test_filters_apply_at_once(self, project, ralf, anja, alice, open_as):
        page = open_as(alice, address("people-table", project))
        page.get_by_label("What is missing").select_option("No reason")
        expect(page.get_by_role("link", name="Anja Vogt", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Ralf Öztürk", exact=True)).to_be_hidden()


class TestEverywhere:
    @pytest.fixture
    def pages(self, project, ralf, anja):
        factories.PositionFactory(stakeholder=ralf, reason="W" * 200)
        factories.StakeholderFactory(
            project=project, name="L" * 120, influence=4, support_now=-2, support_needed=2
        )
        return [
            address("people-map", project),
            address("people-map", project) + "?marks=group",
            address("people-table", project),
            address("people-history", project),
            address("people-import", project),
            address("person-create", project),
            address("person-detail", project, ralf.pk),
            address("person-edit", project, ralf.pk),
            address("person-delete", project, ralf.pk),
        ]

    @pytest.mark.parametrize("width", [320, 390])
    def test_phone_never_scrolls_sideways(self, pages, alice, open_as, page, width):
        page.set_viewport_size({"width": width, "height": 844})
        for path in pages:
            open_as(alice, path)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, path

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_pages_pass_the_accessibility_check(self, pages, alice, open_as, page, scheme):
        page.emulate_media(color_scheme=scheme)
        for path in pages:
            open_as(alice, path)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"

    def test_question_passes_the_accessibility_check(self, project, ralf, alice, open_as):
        page = open_as(alice, address("people-map", project))
        drag(page, dot(page, ralf).locator(".mark"), right=COLUMN)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog")).to_contain_text("Choose how we know.")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    def test_person_is_moved_without_script(self, project, ralf, alice, window):
        page = window(alice, address("people-map", project), java_script_enabled=False)
        expect(page.get_by_text("Open a dot to change where the person stands.")).to_be_visible()
        dot(page, ralf).locator(".mark").click()
        page.get_by_label("Support now").select_option("Supports")
        page.get_by_role("button", name="Save where they stand").click()
        expect(page.get_by_text("Write why, in one sentence.")).to_be_visible()
        page.get_by_label("Why they stand there").fill("Saw it work.")
        page.get_by_label("How we know").select_option("Seen in the work")
        page.get_by_role("button", name="Save where they stand").click()
        expect(page.get_by_role("heading", name="Ralf Öztürk must move 1 step")).to_be_visible()

    def test_phone_moves_a_dot_by_finger(self, project, ralf, alice, open_as, page):
        page.set_viewport_size({"width": 390, "height": 844})
        open_as(alice, address("people-map", project))
        page.evaluate(
            """([id, by]) => {
                const mark = document.querySelector(`.dot[data-id="${id}"] .mark`);
                const box = mark.getBoundingClientRect();
                const at = (right) => ({bubbles: true, pointerType: "touch", pointerId: 3,
                    button: 0, clientX: box.x + 4 + right, clientY: box.y + 4});
                mark.dispatchEvent(new PointerEvent("pointerdown", at(0)));
                mark.dispatchEvent(new PointerEvent("pointermove", at(-by / 2)));
                mark.dispatchEvent(new PointerEvent("pointermove", at(-by)));
                mark.dispatchEvent(new PointerEvent("pointerup", at(-by)));
            }""",
            [str(ralf.pk), COLUMN],
        )
        answer(page)
        expect(dot(page, ralf)).to_have_attribute("data-now", "-1")
