"""The line goes down, the session ends, a file is cut off: it is announced, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, Route

from openopco.documents.models import Document
from openopco.dossiers.models import DraftField
from tests.browser import expect
from tests.scenarios.employer import Employer, a_pdf, sign_in
from tests.scenarios.looking import look
from tests.scenarios.test_two_windows import STATUS, TITLE, at_the_course
from tests.scenarios.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALERT = "[data-save-alert]"


def kept(name: str) -> str:
    return DraftField.objects.get(name=name).value


def test_a_failed_save_is_announced_and_kept_once_the_line_is_back(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    page.context.set_offline(True)
    someone.field(TITLE).fill("Tapé sans liaison")
    expect(page.get_by_role("alert").filter(has_text="Pas enregistré")).to_be_visible()
    expect(page.locator(STATUS)).to_have_text("Pas enregistré")
    look(page)
    someone.field("Durée en heure(s)").fill("14")
    # SUIVANT does not leave for a page that would not come.
    page.get_by_role("button", name="SUIVANT").last.click()
    someone.title("La Formation")
    expect(someone.field(TITLE)).to_have_value("Tapé sans liaison")
    page.context.set_offline(False)
    expect(page.locator(STATUS)).to_contain_text("Enregistré à")
    expect(page.locator(ALERT)).to_be_empty()
    page.reload()
    expect(someone.field(TITLE)).to_have_value("Tapé sans liaison")
    expect(someone.field("Durée en heure(s)")).to_have_value("14")


def test_a_server_that_fails_is_tried_again(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    page.clock.install()
    page.route("**/champ/", lambda route: route.fulfill(status=503, body="panne"))
    someone.field(TITLE).fill("Tapé pendant la panne")
    page.clock.run_for(700)
    expect(page.locator(ALERT)).to_contain_text("nous réessayons")
    page.unroute("**/champ/")
    page.clock.run_for(2100)
    expect(page.locator(STATUS)).to_contain_text("Enregistré à")
    assert kept("title") == "Tapé pendant la panne"


def test_a_session_that_ended_is_told_and_signing_in_elsewhere_saves_what_was_typed(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    page.context.clear_cookies(name="sessionid")
    someone.field(TITLE).fill("Tapé après la session")
    expect(page.locator(ALERT)).to_contain_text("votre session a peut-être pris fin")
    page.get_by_role("button", name="SUIVANT").last.click()
    expect(someone.field(TITLE)).to_have_value("Tapé après la session")
    sign_in(page.context.new_page(), world, world.employer.email)
    expect(page.locator(STATUS)).to_contain_text("Enregistré à", timeout=15000)
    someone.goes_on("Le(s) stagiaire(s)")
    assert kept("title") == "Tapé après la session"


def at_the_pieces(page: Page, world: World) -> Employer:
    someone = at_the_course(page, world)
    page.goto(page.url.replace("/formation/", "/pieces/"))
    return someone


def test_an_upload_announces_its_progress_its_failure_and_its_retry(page: Page, world: World) -> None:
    someone = at_the_pieces(page, world)
    zone = someone.zone("Programme de l'action")
    held: list[Route] = []
    page.route("**/pieces/programme/", lambda route: held.append(route))
    zone.locator("input[type=file]").set_input_files(a_pdf())
    expect(zone.get_by_role("progressbar", name="Envoi de programme.pdf")).to_be_visible()
    expect(zone.get_by_role("status")).to_contain_text("programme.pdf")
    look(page)
    held[0].abort()
    line = zone.get_by_role("listitem").filter(has_text="programme.pdf")
    expect(line).to_contain_text("L'envoi s'est interrompu.")
    expect(zone.get_by_role("status")).to_have_text("programme.pdf n'est pas joint. L'envoi s'est interrompu.")
    look(page)
    page.unroute("**/pieces/programme/")
    line.get_by_role("button", name="Réessayer").click()
    expect(zone.get_by_role("status")).to_have_text("programme.pdf est joint.")
    expect(zone.get_by_role("link", name="programme.pdf")).to_be_visible()
    assert Document.objects.count() == 1


def test_a_refused_file_is_told_kindly_and_may_be_wiped_away(page: Page, world: World) -> None:
    someone = at_the_pieces(page, world)
    zone = someone.zone("Programme de l'action")
    word = {"name": "programme.docx", "mimeType": "application/msword", "buffer": b"PK\x03\x04 un document"}
    zone.locator("input[type=file]").set_input_files([word])  # type: ignore[list-item]
    line = zone.get_by_role("listitem").filter(has_text="programme.docx")
    expect(line).to_contain_text("enregistrez le document au format PDF")
    look(page)
    line.get_by_role("button", name="Effacer").click()
    expect(line).to_have_count(0)
    assert Document.objects.count() == 0


def test_what_is_typed_or_chosen_before_the_scripts_come_is_not_lost(page: Page, world: World) -> None:
    someone = at_the_course(page, world)
    held: list[Route] = []
    page.route("**/js/*.js", lambda route: held.append(route))
    page.goto(page.url, wait_until="commit")
    someone.field(TITLE).fill("Tapé trop tôt")
    page.unroute("**/js/*.js")
    expect(page.locator("[name='revision:title']")).to_have_value("1")
    assert kept("title") == "Tapé trop tôt"
    held.clear()
    page.route("**/js/upload.js", lambda route: held.append(route))
    page.goto(page.url.replace("/formation/", "/pieces/"))
    zone = someone.zone("Programme de l'action")
    zone.locator("input[type=file]").set_input_files([a_pdf()])
    page.unroute("**/js/upload.js")
    expect(zone.get_by_role("link", name="programme.pdf")).to_be_visible()
