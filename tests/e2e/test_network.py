"""The network in a real browser: names on hover, search, phones, and the form without account."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import AdviceTie
from assessments.services import nominations
from tests import factories


@pytest.fixture
def office(transactional_db, project):
    cache.clear()
    people = []
    for number, name in enumerate(("Inside sales Halle", "Inside sales Leeds")):
        group = factories.GroupFactory(project=project, name=name, site=name.split()[-1])
        people += [
            factories.StakeholderFactory(project=project, name=f"Person {number}-{i}", group=group)
            for i in range(12)
        ]
    for asker in (*people[1:8], people[13]):
        factories.AdviceTieFactory(project=project, asker=asker, asked=people[0])
    for asker in people[14:20]:
        factories.AdviceTieFactory(project=project, asker=asker, asked=people[12])
    factories.ChampionFactory(person=people[0])
    return people


@pytest.fixture
def link(office, project):
    today = timezone.localdate()
    opened = nominations.open_round(
        project=project,
        name="Now",
        question="Whom do you ask for help with your work or with systems?",
        closes_on=today + timedelta(days=7),
        groups=[],
        by=None,
        now=timezone.now(),
        today=today,
    )
    return opened.links.get(person=office[5])


def address(name, project, *more):
    return reverse(f"assessments:{name}", args=[project.pk, *more])


def assert_accessible(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_hover_names_a_person_and_their_ties(open_as, project, office, alice):
    page = open_as(alice, address("people-network", project))
    page.locator("svg [data-i].dot-champion").hover()
    card = page.locator("[data-net-card]")
    expect(card).to_contain_text("Person 0-0, Inside sales Halle, active champion; asked by 8")
    assert page.locator("[data-net-chosen]").get_attribute("d").count("M") == 8


def test_search_finds_a_person_in_the_picture(open_as, project, office, alice):
    page = open_as(alice, address("people-network", project))
    page.get_by_label("Find a person").fill("1-5")
    expect(page.locator("[data-net-card]")).to_contain_text("Person 1-5")
    assert page.locator("circle.is-found").count() == 1
    page.locator("[data-net-card] a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Person 1-5 asks 1 person")


def test_keyboard_reaches_every_person_by_the_table(open_as, project, office, alice):
    page = open_as(alice, address("people-network", project))
    page.get_by_role("link", name="Table", exact=True).last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Asked by").first).to_be_visible()
    expect(page.get_by_role("link", name="Person 1-11")).to_be_visible()


@pytest.mark.parametrize(
    "name", ["people-network", "champion-list", "recommender", "unmatched-list", "nomination-list"]
)
def test_pages_are_accessible_in_both_themes(open_as, project, office, alice, name):
    factories.UnmatchedTieFactory(project=project, asker=office[3], asked_name="Persn 0-1")
    page = open_as(alice, address(name, project))
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert_accessible(page)


@pytest.mark.parametrize(
    "name", ["people-network", "champion-list", "recommender", "unmatched-list", "nomination-open"]
)
def test_pages_fit_a_phone(open_as, page, project, office, alice, name):
    factories.UnmatchedTieFactory(project=project, asker=office[3], asked_name="Persn 0-1")
    page.set_viewport_size({"width": 390, "height": 844})
    open_as(alice, address(name, project))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_answer_on_a_small_phone(page, link):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(reverse("assessments:nomination-answer", args=[link.token]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert_accessible(page)
    heights = page.evaluate(
        "[...document.querySelectorAll('.ask .form-control, .ask .choice, .ask .btn')]"
        ".map((field) => field.getBoundingClientRect().height)"
    )
    assert len(heights) == 7
    assert min(heights) >= 52
    page.get_by_label("Name 1").fill("Person 0-0")
    page.get_by_label("Name 2").fill("Somebody else")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is in")
    assert AdviceTie.objects.filter(asker=link.person, source="named").count() == 1
    assert_accessible(page)


def test_answer_works_without_script(browser, live_server, link):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(reverse("assessments:nomination-answer", args=[link.token]))
    page.get_by_label("I ask nobody").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is in")
    context.close()
