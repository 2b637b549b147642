"""What was noted of people in confidence: editors read it, viewers never do."""

import pytest
from django.utils import timezone

from assessments.models import Champion, Position, Role, Stakeholder
from tests import factories
from tests.assessments.standing import address
from tests.isolation_samples import objects_of
from tests.test_isolation import WALLED

SECRETS = {
    "reason": "Fears losing the old price list",
    "earlier reason": "Was passed over in spring",
    "e-mail": "ralf.confidential@brandt.example",
    "identifier": "HR-10417",
    "belief": "It spares me the third typing",
    "waiting name": "Zed from nowhere",
}
READ_BY_EDITORS = {
    f"assessments:{name}"
    for name in ("person-detail", "champion-edit", "unmatched-list", "nomination-detail")
}
# The pages about people show more than one view.
VIEWS = ("", "?view=table&marks=group&open=1")


@pytest.fixture
def objects(project):
    """Return an object for every address, and note something in confidence on each person."""
    found = objects_of(project)
    Stakeholder.objects.filter(pk=found["person_id"]).update(
        name="Ralf Öztürk", key=SECRETS["identifier"]
    )
    Stakeholder.objects.update(
        influence=5,
        support_now=0,
        support_needed=2,
        reason=SECRETS["reason"],
        source=Stakeholder.Source.OBSERVED,
        email=SECRETS["e-mail"],
        next_step="Shadow two quotes",
        relationship_owner="Jonas Feld",
        replied_on=timezone.localdate(),
    )
    Position.objects.update(
        reason=SECRETS["earlier reason"], source=Stakeholder.Source.OBSERVED, support_now=1
    )
    Champion.objects.update(belief=SECRETS["belief"], belief_on="2026-01-04")
    factories.UnmatchedTieFactory(
        project=project,
        asker=Stakeholder.objects.get(pk=found["person_id"]),
        asked_name=SECRETS["waiting name"],
    )
    round_id, person_id = found["nomination_id"], found["person_id"]
    factories.NominationLinkFactory(round_id=round_id, person_id=person_id, project=project)
    return found


@pytest.fixture(params=["of the organisation", "of the client"])
def viewer(request, project, bob):
    """A viewer who sees every client, and one who sees the rollout's own client alone."""
    if request.param == "of the organisation":
        return bob
    membership = factories.MembershipFactory(
        organisation=project.organisation, role=Role.VIEWER, all_clients=False
    )
    membership.clients.add(project.client)
    return membership.user


def told(browser, objects, *, pages=WALLED):
    """Return every secret that some page tells, with the page."""
    found = set()
    for each in pages:
        url = each.url(objects)
        for query in VIEWS if "/people/" in url else ("",):
            response = browser.get(url + query)
            if response.status_code != 200 or response.streaming:
                continue
            page = response.content.decode(errors="replace")
            found |= {(name, each.name) for name, words in SECRETS.items() if words in page}
            if "/n/" in page:
                found.add(("nomination link", each.name))
    return found


def test_no_page_tells_a_viewer_what_was_noted_in_confidence(objects, bob, sign_in):
    assert told(sign_in(bob), objects) == set()


def test_editors_read_all_of_it(objects, dora, sign_in):
    pages = [each for each in WALLED if each.name in READ_BY_EDITORS]
    names = {name for name, _ in told(sign_in(dora), objects, pages=pages)}
    assert names == {*SECRETS, "nomination link"}


@pytest.mark.parametrize(
    "name", ["people-export", "network-export", "unmatched-list", "nomination-links"]
)
def test_exports_and_waiting_names_are_for_editors(project, objects, viewer, dora, sign_in, name):
    more = [objects["nomination_id"]] if name == "nomination-links" else []
    url = address(name, project, *more)
    assert sign_in(viewer).get(url).status_code == 403
    assert sign_in(dora).get(url).status_code == 200


def test_a_viewer_is_offered_no_export_and_no_matching(project, objects, viewer, sign_in):
    browser = sign_in(viewer)
    for page in ("people-map", "people-table", "people-network", "champion-list"):
        shown = browser.get(address(page, project)).content.decode()
        assert address("people-export", project) not in shown
        assert address("network-export", project) not in shown
        assert address("unmatched-list", project) not in shown


@pytest.mark.parametrize("words", [*SECRETS.values()])
def test_a_viewer_finds_nobody_by_what_is_hidden(project, objects, viewer, sign_in, words):
    response = sign_in(viewer).get(address("people-table", project), {"q": words})
    assert list(response.context["page_obj"]) == []


def test_editors_find_people_by_reason_identifier_and_mail(project, objects, dora, sign_in):
    for name in ("reason", "identifier", "e-mail"):
        response = sign_in(dora).get(address("people-table", project), {"q": SECRETS[name]})
        assert "Ralf Öztürk" in {person.name for person in response.context["page_obj"]}, name


@pytest.mark.parametrize("name", ["people-table", "people-history", "person-detail"])
def test_a_viewer_is_not_told_how_it_is_known(project, objects, viewer, dora, sign_in, name):
    url = address(name, project, *([objects["person_id"]] if name == "person-detail" else []))
    source = Stakeholder.Source.OBSERVED.label
    assert source in sign_in(dora).get(url).content.decode()
    page = sign_in(viewer).get(url).content.decode()
    assert source not in page
    assert "Why, and how we know" not in page


def test_a_viewer_sees_where_people_stand_and_what_comes_next(project, objects, viewer, sign_in):
    browser = sign_in(viewer)
    for page in ("people-map", "people-table"):
        shown = browser.get(address(page, project)).content.decode()
        for words in ("Ralf Öztürk", "Shadow two quotes", "Jonas Feld"):
            assert words in shown, (page, words)
    person = browser.get(address("person-detail", project, objects["person_id"]))
    assert "Influence 5 of 5, neutral now, needed: promotes" in person.content.decode()


def test_a_viewer_sees_a_champions_state_and_what_is_there(project, objects, viewer, sign_in):
    browser = sign_in(viewer)
    page = browser.get(address("champion-list", project)).content.decode()
    assert "Ralf Öztürk" in page
    assert "reason of their own" in page
    page = browser.get(address("champion-edit", project, objects["champion_id"])).content.decode()
    assert "Ralf Öztürk is active" in page
    assert "4 Jan" in page


def test_the_network_picture_carries_names_groups_and_reach_alone(
    project, objects, viewer, sign_in
):
    response = sign_in(viewer).get(address("people-network", project))
    people = response.context["drawn"].data["people"]
    assert people
    allowed = {str(person.pk) for person in Stakeholder.objects.all()} | {
        *Stakeholder.objects.values_list("name", flat=True),
        *("", "active champion", "asks a champion directly", "reached in two steps"),
        "out of reach",
    }
    for row in people:
        assert {each for each in row if isinstance(each, str)} <= allowed
