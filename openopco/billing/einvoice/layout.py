"""An invoice as people read it: the words and figures that its page shows. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openopco.billing.einvoice.model import HOUR, ElectronicInvoice, Line, Party, Period, Tax, TaxCategory
from openopco.kernel.banking import format_iban
from openopco.kernel.calendar import format_date
from openopco.kernel.identifiers import format_siren, format_siret
from openopco.kernel.money import CENT, NARROW_NBSP, format_euros, format_hours

_COLUMNS = ("Désignation", "Quantité", "Prix HT", "TVA", "Montant HT")


def page_of(invoice: ElectronicInvoice) -> dict[str, Any]:
    """The data of the template « invoice »."""
    title = f"{invoice.kind.label} {invoice.number}"
    return {
        "product": invoice.kind.label,
        "opco": invoice.seller.name,
        "title": title,
        "reference": title,
        "seller": list(_party(invoice.seller)),
        "buyer": list(_party(invoice.buyer)),
        "facts": [[label, value] for label, value in _facts(invoice) if value],
        "columns": list(_COLUMNS),
        "lines": [_line(line) for line in invoice.lines],
        "taxes": [[_regime(tax), format_euros(tax.basis), format_euros(tax.amount)] for tax in invoice.taxes],
        "totals": list(_totals(invoice)),
        "due": ["Net à payer", format_euros(invoice.totals.due)],
        "payment": [[label, value] for label, value in _payment(invoice) if value],
        "notes": [note.text for note in invoice.notes],
    }


def _party(party: Party) -> Iterator[str]:
    yield party.name
    yield from party.address.lines
    yield f"{party.address.postal_code} {party.address.city}".strip()
    if party.siret or party.siren:
        yield f"SIRET {format_siret(party.siret)}" if party.siret else f"SIREN {format_siren(party.siren)}"
    if party.vat_number:
        yield f"TVA {party.vat_number}"
    if party.nda:
        yield f"Déclaration d'activité {party.nda}"
    if party.legal_note:
        yield party.legal_note


def _facts(invoice: ElectronicInvoice) -> Iterator[tuple[str, str]]:
    references = invoice.references
    yield "Date", format_date(invoice.issued_on)
    yield "Échéance", format_date(invoice.due_on) if invoice.due_on else ""
    yield (
        "Référence",
        " · ".join(dict.fromkeys(filter(None, (references.buyer, references.order, references.contract)))),
    )
    yield "Période", _period(invoice.period)
    yield "Heures", format_hours(invoice.hours) if invoice.hours else ""
    for one in invoice.corrects:
        when = f" du {format_date(one.issued_on)}" if one.issued_on else ""
        yield "Corrige la facture", f"{one.number}{when}"


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    start, end = (format_date(day) if day else "" for day in (period.start, period.end))
    return f"Du {start} au {end}" if start and end else f"Depuis le {start}" if start else f"Jusqu'au {end}"


def _line(line: Line) -> list[str]:
    told = "\n".join(filter(None, (line.name, line.description, _period(line.period), line.note)))
    quantity = format_hours(line.quantity) if line.unit == HOUR else _figures(line.quantity)
    price = (
        _price(line.unit_price)
        if line.base_quantity == 1
        else f"{format_euros(line.unit_price)} / {line.base_quantity:f}"
    )
    return [told, quantity, price, _rate(line.tax_category, line.tax_rate), format_euros(line.net)]


def _price(price: Decimal) -> str:
    """To the cent, or as fine as it takes."""
    if price == price.quantize(CENT):
        return format_euros(price)
    return f"{_figures(price)}{NARROW_NBSP}€"


def _regime(tax: Tax) -> str:
    return tax.exemption_reason or f"TVA à {_rate(tax.category, tax.rate)}"


def _rate(category: TaxCategory, rate: Decimal) -> str:
    return "Exonéré" if category is TaxCategory.EXEMPT else f"{_figures(rate)}{NARROW_NBSP}%"


def _figures(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _totals(invoice: ElectronicInvoice) -> Iterator[list[str]]:
    totals = invoice.totals
    for one in invoice.adjustments:
        yield [one.reason or "Ajustement", format_euros(one.amount if one.is_charge else -one.amount)]
    yield ["Total HT", format_euros(totals.without_vat)]
    yield ["TVA", format_euros(totals.vat)]
    yield ["Total TTC", format_euros(totals.with_vat)]
    if totals.prepaid:
        yield ["Déjà payé", format_euros(totals.prepaid)]


def _payment(invoice: ElectronicInvoice) -> Iterator[tuple[str, str]]:
    payment = invoice.payment
    yield "IBAN", format_iban(payment.iban)
    yield "Titulaire du compte", payment.account_name
    yield "À rappeler dans le virement", payment.reference
    yield "Conditions", payment.terms
