"""The page where a claim is prepared, in a real browser: the invoice is read beside the fields, and nothing is lost."""

from typing import Any

import pytest
from playwright.sync_api import Page

from openopco.base.pdf import render
from openopco.billing.actions import claims
from openopco.billing.models import Claim
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.rights import Actor
from tests.billing.claims.world import upload
from tests.browser import NARROW, WIDE, assert_sound, expect
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.visitors import kept_files

__all__ = ["kept_files"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.funding_rules,
    pytest.mark.usefixtures("kept_files"),
]
INVOICE = {
    "product": "Facture",
    "opco": "AXEPT FORMATION",
    "title": "Facture F-2026-7",
    "reference": "F-2026-7",
    "seller": ["AXEPT FORMATION", "SIRET 834 267 023 00028"],
    "buyer": ["ACTIF AUTO CONTROLE"],
    "facts": [["Date", "10/12/2026"]],
    "columns": ["Quoi", "Heures", "Prix", "HT"],
    "lines": [["Habilitation électrique BR", "28", "20,00 €", "560,00 €"]] * 40,
    "taxes": [["Exonérée", "560,00 €", "0,00 €"]],
    "totals": [["Hors taxe", "560,00 €"]],
    "due": ["À payer", "560,00 €"],
}


@pytest.fixture
def claim(alice: Actor, dossier: Dossier) -> Claim:
    """A draft with an invoice of two pages that no program reads."""
    made = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    file = upload("facture axept.pdf", render("invoice", INVOICE))
    claims.join_file(actor=alice, key=str(made.key), zone="facture", upload=file)
    return made


def enter(page: Page, actor: Actor, site: str) -> None:
    cookie = browser_of(actor).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])


def test_an_invoice_is_keyed_from_its_picture(page: Page, live_server: Any, alice: Actor, claim: Claim) -> None:
    enter(page, alice, live_server.url)
    page.set_viewport_size(WIDE)
    page.goto(f"{live_server.url}/factures/{claim.key}/preparer/")
    first = page.get_by_role("img", name="Page 1 de facture axept.pdf")
    first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.sheets img').naturalWidth > 1000")
    number = page.get_by_label("Numéro de la facture")
    picture, field = first.bounding_box(), number.bounding_box()
    assert picture is not None
    assert field is not None
    assert picture["x"] + picture["width"] <= field["x"]
    number.fill("F-2026-7")
    with page.context.expect_page() as opened:
        first.click()
    assert opened.value.url.endswith("/pages/1.jpg")
    opened.value.close()
    assert number.input_value() == "F-2026-7"
    assert_sound(page)


def test_on_a_phone_the_picture_is_above_the_fields(page: Page, live_server: Any, alice: Actor, claim: Claim) -> None:
    enter(page, alice, live_server.url)
    page.set_viewport_size(NARROW)
    page.goto(f"{live_server.url}/factures/{claim.key}/preparer/")
    link = page.get_by_role("link", name="Page 1 de facture axept.pdf")
    link.focus()
    expect(link).to_be_focused()
    picture, field = link.bounding_box(), page.get_by_label("Numéro de la facture").bounding_box()
    assert picture is not None
    assert field is not None
    assert picture["y"] + picture["height"] <= field["y"]
    with page.expect_download() as taken:
        page.get_by_role("link", name="Certificats à imprimer et à signer (PDF)").click()
    assert taken.value.suggested_filename.startswith("certificats-a-signer-AF-2026-")
    assert_sound(page)
