import datetime
import re

import pytest
from django.utils import timezone

from assessments.models import Answer, Assessment, BankFile
from tests import factories
from tests.assessments.answering import agree, card, page, queries_of, save
from tests.assessments.threads import at_once
from tests.banks import BANK_TEXT, own_bank

State = Answer.State
TODAY = timezone.localdate


@pytest.fixture
def running(project, alice, dora):
    assessment = factories.AssessmentFactory(project=project, number=2, name="November round")
    assessment.assessors.set([alice, dora])
    return assessment


class TestFourStates:
    @pytest.mark.parametrize(
        ("choice", "state", "level"),
        [
            ("0", State.LEVEL, 0),
            ("4", State.LEVEL, 4),
            ("dont_know", State.DONT_KNOW, None),
            ("", State.BLANK, None),
        ],
    )
    def test_each_state_is_saved_as_itself(self, running, alice, sign_in, choice, state, level):
        assert save(sign_in(alice), running, choice=choice, note="n").status_code == 200
        answer = running.answers.get()
        assert (answer.state, answer.level, answer.assessor) == (state, level, alice)
        assert answer.answered_on == (None if state == State.BLANK else TODAY())

    def test_not_applicable_is_saved_with_its_reason(self, running, alice, sign_in):
        save(sign_in(alice), running, choice="not_applicable", reason="Nothing is migrated.")
        answer = running.answers.get()
        assert (answer.state, answer.reason) == (State.NOT_APPLICABLE, "Nothing is migrated.")

    def test_not_applicable_without_reason_names_the_item(self, running, alice, sign_in):
        response = save(sign_in(alice), running, choice="not_applicable", reason="  ")
        assert response.status_code == 422
        assert response.json()["message"] == "Write why TRN-3 does not apply to this rollout."
        assert not running.answers.exists()

    def test_answer_can_be_cleared(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="3", note="Seen.")
        save(browser, running, choice="", note="Seen.", version=1)
        answer = running.answers.get()
        assert (answer.state, answer.level, answer.note) == (State.BLANK, None, "Seen.")

    def test_reason_leaves_with_the_state(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="not_applicable", reason="No data.")
        save(browser, running, choice="2", reason="No data.", version=1)
        assert running.answers.get().reason == ""

    @pytest.mark.parametrize("choice", ["5", "-1", "yes"])
    def test_unknown_choice_is_refused(self, running, alice, sign_in, choice):
        assert save(sign_in(alice), running, choice=choice).status_code == 422

    def test_unknown_item_is_not_found(self, running, alice, sign_in):
        browser = sign_in(alice)
        assert save(browser, running, "TRN-99", choice="2").status_code == 404
        assert browser.get(card(running, "TRN-99")).status_code == 404
        assert browser.get(page("round-table", running, "XXX")).status_code == 404


class TestSaving:
    def test_history_keeps_every_version_and_its_author(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="2")
        save(browser, running, choice="3", version=1)
        history = list(running.answers.get().history.all())
        assert [h.level for h in history] == [3, 2]
        assert {h.history_user for h in history} == {alice}

    def test_same_answer_twice_is_one_version(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="2")
        assert save(browser, running, choice="2", version=0).json()["version"] == 1
        assert running.answers.get().history.count() == 1

    def test_carried_over_answer_is_confirmed_by_saying_it_again(self, running, alice, sign_in):
        old = TODAY() - datetime.timedelta(days=40)
        factories.AnswerFactory(
            assessment=running, assessor=alice, is_carried_over=True, answered_on=old
        )
        save(sign_in(alice), running, choice="2", version=1)
        answer = running.answers.get()
        assert not answer.is_carried_over
        assert answer.answered_on == TODAY()

    def test_nobody_answers_for_somebody_else(self, running, sign_in):
        stranger = factories.MembershipFactory(organisation=running.project.organisation).user
        response = save(sign_in(stranger), running, choice="2")
        assert response.status_code == 403
        assert not running.answers.exists()

    @pytest.mark.parametrize("status", [Assessment.Status.SUBMITTED, Assessment.Status.SIGNED_OFF])
    def test_closed_round_takes_no_answer_and_says_so(self, running, alice, sign_in, status):
        Assessment.objects.filter(pk=running.pk).update(status=status)
        browser = sign_in(alice)
        response = save(browser, running, choice="2")
        assert response.status_code == 409
        assert "no longer change" in response.json()["message"]
        plain = save(browser, running, json=False, choice="2", note="My long note")
        assert plain.status_code == 409
        assert "My long note" in plain.content.decode()
        assert agree(browser, running, choice="2").status_code == 409
        assert not running.answers.exists()

    def test_saving_takes_at_most_eight_queries(self, running, alice, sign_in):
        browser = sign_in(alice)
        assert len(queries_of(lambda: save(browser, running, choice="2"))) <= 8
        assert len(queries_of(lambda: save(browser, running, choice="3", version=1))) <= 8
        assert running.answers.get().level == 3


class TestConflict:
    def test_second_window_gets_both_versions(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="3", note="From the first window")
        response = save(browser, running, choice="1", note="From the second window")
        assert response.status_code == 409
        body = response.json()
        assert body["version"] == 1
        assert body["theirs"] == {"choice": "3", "reason": "", "note": "From the first window"}
        assert "From the first window" in body["conflict"]
        assert "From the second window" in body["conflict"]
        assert running.answers.get().level == 3

    def test_keep_mine_is_a_save_with_the_new_version(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="3")
        version = save(browser, running, choice="1").json()["version"]
        assert save(browser, running, choice="1", version=version).status_code == 200
        assert running.answers.get().level == 1

    def test_page_without_script_shows_both_and_can_keep_either(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="3", note="First <window>")
        response = save(browser, running, json=False, choice="1", note="Second window")
        assert response.status_code == 409
        text = response.content.decode()
        assert "First &lt;window&gt;" in text
        assert "Second window</textarea>" in text
        assert 'name="version" value="1"' in text
        assert "Keep mine" in text

    def test_two_editors_cannot_overwrite_the_agreed_answer(self, running, alice, dora, sign_in):
        agree(sign_in(alice), running, choice="2", note="From Alice")
        response = agree(sign_in(dora), running, choice="4", note="From Dora")
        assert response.status_code == 409
        assert "Alice changed the agreed answer to TRN-3" in response.json()["conflict"]
        agreed = running.answers.get(assessor=None)
        assert (agreed.level, agreed.note) == (2, "From Alice")

    @pytest.mark.django_db(transaction=True)
    def test_two_saves_at_once_keep_one_and_show_the_other(self, running, alice, sign_in):
        first, second = sign_in(alice), sign_in(alice)
        responses = at_once(
            lambda: save(first, running, choice="1", note="First"),
            lambda: save(second, running, choice="4", note="Second"),
        )
        assert sorted(response.status_code for response in responses) == [200, 409]
        assert running.answers.get().history.count() == 1

    def test_own_and_agreed_answers_do_not_meet(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="3")
        assert agree(browser, running, choice="1").status_code == 200
        assert running.answers.get(assessor=alice).level == 3


class TestCard:
    def test_first_blank_item_opens_first(self, running, alice, sign_in):
        factories.AnswerFactory(assessment=running, assessor=alice, item="STR-1")
        response = sign_in(alice).get(page("round-card", running))
        assert response["Location"] == card(running, "STR-2")

    def test_button_saves_and_goes_on_without_script(self, running, alice, sign_in):
        response = save(sign_in(alice), running, json=False, choice="2", go="next")
        assert response["Location"] == card(running, "TRN-4")
        assert running.answers.get().level == 2

    def test_clear_button_works_without_script(self, running, alice, sign_in):
        browser = sign_in(alice)
        save(browser, running, choice="2")
        save(browser, running, json=False, choice="2", version=1, clear="1")
        assert running.answers.get().state == State.BLANK

    def test_refused_answer_stays_in_the_fields(self, running, alice, sign_in):
        response = save(
            sign_in(alice), running, json=False, choice="not_applicable", note="Kept note"
        )
        assert response.status_code == 422
        text = response.content.decode()
        assert "Kept note" in text
        assert re.search(r'value="not_applicable"[^>]* checked', text)

    def test_others_are_shown_only_after_the_own_answer(self, running, alice, dora, sign_in):
        factories.AnswerFactory(assessment=running, assessor=dora, level=4, note="Dora’s view")
        browser = sign_in(alice)
        before = browser.get(card(running)).content.decode()
        assert "shown after you answer" in before
        assert "Dora’s view" not in before
        save(browser, running, choice="2")
        assert "Dora’s view" in browser.get(card(running)).content.decode()

    def test_carried_over_answer_does_not_open_the_others(self, running, alice, dora, sign_in):
        factories.AnswerFactory(assessment=running, assessor=dora, note="Dora’s view")
        factories.AnswerFactory(assessment=running, assessor=alice, is_carried_over=True)
        assert "Dora’s view" not in sign_in(alice).get(card(running)).content.decode()

    def test_viewer_reads_neither_names_nor_notes(self, running, dora, bob, sign_in):
        factories.AnswerFactory(assessment=running, assessor=dora, note="Dora’s view")
        text = sign_in(bob).get(card(running)).content.decode()
        assert "Dora" not in text
        assert "1 of 2 raters" in text

    def test_four_states_are_four_segments(self, running, alice, sign_in):
        for item, state in [
            ("STR-1", State.LEVEL),
            ("STR-3", State.DONT_KNOW),
            ("STR-4", State.NOT_APPLICABLE),
        ]:
            factories.AnswerFactory(
                assessment=running,
                assessor=alice,
                item=item,
                state=state,
                level=0 if state == State.LEVEL else None,
                reason="Why." if state == State.NOT_APPLICABLE else "",
            )
        context = sign_in(alice).get(card(running, "STR-5")).context
        states = [segment["state"] for segment in context["segments"]][:6]
        assert states == ["done", "skipped", "dont_know", "not_applicable", "empty", "empty"]

    @pytest.mark.parametrize("answers", [1, 10])
    def test_queries_do_not_grow_with_answers_and_evidence(self, running, alice, sign_in, answers):
        for _ in range(answers):
            person = factories.UserFactory()
            running.assessors.add(person)
            factories.AnswerFactory(assessment=running, assessor=person)
            factories.EvidenceFactory(project=running.project, added_by=person)
        factories.AnswerFactory(assessment=running, assessor=alice)
        browser = sign_in(alice)
        assert len(queries_of(lambda: browser.get(card(running)))) <= 14
        assert len(queries_of(lambda: browser.get(page("round-table", running, "TRN")))) <= 14

    def test_round_keeps_to_a_bank_of_the_own_organisation(self, project, alice, sign_in):
        bank = own_bank()
        stored = BankFile.objects.create(
            organisation=project.organisation,
            bank_id=bank.id,
            version=bank.version,
            name=bank.title,
            text=BANK_TEXT,
            sha256=bank.sha256,
            item_count=len(bank.items),
        )
        assessment = factories.AssessmentFactory(project=project, bank_file=stored)
        assessment.assessors.add(alice)
        code = bank.items[0].code
        browser = sign_in(alice)
        assert bank.items[0].text in browser.get(card(assessment, code)).content.decode()
        assert save(browser, assessment, code, choice="2").status_code == 200


class TestTable:
    def test_one_button_saves_all_rows_without_script(self, running, alice, sign_in):
        data = {}
        for number in range(1, 10):
            data |= {f"TRN-{number}-choice": "", f"TRN-{number}-version": "0"}
        data |= {"TRN-1-choice": "2", "TRN-2-choice": "dont_know", "TRN-3-choice": "0"}
        response = sign_in(alice).post(page("round-table", running, "TRN"), data)
        assert response.status_code == 302
        saved = {a.item: (a.state, a.level) for a in running.answers.all()}
        assert saved == {
            "TRN-1": (State.LEVEL, 2),
            "TRN-2": (State.DONT_KNOW, None),
            "TRN-3": (State.LEVEL, 0),
        }

    def test_refused_row_stays_filled_and_the_others_are_saved(self, running, alice, sign_in):
        data = {}
        for number in range(1, 10):
            data |= {f"TRN-{number}-choice": "", f"TRN-{number}-version": "0"}
        data |= {"TRN-1-choice": "2", "TRN-2-choice": "not_applicable", "TRN-2-note": "Kept"}
        response = sign_in(alice).post(page("round-table", running, "TRN"), data)
        assert response.status_code == 422
        text = response.content.decode()
        assert "Write why TRN-2 does not apply" in text
        assert "Kept" in text
        assert running.answers.get().item == "TRN-1"

    def test_saving_the_table_does_not_confirm_untouched_rows(self, running, alice, sign_in):
        factories.AnswerFactory(
            assessment=running, assessor=alice, item="TRN-1", is_carried_over=True
        )
        data = {}
        for number in range(1, 10):
            data |= {f"TRN-{number}-choice": "", f"TRN-{number}-version": "0"}
        data |= {"TRN-1-choice": "2", "TRN-1-version": "1"}
        sign_in(alice).post(page("round-table", running, "TRN"), data)
        assert running.answers.get().is_carried_over
