"""Credit notes: an invoice taken back, wholly or in part. What was not paid yet is due no more; what was is owed by the payee,
and the room of payments, which registers itself, keeps it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.billing import notices
from openopco.billing.actions.claims import tell_claim
from openopco.billing.actions.invoicing import credit_whole
from openopco.billing.deposits import Deposited
from openopco.billing.drafting import CREDIT_NOTE
from openopco.billing.einvoice.keeping import to_json
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.enums import ClaimState, InvoiceKind, Origin
from openopco.billing.errors import AlreadyInvoiced, InvalidField, NotCreditable, UnknownClaim
from openopco.billing.issuing import SERIES
from openopco.billing.matching import identity_of
from openopco.billing.models import CLAIM_DOCUMENT, Claim, Invoice
from openopco.billing.queries import AROUND, payee_subject
from openopco.documents.actions import accept_upload
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Base
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.money import format_euros
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, clean_text
from openopco.rights import Actor, Permission, require

ZERO = Decimal(0)
LONGEST_NUMBER, LONGEST_REASON = 60, 500


class Taker(Protocol):
    """Takes an amount (euros HT) back of what is due, inside the caller's transaction; where it was paid, the payee owes it.
    Raises `NotCreditable`."""

    def __call__(self, *, actor: Actor, due_id: int, amount: Decimal, reason: str) -> object: ...


_TAKER: list[Taker] = []


def register(taker: Taker) -> None:
    """The room of payments, once, at start."""
    _TAKER[:] = [taker]


@action
def credit_generated(*, actor: Actor, claim_key: str, reason: str) -> Invoice:
    """The portal makes the credit note of an invoice that it made: the whole of it. The provider's people.
    Raises `UnknownClaim`, `NotCreditable`, `InvalidValue`."""
    claim, invoice = _lock(actor, claim_key)
    if invoice.origin != Origin.GENEREE:
        raise NotCreditable("Cette facture porte votre propre numéro : déposez votre avoir.")
    _refuse_twice(invoice, invoice.net)
    note = credit_whole(invoice, actor=actor, reason=_said(reason), now=timezone.now())
    _apply(claim, note, actor=actor)
    return note


class Told(NamedTuple):
    """What a credit note says. Amounts in euros."""

    number: str
    issued_on: date
    net: Decimal
    vat: Decimal


def told_by(read: ElectronicInvoice) -> Told:
    """The same, read of its file."""
    return Told(read.number, read.issued_on, read.totals.without_vat, read.totals.vat)


@action
def record_credit_note(
    *, actor: Actor, claim_key: str, told: Told, reason: str, deposited: Deposited | None = None
) -> Invoice:
    """A credit note of the provider's own number, on an invoice that it deposited, with its file; what a program read of the
    file is what counts. The payee's people: the provider, or the employer who was refunded. Raises `UnknownClaim`,
    `NotCreditable`, `AlreadyInvoiced`, `InvalidValue`."""
    claim, invoice = _lock(actor, claim_key)
    read = deposited.read if deposited else None
    told = told_by(read) if read else told
    number, words = clean_line(told.number), _said(reason)
    if not number:
        raise InvalidField("number", "Indiquez le numéro de l'avoir.")
    if len(number) > LONGEST_NUMBER:
        raise InvalidField("number", f"Le numéro de l'avoir a {LONGEST_NUMBER} caractères au plus.")
    if SERIES.fullmatch("".join(number.split())):
        # Another's series would stop at a number that is taken.
        raise InvalidField("number", "Ce numéro a la forme de ceux que donne le portail : indiquez celui de l'avoir.")
    if invoice.origin == Origin.GENEREE:
        raise NotCreditable("Le portail a établi cette facture : il établit aussi son avoir.")
    if read:
        _refuse_of_another(read, invoice)
    if told.issued_on < invoice.issued_on or told.issued_on > paris_today(timezone.now()):
        raise InvalidField("issued_on", f"La date de l'avoir va du {format_date(invoice.issued_on)} à aujourd'hui.")
    _refuse_twice(invoice, told.net)
    credited = sum((each.vat for each in invoice.credit_notes.all()), ZERO)
    if told.vat > invoice.vat - credited:
        raise InvalidField("vat", f"La TVA de l'avoir est de {format_euros(invoice.vat - credited)} au plus.")
    file = deposited.file if deposited else None
    kept = (
        accept_upload(actor=actor, owner_kind=CLAIM_DOCUMENT, owner_id=claim.pk, zone=CREDIT_NOTE, upload=file)
        if file
        else None
    )
    keyed = {"avoir": number, "facture": invoice.number, "net": f"{told.net:.2f}", "tva": f"{told.vat:.2f}"}
    note = Invoice(  # type: ignore[misc]
        dossier=invoice.dossier,
        provider=invoice.provider,
        kind=InvoiceKind.AVOIR,
        origin=Origin.LUE if read else Origin.SAISIE,
        siren=invoice.siren,
        number=number,
        identity="".join(number.split()).upper(),
        issued_on=told.issued_on,
        net=told.net,
        vat=told.vat,
        content=to_json(read) if read else {**keyed, "motif": words},
        digest=invoice.digest,
        document=kept,
        corrects=invoice,
        created_by_id=actor.person_id,
        created_by_label=actor.label,
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError as error:
        raise AlreadyInvoiced(f"Le numéro {number} a déjà été déposé.") from error
    _apply(claim, note, actor=actor)
    return note


def _refuse_of_another(read: ElectronicInvoice, invoice: Invoice) -> None:
    """The credit note names who issued it, and what it corrects."""
    if identity_of(read)[0] != invoice.siren:
        raise NotCreditable("Cet avoir n'est pas établi par l'organisme de la facture.")
    named = ["".join(each.number.split()).upper() for each in read.corrects]
    if len(named) > 1:
        raise NotCreditable("Cet avoir corrige plusieurs factures : demandez-en un pour chacune.")
    if named and invoice.identity not in named:
        raise NotCreditable(f"Cet avoir corrige la facture {read.corrects[0].number}, et non {invoice.number}.")


def _lock(actor: Actor, key: str) -> tuple[Claim, Invoice]:
    Dossier.objects.select_for_update(of=("self",)).filter(claims__key=key).first()
    claim = Claim.objects.select_for_update(of=("self",)).filter(key=key).select_related(*AROUND).first()
    if claim is None:
        raise UnknownClaim
    require(actor, Permission.CLAIM_WRITE, payee_subject(claim))
    if claim.state != ClaimState.VALIDEE or claim.invoice is None:
        raise NotCreditable("Cette facture n'est pas encore validée : retirez-la plutôt.")
    return claim, claim.invoice


def _refuse_twice(invoice: Invoice, net: Decimal) -> None:
    if net <= 0:
        raise InvalidField("net", "Indiquez le montant hors taxe de l'avoir.")
    left = invoice.net - sum((each.net for each in invoice.credit_notes.all()), ZERO)
    if net > left:
        raise NotCreditable(
            f"Il ne reste que {format_euros(left)} HT de cette facture : l'avoir ne peut pas dépasser ce montant."
        )


def _apply(claim: Claim, note: Invoice, *, actor: Actor) -> None:
    """The OPCO's part of what is taken back: of the course alone, which the invoice bills, and first what it doesn't pay."""
    billed = sum((line.amount for line in claim.lines.filter(base=Base.PEDAGOGIQUE)), ZERO)
    dues = list(claim.dues.select_for_update(of=("self",)).filter(commitment__base=Base.PEDAGOGIQUE).order_by("id"))
    unpaid = billed - sum((due.amount for due in dues), ZERO)
    before = sum((each.net for each in Invoice.objects.filter(corrects=note.corrects).exclude(pk=note.pk)), ZERO)
    left = max(ZERO, before + note.net - unpaid) - max(ZERO, before - unpaid)
    for due in dues:
        part = min(left, due.payable)
        if part > 0:
            reason = f"Avoir {note.number} sur la facture {claim.invoice.number if claim.invoice else ''}"
            for take_back in _TAKER:
                take_back(actor=actor, due_id=due.pk, amount=part, reason=reason)
            left -= part
    tell_claim(claim, "dossier.avoir", actor=actor, montant=f"{note.net:.2f}", facture=note.number)
    notices.tell_credited(claim)


def _said(reason: str) -> str:
    told = clean_text(reason)
    if not told or len(told) > LONGEST_REASON:
        raise InvalidField("reason", f"Dites pourquoi, en {LONGEST_REASON} caractères au plus.")
    return refuse_nir(told)
