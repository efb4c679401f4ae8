"""Two windows on one draft: neither overwrites the other in silence, with or without JavaScript."""

import pytest
from playwright.sync_api import Page

from openopco.dossiers.models import DraftField
from tests.browser import expect
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer
from tests.scenarios.looking import look
from tests.scenarios.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "Intitulé de la formation"
STATUS = "[data-save-status]"


def at_the_course(page: Page, world: World) -> Employer:
    someone = Employer(page, world).arrives()
    someone.opens_a_request()
    someone.goes_on("La Formation")
    return someone


def beside(someone: Employer) -> Employer:
    """The same person's other window, on the same page."""
    other = Employer(someone.page.context.new_page(), someone.world)
    other.page.goto(someone.page.url)
    return other


def writes_first(other: Employer, words: str) -> None:
    other.field(TITLE).fill(words)
    other.field(TITLE).blur()
    expect(other.page.locator(STATUS)).to_contain_text("Enregistré à")


def kept() -> str:
    return DraftField.objects.get(name="title").value


def test_with_javascript_the_second_window_is_asked_which_value_to_keep(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    writes_first(beside(someone), "Géométrie")
    someone.field(TITLE).fill("Freinage")
    conflict = page.locator("[data-field=title] .conflict")
    expect(conflict).to_contain_text("Géométrie")
    expect(conflict).to_contain_text("Freinage")
    look(page)
    assert kept() == "Géométrie"
    # One does not leave without having chosen.
    page.get_by_role("button", name="SUIVANT").last.click()
    expect(conflict.get_by_role("button", name="Garder ma saisie")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_contain_text("Enregistré à")
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept() == "Freinage"


def test_the_other_window_s_value_may_be_taken(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    writes_first(beside(someone), "Géométrie")
    someone.field(TITLE).fill("Freinage")
    page.get_by_role("button", name="Prendre l'autre").click()
    expect(someone.field(TITLE)).to_have_value("Géométrie")
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept() == "Géométrie"


def test_without_javascript_suivant_shows_both_values(open_browser: Opener, world: World) -> None:
    someone = Employer(open_browser(java_script_enabled=False), world).arrives()
    someone.opens_a_request()
    someone.goes_on("La Formation")
    other = Employer(open_browser(java_script_enabled=False), world).arrives()
    other.page.goto(someone.page.url)
    other.field(TITLE).fill("Géométrie")
    other.goes_on("Le(s) stagiaire(s)")
    someone.field(TITLE).fill("Freinage")
    someone.page.get_by_role("button", name="SUIVANT").click()
    assert someone.page.title().startswith("Erreur : ")
    expect(someone.page.locator("[data-error-summary]")).to_contain_text("modifié dans une autre fenêtre")
    expect(someone.field(TITLE)).to_have_value("Freinage")
    assert kept() == "Géométrie"
    # Nothing is chosen for anybody: going on asks again.
    someone.page.get_by_role("button", name="SUIVANT").click()
    expect(someone.page.get_by_label("Ma saisie : Freinage")).not_to_be_checked()
    assert kept() == "Géométrie"
    someone.page.get_by_label("Ma saisie : Freinage").check()
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept() == "Freinage"


def test_without_javascript_the_other_s_value_may_be_taken(open_browser: Opener, world: World) -> None:
    someone = Employer(open_browser(java_script_enabled=False), world).arrives()
    someone.opens_a_request()
    someone.goes_on("La Formation")
    other = Employer(open_browser(java_script_enabled=False), world).arrives()
    other.page.goto(someone.page.url)
    other.field(TITLE).fill("Géométrie")
    other.goes_on("Le(s) stagiaire(s)")
    someone.field(TITLE).fill("Freinage")
    someone.page.get_by_role("button", name="SUIVANT").click()
    someone.page.get_by_role("radio", name="Géométrie").check()
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept() == "Géométrie"


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "without"])
def test_what_one_window_did_not_touch_stays_the_other_s(open_browser: Opener, world: World, scripts: bool) -> None:
    someone = Employer(open_browser(java_script_enabled=scripts), world).arrives()
    someone.opens_a_request()
    someone.goes_on("La Formation")
    other = Employer(open_browser(java_script_enabled=False), world).arrives()
    other.page.goto(someone.page.url)
    other.field(TITLE).fill("Géométrie")
    other.goes_on("Le(s) stagiaire(s)")
    someone.field("Durée en heure(s)").fill("14")
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept() == "Géométrie"
    assert DraftField.objects.get(name="hours").value == "14"
