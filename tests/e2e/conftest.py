"""A real browser on a live server: `page` comes from pytest-playwright, `open_as` from here."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import factories

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# Playwright's own event loop runs in the thread of the test; Django would refuse its queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# First, so that -m sees the marker.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium found on the path"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, live_server):
    """Let `page.goto("/path")` mean the live server."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
    }


@pytest.fixture
def page(page, transactional_db):
    """Fail the test on a script error or a breach of the content policy."""
    page.set_default_timeout(10_000)
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else "")
    yield page
    assert said == []


@pytest.fixture
def open_as(page):
    """Give a call that opens a path as a signed-in person: `open_as(alice, "/")`."""

    def open_path(user, path: str = "/"):
        browser = Client()
        browser.force_login(user)
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": browser.cookies[settings.SESSION_COOKIE_NAME].value,
                    "domain": "localhost",
                    "path": "/",
                }
            ]
        )
        page.goto(path)
        return page

    return open_path


@pytest.fixture
def window(browser, live_server):
    """Give a call that opens a path where the browser may report refused requests."""
    contexts = []

    def open_window(user, path: str, **options):
        visitor = Client()
        visitor.force_login(user)
        context = browser.new_context(base_url=live_server.url, locale="en-GB", **options)
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


@pytest.fixture
def sales(transactional_db, project):
    return factories.GroupFactory(project=project, name="Field sales")


@pytest.fixture
def ralf(project, sales):
    return factories.StakeholderFactory(
        project=project,
        group=sales,
        name="Ralf Öztürk",
        influence=5,
        support_now=0,
        support_needed=2,
        reason="Fears for the price sheet",
        source="interview",
    )


@pytest.fixture
def anja(project):
    return factories.StakeholderFactory(
        project=project, name="Anja Vogt", influence=3, support_now=1, support_needed=1
    )
