"""The roster of champions and whom to ask next."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assessments import advice
from assessments.models import Champion
from tests import factories

State = Champion.State
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def url(name, project, *more):
    return reverse(f"assessments:{name}", args=[project.pk, *more])


@pytest.fixture
def office(project):
    """b, c, d ask a; f, g ask e; i asks h; j is silent."""
    halle = factories.GroupFactory(project=project, name="Halle", headcount=7)
    leeds = factories.GroupFactory(project=project, name="Leeds", headcount=40)
    people = {
        name: factories.StakeholderFactory(
            project=project, name=name, group=leeds if name in "hij" else halle
        )
        for name in "abcdefghij"
    }
    for asker, asked in ("ba", "ca", "da", "fe", "ge", "ih"):
        factories.AdviceTieFactory(project=project, asker=people[asker], asked=people[asked])
    return people


@pytest.fixture
def champion(office):
    return factories.ChampionFactory(person=office["a"], hours=2)


def picks(project, m=3, only=()):
    found = advice.read(project)
    return [found.named[i].name for i in found.plan(m, only).greedy.ids]


class TestRoster:
    def test_loss_of_a_champion_is_said(self, project, champion, bob, sign_in):
        page = sign_in(bob).get(url("champion-list", project)).content.decode()
        assert "4 people lose reach" in page
        assert f"from 40{NBSP}% to 0{NBSP}%" in page

    def test_ratio_warns_and_is_no_verdict(self, project, champion, bob, sign_in):
        page = sign_in(bob).get(url("champion-list", project)).content.decode()
        assert "1 active champion for 47 people: fewer than one per 20" in page
        assert "planning figure without a study behind it" in page

    def test_prepared_needs_all_four(self, project, champion, bob, sign_in):
        today = timezone.localdate()
        browser = sign_in(bob)
        assert b"active, but not prepared" in browser.get(url("champion-list", project)).content
        champion.belief, champion.belief_on = "It spares me the third typing.", today
        champion.early_access_on = champion.manager_told_on = today
        champion.save()
        assert b"active, and prepared" in browser.get(url("champion-list", project)).content

    def test_appointed_are_compared_with_those_colleagues_ask(self, project, office, bob, sign_in):
        factories.ChampionFactory(person=office["i"], is_appointed=True)
        page = sign_in(bob).get(url("champion-list", project)).content.decode()
        assert (
            f"The one who was appointed is not among the most asked and reaches 10{NBSP}% of "
            f"colleagues; the best choice could reach 40{NBSP}%"
        ) in page

    def test_empty_list_leads_to_the_recommender(self, project, office, dora, sign_in):
        page = sign_in(dora).get(url("champion-list", project)).content.decode()
        assert "Nobody is a champion yet" in page
        assert url("recommender", project) in page

    def test_person_is_added_once(self, project, office, dora, sign_in):
        browser = sign_in(dora)
        data = {"person": "e", "state": "invited", "is_appointed": "on"}
        assert browser.post(url("champion-create", project), data).status_code == 302
        added = Champion.objects.get()
        assert (added.person, added.state, added.is_appointed) == (office["e"], "invited", True)
        assert browser.post(url("champion-create", project), data).status_code == 422

    def test_state_moves_on_and_back(self, project, office, dora, sign_in):
        champion = factories.ChampionFactory(person=office["a"], state=State.CANDIDATE)
        move = url("champion-state", project, champion.pk)
        browser = sign_in(dora)
        page = browser.post(move, {"to": "invited"}, follow=True).content.decode()
        champion.refresh_from_db()
        assert champion.state == State.INVITED
        assert f"{move}?to=candidate" in page  # the undo of the toast
        browser.post(f"{move}?to=candidate")
        champion.refresh_from_db()
        assert champion.state == State.CANDIDATE

    def test_state_that_cannot_follow_is_refused(self, project, office, dora, sign_in):
        champion = factories.ChampionFactory(person=office["a"], state=State.DECLINED)
        sign_in(dora).post(url("champion-state", project, champion.pk), {"to": "active"})
        champion.refresh_from_db()
        assert champion.state == State.DECLINED

    def test_edit_keeps_what_was_said(self, project, champion, dora, sign_in):
        data = {
            "version": champion.version,
            "state": "active",
            "state_on": "2026-01-05",
            "belief": "It spares me the third typing.",
            "belief_on": "2026-01-04",
            "hours": "2.5",
            "changed": "The discount field moved up.",
        }
        edit = url("champion-edit", project, champion.pk)
        assert sign_in(dora).post(edit, data).status_code == 302
        champion.refresh_from_db()
        assert champion.belief == "It spares me the third typing."
        assert (str(champion.hours), champion.version) == ("2.5", 2)

    def test_viewer_reads_what_was_agreed(self, project, champion, bob, sign_in):
        Champion.objects.update(
            belief="It spares me the third typing.",
            belief_on="2026-01-04",
            changed="One field less",
        )
        edit = url("champion-edit", project, champion.pk)
        page = sign_in(bob).get(edit).content.decode()
        assert "One field less" in page
        assert "4 Jan" in page
        assert "third typing" not in page
        assert "<textarea" not in page
        assert sign_in(bob).post(edit, {}).status_code == 403

    def test_second_editor_sees_the_conflict(self, project, champion, dora, sign_in):
        Champion.objects.update(version=2, belief="Theirs")
        data = {
            "version": 1,
            "state": "active",
            "state_on": "2026-01-05",
            "belief": "Mine",
        }
        response = sign_in(dora).post(url("champion-edit", project, champion.pk), data)
        assert response.status_code == 409
        page = response.content.decode()
        assert "Theirs" in page
        assert "Mine" in page

    def test_taking_off_asks_first(self, project, champion, dora, sign_in):
        delete = url("champion-delete", project, champion.pk)
        browser = sign_in(dora)
        assert b"Take a off the list" in browser.get(delete).content
        assert Champion.objects.exists()
        browser.post(delete)
        assert not Champion.objects.exists()


class TestRecommender:
    def test_picks_stand_in_the_order_of_what_they_add(self, project, office, bob, sign_in):
        response = sign_in(bob).get(url("recommender", project))
        advised = response.context["advised"]
        assert [(s.person.name, s.gain) for s in advised.suggestions] == [
            ("a", 4),
            ("e", 3),
            ("h", 2),
        ]
        assert advised.suggestions[2].covers == ["Leeds"]
        assert "Three more could bring 9 people into reach" in response.content.decode()

    def test_active_and_invited_are_not_suggested_again(self, project, office, champion):
        factories.ChampionFactory(person=office["e"], state=State.INVITED)
        assert picks(project) == ["h"]

    def test_only_chosen_groups_are_searched(self, project, office, bob, sign_in):
        response = sign_in(bob).get(url("recommender", project) + "?m=2&only=Leeds")
        assert [s.person.name for s in response.context["advised"].suggestions] == ["h"]

    def test_locked_person_comes_first_and_guarantee_is_withdrawn(
        self, project, office, dora, sign_in
    ):
        browser = sign_in(dora)
        browser.post(url("champion-lock", project, office["i"].pk), {"lock": "in"})
        response = browser.get(url("recommender", project))
        assert response.context["advised"].suggestions[0].person.name == "i"
        assert not response.context["advised"].has_guarantee
        assert "no such guarantee" in response.content.decode()

    def test_never_and_free_again(self, project, office, dora, sign_in):
        browser = sign_in(dora)
        lock = url("champion-lock", project, office["a"].pk)
        browser.post(lock, {"lock": "never"})
        assert "a" not in picks(project)
        assert b"never suggested" in browser.get(url("recommender", project)).content
        browser.post(lock, {"lock": ""})
        assert picks(project)[0] == "a"
        assert not Champion.objects.exists()  # nothing else was known of them

    def test_who_declined_is_not_suggested(self, project, office):
        factories.ChampionFactory(person=office["a"], state=State.DECLINED)
        assert "a" not in picks(project)

    def test_guarantee_and_exact_numbers_are_said(self, project, office, bob, sign_in):
        page = sign_in(bob).get(url("recommender", project)).content.decode()
        assert "at least 63 % of the colleagues that the best possible choice" in page
        assert "The best possible choice reaches 9 people, proven; this one 9 people" in page
        assert "To reach everybody it takes 4 champions, proven to be the fewest" in page

    def test_every_pick_has_its_stability(self, project, office, bob, sign_in):
        suggestions = sign_in(bob).get(url("recommender", project)).context["advised"].suggestions
        assert all(0 < each.stable <= 1 for each in suggestions)

    def test_invitation_makes_an_invited_champion(self, project, office, dora, sign_in):
        back = url("recommender", project) + "?m=5"
        invite = url("champion-invite", project, office["a"].pk)
        response = sign_in(dora).post(invite, {"back": back})
        assert response["Location"] == back
        assert Champion.objects.get().state == State.INVITED

    def test_invitation_does_not_lead_to_a_foreign_page(self, project, office, dora, sign_in):
        invite = url("champion-invite", project, office["a"].pk)
        response = sign_in(dora).post(invite, {"back": "//evil.example"})
        assert response["Location"] == url("recommender", project)

    def test_active_champion_does_not_fall_back_by_an_invitation(
        self, project, office, champion, dora, sign_in
    ):
        sign_in(dora).post(url("champion-invite", project, office["a"].pk))
        champion.refresh_from_db()
        assert champion.state == State.ACTIVE
