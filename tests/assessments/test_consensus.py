import pytest

from tests import factories
from tests.assessments.answering import agree, page, queries_of


@pytest.fixture
def running(project, alice, dora):
    assessment = factories.AssessmentFactory(project=project, number=2, name="November round")
    assessment.assessors.set([alice, dora])
    return assessment


class TestAgreement:
    def said(self, assessment, item, **levels):
        for person, level in levels.items():
            user = assessment.assessors.get(name=person.capitalize())
            factories.AnswerFactory(assessment=assessment, assessor=user, item=item, level=level)

    def test_items_far_apart_come_first_with_their_spread(self, running, alice, sign_in):
        self.said(running, "STR-1", alice=2, dora=2)
        self.said(running, "TRN-3", alice=1, dora=4)
        context = sign_in(alice).get(page("consensus", running)).context
        first = context["agreements"][0]
        assert first.row.item.code == "TRN-3"
        assert (first.spread, round(first.deviation, 2), first.disagree) == (3, 2.12, True)
        assert context["apart_count"] == 1

    def test_one_click_agrees_only_where_all_say_the_same(self, running, alice, sign_in):
        self.said(running, "STR-1", alice=2, dora=2)
        self.said(running, "STR-2", alice=1, dora=2)
        self.said(running, "STR-3", alice=3)
        browser = sign_in(alice)
        context = browser.get(page("consensus", running)).context
        assert context["same_count"] == 1
        browser.post(page("consensus-agree", running))
        agreed = running.answers.get(assessor=None)
        assert (agreed.item, agreed.level, agreed.saved_by) == ("STR-1", 2, alice)

    def test_one_click_leaves_what_was_agreed_before(self, running, alice, sign_in):
        self.said(running, "STR-1", alice=2, dora=2)
        browser = sign_in(alice)
        agree(browser, running, "STR-1", choice="1")
        browser.post(page("consensus-agree", running))
        assert running.answers.get(assessor=None).level == 1

    def test_filter_keeps_what_is_not_agreed_yet(self, running, alice, sign_in):
        browser = sign_in(alice)
        agree(browser, running, "STR-1", choice="1")
        context = browser.get(page("consensus", running) + "?show=open").context
        assert len(context["agreements"]) == 46
        assert context["agreed_count"] == 1

    def test_levels_stay_veiled_for_whoever_has_yet_to_answer(self, running, alice, sign_in):
        self.said(running, "TRN-3", dora=4)
        text = sign_in(alice).get(page("consensus", running)).content.decode()
        assert "levels are shown after you" in text
        assert "Dora <strong" not in text

    def test_viewer_does_not_see_who_said_what(self, running, bob, sign_in):
        assert sign_in(bob).get(page("consensus", running)).status_code == 403

    def test_queries_do_not_grow_with_assessors(self, running, alice, sign_in):
        url = page("consensus", running)
        browser = sign_in(alice)
        few = len(queries_of(lambda: browser.get(url)))
        for _ in range(10):
            person = factories.UserFactory()
            running.assessors.add(person)
            factories.AnswerFactory(assessment=running, assessor=person, note="Seen.")
        assert len(queries_of(lambda: browser.get(url))) == few
