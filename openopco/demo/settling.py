"""What comes after the agreements of the demonstration: bank accounts, claims, their check."""

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from openopco.billing.actions import checking, claims, mandates
from openopco.billing.actions.checking import Found
from openopco.billing.models import CLAIM_DOCUMENT, Claim, Due
from openopco.demo import data
from openopco.documents import actions as documents
from openopco.documents.models import Document
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Fund, Payee
from openopco.funding.models import Commitment
from openopco.kernel.calendar import format_date, next_working_day, paris_today
from openopco.organisations.actions import confirm_account, propose_account
from openopco.organisations.models import Establishment, Provider
from openopco.payments.actions import prepare_batch, read_bank_file, release_batch
from openopco.payments.models import PaymentBatch, PaymentOrder
from openopco.training.models import Enrolment

if TYPE_CHECKING:
    from openopco.demo.data import Request
    from openopco.demo.loading import Loader

# Invented accounts, of valid keys.
IBANS: Final = {
    data.AXEPT: "FR7630006000011234567890189",
    data.ACTIF: "FR1420041010050500013M02606",
    data.GRANDMOUGIN: "FR7610107001011234567890129",
}
CALLED: Final = "RIB comparé, gérant rappelé au numéro déjà connu (vérification inventée)."
ASKED: Final = 3


def bank_accounts(loader: "Loader") -> None:
    """The IBANs of those who are paid, proposed by them, checked by an accountant."""
    accountant = loader.actor(data.ACCOUNTANTS[0])
    for siret, iban in IBANS.items():
        payee: Provider | Establishment = (
            Provider.objects.get(siret=siret) if siret == data.AXEPT else Establishment.objects.get(siret=siret)
        )
        person = data.TEACHER if siret == data.AXEPT else next(p for p in data.EMPLOYERS if siret in p.sirets)
        with loader.day(-290, 10):
            proposed = propose_account(
                actor=loader.actor(person), payee=payee, iban=iban, holder=payee.name, proof=loader.programme
            )
            Document.objects.filter(owner_kind="bank_account", owner_id=proposed.pk).update(created_at=timezone.now())
        with loader.day(-289, 15):
            confirm_account(actor=accountant, account_id=proposed.pk, words=CALLED)
    with loader.day(-288, 9):
        provider = Provider.objects.get(siret=data.AXEPT)
        Provider.objects.filter(pk=provider.pk).update(vat_exempt=True)
        mandates.accept_mandate(actor=loader.actor(data.TEACHER), provider_id=provider.pk)


def _debited(batch: PaymentBatch) -> io.BytesIO:
    """What its bank says of a batch, all of it debited (camt.054)."""
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{order.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{batch.execution_date}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{order.end_to_end}"
        f'</EndToEndId></Refs><Amt Ccy="EUR">{order.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls></Ntry>'
        for order in PaymentOrder.objects.filter(batch=batch).order_by("pk")
    )
    head = f"<GrpHdr><MsgId>{batch.message_id}-R</MsgId><CreDtTm>{batch.execution_date}T18:00:00</CreDtTm></GrpHdr>"
    told = f"<Ntfctn><Id>{batch.message_id}-R</Id>{entries}</Ntfctn>"
    return io.BytesIO(
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
        f"{head}{told}</BkToCstmrDbtCdtNtfctn></Document>".encode()
    )


class Settling:
    """The steps of a request's story once its course is over."""

    loader: "Loader"
    request: "Request"
    number: str

    def _claimed(self) -> None:
        """Its employer asks for the refund: the invoice keyed, the certificates joined."""
        if not self._pays(Payee.EMPLOYEUR):
            return
        actor = self.employer  # type: ignore[attr-defined]
        with self._after(ASKED):
            claim = claims.open_claim(actor=actor, number=self.number, payee=Payee.EMPLOYEUR)
            dossier = Dossier.objects.get(number=self.number)
            typed = {
                "number": f"F-{dossier.pk:05d}",
                "issued_on": format_date(paris_today(timezone.now())),
                "net": self.request.cost,
                **self._hours(dossier),
            }
            claims.save_claim(actor=actor, key=str(claim.key), values=typed)
            for zone in ("facture", "certificats"):
                self._join(claim, zone)
            claims.send_claim(actor=actor, key=str(claim.key))

    def _invoiced(self) -> None:
        """Its provider invoices it here, its certificates signed online."""
        if not self._pays(Payee.ORGANISME):
            return
        teacher = self.loader.actor(data.TEACHER)
        with self._after(ASKED):
            claim = claims.open_claim(actor=teacher, number=self.number, payee=Payee.ORGANISME)
            signed = {"signatory": f"{data.TEACHER.first_name} {data.TEACHER.last_name}", "signatory_role": "gérante"}
            dossier = Dossier.objects.get(number=self.number)
            typed = {"mode": "generer", "attests": "oui", **signed, **self._hours(dossier)}
            claims.save_claim(actor=teacher, key=str(claim.key), values=typed)
            claims.send_claim(actor=teacher, key=str(claim.key))

    def _checked(self) -> None:
        controller = self.loader.actor(data.CONTROLLERS[0])
        for claim in Claim.objects.filter(dossier__number=self.number):
            with self._after(ASKED + 4):
                checking.accept_claim(actor=controller, claim_id=claim.pk, found=Found())

    def _paid(self) -> None:
        """One accountant prepares the batch, the other releases it, and the bank debits it."""
        first, second = (self.loader.actor(person) for person in data.ACCOUNTANTS)
        for fund in sorted({due.fund for due in Due.objects.filter(claim__dossier__number=self.number)}):
            with self._after(ASKED + 6):
                day = next_working_day(paris_today(timezone.now()) + timedelta(days=1))
                batch = prepare_batch(actor=first, fund=Fund(fund), execution_date=day).batch
                release_batch(actor=second, batch_id=batch.pk)
            with self._after(ASKED + 9):
                read_bank_file(actor=first, content=_debited(batch), name=f"{batch.message_id}.xml")

    def _pays(self, payee: Payee) -> bool:
        """Whom an agreement pays depends on the day it was given, which moves with that of the demonstration."""
        return Commitment.objects.filter(dossier__number=self.number, payee=payee).exists()

    def _after(self, days: int):  # type: ignore[no-untyped-def]
        """So many days after the course, in the afternoon."""
        return self.loader.day(min(self.request.starts + self.request.days - 1 + days, 0), 16)

    def _hours(self, dossier: Dossier) -> dict[str, str]:
        rows = Enrolment.objects.filter(dossier=dossier).values_list("row", flat=True)
        return {f"hours-{row}": self.request.hours for row in rows}

    def _join(self, claim: Claim, zone: str) -> None:
        kept = documents.accept_upload(
            actor=self.employer,  # type: ignore[attr-defined]
            owner_kind=CLAIM_DOCUMENT,
            owner_id=claim.pk,
            zone=zone,
            upload=self.loader.programme if zone == "facture" else self.loader.letter,
        )
        Document.objects.filter(pk=kept.pk).update(created_at=timezone.now())
