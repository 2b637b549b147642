"""The network page, ties by hand, names to match, and the slow numbers of the task."""

import csv
import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assessments import advice, tasks
from assessments.models import AdviceTie, Champion, Stakeholder, UnmatchedTie
from assessments.services.names import Names
from tests import factories
from tests.queries import queries_of

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def url(name, project, *more):
    return reverse(f"assessments:{name}", args=[project.pk, *more])


def people(project, group, *names):
    return [factories.StakeholderFactory(project=project, group=group, name=name) for name in names]


def asks(project, *pairs, frequency=4):
    for asker, asked in pairs:
        factories.AdviceTieFactory(project=project, asker=asker, asked=asked, frequency=frequency)
        asker.replied_on = timezone.localdate()
        asker.save()


@pytest.fixture
def office(project):
    """Six in Halle of whom three ask Ann, a champion; five in Leeds of whom nobody does."""
    halle = factories.GroupFactory(project=project, name="Halle", site="Halle", shift="Day")
    leeds = factories.GroupFactory(project=project, name="Leeds", site="Leeds", shift="Day")
    ann, *others = people(project, halle, "Ann", "Bea", "Cem", "Dan", "Eve", "Fay")
    lil, *rest = people(project, leeds, "Lil", "Mia", "Ned", "Oli", "Pam")
    asks(project, *((each, ann) for each in others[:3]))
    asks(project, *((each, lil) for each in rest[:3]))
    factories.ChampionFactory(person=ann)
    return {person.name: person for person in (ann, *others, lil, *rest)}


class TestPage:
    def test_headline_is_the_finding(self, project, office, bob, sign_in):
        page = sign_in(bob).get(url("people-network", project)).content.decode()
        assert f"One champion reaches 36{NBSP}% of colleagues; in Leeds nobody can ask one" in page

    def test_picture_marks_everybody_by_shape(self, project, office, bob, sign_in):
        page = sign_in(bob).get(url("people-network", project)).content.decode()
        picture = page[page.index('<svg class="net"') : page.index("net-data")]
        assert picture.count('class="dot-champion"') == 1
        assert picture.count('class="dot-direct"') == 3
        assert picture.count('class="dot-out"') == 7
        assert "4 of 6" in picture
        assert "0 of 5" in picture

    def test_formula_stands_with_its_numbers_and_interval(self, project, office, bob, sign_in):
        page = sign_in(bob).get(url("people-network", project)).content.decode()
        # Nobody in Leeds is in reach, so the score is at its floor.
        assert "Score 1 of 100" in page
        assert "= 100 × √0.36 × √0.00" in page
        assert "90 % interval" in page

    def test_best_next_champion_has_gain_and_stability(self, project, office, bob, sign_in):
        response = sign_in(bob).get(url("people-network", project))
        first = response.context["advised"].suggestions[0]
        assert (first.person.name, first.gain, first.covers) == ("Lil", 4, ["Leeds"])
        assert 0.5 < first.stable <= 1
        assert "With this one" in response.context["advised"].outlook or (
            "With these" in response.context["advised"].outlook
        )

    def test_table_says_the_same(self, project, office, bob, sign_in):
        browser = sign_in(bob)
        page = browser.get(url("people-network", project) + "?view=table")
        states = [row.state for row in page.context["page_obj"]]
        assert sorted(states) == ["champion", *["direct"] * 3, *["out"] * 7]
        found = browser.get(url("people-network", project) + "?q=fay")
        assert [row.person.name for row in found.context["page_obj"]] == ["Fay"]
        out = browser.get(url("people-network", project) + "?view=table&state=direct&sort=name")
        assert [row.person.name for row in out.context["page_obj"]] == ["Bea", "Cem", "Dan"]

    def test_reach_by_site_and_shift(self, project, office, bob, sign_in):
        browser = sign_in(bob)
        site = browser.get(url("people-network", project) + "?by=site").context["parts"]
        assert [(part.name, part.size) for part in site.rows] == [("Leeds", 5), ("Halle", 6)]
        shift = browser.get(url("people-network", project) + "?by=shift").context["parts"]
        assert [(part.name, part.size) for part in shift.rows] == [("Day", 11)]

    def test_opened_group_leaves_the_others_out(self, project, office, bob, sign_in):
        page = sign_in(bob).get(url("people-network", project) + "?part=Leeds")
        assert len(page.context["drawn"].picture.dots) == 5

    def test_tie_below_the_setting_does_not_count(self, project, office, dora, sign_in):
        AdviceTie.objects.update(frequency=3)
        browser = sign_in(dora)
        page = browser.get(url("people-network", project)).content.decode()
        assert f"One champion reaches 9{NBSP}%" in page
        data = {"tie_from": 3, "target": 50, "people_per_champion": 10}
        assert browser.post(url("network-settings", project), data).status_code == 302
        page = browser.get(url("people-network", project)).content.decode()
        assert f"One champion reaches 36{NBSP}%" in page
        assert "target 50 %" in page

    def test_low_response_rate_is_called_unstable(self, project, office, bob, sign_in):
        people(project, None, *(f"Silent {i}" for i in range(5)))
        page = sign_in(bob).get(url("people-network", project)).content.decode()
        assert "Only 6 of 16 have answered" in page
        assert "unstable" in page

    def test_who_is_overlooked_and_who_asks_nobody(self, project, office, bob, sign_in):
        office["Oli"].delete()
        office["Pam"].replied_on = timezone.localdate()
        office["Pam"].save()
        office["Ann"].is_manager = True
        office["Ann"].save()
        lists = sign_in(bob).get(url("people-network", project)).context["lists"]
        assert [row.person.name for row in lists.ask_nobody] == ["Pam"]
        assert [row.person.name for row in lists.most_asked] == ["Ann", "Lil"]
        assert lists.hidden == []  # the most asked of ten is Ann, who leads people
        assert lists.blind_spots == ["Leeds"]

    def test_a_champion_is_no_hidden_influencer(self, project, office, bob, sign_in):
        def hidden():
            page = sign_in(bob).get(url("people-network", project))
            return [row.person.name for row in page.context["lists"].hidden]

        assert hidden() == ["Lil"]
        factories.ChampionFactory(person=office["Lil"], state=Champion.State.INVITED)
        assert hidden() == []

    def test_heading_agrees_with_the_finding(self, project, office, bob, sign_in):
        browser = sign_in(bob)
        page = browser.get(url("people-network", project)).content.decode()
        assert ">In Leeds nobody can ask a champion</h2>" in page
        asks(project, (office["Lil"], office["Ann"]))
        page = browser.get(url("people-network", project)).content.decode()
        heading = f"In every group somebody can ask a champion; fewest in Leeds, 20{NBSP}%"
        assert f">{heading}</h2>" in page

    def test_people_in_no_group_are_said_to_be(self, project, office, dora, sign_in):
        (kim,) = people(project, None, "Kim")
        asks(project, (kim, office["Ann"]), (office["Bea"], kim), (office["Cem"], kim))
        factories.ChampionFactory(person=kim, is_appointed=True)
        browser = sign_in(dora)
        picture = browser.get(url("people-network", project)).content.decode()
        assert "1 person in no group counts under All only." in picture
        assert ">No group</text>" in picture
        for address in (
            url("people-network", project) + "?q=kim",
            url("person-ties", project, kim.pk),
            url("person-ties", project, office["Bea"].pk),
            url("champion-list", project),
        ):
            assert "No group" in browser.get(address).content.decode(), address

    def test_people_without_a_site_are_said_to_be(self, project, office, bob, sign_in):
        (kim,) = people(project, factories.GroupFactory(project=project, site=""), "Kim")
        asks(project, (kim, office["Ann"]))
        page = sign_in(bob).get(url("people-network", project) + "?by=site").content.decode()
        assert ">No site</text>" in page
        assert '<option value="-">No site</option>' in page
        assert "No group" not in page.partition("Who holds the network together")[0]

    def test_broker_is_named(self, project, office, bob, sign_in):
        asks(project, (office["Ann"], office["Lil"]))
        page = sign_in(bob).get(url("people-network", project))
        assert [each["person"].name for each in page.context["brokers"]] == ["Ann"]

    def test_group_picture_stands_for_very_many_people(
        self, project, office, bob, sign_in, monkeypatch
    ):
        monkeypatch.setattr("assessments.scoring.network.picture.PEOPLE_UP_TO", 10)
        browser = sign_in(bob)
        page = browser.get(url("people-network", project))
        assert page.context["drawn"].is_of_groups
        assert "?part=Leeds&amp;by=group" in page.content.decode()
        opened = browser.get(url("people-network", project) + "?part=Leeds&by=group")
        assert len(opened.context["drawn"].picture.dots) == 5

    def test_export_holds_everybody(self, project, office, dora, sign_in):
        body = sign_in(dora).get(url("network-export", project)).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(body)))
        assert len(rows) == 11
        assert rows[0] | {"Person": ""} == {
            "Person": "",
            "Group": "Halle",
            "Reach": "active champion",
            "Asked by": "3",
            "Asks": "0",
            "Answered": "no",
        }

    def test_10_and_100_people_need_the_same_queries(self, project, office, dora, sign_in):
        browser = sign_in(dora)
        for address in (
            url("people-network", project),
            url("people-network", project) + "?view=table",
        ):
            browser.get(address)
        before = [
            queries_of(browser.get, url(name, project))
            for name in ("people-network", "champion-list", "recommender", "unmatched-list")
        ]
        crowd = people(project, office["Ann"].group, *(f"More {i}" for i in range(90)))
        asks(project, *((each, office["Lil"]) for each in crowd[:60]))
        for each in crowd[:9]:
            factories.ChampionFactory(person=each)
        for each in crowd[60:70]:
            factories.UnmatchedTieFactory(project=project, asker=each, asked_name=f"X {each.pk}")
        names = ("people-network", "champion-list", "recommender", "unmatched-list")
        for name in names:
            browser.get(url(name, project))
        after = [queries_of(browser.get, url(name, project)) for name in names]
        assert after == before


class TestEmptyStates:
    def test_without_people_the_page_asks_for_them(self, project, dora, bob, sign_in):
        page = sign_in(dora).get(url("people-network", project)).content.decode()
        assert "Import people" in page
        assert (
            "Import people" not in sign_in(bob).get(url("people-network", project)).content.decode()
        )

    def test_without_ties_three_ways_are_offered(self, project, dora, sign_in):
        people(project, None, "Ann", "Bea")
        page = sign_in(dora).get(url("people-network", project)).content.decode()
        for way in ("Open a round", "Import ties", "Choose a person"):
            assert way in page

    def test_without_champions_the_recommender_is_offered(self, project, office, dora, sign_in):
        Champion.objects.all().delete()
        page = sign_in(dora).get(url("people-network", project)).content.decode()
        assert "No champion is active yet, so nobody can ask one" in page
        assert url("recommender", project) in page


class TestStudy:
    def test_slow_numbers_are_calculated_once_for_the_same_network(
        self, project, office, bob, sign_in, monkeypatch
    ):
        calls = []
        real = advice.study
        monkeypatch.setattr(advice, "study", lambda *args: calls.append(1) or real(*args))
        browser = sign_in(bob)
        browser.get(url("people-network", project))
        browser.get(url("people-network", project))
        assert len(calls) == 1
        asks(project, (office["Eve"], office["Ann"]))
        browser.get(url("people-network", project))
        assert len(calls) == 2

    def test_page_waits_while_a_worker_calculates(self, project, office, bob, sign_in, monkeypatch):
        monkeypatch.setattr(tasks.study_network, "apply_async", lambda **kwargs: None)
        browser = sign_in(bob)
        page = browser.get(url("people-network", project)).content.decode()
        assert "are being calculated" in page
        assert url("network-study", project) in page
        waiting = browser.get(url("network-study", project), headers={"HX-Request": "true"})
        assert b"are being calculated" in waiting.content
        found = advice.read(project)
        wanted = advice.Wanted.of(found, found.plan(3))
        tasks.study_network(project_id=wanted.project_id, digest=wanted.digest, m=wanted.m, only=[])
        done = browser.get(url("network-study", project), headers={"HX-Request": "true"})
        assert b"hx-swap-oob" in done.content
        assert b"90 % interval" in done.content

    def test_failure_is_said_and_tried_again_later(
        self, project, office, bob, sign_in, monkeypatch
    ):
        def fail(*args):
            raise RuntimeError

        monkeypatch.setattr(advice, "study", fail)
        page = sign_in(bob).get(url("people-network", project)).content.decode()
        assert "The calculation stopped with an error" in page

    def test_task_leaves_a_network_that_changed_meanwhile(self, project, office):
        wanted = advice.Wanted(str(project.pk), "0" * 64, 3, ())
        assert wanted.claim()
        tasks.study_network(project_id=wanted.project_id, digest=wanted.digest, m=3, only=[])
        assert wanted.result() is None
        assert wanted.claim()  # the next visit may ask again

    def test_only_one_visitor_has_it_calculated(self, project, office):
        wanted = advice.Wanted(str(project.pk), "0" * 64, 3, ())
        assert wanted.claim()
        assert not wanted.claim()

    def test_seeded_draws_give_the_same_numbers(self, project, office):
        found = advice.read(project)
        assert advice.study(found, 3, ()) == advice.study(found, 3, ())


class TestTies:
    def test_tie_is_added_by_name(self, project, office, dora, sign_in):
        address = url("person-ties", project, office["Fay"].pk)
        browser = sign_in(dora)
        assert browser.post(address, {"asked": "ann", "frequency": 5}).status_code == 302
        tie = AdviceTie.objects.get(asker=office["Fay"])
        assert (tie.asked, tie.frequency, tie.source) == (office["Ann"], 5, "hand")
        office["Fay"].refresh_from_db()
        assert office["Fay"].replied_on == timezone.localdate()
        page = browser.get(address).content.decode()
        assert "Fay asks 1 person and is asked by nobody" in page

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("Zoe", "Nobody on the list is called “Zoe”"),
            ("Fay", "Nobody asks themselves"),
            ("", "Choose whom the person asks"),
            ("Twin", "Several people are called “Twin”"),
        ],
    )
    def test_name_that_leads_to_nobody_is_refused(
        self, project, office, dora, sign_in, typed, words
    ):
        people(project, None, "Twin", "Twin")
        address = url("person-ties", project, office["Fay"].pk)
        response = sign_in(dora).post(address, {"asked": typed, "frequency": 4})
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_deleted_tie_comes_back(self, project, office, dora, sign_in):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        browser = sign_in(dora)
        browser.post(url("tie-delete", project, tie.pk))
        assert not AdviceTie.objects.filter(pk=tie.pk).exists()
        browser.post(url("tie-restore", project, tie.pk))
        assert AdviceTie.objects.get(asker=office["Bea"]).asked == office["Ann"]

    def test_a_second_click_keeps_the_undo(self, project, office, dora, sign_in):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        browser = sign_in(dora)
        browser.post(url("tie-delete", project, tie.pk))
        page = browser.post(url("tie-delete", project, tie.pk), follow=True).content.decode()
        assert url("tie-restore", project, tie.pk) in page
        browser.post(url("tie-restore", project, tie.pk))
        assert AdviceTie.objects.filter(pk=tie.pk).exists()

    def test_tie_comes_back_as_it_was(self, project, office, dora, sign_in):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        AdviceTie.objects.filter(pk=tie.pk).update(frequency=5, source="import")
        browser = sign_in(dora)
        browser.post(url("tie-delete", project, tie.pk))
        browser.post(url("tie-restore", project, tie.pk))
        back = AdviceTie.objects.get(pk=tie.pk)
        assert (back.asked, back.frequency, back.source) == (office["Ann"], 5, "import")

    def test_tie_entered_anew_is_left_when_the_old_one_comes_back(
        self, project, office, dora, sign_in
    ):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        browser = sign_in(dora)
        browser.post(url("tie-delete", project, tie.pk))
        asks(project, (office["Bea"], office["Ann"]), frequency=5)
        assert browser.post(url("tie-restore", project, tie.pk)).status_code == 302
        assert AdviceTie.objects.get(asker=office["Bea"]).frequency == 5

    def test_tie_of_a_person_who_left_stays_deleted(self, project, office, dora, sign_in):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        browser = sign_in(dora)
        browser.post(url("tie-delete", project, tie.pk))
        office["Bea"].delete()
        page = browser.post(url("tie-restore", project, tie.pk), follow=True).content.decode()
        assert "One of the two people is no longer on the list." in page
        assert not AdviceTie.objects.filter(pk=tie.pk).exists()

    def test_tie_deleted_by_another_session_is_not_brought_back(
        self, project, office, dora, alice, sign_in
    ):
        tie = AdviceTie.objects.get(asker=office["Bea"])
        sign_in(alice).post(url("tie-delete", project, tie.pk))
        browser = sign_in(dora)
        assert browser.post(url("tie-restore", project, tie.pk)).status_code == 404
        assert browser.post(url("tie-delete", project, tie.pk)).status_code == 404

    def test_person_of_another_rollout_is_not_found_by_name(self, project, office, dora, sign_in):
        factories.StakeholderFactory(name="Stranger")
        address = url("person-ties", project, office["Fay"].pk)
        assert sign_in(dora).post(address, {"asked": "Stranger"}).status_code == 422


class TestNames:
    def test_namesakes_are_told_apart_by_their_group(self, project):
        group = factories.GroupFactory(project=project, name="Sales")
        people(project, group, "Jo Li")
        people(project, None, "Jo Li")
        names = Names.of(project)
        assert sorted(names.labels()) == ["Jo Li (Sales)", "Jo Li (no group)"]
        assert names.only("Jo Li") is None
        assert names.only("jo li (sales)").label == "Jo Li (Sales)"

    def test_close_spellings_are_suggested(self, project):
        people(project, None, "Nadia Benali", "Owen Price", "Tom Ashworth")
        names = Names.of(project)
        assert [known.name for known in names.close("Nadja Benaly")] == ["Nadia Benali"]
        assert [known.name for known in names.close("Tom")] == ["Tom Ashworth"]
        assert names.close("Zed") == []


class TestUnmatched:
    @pytest.fixture
    def waiting(self, project, office):
        source = {"project": project, "source": "named"}
        for asker in ("Eve", "Fay"):
            UnmatchedTie.objects.create(asker=office[asker], asked_name="Anne", **source)
        UnmatchedTie.objects.create(asker=office["Pam"], asked_name="Zed", **source)
        UnmatchedTie.objects.create(asker_name="Zed", asked_name="anne", **source)

    def test_page_groups_by_name_and_suggests(self, project, waiting, dora, sign_in):
        page = sign_in(dora).get(url("unmatched-list", project))
        found = [
            (each.key, each.ties, [k.name for k in close]) for each, close in page.context["rows"]
        ]
        assert found == [("anne", 3, ["Ann"]), ("zed", 2, [])]

    def test_matching_makes_the_ties_whose_ends_are_known(
        self, project, office, waiting, dora, sign_in
    ):
        data = {"name-0": "anne", "choice-0": str(office["Ann"].pk)}
        sign_in(dora).post(url("unmatched-match", project), data)
        ties = AdviceTie.objects.filter(asked=office["Ann"], asker__name__in=("Eve", "Fay"))
        assert ties.count() == 2
        left = UnmatchedTie.objects.get(asker_name="Zed")
        assert left.asked == office["Ann"]  # half known: kept
        assert UnmatchedTie.objects.count() == 2

    def test_new_person_and_typed_name(self, project, office, waiting, dora, sign_in):
        data = {"name-0": "anne", "other-0": "ann", "name-1": "zed", "choice-1": "new"}
        sign_in(dora).post(url("unmatched-match", project), data)
        zed = Stakeholder.objects.get(project=project, name="Zed")
        assert zed.asks.get().asked == office["Ann"]
        assert zed.asked_by.get().asker == office["Pam"]
        assert not UnmatchedTie.objects.exists()

    def test_somebody_matched_to_themselves_makes_no_tie(
        self, project, office, waiting, dora, sign_in
    ):
        before = AdviceTie.objects.count()
        data = {"name-0": "zed", "choice-0": str(office["Pam"].pk)}
        sign_in(dora).post(url("unmatched-match", project), data)
        assert AdviceTie.objects.count() == before

    def test_names_put_aside_are_kept_and_come_back(self, project, waiting, dora, sign_in):
        browser = sign_in(dora)
        response = browser.post(url("unmatched-dismiss", project), {"dismiss": ["anne"]})
        assert response.status_code == 302
        assert UnmatchedTie.objects.filter(dismissed_at=None).count() == 1
        assert UnmatchedTie.objects.count() == 4
        browser.post(url("unmatched-restore", project))
        assert UnmatchedTie.objects.filter(dismissed_at=None).count() == 4

    def test_person_of_another_rollout_cannot_be_matched(self, project, waiting, dora, sign_in):
        stranger = factories.StakeholderFactory()
        data = {"name-0": "anne", "choice-0": str(stranger.pk)}
        assert sign_in(dora).post(url("unmatched-match", project), data).status_code == 404

    def test_viewer_is_told_how_many_wait_and_no_name(self, project, waiting, bob, sign_in):
        browser = sign_in(bob)
        page = browser.get(url("people-network", project)).content.decode()
        assert "4 ties to names on no list wait" in page
        assert "Anne" not in page
        assert browser.get(url("unmatched-list", project)).status_code == 403
