"""From what is due to « Mes règlements », through the pages."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work
from openopco.billing.models import Due
from openopco.funding.enums import Fund, Payee
from openopco.funding.models import Commitment
from openopco.journal.models import ReadAudit
from openopco.organisations.enums import ProviderStatus
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.models import BankEvent, BankFile, DebtorAccount, Overpayment, PaymentBatch, PaymentOrder
from openopco.rights import Actor
from tests.habilitations.factories import AcceptedFactory, AcceptedTeacherFactory, StaffRoleFactory, TeacherFactory
from tests.payments.builders import (
    booked,
    debtor,
    due,
    engaged,
    entry,
    notice,
    orders,
    prepared,
    released,
    school,
    shop,
)
from tests.payments.transfers import iban
from tests.web.visitors import client_of, kept_files, officer_client, text_of

__all__ = ["kept_files"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]
DAY = "03/12/2026"


def upload(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("retour.xml", content.encode(), "application/xml")


def test_from_what_is_due_to_the_transfer_read_by_its_payee(
    anna: Actor, basil: Actor, annas: Client, basils: Client
) -> None:
    debtor(anna, basil)
    axept = school(name="AXEPT")
    owed = due(engaged("1250.50"), to=axept, number="F-114")
    due(engaged("40"), to=school(name="SUSPENDU", status=ProviderStatus.SUSPENDU))
    assert "1 290,50" in text_of(annas.get("/finance/lots/")).replace("\u202f", " ")
    page = text_of(annas.get(f"/finance/lots/preparer/?fund=pdc&day={DAY}")).replace("\u202f", " ")
    assert "Bénéficiaires 1" in page
    assert "1 250,50 €" in page
    assert "SUSPENDU" in page
    assert "suspendue" in page
    answer = annas.post("/finance/lots/preparer/", {"fund": "pdc", "day": DAY})
    batch = PaymentBatch.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/finance/lots/{batch.pk}/")
    seen_by_anna, seen_by_basil = (
        client.get(f"/finance/lots/{batch.pk}/").content.decode() for client in (annas, basils)
    )
    assert "Émettre ce lot" not in seen_by_anna
    assert "Émettre ce lot" in seen_by_basil
    assert annas.post(f"/finance/lots/{batch.pk}/emettre/").status_code == 422
    assert basils.post(f"/finance/lots/{batch.pk}/emettre/").status_code == 302
    assert basils.get(f"/finance/lots/{batch.pk}/fichier/").status_code == 302
    run_pending_jobs()
    file = annas.get(f"/finance/lots/{batch.pk}/fichier/")
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert b"1250.50" in content
    assert ReadAudit.objects.filter(subject_kind="payment_batch", subject_id=batch.pk).count() == 1
    batch.refresh_from_db()
    assert batch.digest in text_of(annas.get(f"/finance/lots/{batch.pk}/"))
    answer = annas.post("/finance/retours/", {"file": upload(booked(*orders(batch)))}, follow=True)
    assert "Fichier lu : 1 fait appliqué" in text_of(answer)
    mine = client_of(AcceptedTeacherFactory.create(provider=axept).user)
    told = text_of(mine.get("/organisme/reglements/")).replace("\u202f", " ")
    order = PaymentOrder.objects.get()
    for word in (order.end_to_end, "F-114", str(owed.claim.dossier.number), "1 250,50 €", "Versé", "02/12/2026"):
        assert word in told
    assert order.account.masked in told


def test_a_day_that_is_wrong_stands_beside_its_field(anna: Actor, basil: Actor, annas: Client) -> None:
    for day, why in (("05/12/2026", "jour ouvré"), ("31/02/2027", "n'existe pas"), ("", "Indiquez une date")):
        answer = annas.post("/finance/lots/preparer/", {"fund": "pdc", "day": day})
        assert answer.status_code == 422
        assert why in text_of(answer)
    answer = annas.post("/finance/lots/preparer/", {"fund": "pdc", "day": DAY})
    assert "Aucun compte à débiter" in text_of(answer)
    debtor(anna, basil)
    assert "Rien ne peut être payé" in text_of(annas.post("/finance/lots/preparer/", {"fund": "pdc", "day": DAY}))
    assert annas.post("/finance/lots/preparer/", {"fund": "rien", "day": DAY}).status_code == 422


def test_a_transfer_is_withdrawn_and_a_batch_cancelled(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    due(engaged("10"), to=school())
    due(engaged("20"), to=school())
    batch = prepared(anna)
    url = f"/finance/virements/{orders(batch)[0].pk}/retirer/"
    assert annas.get(url).status_code == 200
    assert annas.post(url, {"words": ""}).status_code == 422
    assert annas.post(url, {"words": "Litige"}).status_code == 302
    assert annas.get(url).status_code == 404
    assert "Litige" in text_of(annas.get(f"/finance/lots/{batch.pk}/?etat=annule"))
    assert annas.post(f"/finance/lots/{batch.pk}/annuler/").status_code == 302
    answer = annas.post(f"/finance/lots/{batch.pk}/annuler/")
    assert (answer.status_code, PaymentBatch.objects.get().state) == (422, BatchState.ANNULE)
    assert "entre-temps" in text_of(answer)


def test_a_file_that_the_bank_never_received_is_said_so_by_another(
    anna: Actor, basil: Actor, annas: Client, basils: Client
) -> None:
    debtor(anna, basil)
    due(engaged("10"), to=school())
    batch = prepared(anna)
    page, url = f"/finance/lots/{batch.pk}/", f"/finance/lots/{batch.pk}/non-recu/"
    assert "pas reçu ce fichier" not in text_of(annas.get(page))
    assert annas.get(url).headers["Location"] == page
    basils.post(f"{page}emettre/")
    run_pending_jobs()
    assert "pas reçu ce fichier" in text_of(annas.get(page))
    assert "pas reçu ce fichier" not in text_of(basils.get(page))
    assert basils.post(url, {"words": "Appelée"}).status_code == 422
    assert "payé deux fois" in text_of(annas.get(url))
    assert annas.post(url, {"words": " "}).status_code == 422
    assert annas.post(url, {"words": "Appelée ce matin"}).headers["Location"] == page
    told = text_of(annas.get(page))
    for word in ("Non reçu par la banque", "Appelée ce matin", "Déclaré non reçu"):
        assert word in told
    assert "Télécharger" not in told
    assert annas.get(f"{page}fichier/").status_code == 302
    answer = annas.post(url, {"words": "Encore"})
    assert (answer.status_code, "Encore" in answer.content.decode()) == (422, True)
    annas.post("/finance/retours/", {"file": upload(booked(*orders(batch)))})
    assert "déclaré non reçu" in text_of(annas.get("/finance/retours/a-voir/"))


def test_what_came_back_after_a_refund_has_its_act(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    owed = due(engaged("100"), to=school())
    order = orders(released(anna, basil))[0]
    annas.post("/finance/retours/", {"file": upload(booked(order))})
    annas.post(f"/finance/sommes-dues/{owed.pk}/avoir/", {"amount": "30", "reason": "Avoir A-1"})
    page = f"/finance/trop-percus/{Overpayment.objects.get().pk}/"
    annas.post(page, {"amount": "10", "received_on": "01/12/2026", "reference": "REL-1"})
    annas.post("/finance/retours/", {"file": upload(notice(entry(order.end_to_end, order.amount, back="AC04")))})
    event = BankEvent.objects.get(outcome="refuse")
    url = f"/finance/retours/faits/{event.pk}/"
    assert "déjà remboursé 10,00" in text_of(annas.get(url))
    for given_on, reference, why in (
        ("", "V-1", "Indiquez une date"),
        ("02/12/2026", "V-1", "pas encore venu"),
        ("01/12/2026", "", "référence du relevé"),
        ("01/12/2026", "REL-1", "déjà cette référence"),
    ):
        answer = annas.post(f"{url}rendre/", {"given_on": given_on, "reference": reference})
        assert (answer.status_code, why in text_of(answer)) == (422, True), why
        assert f'value="{reference}"' in answer.content.decode() or not reference
    answer = annas.post(f"{url}rendre/", {"given_on": "01/12/2026", "reference": "V-1"})
    assert answer.headers["Location"] == "/finance/retours/a-voir/"
    assert "V-1" in text_of(annas.get(page))
    assert "V-1" in text_of(annas.get(f"/finance/retours/{event.file_id}/"))
    assert annas.get(f"{url}rendre/").status_code == 404
    annas.post("/finance/retours/", {"file": upload(notice(entry("AUTRE", 5)))})  # type: ignore[arg-type]
    other = f"/finance/retours/faits/{BankEvent.objects.latest('pk').pk}/"
    assert annas.get(f"{other}rendre/").headers["Location"] == other


def test_a_file_that_is_not_one_is_refused_with_a_sentence(annas: Client) -> None:
    for sent, why in (
        ({}, "Choisissez le fichier"),
        ({"file": upload("rien")}, "Rien n'a été enregistré"),
        ({"file": upload('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')}, "aucune banque n'écrit"),
        ({"file": SimpleUploadedFile("gros.xml", b" " * (10 * 1024 * 1024 + 1))}, "10 Mo"),
    ):
        answer = annas.post("/finance/retours/", sent)
        assert answer.status_code == 422
        assert why in text_of(answer), why
    assert BankFile.objects.count() == 0


def test_an_unknown_line_is_shown_until_somebody_says_what_was_done(annas: Client) -> None:
    assert "Rien à voir" in text_of(annas.get("/finance/retours/a-voir/"))
    annas.post("/finance/retours/", {"file": upload(notice(entry("INCONNUE-1", 12)))})  # type: ignore[arg-type]
    event = BankEvent.objects.get()
    assert "INCONNUE-1" in text_of(annas.get("/finance/retours/a-voir/"))
    assert "1 ligne à voir" in text_of(annas.get("/finance/retours/"))
    url = f"/finance/retours/faits/{event.pk}/"
    assert "INCONNUE-1" in text_of(annas.get(url))
    assert annas.post(url, {"words": " "}).status_code == 422
    assert annas.post(url, {"words": "Frais de la banque"}).status_code == 302
    assert annas.get(url).status_code == 404
    assert "Frais de la banque" in text_of(annas.get(f"/finance/retours/{event.file_id}/"))


def test_each_figure_opens_on_its_lines_and_a_broken_one_is_red(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    owed = due(engaged("100"), to=school())
    prepared(anna)
    page = annas.get("/finance/rapprochement/")
    assert "Tous les chiffres concordent" in text_of(page)
    assert 'href="/finance/rapprochement/2026/pdc/ordonne/"' in page.content.decode()
    number = str(owed.claim.dossier.number)
    assert number in text_of(annas.get("/finance/rapprochement/2026/pdc/ordonne/"))
    assert number not in text_of(annas.get("/finance/rapprochement/2026/pdc/paye/"))
    assert annas.get("/finance/rapprochement/2026/pdc/rien/").status_code == 404
    found = annas.get("/finance/rapprochement/", {"dossier": number.lower()})
    assert found.headers["Location"] == f"/finance/rapprochement/dossiers/{number}/"
    assert PaymentOrder.objects.get().end_to_end in text_of(annas.get(found.headers["Location"]))
    assert "Aucun dossier" in text_of(annas.get("/finance/rapprochement/", {"dossier": "AF-0"}))
    Commitment.objects.update(ordered=50)
    page = annas.get("/finance/rapprochement/")
    assert "notice-bad" in page.content.decode()
    assert number in text_of(page)


def test_a_debtor_account_needs_a_second_accountant(annas: Client, basils: Client) -> None:
    answer = annas.post("/finance/comptes/", {"fund": "pdc", "holder": "OPCO", "iban": "FR76 1234", "bic": ""})
    assert answer.status_code == 422
    assert "FR76 1234" in answer.content.decode()
    annas.post("/finance/comptes/", {"fund": "pdc", "holder": "OPCO", "iban": iban(5), "bic": ""})
    account = DebtorAccount.objects.get()
    assert "Ce compte est le bon" not in annas.get("/finance/comptes/").content.decode()
    assert annas.post(f"/finance/comptes/{account.pk}/verifier/", follow=True).status_code == 200
    account.refresh_from_db()
    assert account.is_waiting
    assert "Ce compte est le bon" in basils.get("/finance/comptes/").content.decode()
    basils.post(f"/finance/comptes/{account.pk}/verifier/")
    account.refresh_from_db()
    assert account.is_in_force
    annas.post(f"/finance/comptes/{account.pk}/terminer/")
    assert "Ancien" in text_of(annas.get("/finance/comptes/"))


def test_a_credit_on_what_was_paid_has_its_letter_and_its_refund(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    owed = due(engaged("100"), to=school(name="AXEPT"))
    batch = released(anna, basil)
    annas.post("/finance/retours/", {"file": upload(booked(*orders(batch)))})
    url = f"/finance/sommes-dues/{owed.pk}/avoir/"
    assert "100,00" in text_of(annas.get(url))
    for amount, reason, why in (
        ("", "Avoir", "Indiquez un montant"),
        ("200", "Avoir", "dépasser"),
        ("30", "", "pourquoi"),
    ):
        answer = annas.post(url, {"amount": amount, "reason": reason})
        assert answer.status_code == 422
        assert why in text_of(answer)
    assert annas.post(url, {"amount": "30", "reason": "Avoir A-1"}).status_code == 302
    found = Overpayment.objects.get()
    page = f"/finance/trop-percus/{found.pk}/"
    assert "AXEPT" in text_of(annas.get("/finance/trop-percus/?ouverts"))
    assert annas.get(f"{page}lettre.pdf").content.startswith(b"%PDF")
    answer = annas.post(page, {"amount": "31", "received_on": "01/12/2026", "reference": "REL-1"})
    assert answer.status_code == 422
    assert "30,00" in text_of(answer)
    assert annas.post(page, {"amount": "30", "received_on": "01/12/2026", "reference": "REL-1"}).status_code == 302
    assert "REL-1" in text_of(annas.get(page))
    assert "Aucun trop-perçu" in text_of(annas.get("/finance/trop-percus/?ouverts"))


def test_what_a_year_leaves_open_and_the_entries_are_taken_away(anna: Actor, annas: Client) -> None:
    due(engaged("100"), to=school())
    assert "100,00" in text_of(annas.get("/finance/rapprochement/reste-a-liquider/?annee=2026"))
    assert "Rien à reporter" in text_of(annas.get("/finance/rapprochement/reste-a-liquider/?annee=2025"))
    assert annas.get("/export/restes-a-liquider/?annee=2026").status_code in (200, 404)
    url = "/finance/rapprochement/ecritures/"
    assert annas.post(url, {"first": "", "last": "x", "format": "csv"}).status_code == 422
    assert annas.post(url, {"first": "02/01/2026", "last": "01/01/2026", "format": "csv"}).status_code == 422
    assert annas.post(url, {"first": "01/01/2026", "last": "31/12/2026", "format": "csv"}).status_code == 302
    run_pending_jobs()
    assert Work.objects.get().result_filename == "ecritures-2026-01-01-2026-12-31.csv"


def test_an_employer_reads_his_transfers_and_apart_those_made_for_him(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    place = shop()
    own = due(engaged("80", payee=Payee.EMPLOYEUR), to=place)
    own.claim.dossier.__class__.objects.filter(pk=own.claim.dossier_id).update(establishment=place)
    for_him = engaged("300")
    for_him.dossier.__class__.objects.filter(pk=for_him.dossier_id).update(establishment=place)
    due(for_him, to=school(name="AXEPT"))
    client = client_of(AcceptedFactory.create(establishment=place).user)
    assert "Aucun règlement" in text_of(client.get("/reglements/"))
    batch = released(anna, basil)
    PaymentOrder.objects.filter(establishment=place).update(
        state=OrderState.REJETE, reason="Le compte du bénéficiaire est clôturé.", ended_on=date(2026, 12, 3)
    )
    told = text_of(client.get("/reglements/"))
    assert "80,00" in told
    assert "300,00" not in told
    assert "clôturé" in told
    assert "vérifiez votre IBAN" in told
    apart = text_of(client.get("/reglements/organismes/"))
    assert "300,00" in apart
    assert "AXEPT" in apart
    assert "80,00" not in apart
    assert batch.count == 2


def test_who_waits_to_be_accepted_reads_nothing(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    axept = school()
    due(engaged("80"), to=axept)
    released(anna, basil)
    newcomer = client_of(TeacherFactory.create(provider=axept).user)
    assert "80,00" not in text_of(newcomer.get("/organisme/reglements/"))


def test_payees_export_their_transfers(anna: Actor, basil: Actor) -> None:
    from django.urls import reverse

    debtor(anna, basil)
    axept = school()
    due(engaged("80"), to=axept)
    released(anna, basil)
    client = client_of(AcceptedTeacherFactory.create(provider=axept).user)
    url = reverse("portal:export", args=["reglements-organisme"])
    assert "1 ligne" in text_of(client.get(url))
    assert client.post(url, {"format": "csv"}).status_code == 302
    run_pending_jobs()
    assert Work.objects.get().done == 1


def test_others_of_the_opco_read_or_don_t(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    due(engaged("10"), to=school())
    batch = prepared(anna)
    controller = client_of(StaffRoleFactory.create(role="controleur").user)
    page = controller.get(f"/finance/lots/{batch.pk}/")
    assert page.status_code == 200
    assert "Annuler ce lot" not in page.content.decode()
    assert iban(999) not in controller.get("/finance/comptes/").content.decode().replace(" ", "")
    for url in ("/finance/lots/preparer/", f"/finance/lots/{batch.pk}/fichier/"):
        assert controller.get(url).status_code == 403
    assert controller.post("/finance/retours/", {"file": upload("x")}).status_code == 403
    assert controller.post("/finance/comptes/", {}).status_code == 403
    assert officer_client().get("/finance/lots/").status_code == 403


def test_pages_ask_few_queries_however_many_rows(anna: Actor, basil: Actor, annas: Client) -> None:
    debtor(anna, basil)
    axept = school()
    for rank in range(3):
        due(engaged("10"), to=school())
        due(engaged("10", fund=Fund.PDC), to=axept, number=f"FACTURE-BIEN-LONGUE-QUI-PREND-LA-PLACE-{rank}")
    batch = released(anna, basil)
    annas.post("/finance/retours/", {"file": upload(booked(*orders(batch)))})
    dossier = Due.objects.all()[0].claim.dossier.number
    file = BankFile.objects.get().pk
    for url in (
        "/finance/lots/",
        f"/finance/lots/preparer/?fund=pdc&day={DAY}",
        f"/finance/lots/{batch.pk}/",
        "/finance/retours/",
        f"/finance/retours/{file}/",
        "/finance/retours/a-voir/",
        "/finance/rapprochement/",
        "/finance/rapprochement/2026/pdc/engage/",
        f"/finance/rapprochement/dossiers/{dossier}/",
        "/finance/rapprochement/reste-a-liquider/",
        "/finance/comptes/",
        "/finance/trop-percus/",
    ):
        with CaptureQueriesContext(connection) as asked:
            assert annas.get(url).status_code == 200, url
        assert len(asked) <= 12, (url, [each["sql"][:150] for each in asked])
    Commitment.objects.update(paid=0)
    with CaptureQueriesContext(connection) as asked:
        assert "notice-bad" in annas.get("/finance/rapprochement/").content.decode()
    assert len(asked) <= 12
    client = client_of(User.objects.get(pk=AcceptedTeacherFactory.create(provider=axept).user_id))
    client.get("/organisme/reglements/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/organisme/reglements/")
    assert len(asked) <= 12
