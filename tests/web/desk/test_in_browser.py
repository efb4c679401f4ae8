"""The desk in a real browser: whole at 320 px, found sound by axe in each of its states, at work with and without
JavaScript, and by keyboard alone."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from openopco.accounts.models import User
from openopco.dossiers.actions import corrections, deciding, talking
from openopco.dossiers.actions.funds import close_funds
from openopco.dossiers.enums import State
from openopco.dossiers.models import CorrectionRequest, Dossier, DraftRow
from openopco.dossiers.tallying import tally
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import format_date, paris_today
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, expect
from tests.dossiers.factories import PERSON, asked, garage, number_of, sent, taken
from tests.habilitations.factories import MembershipFactory, StaffRoleFactory, employer, officer
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("a_house")]
LONG = "Diagnostic, entretien et réparation des véhicules électriques et hybrides"


@pytest.fixture
def a_house(tmp_path: Any, settings: Any) -> None:
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""
    settings.OPENOPCO_MFA_REQUIRED = False


@pytest.fixture
def place(db: None) -> Establishment:
    return garage()


@pytest.fixture
def alice(place: Establishment) -> Actor:
    return employer(place)


@pytest.fixture
def olga(db: None) -> Actor:
    return officer()


def request_of(actor: Actor, place: Establishment, olga: Actor, **changes: Any) -> Dossier:
    """A request whose days are none of today's business."""
    days = {"done_on": today_typed(), "starts_on": "12/01/2099", "ends_on": "13/01/2099"}
    return taken(actor, place, olga, **days, **changes)


def today_typed() -> str:
    return format_date(paris_today(timezone.now()))


def enter(page: Page, actor: Actor, address: str) -> None:
    """Signs in without the form."""
    cookie = browser_of(actor).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])


def look(page: Page, address: str) -> None:
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.goto(address)
        assert_fits(page)
    assert_accessible(page)


def test_the_list_is_sound_and_fits(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    enter(page, olga, live_server.url)
    look(page, f"{live_server.url}/gestion/")
    request_of(alice, place, olga, title=LONG)
    sent(alice, place, done_on=today_typed(), title=LONG)
    for query in ("", "?vue=ouverts", "?vue=libre&q=rien", "?vue=tout&du=x&retard=1"):
        look(page, f"{live_server.url}/gestion/{query}")


def test_every_page_of_a_request_is_sound_and_fits(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga, title=LONG)
    talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour")
    talking.write_note(actor=olga, number=number_of(dossier), body="Note")
    row = DraftRow.objects.get(dossier=dossier).key
    pages = (
        "", "echanges/", "historique/", "confier/", "corrections/", "corrections/?point=champ::cost&point=piece::vae",
        "rectifier/?point=champ::hours", f"rectifier/?point=champ:{row}:rqth", "accorder/", "refuser/", "classer/",
        f"stagiaires/{row}/", f"stagiaires/{row}/nir/",
    )  # fmt: skip
    enter(page, olga, live_server.url)
    for each in pages:
        look(page, live_server.url + url(dossier, each))


def test_the_pages_beside_the_requests_are_sound_and_fit(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga, title=LONG)
    waiting = MembershipFactory.create(establishment=place)
    tally()
    pages = (
        "statistiques/", "statistiques/?branche=x", "absences/", "listes/", f"lot/refuser/?d={dossier.number}",
        f"lot/complement/?d={dossier.number}", "entreprises/", f"entreprises/{place.pk}/",
        f"etablissements/{place.pk}/personnes/", f"etablissements/{place.pk}/personnes/{waiting.pk}/",
    )  # fmt: skip
    enter(page, olga, live_server.url)
    for each in pages:
        look(page, f"{live_server.url}/gestion/{each}")


def test_the_pages_of_an_administrator_are_sound_and_fit(page: Page, live_server: Any, place: Establishment) -> None:
    boss = actor_for(StaffRoleFactory.create().user)
    today = paris_today(timezone.now())
    closure = close_funds(actor=boss, idcc="", closed_on=today, sentence="Budget engagé.", source="CA")
    pages = (
        "", "absences/", "portefeuilles/", "fonds/", f"fonds/{closure.pk}/rouvrir/", "listes/", "listes/refus/",
        "listes/refus/nouvelle/", "lettres/", "lettres/accord/", "lettres/courriel-accord/modifier/",
    )  # fmt: skip
    enter(page, boss, live_server.url)
    for each in pages:
        look(page, f"{live_server.url}/administration/{each}")


def test_a_request_is_sound_in_each_of_its_states(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    unknown = garage(verified=False)
    refused = request_of(alice, place, olga)
    deciding.refuse(actor=olga, number=number_of(refused), reason="Hors critères.")
    crowd = tuple({**PERSON, "first_name": f"Léa {rank}"} for rank in range(5))
    states = [
        sent(alice, place, done_on=format_date(paris_today(timezone.now()))),
        refused,
        asked(alice, place, olga, done_on=format_date(paris_today(timezone.now()))),
        request_of(employer(unknown, accepted=False), unknown, olga),
        request_of(alice, place, officer(), people=crowd),
    ]
    enter(page, olga, live_server.url)
    for dossier in states:
        look(page, live_server.url + url(dossier))
    look(page, live_server.url + url(states[2], "corrections/retirer/"))
    look(page, live_server.url + url(states[2], "historique/"))
    look(page, live_server.url + url(states[3], "accorder/"))


def test_what_is_wrong_takes_the_focus_and_is_sound(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga)
    enter(page, olga, live_server.url)
    page.goto(live_server.url + url(dossier, "accorder/"))
    page.get_by_label("Montant accordé HT").fill("mille")
    page.get_by_role("button", name="Accorder la prise en charge").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Montant accordé HT")).to_have_value("mille")
    assert_accessible(page)
    page.goto(live_server.url + url(dossier, "corrections/?point=champ::cost"))
    page.get_by_role("button", name="Envoyer à l'employeur").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Ce qui ne va pas, ce que vous attendez")).to_be_focused()
    assert_accessible(page)


def test_another_officer_was_first(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga)
    enter(page, olga, live_server.url)
    page.goto(live_server.url + url(dossier, "refuser/"))
    page.get_by_role("textbox", name="Motif").fill("Hors critères.")
    deciding.refuse(actor=olga, number=number_of(dossier), reason="Déjà refusée.")
    page.get_by_role("button", name="Refuser la demande").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("textbox", name="Motif")).to_have_value("Hors critères.")
    assert_accessible(page)


def ask_two_corrections(page: Page, address: str) -> None:
    """From the ticks on the request's page to the message that says it is sent."""
    page.goto(address)
    page.get_by_label("À revoir : Durée en heure(s)").check()
    page.get_by_label("À revoir : Programme de l'action").check()
    page.get_by_role("button", name="Demander un complément").first.click()
    reasons = page.get_by_label("Ce qui ne va pas, ce que vous attendez")
    expect(reasons).to_have_count(2)
    page.get_by_text("Ajouter un autre point").click()
    page.get_by_label("Intitulé de la formation").check()
    page.get_by_role("button", name="Ajouter").click()
    expect(reasons).to_have_count(3)
    for rank in range(3):
        reasons.nth(rank).fill(f"Raison {rank}")
    page.get_by_role("button", name="Retirer : Intitulé de la formation").click()
    expect(reasons).to_have_count(2)
    page.get_by_role("button", name="Envoyer à l'employeur").click()
    expect(page.get_by_role("status")).to_contain_text("Le complément est demandé")


def test_corrections_are_asked_on_the_very_fields(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga)
    enter(page, olga, live_server.url)
    ask_two_corrections(page, live_server.url + url(dossier))
    assert sorted(CorrectionRequest.objects.get().items.values_list("name", flat=True)) == ["hours", "programme"]


def test_the_same_without_javascript(
    page_without_javascript: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = request_of(alice, place, olga)
    enter(page_without_javascript, olga, live_server.url)
    ask_two_corrections(page_without_javascript, live_server.url + url(dossier))
    corrections.withdraw(actor=olga, number=number_of(dossier))
    assert Dossier.objects.get().state == State.EN_INSTRUCTION


def test_an_officer_takes_decides_and_goes_on_by_keyboard(
    page: Page, live_server: Any, olga: Actor, alice: Actor, place: Establishment
) -> None:
    first, second = (sent(alice, place, done_on=format_date(paris_today(timezone.now()))) for _ in range(2))
    enter(page, olga, live_server.url)
    page.goto(f"{live_server.url}/gestion/?vue=libre")
    page.get_by_role("link", name=number_of(first)).press("Enter")
    page.get_by_role("button", name="Prendre ce dossier").press("Enter")
    page.get_by_role("link", name="Refuser").press("Enter")
    page.get_by_role("textbox", name="Motif").focus()
    page.keyboard.type("Hors critères.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("est refusée")
    page.get_by_role("link", name="Dossier suivant").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(second))
    assert Dossier.objects.get(pk=first.pk).decided_by == User.objects.get(pk=olga.user_id)
