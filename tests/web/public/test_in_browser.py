"""The walk of sign-in in a browser: each page in each of its states is accessible, and fits a small phone."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from openopco.mail.models import OutgoingMail
from tests.accounts.conftest import code_in, link_in
from tests.accounts.factories import PASSWORD, OpcoUserFactory, UserFactory
from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, expect

# The browser's own server must answer from its own transactions.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("OPENOPCO_PICTURES")


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
    return str(live_server.url)


def look(page: Page, name: str) -> None:
    """Checks the page as it stands, wide and narrow; keeps a picture of it where OPENOPCO_PICTURES says."""
    for size in (NARROW, WIDE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_fits(page)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)
    assert_accessible(page)


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_label("Email / Identifiant").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()


READING = {
    "/": "landing",
    "/conditions-generales/": "terms",
    "/accessibilite/": "accessibility",
    "/donnees-personnelles/": "privacy",
    "/quel-dispositif/": "orientation",
    "/quel-dispositif/?qui=salarie&suite=but": "orientation-refused",
    "/quel-dispositif/?qui=embauche&but=alternance&certification=branche&age=30_plus": "orientation-result",
    "/connexion/": "sign-in",
    "/connexion/compte-desactive/": "disabled",
    "/inscription/": "registration",
    "/mot-de-passe/oublie/": "reset",
    "/mot-de-passe/oublie/envoye/": "reset-sent",
    "/mot-de-passe/nouveau/1-x-y/": "reset-expired",
    "/mot-de-passe/nouveau/enregistre/": "reset-done",
}


@pytest.mark.parametrize(("path", "name"), READING.items())
def test_a_page_that_anybody_may_read(page: Page, site: str, path: str, name: str) -> None:
    page.goto(site + path)
    look(page, name)


def test_from_the_landing_page_to_the_sign_in_page(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    page.get_by_role("link", name="M-GESTION", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Bienvenue dans votre espace de connexion sécurisée à l'ensemble de vos services digitaux"
    )


def test_a_refused_sign_in_takes_the_focus_to_what_is_wrong(page: Page, site: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "sign-in-empty")
    page.get_by_role("link", name="Saisissez votre mot de passe.").click()
    expect(page.get_by_label("Mot de passe")).to_be_focused()


def test_a_wrong_password_leaves_the_email_in_its_field(page: Page, site: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_label("Email / Identifiant").fill("lea@exemple.fr")
    page.get_by_label("Mot de passe").fill("pas celui-là du tout")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Erreur : Connexion · M-Gestion")
    expect(page.get_by_label("Email / Identifiant")).to_have_value("lea@exemple.fr")
    expect(page.get_by_label("Mot de passe")).to_have_value("")
    look(page, "sign-in-refused")


def test_registering_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/inscription/")
    page.get_by_label("Prénom").focus()
    for typed in ("Léa", "Roy", "lea@exemple.fr", PASSWORD):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Afficher le mot de passe")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mot de passe", exact=False).first).to_have_value(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    look(page, "registration-filled")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verification-adresse/")
    look(page, "code")
    page.get_by_label("Code à 6 chiffres").fill("not it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "code-refused")
    page.get_by_label("Code à 6 chiffres").fill(code_in(OutgoingMail.objects.get()))
    with page.expect_response("**/habilitations/rattacher/"):
        page.keyboard.press("Enter")


def test_an_empty_registration(page: Page, site: str) -> None:
    page.goto(f"{site}/inscription/")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "registration-empty")


def test_choosing_a_new_password(page: Page, site: str) -> None:
    user = UserFactory()
    page.goto(f"{site}/mot-de-passe/oublie/")
    page.get_by_label("Adresse e-mail").fill(user.email)
    page.get_by_role("button", name="M'envoyer le lien").click()
    page.goto(site + link_in(OutgoingMail.objects.get()))
    look(page, "new-password")
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_role("button", name="Enregistrer mon mot de passe").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "new-password-refused")
    page.get_by_label("Nouveau mot de passe").fill("une autre phrase très calme")
    page.get_by_role("button", name="Enregistrer mon mot de passe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre nouveau mot de passe est enregistré")


def test_the_walk_without_javascript(page_without_javascript: Page, site: str) -> None:
    page = page_without_javascript
    user = UserFactory()
    sign_in(page, site, user.email)
    page.goto(f"{site}/compte/")
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Votre nom est enregistré.")).to_be_visible()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()


ACCOUNT = {
    "/compte/": "profile",
    "/compte/adresse-e-mail/": "change-email",
    "/compte/mot-de-passe/": "change-password",
    "/compte/sessions/": "sessions",
    "/compte/double-authentification/": "second-factor",
    "/compte/double-authentification/codes/nouveaux/": "new-codes",
    "/compte/double-authentification/desactiver/": "leave-second-factor",
    "/deconnexion/": "sign-out",
}


def test_an_officer_sets_his_second_factor_up_then_goes_about_his_account(page: Page, site: str) -> None:
    user = OpcoUserFactory()
    sign_in(page, site, user.email)
    page.goto(f"{site}/compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Activer la double authentification")
    look(page, "set-up-second-factor")
    code = format_hotp_value(hotp_value(page.locator(".secret").inner_text(), int(time.time()) // 30))
    page.get_by_label("Code à 6 chiffres").fill(code)
    page.get_by_role("button", name="Activer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    look(page, "recovery-codes")
    for path, name in ACCOUNT.items():
        page.goto(site + path)
        look(page, name)


def test_an_address_changes_after_a_confirmation(page: Page, site: str) -> None:
    sign_in(page, site, UserFactory().email)
    page.goto(f"{site}/compte/adresse-e-mail/")
    page.get_by_label("Nouvelle adresse e-mail").fill("apres@exemple.fr")
    page.get_by_role("button", name="Recevoir un code à cette adresse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c'est bien vous")
    look(page, "confirm-oneself")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("apres@exemple.fr")).to_be_visible()
    look(page, "change-email-code")


def test_where_the_second_factor_is_waived_the_page_says_so(page: Page, site: str, settings: Any) -> None:
    settings.DEMO = True
    page.goto(f"{site}/connexion/")
    expect(page.get_by_text("la double authentification des comptes de l'OPCO n'est pas demandée ici")).to_be_visible()
    look(page, "sign-in-demo")
