"""The pages of claims, as their people meet them: one form that loses nothing, the check, the files, who reads what."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.billing.actions import checking, claims
from openopco.billing.actions.checking import Found
from openopco.billing.einvoice.model import Preceding
from openopco.billing.models import BillingMandate, Claim, Due, Invoice
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.organisations.models import BankAccount, Provider
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.answers import release
from tests.billing.claims.world import claimed, deposited, electronic, prepared, rows_of, upload
from tests.billing.factories import credit_note
from tests.documents.hostile import pdf
from tests.habilitations.factories import employer, teacher
from tests.organisations.factories import BankAccountFactory
from tests.web.visitors import client_of, kept_files, text_of, value_of

__all__ = ["kept_files"]

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules, pytest.mark.usefixtures("kept_files")]


def visiting(actor: Actor) -> Client:
    return client_of(User.objects.get(pk=actor.user_id))


@pytest.fixture
def at_home(alice: Actor, dossier: Dossier) -> Client:
    """Alice's browser, once the course is over."""
    return visiting(alice)


def started(client: Client, dossier: Dossier) -> str:
    """The address of the draft that the button of the request's page makes."""
    page = text_of(client.get(f"/demandes/{dossier.number}/"))
    assert "DEMANDER LE REMBOURSEMENT" in page
    assert "La formation est finie" in page
    answer = client.post(f"/demandes/{dossier.number}/reglement/")
    assert answer.status_code == 302
    return str(answer["Location"])


def typed(dossier: Dossier, **changes: Any) -> dict[str, Any]:
    hours = {f"hours-{row}": "14" for row in rows_of(dossier)}
    return {"number": "F-7", "issued_on": "10/12/2026", "net": "560", "vat": "", "is_final": "oui", **hours, **changes}


def test_a_refund_goes_from_its_button_to_the_list(at_home: Client, dossier: Dossier) -> None:
    address = started(at_home, dossier)
    files = {"file-facture": upload("facture.pdf"), "file-certificats": upload("certificats.pdf")}
    sent = at_home.post(address, {**typed(dossier), **files, "envoyer": "1"}, follow=True)
    assert "C'est envoyé" in text_of(sent)
    claim = Claim.objects.get()
    assert (claim.state, claim.net) == ("deposee", D(560))
    listed = text_of(at_home.get("/factures/"))
    assert "Demande de remboursement" in listed
    assert "En contrôle" in listed
    again = text_of(at_home.get(f"/demandes/{dossier.number}/"))
    assert "DEMANDER LE REMBOURSEMENT" not in again
    assert "En contrôle" in again


def test_what_is_wrong_stands_by_its_field_and_all_is_kept(at_home: Client, dossier: Dossier) -> None:
    address = started(at_home, dossier)
    row = rows_of(dossier)[0]
    wrong = typed(dossier, net="douze", issued_on="demain", **{f"hours-{row}": "99"})
    answer = at_home.post(address, {**wrong, "file-facture": upload("facture.exe", b"MZ"), "envoyer": "1"})
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "facture.exe" in shown
    for name, value in wrong.items():
        if name not in ("vat", "is_final"):
            assert value_of(answer, name) == value
    answer = at_home.post(address, {**wrong, "envoyer": "1"})
    assert answer.status_code == 422
    for sentence in ("Joignez la facture", "Ce montant est illisible", "signalez d'abord une modification"):
        assert sentence in text_of(answer)
    assert 'href="#id_net"' in answer.content.decode()


def test_all_hours_are_filled_at_once_but_those_typed(at_home: Client, dossier: Dossier) -> None:
    address = started(at_home, dossier)
    first, second = rows_of(dossier)
    page = at_home.post(address, {f"hours-{first}": "7", f"hours-{second}": "", "tous": "1"}, follow=True)
    assert (value_of(page, f"hours-{first}"), value_of(page, f"hours-{second}")) == ("7", "14 h")


def test_two_windows_do_not_overwrite_each_other(at_home: Client, dossier: Dossier) -> None:
    address = started(at_home, dossier)
    at_home.post(address, {"net": "100", "revision": "0"})
    late = at_home.post(address, {"net": "200", "revision": "0"})
    assert late.status_code == 409
    assert value_of(late, "net") == "200"
    assert Claim.objects.get().typed["net"] == "100"


def test_a_file_is_taken_off_and_a_draft_erased(at_home: Client, dossier: Dossier) -> None:
    address = started(at_home, dossier)
    at_home.post(address, {"file-facture": upload("facture.pdf"), "joindre": "facture"})
    page = at_home.get(address)
    assert "facture.pdf" in text_of(page)
    key = page.content.decode().split('name="retirer" value="')[1].split('"')[0]
    assert "facture.pdf" not in text_of(at_home.post(address, {"retirer": key}, follow=True))
    gone = at_home.post(address.replace("preparer/", "retirer/"), follow=True)
    assert "C'est retiré" in text_of(gone)
    assert not Claim.objects.exists()


def test_the_dashboard_says_what_waits_of_payments(
    alice: Actor, dossier: Dossier, carl: Actor, at_home: Client
) -> None:
    assert "demandez le remboursement avant" in text_of(at_home.get("/tableau-de-bord/"))
    claim = prepared(alice, dossier)
    assert "Demande de remboursement commencée" in text_of(at_home.get("/tableau-de-bord/"))
    claims.send_claim(actor=alice, key=str(claim.key))
    assert (
        "remboursement"
        not in text_of(at_home.get("/tableau-de-bord/")).partition("Demandes récentes")[0].partition("À faire")[2]
    )
    assert "en contrôle" in text_of(at_home.get(f"/demandes/{dossier.number}/"))
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="La feuille d'émargement manque.")
    assert "des pièces sont demandées" in text_of(at_home.get("/tableau-de-bord/"))


@pytest.mark.parametrize(
    "odd",
    [
        {"retirer": "pas-un-uuid"},
        {"revision": "²"},
        {"revision": "9" * 5000},
        {"net": "12\x00"},
        {"hours-etrangere": "14", "mode": "autre"},
    ],
)
def test_what_no_page_sends_breaks_nothing(at_home: Client, dossier: Dossier, odd: dict[str, str]) -> None:
    assert at_home.post(started(at_home, dossier), odd).status_code in (302, 409, 422)


def test_a_stranger_finds_nothing(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    assert claim.invoice
    assert claim.invoice.document
    document = claim.invoice.document.key
    addresses = [f"/factures/{claim.key}/{rest}" for rest in ("", "preparer/", "avoir/", f"pieces/{document}/")]
    for stranger in (employer(), teacher(), teacher(dossier.provider)):
        client = visiting(stranger)
        assert [client.get(address).status_code for address in addresses] == [404] * 4
        assert client.post(f"/demandes/{dossier.number}/reglement/").status_code == 404
    read = visiting(carl).get(addresses[3])
    assert read.status_code == 200
    release(read)
    assert visiting(carl).get(addresses[0]).status_code == 403


def test_the_controller_checks_asks_and_concludes(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier, hours=("14", "7"), net="420")
    desk = visiting(carl)
    assert str(dossier.number) in text_of(desk.get("/gestion/service-fait/"))
    address = f"/gestion/service-fait/{claim.pk}/"
    assert "420,00" in text_of(desk.get(address))
    refused = desk.post(address, {"conclure": "pieces", "words": ""})
    assert refused.status_code == 422
    assert "Dites pourquoi" in text_of(refused)
    first, second = rows_of(dossier)
    recount = desk.post(address, {"conclure": "calculer", f"hours-{first}": "7", "amount-pedagogique": "420"})
    assert "280,00" in text_of(recount)
    assert not Due.objects.exists()
    over = desk.post(address, {"conclure": "fait", f"hours-{second}": "8"})
    assert over.status_code == 422
    assert "Le certificat atteste" in text_of(over)
    done = desk.post(
        address, {"conclure": "fait", f"hours-{first}": "7", "words": "Une demi-journée manque."}, follow=True
    )
    assert "service fait en partie" in text_of(done)
    assert Due.objects.get().amount == D(280)
    told = text_of(visiting(alice).get(f"/factures/{claim.key}/"))
    assert "280,00" in told
    assert "Une demi-journée manque." in told


def test_who_decided_is_told_that_a_colleague_must_check(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    Dossier.objects.filter(pk=dossier.pk).update(decided_by=carl.user_id)
    page = visiting(carl).get(f"/gestion/service-fait/{claim.pk}/")
    assert "un collègue doit la contrôler" in text_of(page)
    assert "SERVICE FAIT" not in text_of(page)
    denied = visiting(carl).post(f"/gestion/service-fait/{claim.pk}/", {"conclure": "fait"})
    assert denied.status_code in (403, 422)
    assert not Due.objects.exists()


def test_pieces_are_answered_on_the_claim_s_page(alice: Actor, dossier: Dossier, carl: Actor, at_home: Client) -> None:
    claim = claimed(alice, dossier)
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="La feuille d'émargement manque.")
    address = f"/factures/{claim.key}/"
    assert "La feuille d'émargement manque." in text_of(at_home.get(address))
    empty = at_home.post(f"{address}repondre/", {"reponse": ""})
    assert empty.status_code == 422
    at_home.post(f"{address}repondre/", {"reponse": "La voici.", "file": upload("emargement.pdf", pdf(pages=2))})
    claim.refresh_from_db()
    assert claim.state == "deposee"
    assert "emargement.pdf" in text_of(at_home.get(address))


# --- the provider ----------------------------------------------------------------------------------------------------


def test_a_provider_accepts_the_mandate_then_has_its_invoice_made(tess: Actor, taught: Dossier) -> None:
    client = visiting(tess)
    assert "Seul un administrateur" in text_of(
        visiting(teacher(taught.provider)).get("/factures/mandat-de-facturation/")
    )
    client.post("/factures/mandat-de-facturation/")
    assert BillingMandate.objects.get().provider == taught.provider
    BankAccountFactory.create(provider=taught.provider, establishment=None)
    assert "FACTURER" in text_of(client.get(f"/organisme/dossiers/{taught.number}/"))
    address = str(client.post(f"/organisme/dossiers/{taught.number}/facture/")["Location"])
    hours = {f"hours-{row}": "14" for row in rows_of(taught)}
    signed = {"mode": "generer", "signatory": "Alix Roy", "signatory_role": "gérante"}
    answer = client.post(address, {**hours, **signed, "envoyer": "1"})
    assert answer.status_code == 422
    assert "Cochez la case" in text_of(answer)
    sent = client.post(address, {**hours, **signed, "attests": "oui", "envoyer": "1"}, follow=True)
    invoice = Invoice.objects.get()
    assert invoice.number in text_of(sent)
    made = client.get(f"/factures/{Claim.objects.get().key}/facture.pdf")
    assert made.content.startswith(b"%PDF-")
    certificate = Claim.objects.get().certificates.all()[0]
    drawn = client.get(f"/factures/{Claim.objects.get().key}/certificats/{certificate.key}.pdf")
    assert drawn.content.startswith(b"%PDF-")
    assert "/Type" in drawn.content.decode("latin-1")


def test_the_employer_reads_his_provider_s_invoice_and_writes_nothing_in_it(
    alice: Actor, tess: Actor, taught: Dossier
) -> None:
    claim = claims.send_claim(actor=tess, key=str(prepared(tess, taught, Payee.ORGANISME).key))
    at_home = visiting(alice)
    assert "Facture F-1" in text_of(at_home.get("/factures/"))
    page = text_of(at_home.get(f"/factures/{claim.key}/"))
    assert "Facture F-1" in page
    assert "Retirer" not in page
    assert at_home.post(f"/factures/{claim.key}/retirer/").status_code == 404
    assert at_home.post(f"/factures/{claim.key}/repondre/", {"reponse": "Moi."}).status_code == 404


def test_what_was_saved_in_another_window_is_shown_by_the_field(
    alice: Actor, dossier: Dossier, at_home: Client
) -> None:
    claim = prepared(alice, dossier)
    address = f"/factures/{claim.key}/preparer/"
    page = at_home.get(address)
    assert f'action="{address}"' in page.content.decode()
    revision = value_of(page, "revision")
    at_home.post(address, {"revision": revision, "net": "500", "enregistrer": "1"})
    second = at_home.post(
        address, {"revision": revision, "net": "450", "enregistrer": "1", "file-certificats": upload("c.pdf")}
    )
    assert second.status_code == 409
    told = text_of(second)
    assert "Enregistré ailleurs entre-temps : 500." in told
    assert "Les fichiers choisis n'ont pas été joints." in told
    assert 'value="450"' in second.content.decode()


def test_what_keeps_it_from_being_sent_is_in_what_is_missing(alice: Actor, dossier: Dossier, at_home: Client) -> None:
    claim = prepared(alice, dossier)
    address = f"/factures/{claim.key}/preparer/"
    assert "Tout y est" in text_of(at_home.get(address))
    claims.save_claim(actor=alice, key=str(claim.key), values={"net": "beaucoup"})
    page = text_of(at_home.get(address))
    assert "Tout y est" not in page
    claims.save_claim(actor=alice, key=str(claim.key), values={"net": "560", "vat": "112"})
    Provider.objects.filter(pk=dossier.provider_id).update(vat_exempt=True)
    page = at_home.get(address)
    assert "Tout y est" not in text_of(page)
    assert 'href="#differences-title"' in page.content.decode()


def test_a_button_without_its_file_and_each_bad_file_have_their_word(
    alice: Actor, dossier: Dossier, at_home: Client
) -> None:
    claim = prepared(alice, dossier)
    address = f"/factures/{claim.key}/preparer/"
    assert "Choisissez d'abord un fichier." in text_of(at_home.post(address, {"joindre": "certificats"}))
    bad = at_home.post(address, {"file-certificats": [upload("a.pdf", b"MZ"), upload("b.pdf", b"MZ")]})
    assert "a.pdf" in text_of(bad)
    assert "b.pdf" in text_of(bad)
    joined = at_home.post(address, {"joindre": "certificats", "file-certificats": upload("c.pdf")})
    assert joined.headers["Location"].endswith("#id_file_certificats")


def test_a_credit_note_is_typed_beside_its_file_and_its_faults_told(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = claims.send_claim(actor=tess, key=str(prepared(tess, taught, Payee.ORGANISME).key))
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    client, address = visiting(tess), f"/factures/{claim.key}/avoir/"
    wrong = client.post(address, {"number": "", "issued_on": "x", "net": "-1", "vat": "", "reason": "Une heure."})
    assert wrong.status_code == 422
    told = text_of(wrong)
    assert "Joignez l'avoir." in told
    assert "Indiquez le numéro de l'avoir." in told
    assert 'href="#id_file"' in wrong.content.decode()
    assert "Une heure." in told
    right = {"number": "A-1", "issued_on": "14/12/2026", "net": "60", "vat": "", "reason": "Une heure de moins."}
    refused = client.post(address, {**right, "file": upload("avoir.pdf", b"MZ not a PDF")})
    assert refused.status_code == 422
    assert not Invoice.objects.filter(number="A-1").exists()
    assert client.post(address, {**right, "file": upload("avoir.pdf")}).status_code == 302
    assert Due.objects.get().payable == D(500)
    page = client.get(f"/factures/{claim.key}/")
    assert "Les avoirs" in text_of(page)
    assert "Repris par avoir" in text_of(page)
    assert "500,00" in text_of(page)
    assert "Une heure de moins." in text_of(page)
    assert "avoir.pdf" in text_of(page)
    assert "avoir.pdf" in text_of(visiting(carl).get(f"/gestion/service-fait/{claim.pk}/"))


def test_the_data_of_an_electronic_credit_note_need_no_typing(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = claims.send_claim(actor=tess, key=str(deposited(tess, taught, electronic(taught)).key))
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    client, address = visiting(tess), f"/factures/{claim.key}/avoir/"
    blank = {"number": "", "issued_on": "", "net": "", "vat": "", "reason": "Tout est repris."}
    an_invoice = client.post(address, {**blank, "file": upload("f.xml", electronic(taught, number="FX-10"))})
    assert "Ce fichier est une facture, et non un avoir." in text_of(an_invoice)
    whole = electronic(
        taught,
        make=credit_note,
        number="AV-1",
        corrects=(Preceding("FX-9"),),
        issued_on=date(2026, 12, 14),
        due_on=None,
    )
    assert client.post(address, {**blank, "file": upload("avoir.xml", whole)}).status_code == 302
    assert Due.objects.get().payable == 0


def test_a_provider_gives_its_own_iban(tess: Actor, taught: Dossier) -> None:
    client = visiting(tess)
    address = f"/organisme/{taught.provider_id}/compte-bancaire/"
    assert address in client.get("/habilitations/").content.decode()
    assert client.get(address).status_code == 200
    assert visiting(teacher(taught.provider)).get(address).status_code == 404
    assert client.post(address, {"iban": "FR00"}).status_code == 422
    assert not BankAccount.objects.exists()


def test_a_draft_costs_no_more_than_any_page_may(alice: Actor, dossier: Dossier, at_home: Client) -> None:
    address = f"/factures/{prepared(alice, dossier).key}/preparer/"
    at_home.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert at_home.get(address).status_code == 200
    assert len(seen) <= 12, "\n".join(each["sql"].partition(" FROM ")[2][:90] for each in seen)


def test_the_check_of_a_claim_asks_each_thing_once(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    desk, address = visiting(carl), f"/gestion/service-fait/{claim.pk}/"
    desk.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert "Votre conclusion" in text_of(desk.get(address))
    assert len(seen) <= 12, "\n".join(each["sql"].partition(" FROM ")[2][:90] for each in seen)


def test_the_pages_of_a_request_that_is_being_paid_ask_little(
    alice: Actor, dossier: Dossier, at_home: Client, carl: Actor
) -> None:
    claim = claimed(alice, dossier)
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    Idcc.objects.create(code="1090", label="Services de l'automobile", search="services de l automobile")
    for address in (f"/demandes/{dossier.number}/", f"/factures/{claim.key}/"):
        at_home.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert at_home.get(address).status_code == 200
        assert len(seen) <= 12, "\n".join(each["sql"].partition(" FROM ")[2][:90] for each in seen)


@pytest.mark.parametrize(("count", "most"), [(1, 12), (3, 12)])
def test_queries_do_not_grow_with_claims(
    alice: Actor, dossier: Dossier, at_home: Client, carl: Actor, count: int, most: int, twins: Callable[[int], None]
) -> None:
    claim = claimed(alice, dossier)
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    twins(count)
    at_home.get("/factures/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        at_home.get("/factures/")
    assert len(seen) <= most


@pytest.fixture
def twins(dossier: Dossier) -> Callable[[int], None]:
    """More claims of the same establishment."""

    def make(count: int) -> None:
        known = Claim.objects.get()
        for rank in range(count):
            Claim.objects.create(
                dossier=known.dossier,
                payee=known.payee,
                establishment=known.establishment,
                state="refusee",
                net=D(rank + 1),
                opened_by_id=known.opened_by_id,
                sent_by_id=known.sent_by_id,
                sent_at=known.sent_at,
                due_on=known.due_on,
                created_at=known.created_at,
                updated_at=known.updated_at,
            )

    return make


def test_the_list_is_taken_away_as_narrowed(
    at_home: Client, dossier: Dossier, alice: Actor, twins: Callable[[int], None]
) -> None:
    claimed(alice, dossier)
    twins(2)
    assert 'href="/exports/factures/"' in at_home.get("/factures/").content.decode()
    assert 'href="/exports/factures/?etat=refusee"' in at_home.get("/factures/?etat=refusee").content.decode()
    assert 'href="/factures/?etat=refusee"' in at_home.get("/exports/factures/?etat=refusee").content.decode()
    assert [states(at_home, "factures", query) for query in ("", "?etat=deposee", "?etat=refusee", "?etat=autre")] == [
        ["En contrôle", "Refusée", "Refusée"],
        ["En contrôle"],
        ["Refusée", "Refusée"],
        ["En contrôle", "Refusée", "Refusée"],
    ]


def test_a_provider_takes_its_list_away_as_narrowed(tess: Actor, taught: Dossier) -> None:
    claimed(tess, taught, Payee.ORGANISME)
    client = visiting(tess)
    link = 'href="/exports/factures-organisme/?etat=deposee"'
    assert link in client.get("/factures/?etat=deposee").content.decode()
    assert states(client, "factures-organisme", "?etat=deposee") == ["En contrôle"]
    assert states(client, "factures-organisme", "?etat=validee") == []


def states(client: Client, code: str, query: str) -> list[str]:
    """Of each row of the file, once it is made and downloaded."""
    asked = client.post(f"/exports/{code}/{query}", {"format": "csv"})
    run_pending_jobs(names=["works.run"])
    file = client.get(f"{asked['Location']}fichier/")
    assert file.status_code == 200
    lines = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    release(file)
    return sorted(line["Où elle en est"] for line in csv.DictReader(io.StringIO(lines), delimiter=";"))
