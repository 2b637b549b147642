"""Answering in a real browser: keys, saving by itself, conflicts, phones, no script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Answer
from tests import factories

State = Answer.State


@pytest.fixture
def running(transactional_db, project, alice, dora):
    assessment = factories.AssessmentFactory(project=project, number=1, name="November round")
    assessment.assessors.set([alice, dora])
    return assessment


def address(name, assessment, *more):
    return reverse(f"assessments:{name}", args=[assessment.project_id, assessment.pk, *more])


def card(assessment, item="TRN-3"):
    return f"{address('round-card', assessment)}?item={item}"


def saved(page):
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def pick(where, words):
    where.get_by_role("radio", name=words).check()


def answer_to(assessment, item="TRN-3", **who):
    return assessment.answers.get(item=item, **who)


class TestKeys:
    def test_keys_answer_and_move(self, running, alice, open_as):
        page = open_as(alice, card(running))
        page.keyboard.press("3")
        saved(page)
        assert answer_to(running).level == 3
        page.keyboard.press("n")
        saved(page)
        expect(page.get_by_role("radio", name="Don’t know")).to_be_checked()
        page.keyboard.press("j")
        page.wait_for_url(re.compile("TRN-4"))
        assert answer_to(running).state == State.DONT_KNOW
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(re.compile("TRN-3"))
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile("TRN-4"))

    def test_answer_is_saved_before_the_next_item_opens(self, running, alice, open_as):
        page = open_as(alice, card(running))
        for level, item in [("1", "TRN-4"), ("2", "TRN-5"), ("0", "TRN-6")]:
            page.keyboard.press(level)
            page.keyboard.press("j")
            page.wait_for_url(re.compile(item))
        levels = [answer_to(running, f"TRN-{n}").level for n in (3, 4, 5)]
        assert levels == [1, 2, 0]

    def test_keys_wait_while_somebody_types(self, running, alice, open_as):
        page = open_as(alice, card(running))
        page.keyboard.press("m")
        page.keyboard.type("3 of 4 asked, none knew. ? j")
        saved(page)
        answer = answer_to(running)
        assert (answer.state, answer.note) == (State.BLANK, "3 of 4 asked, none knew. ? j")
        assert "TRN-3" in page.url

    def test_question_mark_lists_the_keys_and_escape_closes(self, running, alice, open_as):
        page = open_as(alice, card(running))
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("2")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        assert not running.answers.exists()

    def test_arrow_keys_never_change_the_answer(self, running, alice, open_as):
        page = open_as(alice, card(running))
        pick(page, "Only attendance is known")
        saved(page)
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile("TRN-4"))
        assert answer_to(running).level == 1

    def test_backspace_clears_the_answer(self, running, alice, open_as):
        page = open_as(alice, card(running))
        page.keyboard.press("2")
        saved(page)
        page.keyboard.press("Backspace")
        expect(page.get_by_role("button", name="Clear answer")).to_be_hidden()
        expect(page.locator("[data-tally]")).to_have_text("0 answered, 0 don’t know")
        assert answer_to(running).state == State.BLANK

    def test_not_applicable_asks_for_its_reason_and_stays(self, running, alice, window):
        page = window(alice, card(running))
        page.keyboard.press("a")
        expect(page.get_by_label("Why it does not apply")).to_be_focused()
        page.get_by_role("button", name="Next item").click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("Write why TRN-3"))
        assert not running.answers.exists()
        page.get_by_label("Why it does not apply").fill("Nobody is trained here.")
        saved(page)
        assert answer_to(running).reason == "Nobody is trained here."


class TestSaving:
    def test_note_saves_itself_and_others_appear_after_the_answer(
        self, running, alice, dora, open_as
    ):
        factories.AnswerFactory(assessment=running, assessor=dora, level=4)
        page = open_as(alice, card(running))
        expect(page.get_by_text("shown after you answer")).to_be_visible()
        page.get_by_label("Note", exact=True).fill("Seen in Leeds.")
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        saved(page)
        expect(page.get_by_text("shown after you answer")).to_be_hidden()
        expect(page.locator("[data-earlier-box]")).to_contain_text("Dora")
        assert answer_to(running, assessor=alice).note == "Seen in Leeds."

    def test_text_survives_a_lost_connection_and_a_closed_page(self, running, alice, window):
        page = window(alice, card(running))
        page.context.set_offline(True)
        page.get_by_label("Note", exact=True).fill("Typed in the train.")
        expect(page.locator("#saved")).to_have_text(re.compile("Not saved: no connection"))
        assert not running.answers.exists()
        page.context.set_offline(False)
        # Another page of the same browser finds the text and saves it.
        again = page.context.new_page()
        again.goto(card(running))
        expect(again.get_by_label("Note", exact=True)).to_have_value("Typed in the train.")
        saved(again)
        assert answer_to(running).note == "Typed in the train."

    def test_leaving_at_once_still_sends_the_text(self, running, alice, window):
        page = window(alice, card(running))
        page.get_by_label("Note", exact=True).fill("Typed and left.")
        page.goto(address("round-submit", running))
        page.wait_for_timeout(300)
        assert answer_to(running).note == "Typed and left."

    def test_table_row_saves_itself(self, running, alice, open_as):
        page = open_as(alice, address("round-table", running, "TRN"))
        row = page.get_by_role("row").filter(has_text="TRN-3")
        pick(row, "There was a quiz")
        saved(page)
        row.get_by_label("Note on TRN-3").fill("Seen.")
        expect(page.locator("#saved")).to_have_text("Saving")
        saved(page)
        answer = answer_to(running)
        assert (answer.level, answer.note) == (2, "Seen.")

    def test_carried_over_answer_is_confirmed_with_one_click(self, running, alice, open_as):
        factories.AnswerFactory(assessment=running, assessor=alice, is_carried_over=True)
        page = open_as(alice, card(running))
        page.get_by_role("button", name="Still right today").click()
        saved(page)
        expect(page.get_by_text("Carried over")).to_be_hidden()
        assert not answer_to(running).is_carried_over


class TestConflict:
    def test_own_answer_in_two_windows_loses_nothing(self, running, alice, window):
        first, second = window(alice, card(running)), window(alice, card(running))
        first.get_by_label("Note", exact=True).fill("From the first window")
        saved(first)
        second.get_by_label("Note", exact=True).fill("From the second window")
        block = second.locator(".conflict-both")
        expect(block).to_contain_text("You changed this answer in another window")
        expect(block).to_contain_text("From the first window")
        expect(block).to_contain_text("From the second window")
        assert answer_to(running).note == "From the first window"
        block.get_by_role("button", name="Keep mine").click()
        saved(second)
        assert answer_to(running).note == "From the second window"
        notes = [version.note for version in answer_to(running).history.all()]
        assert notes == ["From the second window", "From the first window"]

    def test_second_editor_can_take_the_agreed_answer_as_saved(self, running, alice, dora, window):
        # The one who has yet to answer agrees all the same; the levels stay veiled.
        mine, theirs = (window(u, address("consensus", running)) for u in (alice, dora))
        for page, words, note in (
            (mine, "There was a quiz", "From Alice"),
            (theirs, "Nobody has checked", "From Dora"),
        ):
            form = page.locator("#TRN-3")
            pick(form, words)
            form.get_by_label("Note on the agreed answer").fill(note)
            if page is mine:
                saved(page)
        block = theirs.locator("#TRN-3 .conflict-both")
        expect(block).to_contain_text("Alice changed the agreed answer to TRN-3")
        block.get_by_role("link", name="Use the saved one").click()
        field = theirs.locator("#TRN-3").get_by_label("Note on the agreed answer")
        expect(field).to_have_value("From Alice")
        assert answer_to(running, assessor=None).level == 2


class TestEverywhere:
    def pages(self, running):
        return [
            reverse("assessments:round-list", args=[running.project_id]),
            card(running),
            address("round-table", running, "TRN"),
            address("consensus", running),
            address("round-submit", running),
            address("round-edit", running),
            reverse("assessments:evidence-add", args=[running.project_id, "TRN-3"]),
        ]

    @pytest.fixture
    def filled(self, running, alice, dora):
        factories.AnswerFactory(assessment=running, assessor=alice, level=4, note="W" * 200)
        factories.AnswerFactory(assessment=running, assessor=dora, level=1)
        factories.EvidenceFactory(project=running.project, title="Long" * 30)
        return running

    @pytest.mark.parametrize("width", [320, 390])
    def test_phone_never_scrolls_sideways(self, filled, alice, window, width):
        page = window(alice, "/healthz", viewport={"width": width, "height": 844})
        for path in self.pages(filled):
            page.goto(path)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, path

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_pages_pass_the_accessibility_check(self, filled, alice, window, scheme):
        page = window(alice, "/healthz", color_scheme=scheme)
        for path in self.pages(filled):
            page.goto(path)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"

    def test_card_works_without_script(self, running, alice, window):
        page = window(alice, card(running), java_script_enabled=False)
        pick(page, "There was a quiz")
        page.get_by_label("Note", exact=True).fill("By hand.")
        page.get_by_role("button", name="Next item").click()
        assert "TRN-4" in page.url
        answer = answer_to(running)
        assert (answer.level, answer.note) == (2, "By hand.")
        pick(page, "Not applicable")
        page.get_by_role("button", name="Next item").click()
        expect(page.get_by_role("alert")).to_contain_text("Write why TRN-4")
        page.get_by_label("Why it does not apply").fill("No reason is needed.")
        page.get_by_role("button", name="Next item").click()
        assert answer_to(running, "TRN-4").state == State.NOT_APPLICABLE

    def test_evidence_is_attached_from_the_card(self, running, alice, open_as):
        page = open_as(alice, card(running))
        page.keyboard.press("3")
        expect(page.get_by_text("Counts as 2 until evidence is attached.")).to_be_visible()
        page.locator("summary", has_text="File").click()
        form = page.locator(".evidence-form").first
        form.get_by_label("File").set_input_files(
            {"name": "tests.txt", "mimeType": "text/plain", "buffer": b"12 of 16"}
        )
        form.get_by_role("button", name="Attach file").click()
        expect(page.locator(".evidence-card")).to_contain_text("tests.txt")
        expect(page.get_by_text("Counts as 2")).to_be_hidden()
        assert answer_to(running).level == 3
        page.get_by_role("button", name="Remove tests").click()
        expect(page.locator(".evidence-card")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".evidence-card")).to_contain_text("tests.txt")
