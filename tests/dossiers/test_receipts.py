"""The receipt: a tagged PDF that says what was sent, and goes on saying it whatever is corrected later."""

import io

import pytest
from pypdf import PdfReader

from openopco.dossiers.actions import slips
from openopco.dossiers.models import Dossier, Receipt
from openopco.dossiers.receipts import render_receipt
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NIR, number_of, taken

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def receipt() -> Receipt:
    return Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").get()


def test_it_says_what_was_sent_when_and_by_whom(alice: Actor, olga: Actor, place: Establishment) -> None:
    taken(alice, place, olga)
    said = text_of(render_receipt(receipt()))
    for words in ("AF-2026-000001", "Contrôle technique", place.name, "12/01/2027", "Zoé Müller", alice.label):
        assert words in said, words
    assert "23/11/2026 à 10 h 00" in said


def test_it_holds_nothing_of_the_nir(alice: Actor, olga: Actor, place: Establishment) -> None:
    taken(alice, place, olga)
    said = text_of(render_receipt(receipt())).replace(" ", "")
    assert NIR not in said
    assert "295••" not in said


def test_what_is_corrected_later_leaves_it_as_it_was(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    before = text_of(render_receipt(receipt()))
    slips.correct_slip(actor=olga, number=number_of(dossier), name="title", value="Freins", reason="Faute.")
    Dossier.objects.update(employer_name="AUTRE NOM")
    assert text_of(render_receipt(receipt())) == before


def test_it_is_tagged(alice: Actor, olga: Actor, place: Establishment) -> None:
    taken(alice, place, olga)
    root = PdfReader(io.BytesIO(render_receipt(receipt()))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("fr")
