"""A training provider comes to the portal: its SIRET, its proof, the officer's answer, then the request granted to its
customer; and what it does not see."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page

from openopco.accounts.models import User
from openopco.dossiers.actions import deciding, holding
from openopco.dossiers.models import Dossier
from openopco.habilitations.queries import actor_for
from tests.accounts.factories import UserFactory
from tests.browser import expect
from tests.documents.hostile import pdf
from tests.dossiers.factories import NIR
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import sign_in
from tests.scenarios.looking import look
from tests.scenarios.test_counter import a_request
from tests.scenarios.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def granted(world: World) -> str:
    number, officer = a_request(world), actor_for(world.officer)
    holding.take(actor=officer, number=number)
    deciding.grant(actor=officer, number=number, amount=Decimal("560.00"))
    return number


def attach(page: Page, world: World, someone: User, siret: str) -> None:
    """From the SIRET to the request to act, with a proof."""
    sign_in(page, world, someone.email)
    page.goto(f"{world.site}/habilitations/")
    page.get_by_role("link", name="Je travaille pour un organisme de formation").click()
    look(page)
    page.get_by_label("SIRET").fill(siret)
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="Est-ce bien votre organisme ?")).to_be_visible()
    look(page)
    page.get_by_label("Justificatif").set_input_files(
        {"name": "kbis.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.get_by_role("button", name="Demander mon rattachement").click()
    expect(page.get_by_text("Votre rattachement est demandé")).to_be_visible()
    look(page)


def test_a_provider_attaches_itself_waits_then_reads_what_was_granted(
    page: Page, open_browser: Opener, world: World
) -> None:
    number, claire = granted(world), UserFactory.create(first_name="Claire", last_name="Dubois")
    school = Dossier.objects.get(number=number).provider
    assert school
    attach(page, world, claire, school.siret)
    # Before the answer: nothing.
    for address in ("organisme/", "organisme/dossiers/"):
        page.goto(f"{world.site}/{address}")
        expect(page.get_by_text("vérifie que vous agissez")).to_be_visible()
        expect(page.get_by_text(number)).to_have_count(0)
        look(page)
    missing = page.request.get(f"{world.site}/organisme/dossiers/{number}/")
    assert missing.status == 404
    # The officer answers.
    desk = open_browser()
    sign_in(desk, world, world.officer.email)
    desk.goto(f"{world.site}/gestion/rattachements/")
    desk.get_by_role("link", name="Claire Dubois").click()
    look(desk)
    desk.get_by_label("Comment vous avez vérifié").fill("Kbis lu, gérante rappelée.")
    desk.get_by_role("button", name="Accepter le rattachement").click()
    expect(desk.get_by_text("Claire Dubois agit désormais pour")).to_be_visible()
    # Then the request, and nothing private.
    page.goto(f"{world.site}/tableau-de-bord/")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("Zoé Müller")).to_be_visible()
    look(page)
    for private in (NIR[:7], "05/01/1995", "560"):
        expect(page.locator("main").get_by_text(private)).to_have_count(0)
    page.goto(f"{world.site}/organisme/dossiers/")
    look(page)
    page.get_by_role("searchbox", name="Chercher").fill("muller")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
