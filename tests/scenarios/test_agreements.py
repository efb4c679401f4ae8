"""After the agreement: a course moves and shrinks, the agreement is issued anew; another lapses and is given back."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page

from openopco.dossiers import lapsing
from openopco.dossiers.actions import deciding, holding
from openopco.dossiers.models import Decision, Dossier
from openopco.habilitations.queries import actor_for
from tests.browser import expect
from tests.dossiers.factories import OTHER_NIR
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, sign_in
from tests.scenarios.looking import look
from tests.scenarios.test_counter import a_request
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def an_agreement(world: World) -> str:
    """A request granted a moment ago. Its number."""
    number, officer = a_request(world), actor_for(world.officer)
    holding.take(actor=officer, number=number)
    deciding.grant(actor=officer, number=number, amount=Decimal("560.00"))
    return number


def test_a_course_moves_and_a_trainee_is_replaced_then_the_agreement_is_issued_anew(
    page: Page, open_browser: Opener, world: World
) -> None:
    number, desk = an_agreement(world), open_browser()
    someone = Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{number}/")
    page.get_by_role("link", name="Signaler une modification").click()
    look(page, "modification")
    # Wrong first: nothing typed is lost.
    page.get_by_label("Date de début").fill("bientôt")
    page.get_by_role("button", name="VÉRIFIER AVANT D'ENVOYER").last.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_label("Date de début")).to_have_value("bientôt")
    look(page)
    page.get_by_label("Date de début").fill(day(57))
    page.get_by_label("Date de fin").fill(day(58))
    page.get_by_label("Coût pédagogique de l'action HT").fill("500")
    page.get_by_label("Zoé Müller").check()
    page.get_by_label("Jour où vous avez su").fill(day(0))
    page.get_by_label("Pourquoi ?").fill("La session est décalée, Zoé est absente.")
    # Somebody takes her place.
    page.get_by_role("button", name="AJOUTER UN STAGIAIRE").click()
    look(page)
    for label, value in {"Nom": "Silva", "Prénom": "Ana", "Date de naissance": "02/03/1988", "NIR": OTHER_NIR}.items():
        someone.field(label).fill(value)
    page.get_by_label("Sexe").select_option("M")
    page.get_by_label("CSP").select_option("OQ")
    page.get_by_label("Niveau de formation initial").select_option("3")
    page.get_by_role("button", name="AJOUTER CETTE PERSONNE").click()
    expect(page.get_by_text("Ana Silva")).to_be_visible()
    look(page)
    page.get_by_role("button", name="VÉRIFIER AVANT D'ENVOYER").last.click()
    expect(page.get_by_role("row", name="Date de début")).to_contain_text(day(57))
    look(page, "modification-avant-apres")
    page.get_by_role("button", name="ENVOYER LA MODIFICATION").click()
    expect(page.get_by_text("Envoyée, en attente de réponse")).to_be_visible()
    look(page)
    # The officer finds it among what was signalled, and accepts.
    sign_in(desk, world, world.second_officer.email)
    desk.goto(f"{world.site}/gestion/?vue=modifications")
    desk.get_by_role("link", name=number).click()
    look(desk)
    desk.get_by_role("link", name="Examiner et décider").click()
    look(desk, "modification-bureau")
    desk.get_by_role("button", name="Accepter la modification").click()
    expect(desk.get_by_text("Version 2")).to_be_visible()
    look(desk)
    assert Decision.objects.filter(dossier__number=number).count() == 2
    # The employer reads both versions.
    page.goto(f"{world.site}/demandes/{number}/")
    look(page)
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_text("560,00").first).to_be_visible()
    look(page)


def test_an_agreement_lapses_and_an_officer_gives_it_back(page: Page, open_browser: Opener, world: World) -> None:
    number, desk = an_agreement(world), open_browser()
    later = timezone.now() + timedelta(days=400)
    with time_machine.travel(later):
        assert lapsing.lapse_agreements() == 1
    Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{number}/")
    expect(page.get_by_text("Caduque").first).to_be_visible()
    look(page)
    sign_in(desk, world, world.officer.email)
    desk.goto(f"{world.site}/gestion/dossiers/{number}/")
    desk.get_by_role("link", name="Lever la caducité").click()
    desk.get_by_role("button", name="Rendre l'accord valable").click()
    expect(desk.locator("[data-error-summary]")).to_be_focused()
    look(desk)
    desk.get_by_label("Accord valable jusqu'au").fill(day(300))
    desk.get_by_label("Motif").fill("La facture était partie à temps.")
    desk.get_by_role("button", name="Rendre l'accord valable").click()
    expect(desk.get_by_role("status").filter(has_text="de nouveau valable")).to_be_visible()
    look(desk)
    page.reload()
    expect(page.get_by_text(day(300)).first).to_be_visible()
    assert Dossier.objects.get(number=number).state == "accordee"


def test_the_employer_says_that_it_began(page: Page, world: World) -> None:
    number = an_agreement(world)
    today = timezone.now().date()
    Dossier.objects.filter(number=number).update(starts_on=today - timedelta(days=1), ends_on=today)
    Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{number}/")
    page.get_by_role("link", name="RÉPONDRE").click()
    look(page)
    page.get_by_role("button", name="CONFIRMER QUE LA FORMATION A COMMENCÉ").click()
    expect(page.get_by_text("formation commencée le")).to_be_visible()
