"""The pages around a draft in a real browser: whole at 320 px, found sound by axe, at work with and without JavaScript."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

from openopco.dossiers.actions import corrections, deciding, modifying
from openopco.dossiers.actions import pieces as drafting
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier, DraftField, DraftRow
from openopco.habilitations.enums import MembershipRole
from openopco.habilitations.models import Membership
from openopco.kernel.calendar import format_date
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, expect
from tests.documents.factories import upload
from tests.dossiers.factories import DossierFactory, asked, complete_draft, empty_draft, number_of, piece, taken
from tests.habilitations.factories import MembershipFactory
from tests.web.portal.people import browser_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("a_folder")]


@pytest.fixture
def a_folder(tmp_path: Any, settings: Any) -> None:
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""


def enter(page: Page, actor: Actor, address: str) -> None:
    """Signs in without the form."""
    cookie = browser_of(actor).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])


@pytest.fixture
def waiting(alice: Actor, olga: Actor, place: Establishment) -> Dossier:
    """A request on which a cost, a trainee's birth date and a piece are asked."""
    dossier = taken(alice, place, olga, done_on="01/01/2026")
    row = DraftRow.objects.filter(dossier=dossier).values_list("key", flat=True)[0]
    points = [
        Point(ItemKind.CHAMP, "cost", "Le devis dit 650 €."),
        Point(ItemKind.CHAMP, "birth_date", "La pièce d'identité dit autre chose.", row=row),
        Point(ItemKind.PIECE, "programme", "Non signé."),
    ]
    corrections.ask(actor=olga, number=number_of(dossier), points=points)
    dossier.refresh_from_db()
    return dossier


def test_every_page_is_sound_and_fits(
    page: Page, live_server: Any, alice: Actor, olga: Actor, place: Establishment, waiting: Dossier
) -> None:
    empty_draft(alice, place)
    complete_draft(alice, place, done_on="01/01/2026")
    Membership.objects.filter(user_id=alice.user_id).update(role=MembershipRole.ADMINISTRATEUR)
    stranger = MembershipFactory.create(establishment=place)
    granted = taken(alice, place, olga, done_on="01/01/2026")
    deciding.grant(actor=olga, number=number_of(granted), amount=Decimal(500), reason="Le plafond de la branche.")
    wanted = Wanted({"cost": "400"}, known_typed=format_date(date.today()), reason="Moins cher.")
    modifying.prepare(actor=alice, number=number_of(granted), wanted=wanted)
    for state in (State.ACCORDEE, State.REFUSEE, State.TRANSMISE):
        DossierFactory.create(
            establishment=place, state=state, title="Une formation au titre assez long pour se replier"
        )
    enter(page, alice, live_server.url)
    number = waiting.number
    paths = (
        "/tableau-de-bord/",
        "/demandes/",
        "/demandes/?etat=accordee&q=rien",
        "/demandes/?du=x",
        f"/demandes/{number}/",
        f"/demandes/{number}/repondre/",
        f"/demandes/{number}/annuler/",
        "/habilitations/",
        f"/habilitations/etablissement/{place.pk}/",
        f"/habilitations/etablissement/{place.pk}/personnes/",
        f"/habilitations/etablissement/{place.pk}/personnes/{stranger.pk}/",
        f"/demandes/{granted.number}/modification/",
        f"/demandes/{granted.number}/modification/verifier/",
        f"/demandes/{granted.number}/decisions/1/",
        "/notifications/",
        "/notifications/e-mails/",
        "/aide/",
        "/nouveautes/",
    )
    for path in paths:
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(live_server.url + path)
            assert_fits(page)
        assert_accessible(page)


def test_the_yellow_button_opens_the_kinds_by_keyboard(page: Page, live_server: Any, alice: Actor) -> None:
    enter(page, alice, live_server.url)
    page.goto(f"{live_server.url}/tableau-de-bord/")
    page.get_by_text("+ CRÉER UNE DEMANDE").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/brouillons/.+/employeur/$"))
    assert str(Dossier.objects.get().key) in page.url


def test_an_answer_saves_itself_then_goes(page: Page, live_server: Any, alice: Actor, waiting: Dossier) -> None:
    enter(page, alice, live_server.url)
    page.goto(f"{live_server.url}/demandes/{waiting.number}/repondre/")
    page.get_by_label("Coût pédagogique").fill("650,00")
    expect(page.locator("[data-save-status]")).to_contain_text("Enregistré à")
    assert DraftField.objects.get(dossier=waiting, name="cost").value == "650,00"
    page.get_by_label("Date de naissance").fill("31/02/1995")
    expect(page.locator(".error")).to_contain_text("Le 31/02/1995 n'existe pas.")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Date de naissance").fill("05/02/1995")
    page.get_by_label("Votre message").fill("Le programme arrive demain.")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("joignez une nouvelle pièce")
    piece(waiting, by=alice, name="signe.pdf")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.get_by_text("Votre réponse est envoyée.")).to_be_visible()
    assert Dossier.objects.get(pk=waiting.pk).state == State.EN_INSTRUCTION


def test_an_answer_goes_without_javascript(
    page_without_javascript: Page, live_server: Any, alice: Actor, olga: Actor, place: Establishment
) -> None:
    page = page_without_javascript
    dossier = asked(alice, place, olga, done_on="01/01/2026")
    enter(page, alice, live_server.url)
    page.goto(f"{live_server.url}/demandes/{dossier.number}/")
    page.get_by_role("link", name="RÉPONDRE").click()
    page.get_by_label("Coût pédagogique").fill("650,00")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.get_by_text("Votre réponse est envoyée.")).to_be_visible()


def test_a_message_goes_without_javascript(
    page_without_javascript: Page, live_server: Any, alice: Actor, waiting: Dossier
) -> None:
    page = page_without_javascript
    enter(page, alice, live_server.url)
    page.goto(f"{live_server.url}/demandes/{waiting.number}/")
    page.get_by_label("Votre message").fill("Bonjour.")
    page.get_by_role("button", name="Envoyer le message").click()
    expect(page.get_by_text("Votre message est envoyé.")).to_be_visible()
    expect(page.locator(".message-mine")).to_contain_text("Bonjour.")


PHONES = ({"width": 320, "height": 640}, {"width": 375, "height": 640})


@pytest.mark.parametrize("phone", PHONES, ids=lambda phone: str(phone["width"]))
def test_on_a_phone_a_file_s_name_has_its_line_and_its_actions_theirs(
    page: Page, live_server: Any, alice: Actor, waiting: Dossier, phone: ViewportSize
) -> None:
    drafting.join_piece(
        actor=alice, key=str(waiting.key), zone="programme", upload=upload("programme-de-la-formation.pdf")
    )
    enter(page, alice, live_server.url)
    page.set_viewport_size(phone)
    page.goto(f"{live_server.url}/demandes/{waiting.number}/repondre/")
    file = page.locator(".file", has=page.get_by_role("button", name="Retirer")).first
    whole, name, actions = (
        each.bounding_box() for each in (file, file.locator(".file-name"), file.locator(".file-actions"))
    )
    assert whole
    assert name
    assert actions
    assert actions["y"] >= name["y"] + name["height"]
    assert file.locator("div").first.evaluate("box => box.offsetWidth") > whole["width"] * 0.6
    assert name["height"] < 60
    assert_fits(page)


@pytest.mark.parametrize("phone", PHONES, ids=lambda phone: str(phone["width"]))
def test_on_a_phone_no_label_of_a_trainee_runs_over_its_value(
    page: Page, live_server: Any, alice: Actor, place: Establishment, phone: ViewportSize
) -> None:
    draft = complete_draft(alice, place)
    enter(page, alice, live_server.url)
    page.set_viewport_size(phone)
    page.goto(f"{live_server.url}/brouillons/{draft.key}/stagiaires/")
    # The label is drawn before the cell: neither may need more room than it has.
    widths = page.locator("td[data-label]").evaluate_all(
        """cells => cells.map(cell => {
            const label = document.createElement("span");
            label.textContent = cell.dataset.label;
            label.style.cssText = "position: absolute; font-size: .9375rem";
            document.body.append(label);
            const words = cell.dataset.label.split(" ").map(word => { label.textContent = word; return label.offsetWidth; });
            const room = parseFloat(getComputedStyle(cell).gridTemplateColumns);
            label.remove();
            return [Math.max(...words), room];
        })"""
    )
    assert len(widths) == 4
    assert all(needed <= room for needed, room in widths), widths
    assert_fits(page)
