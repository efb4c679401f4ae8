"""An officer's morning: what is new, a list of her own, a request she follows, the keyboard, a colleague away, funds exhausted."""

import pytest
from playwright.sync_api import Page

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import talking
from openopco.dossiers.models import Dossier
from openopco.habilitations.queries import actor_for
from tests.browser import expect
from tests.dossiers.factories import number_of, sent, taken
from tests.habilitations.factories import administrator
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def held(world: World, title: str, *, by_second: bool = False) -> Dossier:
    holder = actor_for(world.second_officer if by_second else world.officer)
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0)}
    return taken(actor_for(world.employer), world.place, holder, title=title, **dates)


def press(page: Page, key: str) -> None:
    """Once the page listens."""
    expect(page.locator("html.has-keys")).to_be_attached()
    page.keyboard.press(key)


def test_she_reads_what_is_new_keeps_a_list_and_goes_by_keyboard(page: Page, world: World) -> None:
    first, second = held(world, "Freinage"), held(world, "Climatisation")
    his = held(world, "Peinture", by_second=True)
    talking.write_message(actor=actor_for(world.employer), number=number_of(first), body="Le devis est joint.")
    sign_in(page, world, world.officer.email)
    page.goto(f"{world.site}/gestion/")
    expect(page.locator(".badge-news")).to_have_text(["Nouveau message"])
    look(page, "liste-nouveautes")
    # By keyboard: down the list, open, next, back; what was new is read.
    press(page, "j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(first))
    expect(page.locator(".desk-news")).to_contain_text("Nouveau message")
    look(page)
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(second))
    press(page, "b")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(first))
    expect(page.locator(".desk-news")).to_have_count(0)
    # A request of a colleague, followed.
    page.goto(f"{world.site}/gestion/dossiers/{number_of(his)}/?vue=ouverts")
    press(page, "s")
    expect(page.get_by_role("button", name="Ne plus suivre")).to_be_visible()
    page.goto(f"{world.site}/gestion/?vue=suivis")
    expect(page.get_by_role("link", name=number_of(his))).to_be_visible()
    # A narrowed list, kept and preferred.
    page.goto(f"{world.site}/gestion/?vue=ouverts&branche=1090")
    press(page, "/")
    page.keyboard.type("j")
    expect(page.get_by_label("Rechercher")).to_have_value("j")
    page.get_by_role("link", name="Enregistrer cette liste").click()
    look(page)
    page.get_by_label("Nom de la liste").fill("Réparation automobile")
    page.get_by_label("L'ouvrir en arrivant").check()
    page.get_by_role("button", name="Enregistrer la liste").click()
    page.goto(f"{world.site}/gestion/")
    expect(page.locator("nav[aria-label='Mes listes'] [aria-current]")).to_have_text("Réparation automobile")
    page.get_by_role("link", name="Gérer").click()
    look(page, "mes-listes")
    # The shortcuts, told, then turned off on this device.
    page.goto(f"{world.site}/gestion/?vue=moi")
    press(page, "?")
    page.get_by_role("button", name="Les désactiver").click()
    expect(page.get_by_text("les raccourcis sont désactivés")).to_be_visible()
    look(page)
    page.goto(f"{world.site}/gestion/?vue=moi")
    page.keyboard.press("j")
    expect(page.locator(".desk-list tbody :focus")).to_have_count(0)


def test_a_colleague_away_is_stood_in_for(page: Page, world: World) -> None:
    his = held(world, "Peinture", by_second=True)
    sign_in(page, world, world.second_officer.email)
    page.goto(f"{world.site}/gestion/absences/")
    look(page)
    page.get_by_label("Premier jour").fill(day(0))
    page.get_by_label("Dernier jour").fill(day(-1))
    page.get_by_label("Qui remplace").select_option(label=world.officer.full_name)
    page.get_by_role("button", name="Prévoir cette absence").click()
    expect(page.get_by_role("alert")).to_contain_text("Le retour précède le départ.")
    page.get_by_label("Dernier jour").fill(day(3))
    page.get_by_role("button", name="Prévoir cette absence").click()
    expect(page.get_by_text("En cours", exact=True)).to_be_visible()
    look(page, "absences")
    page.context.clear_cookies()
    sign_in(page, world, world.officer.email)
    page.goto(f"{world.site}/gestion/")
    page.get_by_role("link", name=f"Je remplace {world.second_officer.full_name}").click()
    page.get_by_role("link", name=number_of(his)).click()
    expect(page.get_by_text(f"Vous remplacez {world.second_officer.full_name}")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Refuser").click()
    page.get_by_role("textbox", name="Motif").fill("Hors des critères de la branche.")
    page.get_by_role("button", name="Refuser la demande").click()
    page.get_by_role("link", name="Historique").click()
    expect(page.get_by_text(f"en remplacement de {world.second_officer.full_name}").first).to_be_visible()


def test_exhausted_funds_keep_requests_waiting(page: Page, open_browser: Opener, world: World) -> None:
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0)}
    waiting = sent(actor_for(world.employer), world.place, **dates)
    mine = held(world, "Freinage")
    boss = administrator()
    sign_in(page, world, world.officer.__class__.objects.get(pk=boss.user_id).email)
    page.goto(f"{world.site}/administration/fonds/")
    page.get_by_label("Branche (code IDCC)").fill("1090")
    page.get_by_label("Ce que les employeurs lisent").fill("Le budget de l'année est engagé. Il rouvre en janvier.")
    page.get_by_label("Source").fill("Conseil d'administration")
    page.get_by_role("button", name="Déclarer les fonds épuisés").click()
    expect(page.get_by_text("Épuisés", exact=True)).to_be_visible()
    look(page, "fonds")
    run_pending_jobs()
    employer = open_browser()
    Employer(employer, world).arrives()
    expect(employer.get_by_text("Le budget de l'année est engagé.")).to_be_visible()
    employer.goto(f"{world.site}/demandes/{number_of(waiting)}/")
    expect(employer.get_by_text("elle garde sa place")).to_be_visible()
    look(employer)
    desk = open_browser()
    sign_in(desk, world, world.officer.email)
    desk.goto(f"{world.site}/gestion/")
    desk.get_by_role("link", name="En attente de fonds").click()
    expect(desk.locator(".desk-list tbody tr")).to_have_count(2)
    look(desk, "liste-attente")
    desk.goto(f"{world.site}/gestion/dossiers/{number_of(mine)}/accorder/")
    expect(desk.get_by_text("sont épuisés depuis le").first).to_be_visible()
    page.get_by_role("link", name="Rouvrir").click()
    look(page)
    page.get_by_role("button", name="Rouvrir les fonds").click()
    expect(page.get_by_role("status").filter(has_text="les fonds sont rouverts")).to_be_visible()
    desk.goto(f"{world.site}/gestion/?vue=libre")
    expect(desk.get_by_text("Fonds rouverts")).to_be_visible()
