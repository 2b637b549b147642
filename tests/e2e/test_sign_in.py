import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def test_a_person_signs_in_with_the_keyboard_and_lands_on_the_portfolio(page, alice):
    alice.set_password("correct-horse-battery")
    alice.save()
    page.goto("/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).focus()
    page.keyboard.type("alice@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("correct-horse-battery")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/portfolio/$"))


def test_the_sign_in_page_is_accessible(page):
    page.goto("/accounts/login/")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_sign_in_page_fits_a_phone(page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/accounts/login/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
