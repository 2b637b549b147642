"""Impact in a real browser: saving by itself, conflicts, phones, no script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories


@pytest.fixture
def sales(transactional_db, project):
    return factories.GroupFactory(project=project, name="Field sales", headcount=71)


def group_url(group):
    return reverse("assessments:group-detail", args=[group.project_id, group.pk])


def saved(page):
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


@pytest.fixture
def window(browser, live_server, dora):
    """Give a call that opens a path in a window whose console may tell of refused requests."""
    contexts = []

    def open_window(path, **options):
        visitor = Client()
        visitor.force_login(dora)
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": visitor.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()


def level(page, aspect, side):
    return page.get_by_label(f"{aspect}, {side}: level", exact=True)


def test_rating_saves_itself_and_the_finding_follows(sales, dora, open_as):
    page = open_as(dora, group_url(sales))
    expect(page.get_by_role("button", name="Save the impact")).to_be_hidden()
    level(page, "Daily tasks", "The project").select_option("2")
    saved(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("impact 2.0 of 5")
    level(page, "Daily tasks", "The group itself").select_option("5")
    expect(page.locator("#gaps")).to_have_text(
        "The group sees far more change than the project on daily tasks"
    )
    expect(page.locator("#strip-tasks .gap")).to_contain_text("+3")
    text = page.get_by_label("Daily tasks, The project: tomorrow", exact=True)
    text.fill("Approval by click")
    text.blur()
    saved(page)
    expect(page.locator("#said-tasks-project")).to_contain_text("Dora")
    page.reload()
    expect(text).to_have_value("Approval by click")
    assert sorted(sales.impacts.values_list("view", "level")) == [("group", 5), ("project", 2)]


def test_text_without_a_level_stays_and_says_what_is_missing(sales, window):
    page = window(group_url(sales))
    text = page.get_by_label("Tools, The project: tomorrow", exact=True)
    with page.expect_response(lambda response: response.status == 422):
        text.fill("Platform")
        text.blur()
    lane = page.locator('[data-lane="tools-project"]')
    expect(lane.get_by_role("alert")).to_have_text(
        "Choose a level too, so that the text can be saved."
    )
    level(page, "Tools", "The project").select_option("3")
    saved(page)
    assert sales.impacts.get().tomorrow == "Platform"
    expect(lane.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("choice", ["Keep mine", "Use the saved one"])
def test_two_editors_lose_no_text(sales, window, choice):
    row = factories.ImpactFactory(group=sales, level=1, tomorrow="Old")
    page = window(group_url(sales))
    row.tomorrow = "Theirs"
    row.save()
    text = page.get_by_label("Daily tasks, The project: tomorrow", exact=True)
    text.fill("Mine")
    text.blur()
    conflict = page.locator('[data-lane="tasks-project"] .conflict')
    expect(conflict).to_contain_text("Theirs")
    expect(text).to_have_value("Mine")
    conflict.get_by_text(choice).click()
    expect(conflict).to_have_count(0)
    wanted = "Mine" if choice == "Keep mine" else "Theirs"
    expect(text).to_have_value(wanted)
    saved(page)
    row.refresh_from_db()
    assert row.tomorrow == wanted


def test_without_script_one_button_saves(sales, window):
    page = window(group_url(sales), java_script_enabled=False)
    level(page, "Tools", "The group itself").select_option("4")
    page.get_by_label("Tools, The group itself: tomorrow", exact=True).fill("Platform")
    page.get_by_role("button", name="Save the impact").click()
    expect(page.get_by_text("Impact saved.")).to_be_visible()
    assert sales.impacts.get().tomorrow == "Platform"


def test_deleted_loss_comes_back_from_the_toast(sales, dora, open_as):
    factories.EffectFactory(group=sales, text="Own price sheet")
    page = open_as(dora, group_url(sales))
    page.get_by_role("button", name="Delete Own price sheet").click()
    expect(page.locator("#effects").get_by_text("Own price sheet")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#effects").get_by_text("Own price sheet", exact=True)).to_be_visible()


def furnish(sales):
    for view, given in (("project", 2), ("group", 4)):
        factories.ImpactFactory(group=sales, view=view, level=given, tomorrow="x" * 120)
    factories.EffectFactory(group=sales, text="y" * 120)
    factories.EffectFactory(group=sales, direction="gain", confirmed_on=timezone.localdate())
    for hours in (1, 3, 5, 9):
        factories.OtherChangeFactory(group=sales, hours=hours)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_can_be_read_by_everybody(sales, dora, page, open_as, scheme, width):
    furnish(sales)
    other = factories.ProjectFactory(organisation=sales.project.organisation)
    factories.GroupFactory(project=other)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    project = [sales.project_id]
    urls = [
        group_url(sales),
        reverse("assessments:group-list", args=project),
        reverse("assessments:change-calendar", args=project) + "?from=today",
        reverse("assessments:group-copy", args=project) + f"?source={other.pk}",
        reverse("assessments:effect-create", args=[*project, sales.pk]),
        reverse("assessments:change-create", args=project),
    ]
    for url in urls:
        open_as(dora, url)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{url}\n{found.generate_report()}"
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0, url


def test_group_column_stays_while_weeks_scroll(sales, dora, page, open_as):
    furnish(sales)
    page.set_viewport_size({"width": 390, "height": 844})
    url = reverse("assessments:change-calendar", args=[sales.project_id])
    open_as(dora, url)
    box = page.get_by_role("region", name="Hours by week and group")
    head = box.get_by_role("rowheader", name="Field sales")
    before = head.bounding_box()["x"]
    box.evaluate("box => { box.scrollLeft = 400; }")
    assert box.evaluate("box => box.scrollLeft") == 400
    # Two pixels are the gap between cells.
    assert head.bounding_box()["x"] == pytest.approx(before, abs=2)
