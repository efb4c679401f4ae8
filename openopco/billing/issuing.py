"""The invoices that the portal makes in a provider's name, under its billing mandate (CGI 289, I-2): what they say, and the
credit note that takes one back. Pure; who numbers them and keeps them calls this."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from openopco.billing.einvoice.amounts import line_net, taxes_of, totals_of
from openopco.billing.einvoice.codes import (
    DISCOUNT,
    EXEMPT_TRAINING,
    EXEMPT_TRAINING_CODE,
    PENALTY,
    RECOVERY,
)
from openopco.billing.einvoice.model import (
    DIRECTORY_SCHEME,
    ZERO,
    ElectronicInvoice,
    Endpoint,
    Kind,
    Line,
    Note,
    Party,
    Payment,
    Period,
    Preceding,
    References,
    TaxCategory,
)

# The billing framework of the reform: an invoice for services, not paid yet.
SERVICES: Final = "S1"
SEPA_TRANSFER: Final = "58"
DAYS_TO_PAY: Final = 30
STANDARD_RATE: Final = Decimal(20)
# Code de commerce, L. 441-9, L. 441-10 and D. 441-5.
LEGAL_NOTES: Final = (
    Note("En cas de retard de paiement, indemnité forfaitaire pour frais de recouvrement : 40 €.", RECOVERY),
    Note("Pénalités de retard : trois fois le taux d'intérêt légal, dès le lendemain de l'échéance.", PENALTY),
    Note("Pas d'escompte pour paiement anticipé.", DISCOUNT),
)


@dataclass(frozen=True, slots=True)
class Service:
    """What is billed of one trainee: the hours of the certificate, at the agreed price of an hour HT."""

    trainees: str
    hours: Decimal
    hourly_price: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """One invoice to make. `mandatary` is who makes it for the seller; a seller that is not exempt owes VAT at 20 %."""

    seller: Party
    is_exempt: bool
    buyer: Party
    mandatary: str
    dossier: str
    title: str
    period: Period
    services: tuple[Service, ...]
    iban: str


# What the numbers of our series look like: nobody deposits one.
SERIES: Final = re.compile(r"\d{9}-\d{4}-\d{6}")


def series_number(siren: str, year: int, rank: int) -> str:
    """« 834267023-2027-000001 »: of the series that the portal holds for this issuer, apart from the issuer's own."""
    return f"{siren}-{year}-{rank:06d}"


def compose(sale: Sale, *, number: str, issued_on: date) -> ElectronicInvoice:
    """The invoice, its sums made, with what the law wants written on it. ValueError for a sale of nothing."""
    if not sale.services:
        raise ValueError("nothing to bill")
    lines = tuple(_line(rank, one, sale) for rank, one in enumerate(sale.services, start=1))
    taxes = taxes_of(lines, exemption_reason=EXEMPT_TRAINING, exemption_code=EXEMPT_TRAINING_CODE)
    return ElectronicInvoice(
        number=number,
        kind=Kind.INVOICE,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=DAYS_TO_PAY),
        process=SERVICES,
        seller=_reached(sale.seller),
        buyer=_reached(sale.buyer),
        totals=totals_of(lines, taxes),
        references=References(sale.dossier, sale.dossier),
        period=sale.period,
        lines=lines,
        taxes=taxes,
        payment=Payment(
            iban=sale.iban,
            account_name=sale.seller.name,
            reference=f"{number} {sale.dossier}",
            terms=f"Paiement à {DAYS_TO_PAY} jours, par virement.",
            means=SEPA_TRANSFER,
        ),
        notes=(*_mandate(sale), *LEGAL_NOTES),
    )


def credit(invoice: ElectronicInvoice, *, number: str, issued_on: date, reason: str) -> ElectronicInvoice:
    """The credit note that takes the whole of an invoice back, in positive amounts. ValueError for a credit note."""
    if invoice.kind is not Kind.INVOICE:
        raise ValueError("a credit note is not credited")
    payment = replace(invoice.payment, reference=f"{number} {invoice.number}", terms="")
    return replace(
        invoice,
        number=number,
        kind=Kind.CREDIT_NOTE,
        issued_on=issued_on,
        due_on=None,
        payment=payment,
        corrects=(Preceding(invoice.number, invoice.issued_on),),
        notes=(Note(reason), *invoice.notes),
    )


def _line(rank: int, service: Service, sale: Sale) -> Line:
    return Line(
        number=str(rank),
        name=sale.title,
        quantity=service.hours,
        unit_price=service.hourly_price,
        net=line_net(service.hours, service.hourly_price),
        tax_category=TaxCategory.EXEMPT if sale.is_exempt else TaxCategory.STANDARD,
        tax_rate=ZERO if sale.is_exempt else STANDARD_RATE,
        note=f"Stagiaires : {service.trainees}",
        period=sale.period,
    )


def _mandate(sale: Sale) -> tuple[Note, ...]:
    return (
        Note(f"Facture établie par {sale.mandatary} au nom et pour le compte de {sale.seller.name}."),
        Note(
            f"{sale.mandatary} règle directement le montant hors taxe, dans la limite de l'accord {sale.dossier}. Le client ne "
            "règle que le reste et la TVA."
        ),
    )


def _reached(party: Party) -> Party:
    """With the electronic address of the French directory, which is the SIREN unless another one is known."""
    if party.endpoint or not party.siren:
        return party
    return replace(party, endpoint=Endpoint(party.siren, DIRECTORY_SCHEME))
