"""What tests in a real browser share: a page that must stay silent, and what every page of ours must be.

Use it in a `conftest.py`: `from tests.browser import page`."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

__all__ = ["NARROW", "WIDE", "assert_accessible", "assert_fits", "expect", "page", "page_without_javascript"]

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
# An answer that refuses is the page's business, and shown there; the browser also grumbles about it in its console.
EXPECTED_NOISE = ("Failed to load resource",)


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Playwright's page; the test fails on a script's error or on anything that the Content-Security-Policy refused."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED_NOISE):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def page_without_javascript(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    yield context.new_page()
    context.close()


def assert_accessible(page: Page) -> None:
    """axe finds nothing, there is one h1, the language and a title are said, no id is given twice."""
    found = Axe().run(page).response["violations"]
    lines = [f"{each['id']}: {each['help']} → {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found]
    assert not lines, "\n".join(lines)
    assert page.locator("h1").count() == 1, "one h1"
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title()
    ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    twice = {each for each in ids if ids.count(each) > 1}
    assert not twice, twice


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], widths
