"""What a claim gives to be looked at or signed by hand: its invoice in pictures, certificates to be printed."""

import io
import re
from typing import Any

import pypdf
import pytest
from django.test import Client
from PIL import Image

from openopco.accounts.models import User
from openopco.billing.actions import checking, claims
from openopco.billing.models import Claim
from openopco.documents import pictures
from openopco.documents.models import Document
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.rights import Actor
from tests.billing.claims.world import claimed, electronic, prepared, rows_of, upload
from tests.billing.test_hostile_invoices import carrying
from tests.documents.hostile import jpeg, pdf
from tests.habilitations.factories import employer, officer, teacher
from tests.web.visitors import client_of, kept_files, text_of

__all__ = ["kept_files"]
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules, pytest.mark.usefixtures("kept_files")]


def visiting(actor: Actor) -> Client:
    return client_of(User.objects.get(pk=actor.user_id))


def joined(
    actor: Actor, dossier: Dossier, content: bytes, name: str = "facture.pdf", payee: Payee = Payee.EMPLOYEUR
) -> Claim:
    """A draft with this invoice alone."""
    claim = claims.open_claim(actor=actor, number=str(dossier.number), payee=payee)
    claims.join_file(actor=actor, key=str(claim.key), zone="facture", upload=upload(name, content))
    claim.refresh_from_db()
    return claim


def shown_in(client: Client, address: str) -> list[tuple[str, str]]:
    """Address and words of each picture of the page; each leads to itself, large."""
    found = re.findall(r'<a href="([^"]+)"[^>]*><img src="([^"]+)" alt="([^"]+)"', client.get(address).content.decode())
    assert all(leads == source for leads, source, _ in found)
    return [(source, alt) for _, source, alt in found]


def draft_of(claim: Claim) -> str:
    return f"/factures/{claim.key}/preparer/"


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_plain_pdf_is_shown_beside_what_is_keyed(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf(pages=2))
    client = visiting(alice)
    found = shown_in(client, draft_of(claim))
    assert [alt for _, alt in found] == [f"Page {rank} de facture.pdf, en grand (nouvel onglet)" for rank in (1, 2)]
    for source, _ in found:
        answer = client.get(source)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.content)).width > 1000
    assert "Numéro de la facture" in text_of(client.get(draft_of(claim)))


def test_a_photo_is_shown_too(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, jpeg(300, 400), "IMG_1.JPG")
    [(source, alt)] = shown_in(visiting(alice), draft_of(claim))
    assert alt.startswith("Page 1 de IMG_1.JPG")
    assert Image.open(io.BytesIO(visiting(alice).get(source).content)).size == (300, 400)


def test_of_a_long_file_the_first_pages_are_shown_and_the_page_says_so(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf(pages=500))
    assert len(shown_in(visiting(alice), draft_of(claim))) == 3
    assert "Seules les 3 premières pages sont montrées, sur 500." in text_of(visiting(alice).get(draft_of(claim)))


def test_what_cannot_be_drawn_is_joined_keyed_and_sent_all_the_same(
    alice: Actor, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_START", "import os; os.abort()")
    claim = prepared(alice, dossier)
    client = visiting(alice)
    assert shown_in(client, draft_of(claim)) == []
    page = client.get(draft_of(claim))
    assert "Cette facture ne peut pas être montrée ici" in text_of(page)
    assert "?apercu" in page.content.decode()
    assert "Numéro de la facture" in text_of(page)
    assert claims.send_claim(actor=alice, key=str(claim.key)).state == "deposee"


def test_an_invoice_that_is_read_is_not_keyed_and_needs_no_picture(tess: Actor, taught: Dossier) -> None:
    xml = electronic(taught)
    claim = joined(tess, taught, carrying(("factur-x.xml", xml)), payee=Payee.ORGANISME)
    assert claim.typed["shown"] == 1
    assert shown_in(visiting(tess), draft_of(claim)) == []
    assert joined(tess, taught, xml, "facture.xml", payee=Payee.ORGANISME).typed["shown"] == 0


def test_the_pictures_go_with_their_file(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf())
    [(source, _)] = shown_in(visiting(alice), draft_of(claim))
    claims.take_off_file(actor=alice, key=str(claim.key), document_key=source.split("/")[4])
    claim.refresh_from_db()
    assert "shown" not in claim.typed
    assert shown_in(visiting(alice), draft_of(claim)) == []
    assert visiting(alice).get(source).status_code == 404


def test_a_claim_begun_again_shows_nothing_of_the_file_of_the_last_one(alice: Actor, dossier: Dossier) -> None:
    claims.withdraw_claim(actor=alice, key=str(claimed(alice, dossier).key))
    again = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    assert again.typed["number"] == "F-1"
    assert "shown" not in again.typed


def test_a_claim_of_before_says_to_open_the_file(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf())
    Claim.objects.filter(pk=claim.pk).update(typed={})
    assert "ouvrez-la" in text_of(visiting(alice).get(draft_of(claim)))


def test_a_colleague_waits_for_the_antivirus(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf())
    [(source, _)] = shown_in(visiting(alice), draft_of(claim))
    Document.objects.update(state="pending", scanned=False)
    assert len(shown_in(visiting(alice), draft_of(claim))) == 1
    Document.objects.update(uploaded_by=None)
    assert "une fois contrôlée par l'antivirus" in text_of(visiting(alice).get(draft_of(claim)))
    assert visiting(alice).get(source).status_code == 409


def test_the_controller_sees_the_invoice_beside_its_figures(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    desk = visiting(carl)
    [(source, alt)] = shown_in(desk, f"/gestion/service-fait/{claim.pk}/")
    assert alt.startswith("Page 1 de facture.pdf")
    assert desk.get(source).status_code == 200
    assert "La facture, telle qu'elle est jointe" in text_of(desk.get(f"/gestion/service-fait/{claim.pk}/"))


def test_a_picture_is_for_whoever_may_read_the_file(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = prepared(alice, dossier)
    [(source, _)] = shown_in(visiting(alice), draft_of(claim))
    for stranger in (employer(), teacher(dossier.provider), carl, officer()):
        assert visiting(stranger).get(source).status_code == 404
    assert Client().get(source).status_code == 302
    claims.send_claim(actor=alice, key=str(claim.key))
    assert visiting(carl).get(source).status_code == 200
    assert visiting(teacher(dossier.provider)).get(source).status_code == 404
    for wrong in ("/pages/0.jpg", "/pages/2.jpg", "/pages/4.jpg", "/pages/99999999999.jpg"):
        assert visiting(alice).get(source.replace("/pages/1.jpg", wrong)).status_code == 404


# --- certificates ----------------------------------------------------------------------------------------------------


def printed(client: Client, claim: Claim) -> list[str]:
    answer = client.get(f"/factures/{claim.key}/certificats-a-signer.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages]


def test_the_draft_gives_certificates_to_sign_with_what_was_typed(alice: Actor, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    claims.save_claim(actor=alice, key=str(claim.key), values={f"hours-{rows_of(dossier)[0]}": "7"})
    client, before = visiting(alice), Claim.objects.values().get()
    page = client.get(draft_of(claim))
    assert f"/factures/{claim.key}/certificats-a-signer.pdf" in page.content.decode()
    assert "À remettre à votre organisme" in text_of(page)
    first, second = printed(client, claim)
    assert re.search(r"Durée réellement suivie 7 h", first)
    assert re.search(r"Durée réellement suivie …+", second)
    assert "Ali Diallo" in second
    assert Claim.objects.values().get() == before


def test_a_provider_prints_them_too(tess: Actor, taught: Dossier) -> None:
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    page = text_of(visiting(tess).get(draft_of(claim)))
    assert "Certificats à imprimer et à signer (PDF)" in page
    assert "À remettre" not in page
    assert len(printed(visiting(tess), claim)) == 2


def test_they_are_given_while_pieces_are_asked_and_no_more_once_sent(
    alice: Actor, dossier: Dossier, carl: Actor
) -> None:
    claim, client = claimed(alice, dossier), visiting(alice)
    assert client.get(f"/factures/{claim.key}/certificats-a-signer.pdf").status_code == 302
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Un certificat manque.")
    assert "Certificats à imprimer" in text_of(client.get(f"/factures/{claim.key}/"))
    assert len(printed(client, claim)) == 2


def test_nobody_came_and_nothing_is_printed(alice: Actor, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    claims.save_claim(actor=alice, key=str(claim.key), values={f"hours-{row}": "0" for row in rows_of(dossier)})
    answer = visiting(alice).get(f"/factures/{claim.key}/certificats-a-signer.pdf", follow=True)
    assert "il n'y a pas de certificat à signer" in text_of(answer)


def test_they_are_for_whoever_may_write_the_claim(
    alice: Actor, tess: Actor, taught: Dossier, carl: Actor, settings: Any
) -> None:
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    address = f"/factures/{claim.key}/certificats-a-signer.pdf"
    assert [visiting(each).get(address).status_code for each in (alice, employer(), teacher())] == [404] * 3
    assert visiting(carl).get(address).status_code == 403
    assert visiting(tess).post(address).status_code == 405


def test_what_did_not_draw_when_joined_is_not_tried_at_each_look(
    alice: Actor, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = joined(alice, dossier, pdf(pages=2))
    key = Document.objects.get(owner_kind="claim", owner_id=claim.pk).key
    client, address = visiting(alice), f"/factures/{claim.key}/pieces/{key}/pages/"
    monkeypatch.setattr("openopco.documents.serving.draw_pages", lambda *_, **__: pytest.fail("drawn again"))
    assert client.get(f"{address}3.jpg").status_code == 404
    Claim.objects.filter(pk=claim.pk).update(typed={**claim.typed, "shown": 0})
    assert client.get(f"{address}1.jpg").status_code == 404


def test_the_key_of_one_claim_opens_no_file_of_another(alice: Actor, dossier: Dossier) -> None:
    claim = joined(alice, dossier, pdf(pages=1))
    key = Document.objects.get(owner_kind="claim", owner_id=claim.pk).key
    client = visiting(alice)
    assert client.get(f"/factures/{claim.key}/pieces/{key}/pages/1.jpg").status_code == 200
    Document.objects.filter(key=key).update(owner_id=claim.pk + 1000)
    assert client.get(f"/factures/{claim.key}/pieces/{key}/pages/1.jpg").status_code == 404
