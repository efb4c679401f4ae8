"""What tests in a real browser share: a page that must stay silent, and what every page of ours must be.

Use it in a `conftest.py`: `from tests.browser import page`."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

__all__ = [
    "NARROW",
    "WIDE",
    "assert_accessible",
    "assert_fits",
    "assert_focus_shows",
    "assert_sound",
    "expect",
    "listen_for_complaints",
    "page",
    "page_without_javascript",
]

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
# An answer that refuses is the page's business, and shown there; the browser also grumbles about it in its console.
EXPECTED_NOISE = ("Failed to load resource",)


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Playwright's page; the test fails on a script's error or on anything that the Content-Security-Policy refused."""
    complaints = listen_for_complaints(page)
    yield page
    assert complaints == []


def listen_for_complaints(page: Page) -> list[str]:
    """What the browser complains of from now on: a list that grows."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED_NOISE):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def page_without_javascript(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    yield context.new_page()
    context.close()


def assert_accessible(page: Page) -> None:
    """axe finds nothing, there is one h1, the language and a title are said, no id is given twice."""
    page.wait_for_load_state("domcontentloaded")
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
    # A click waits until the page it leads to begins, not until there is something of it.
    page.wait_for_load_state("domcontentloaded")
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], (widths, page.evaluate(STICKING_OUT))


STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 0.5)
  .slice(-4).map(each => each.outerHTML.slice(0, 200))"""


# --- what axe does not see -------------------------------------------------------------------------------------------

TITLE = re.compile(r"^(Erreur : )?(Étape \d sur \d – )?\S.* · \S.*$")
INLINE = """() => [...document.querySelectorAll("body [style], [onclick], [onsubmit]")].map(each => each.outerHTML.slice(0, 160))"""
# WCAG 2.5.8 spares what stands in a sentence, and what is not shown as itself.
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(each => each.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(each => !each.closest("p, li, dd, dt, td, th, address, .skip-link, .visually-hidden, label.choice"))
  .map(each => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 23.5))
  .map(([html, box]) => `${html} ${box.width}×${box.height}`)"""
DANGLING = """() => [...document.querySelectorAll("[aria-describedby], [aria-labelledby], [aria-controls], label[for]")]
  .flatMap(each => ["aria-describedby", "aria-labelledby", "aria-controls", "for"]
    .flatMap(name => (each.getAttribute(name) ?? "").split(/\\s+/).filter(Boolean)))
  .filter(id => !document.getElementById(id))"""
GROUPS_WITHOUT_LEGEND = """() => [...document.querySelectorAll("fieldset")]
  .filter(each => !each.querySelector(":scope > legend")?.textContent.trim()).map(each => each.outerHTML.slice(0, 120))"""
# WCAG 1.4.12: the reader's own spacing. A constructed sheet: the policy allows no other, and that is the point.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }" +
    "p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
CUT = """() => [...document.querySelectorAll("main *")]
  .filter(each => each.checkVisibility() && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(each => !each.closest(".visually-hidden, [data-save-status]"))
  .filter(each => ["hidden", "clip"].includes(getComputedStyle(each).overflowY) && each.clientHeight > 1)
  .filter(each => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
UNSPACED = "() => { document.adoptedStyleSheets = [] }"
RING = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  for (let place = each, step = 0; place && step < 3; place = place.parentElement, step += 1) {
    const style = getComputedStyle(place);
    if ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none") return "";
  }
  return each.outerHTML.slice(0, 160);
}"""
HIDDEN_FOCUS = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect();
  if (each === document.body || box.width < 2) return "";
  const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + Math.min(box.height / 2, 12));
  return top && (each.contains(top) || top.contains(each)) ? "" : each.outerHTML.slice(0, 160);
}"""


def assert_sound(page: Page) -> None:
    """What axe can't tell: the title's pattern, ids that lead somewhere, targets, legends, spacing, nothing kept in the browser."""
    assert TITLE.match(page.title()), page.title()
    _assert_none(page, DANGLING)
    _assert_none(page, GROUPS_WITHOUT_LEGEND)
    _assert_none(page, SMALL_TARGETS)
    _assert_none(page, INLINE)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.evaluate(SPACED)
    _assert_none(page, CUT)
    assert_fits(page)
    page.evaluate(UNSPACED)


def _assert_none(page: Page, search: str) -> None:
    found = page.evaluate(search)
    assert found == [], (page.url, found)


def assert_focus_shows(page: Page, *, most: int = 60) -> None:
    """Each Tab stop of the page has its ring, and nothing lies over it."""
    page.evaluate("document.activeElement?.blur?.()")
    for _ in range(most):
        page.keyboard.press("Tab")
        ring = page.evaluate(RING)
        if ring is None:
            return
        assert ring == "", f"no ring on {ring}"
        hidden = page.evaluate(HIDDEN_FOCUS)
        assert hidden == "", f"hidden behind something: {hidden}"
