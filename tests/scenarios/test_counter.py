"""Both sides of the counter: taken, corrected, granted; refused, then taken up again; and people who arrive."""

import re

import pytest
from playwright.sync_api import Page

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions.sending import send
from openopco.dossiers.models import Dossier
from openopco.habilitations.queries import actor_for
from tests.accounts.factories import PASSWORD
from tests.browser import expect
from tests.dossiers.factories import complete_draft, number_of
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, a_pdf, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import ACTIF, World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_request(world: World) -> str:
    """A request that misses nothing, sent a moment ago. Its number."""
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0), "title": "Contrôle des véhicules électriques"}
    draft = complete_draft(actor_for(world.employer), world.place, **dates)
    return number_of(send(actor=actor_for(world.employer), key=str(draft.key)).dossier)


def officer_takes(page: Page, world: World, number: str, *, user: User | None = None) -> None:
    sign_in(page, world, (user or world.officer).email)
    page.goto(f"{world.site}/gestion/?vue=libre")
    look(page)
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Prendre ce dossier").click()
    expect(page.get_by_role("status").filter(has_text="est à vous")).to_be_visible()


def in_the_mailbox(page: Page, world: World, to: str, words: str) -> None:
    """The demo's mailbox has a message to that address with these words in its title; it is opened."""
    run_pending_jobs()
    page.goto(f"{world.site}/demo/boite/?a={to}")
    page.get_by_role("link", name=re.compile(re.escape(words))).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def test_a_request_is_corrected_on_the_very_field_then_granted(page: Page, open_browser: Opener, world: World) -> None:
    number, desk = a_request(world), open_browser()
    someone = Employer(page, world).arrives()
    officer_takes(desk, world, number)
    look(desk)
    # A correction on a field, and a piece.
    desk.get_by_label("À revoir : Coût pédagogique de l'action HT").check()
    desk.get_by_label("À revoir : Programme de l'action").check()
    desk.get_by_role("button", name="Demander un complément").first.click()
    reasons = desk.get_by_label("Ce qui ne va pas, ce que vous attendez")
    reasons.nth(0).fill("Le devis dit 540 euros.")
    reasons.nth(1).fill("Le programme n'est pas daté.")
    look(desk)
    desk.get_by_role("button", name="Envoyer à l'employeur").click()
    expect(desk.get_by_role("status").filter(has_text="Le complément est demandé")).to_be_visible()
    # The employer is told, and answers there and nowhere else.
    run_pending_jobs()
    page.goto(f"{world.site}/tableau-de-bord/")
    look(page)
    page.goto(f"{world.site}/demandes/{number}/")
    look(page)
    page.get_by_role("link", name="RÉPONDRE").click()
    expect(page.get_by_text("Le devis dit 540 euros.")).to_be_visible()
    expect(page.get_by_label("Intitulé de la formation")).to_have_count(0)
    cost = someone.field("Coût pédagogique de l'action HT")
    look(page, "repondre")
    cost.fill("beaucoup")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page)
    cost.fill("540")
    someone.joins("Programme de l'action", a_pdf("programme daté.pdf"))
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.get_by_role("status").filter(has_text="Votre réponse est envoyée")).to_be_visible()
    # The officer sees the answer, and decides.
    desk.goto(f"{world.site}/gestion/dossiers/{number}/")
    expect(desk.get_by_text("540,00").first).to_be_visible()
    desk.get_by_role("link", name="Accorder").click()
    look(desk)
    desk.get_by_role("button", name="Accorder la prise en charge").click()
    look(desk)
    run_pending_jobs()
    page.goto(f"{world.site}/demandes/{number}/")
    expect(page.get_by_text("Montant accordé")).to_be_visible()
    look(page)
    assert Dossier.objects.get(number=number).state == "accordee"


def test_a_refused_request_is_taken_up_again_as_a_new_draft(page: Page, open_browser: Opener, world: World) -> None:
    number, desk = a_request(world), open_browser()
    officer_takes(desk, world, number, user=world.second_officer)
    desk.get_by_role("link", name="Refuser").click()
    desk.get_by_role("button", name="Refuser la demande").click()
    expect(desk.locator("[data-error-summary]")).to_be_focused()
    look(desk)
    desk.get_by_role("textbox", name="Motif").fill("Le programme ne décrit pas une action de formation.")
    desk.get_by_role("button", name="Refuser la demande").click()
    look(desk)
    someone = Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{number}/")
    expect(page.get_by_text("Le programme ne décrit pas une action de formation.").first).to_be_visible()
    look(page)
    page.get_by_role("button", name="Reprendre dans une nouvelle demande").click()
    someone.title("La Formation")
    expect(someone.field("Intitulé de la formation")).to_have_value("Contrôle des véhicules électriques")
    expect(someone.field("Date de début")).to_have_value("")
    someone.field("Date de début").fill(day(60))
    someone.field("Date de fin").fill(day(61))
    someone.goes_on("Le(s) stagiaire(s)")
    expect(page.get_by_role("row", name="Zoé Müller")).to_contain_text("Complet")
    someone.goes_on("Les pièces jointes")
    if not someone.zone("Programme de l'action").get_by_role("link").count():
        someone.joins("Programme de l'action", a_pdf())
    someone.goes_on("Synthèse")
    someone.closes()
    assert someone.validates() != number
    page.goto(f"{world.site}/demandes/")
    look(page)


def test_a_newcomer_registers_attaches_a_siret_and_starts_at_once(
    page: Page, open_browser: Opener, world: World
) -> None:
    someone, letters = Employer(page, world), open_browser()
    page.goto(f"{world.site}/connexion/")
    page.get_by_role("link", name="M'inscrire", exact=True).last.click()
    for label, value in {"Prénom": "Sacha", "Nom": "Roy", "Adresse e-mail": "sacha@demo.example"}.items():
        someone.field(label).fill(value)
    page.get_by_label("Mot de passe").first.fill(PASSWORD)
    page.get_by_role("checkbox").check()
    look(page)
    page.get_by_role("button", name="Créer mon compte").click()
    in_the_mailbox(letters, world, "sacha@demo.example", "code")
    look(letters)
    code = re.search(r"\b(\d{6})\b", letters.get_by_role("article").inner_text())
    assert code
    page.get_by_label("Code à 6 chiffres").fill(code[1])
    page.keyboard.press("Enter")
    page.get_by_label("SIRET").fill(ACTIF)
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="ACTIF AUTO CONTROLE")).to_be_visible()
    look(page)
    page.get_by_label("Justificatif").set_input_files([a_pdf("kbis.pdf")])
    page.get_by_role("button", name="Demander mon rattachement").click()
    someone.title("Votre rattachement est demandé")
    page.goto(f"{world.site}/tableau-de-bord/")
    expect(page.get_by_text("Rattachement à valider")).to_be_visible()
    look(page)
    # Nobody has accepted yet: a request may be prepared all the same.
    someone.opens_a_request()
    desk = open_browser()
    sign_in(desk, world, world.officer.email)
    desk.goto(f"{world.site}/gestion/rattachements/")
    look(desk)
    desk.get_by_role("link", name="Sacha Roy").click()
    desk.get_by_role("button", name="Accepter le rattachement").click()
    page.goto(f"{world.site}/tableau-de-bord/")
    expect(page.get_by_text("Rattachement à valider")).to_have_count(0)


def test_a_forgotten_password_is_chosen_anew_by_a_link(page: Page, open_browser: Opener, world: World) -> None:
    someone, letters = Employer(page, world), open_browser()
    page.goto(f"{world.site}/connexion/")
    page.get_by_role("link", name="Réinitialiser votre mot de passe").click()
    page.get_by_label("Adresse e-mail").fill(world.employer.email)
    page.get_by_role("button", name="M'envoyer le lien").click()
    in_the_mailbox(letters, world, world.employer.email, "mot de passe")
    letters.get_by_role("article").get_by_role("link").first.click()
    letters.get_by_label("Nouveau mot de passe").fill("une autre phrase très calme")
    letters.get_by_role("button", name="Enregistrer mon mot de passe").click()
    Employer(letters, world).title("Votre nouveau mot de passe est enregistré")
    page.goto(f"{world.site}/connexion/")
    page.get_by_label("Email / Identifiant").fill(world.employer.email)
    page.get_by_label("Mot de passe").fill("une autre phrase très calme")
    page.get_by_role("button", name="Me connecter").click()
    someone.title("Bienvenue sur M-Gestion")
