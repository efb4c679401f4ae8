"""The walk of an attachment in a browser, both sides of the counter: accessible, at 320 px, without JavaScript too."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from playwright.sync_api import Page

from openopco.accounts.models import User
from openopco.habilitations.enums import MembershipState, StaffRoleName
from openopco.habilitations.models import Membership
from openopco.reference.enums import Zone
from openopco.reference.models import Commune, CommunePostalCode
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, expect
from tests.documents import hostile
from tests.habilitations.factories import StaffRoleFactory
from tests.organisations.factories import ACTIF_AUTO, EstablishmentFactory, ProviderFactory
from tests.web.visitors import client_of, kept_files

__all__ = ["kept_files"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("kept_files"),
]
UNKNOWN = "73282932000074"


def come_in(page: Page, site: str, user: User) -> None:
    """Signed in, without the sign-in page: it has its own walk."""
    cookie = client_of(user).cookies[configured.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def look(page: Page) -> None:
    for size in (NARROW, WIDE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_fits(page)
    assert_accessible(page)


def paper(folder: Path) -> str:
    path = folder / "kbis.pdf"
    path.write_bytes(hostile.pdf())
    return str(path)


def test_from_a_siret_to_the_officers_acceptance(page: Page, live_server: Any, tmp_path: Path) -> None:
    site, alice = str(live_server.url), UserFactory.create(first_name="Alice", last_name="Martin")
    come_in(page, site, alice)
    page.goto(f"{site}/habilitations/")
    look(page)
    page.get_by_role("link", name="Rattacher une entreprise").click()
    look(page)
    page.get_by_label("SIRET").fill("123")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_title("Erreur : Rattacher une entreprise · M-Gestion")
    look(page)
    page.get_by_label("SIRET").fill(ACTIF_AUTO)
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="ACTIF AUTO CONTROLE")).to_be_visible()
    look(page)
    page.get_by_label("Effectif total salariés").fill("trois")
    page.get_by_role("button", name="Demander mon rattachement").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.get_by_label("Effectif total salariés").fill("3")
    page.get_by_label("Justificatif").set_input_files(paper(tmp_path))
    page.get_by_role("button", name="Demander mon rattachement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rattachement est demandé")
    look(page)
    page.goto(f"{site}/habilitations/")
    look(page)
    come_in(page, site, StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user)
    page.goto(f"{site}/gestion/rattachements/")
    look(page)
    page.get_by_role("link", name="Alice Martin").click()
    look(page)
    page.get_by_role("button", name="Refuser le rattachement").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.get_by_role("button", name="Accepter le rattachement").click()
    expect(page.get_by_text("Alice Martin agit désormais pour ACTIF AUTO CONTROLE.")).to_be_visible()
    look(page)
    assert Membership.objects.get().state == MembershipState.ACCEPTED
    come_in(page, site, alice)
    page.goto(f"{site}/habilitations/")
    look(page)
    page.get_by_role("link", name="Voir et compléter les informations").click()
    look(page)


def test_by_hand_the_commune_comes_with_its_postal_code(page: Page, live_server: Any) -> None:
    illzach = Commune.objects.create(
        insee_code="68154", name="Illzach", folded_name="illzach", department="68", zone=Zone.METRO
    )
    CommunePostalCode.objects.create(commune=illzach, postal_code="68110")
    site = str(live_server.url)
    come_in(page, site, UserFactory.create())
    page.goto(f"{site}/habilitations/rattacher/")
    page.get_by_label("SIRET").fill(UNKNOWN)
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Code postal").press_sequentially("68110")
    expect(page.get_by_label("Commune")).to_have_value("Illzach")
    look(page)
    page.get_by_role("button", name="Demander mon rattachement").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Commune")).to_have_value("Illzach")
    look(page)


def test_without_javascript_the_same_walk(page_without_javascript: Page, live_server: Any, tmp_path: Path) -> None:
    page, site = page_without_javascript, str(live_server.url)
    come_in(page, site, UserFactory.create())
    page.goto(f"{site}/habilitations/rattacher/")
    page.get_by_label("SIRET").fill(UNKNOWN)
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Nom et prénom ou dénomination").fill("Garage du Coin")
    page.get_by_label("Justificatif").set_input_files(paper(tmp_path))
    page.get_by_role("button", name="Demander mon rattachement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre rattachement est demandé")
    page.goto(f"{site}/habilitations/")
    page.get_by_role("link", name="Retirer ma demande").click()
    page.get_by_role("button", name="Retirer ma demande").click()
    expect(page.get_by_text("Vous n'agissez plus pour Garage du Coin.")).to_be_visible()


def test_verifications_and_accounts_are_accessible(page: Page, live_server: Any) -> None:
    site, place, provider = str(live_server.url), EstablishmentFactory.create(), ProviderFactory.create()
    come_in(page, site, StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user)
    for path in ("", f"{place.pk}/", "organismes/", f"organismes/{provider.pk}/"):
        page.goto(f"{site}/gestion/etablissements/{path}")
        look(page)
    page.get_by_label("Raison sociale").fill("")
    page.get_by_role("button", name="J'ai vérifié ces informations").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    reader, other = StaffRoleFactory.create().user, OpcoUserFactory.create()
    come_in(page, site, reader)
    for path in ("", "comptes/", "comptes/nouveau/", f"comptes/{other.pk}/", f"comptes/{other.pk}/desactiver/"):
        page.goto(f"{site}/administration/{path}")
        look(page)
    page.goto(f"{site}/administration/comptes/nouveau/")
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
