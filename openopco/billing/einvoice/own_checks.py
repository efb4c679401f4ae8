"""What an OPCO asks of an invoice beyond its format: euros, sums to the cent, dates that hold, a VAT regime that is said,
numbers and accounts that exist. Pure: the day comes in as an argument."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from openopco.billing.einvoice.amounts import line_net, rounded, tax_bases
from openopco.billing.einvoice.codes import EXEMPT_TRAINING_CODE, FRANCHISE_CODE
from openopco.billing.einvoice.elements import short
from openopco.billing.einvoice.findings import Finding, Severity
from openopco.billing.einvoice.model import ZERO, ElectronicInvoice, Kind, Tax, TaxCategory
from openopco.kernel.banking import parse_iban
from openopco.kernel.calendar import format_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_nda, parse_siren, parse_siret
from openopco.kernel.money import CENT, MAX_AMOUNT, format_euros

EARLIEST: Final = date(2017, 1, 1)
LONGEST_NUMBER: Final = 35
# CGI 278 to 281 nonies, and the overseas rates (art. 294, 296, 297).
RATES: Final = frozenset(map(Decimal, ("20", "10", "5.5", "2.1", "8.5", "1.75", "1.05", "13", "0.9")))
_EXEMPTIONS: Final = ("261", "293 b", "293b")
_CODES: Final = {EXEMPT_TRAINING_CODE, FRANCHISE_CODE}


def own_findings(invoice: ElectronicInvoice, today: date) -> list[Finding]:
    """Everything that is wrong, not the first thing only. `today`: the day in Paris."""
    checks: tuple[Callable[[ElectronicInvoice], Iterator[Finding]], ...] = (
        _currency,
        _number,
        lambda one: _dates(one, today),
        _amounts,
        _lines,
        _totals,
        _vat_breakdown,
        _vat_regime,
        _seller,
        _account,
        _correction,
    )
    return [finding for check in checks for finding in check(invoice)]


def _error(code: str, sentence: str) -> Finding:
    return Finding(f"OPCO-{code}", sentence)


def _warning(code: str, sentence: str) -> Finding:
    return Finding(f"OPCO-{code}", sentence, Severity.WARNING)


def _currency(invoice: ElectronicInvoice) -> Iterator[Finding]:
    if invoice.currency != "EUR":
        yield _error(
            "CURRENCY", f"La facture est en « {short(invoice.currency)} » : seuls les euros (EUR) sont réglés."
        )


def _number(invoice: ElectronicInvoice) -> Iterator[Finding]:
    if len(invoice.number) > LONGEST_NUMBER:
        yield _error("NUMBER", f"Le numéro de la facture compte plus de {LONGEST_NUMBER} caractères.")


def _dates(invoice: ElectronicInvoice, today: date) -> Iterator[Finding]:
    day = invoice.issued_on
    if day > today:
        yield _error("FUTURE", f"La facture est datée du {format_date(day)}, qui n'est pas encore venu.")
    if day < EARLIEST:
        yield _error("OLD", f"La facture est datée du {format_date(day)} : vérifiez l'année.")
    if invoice.due_on and invoice.due_on < day:
        yield _error("DUE", f"L'échéance ({format_date(invoice.due_on)}) est avant la date de la facture.")
    if not invoice.due_on and not invoice.payment.terms and invoice.kind is Kind.INVOICE:
        yield _warning("TERMS", "La facture n'indique ni échéance ni conditions de paiement.")
    periods = [invoice.period, *(line.period for line in invoice.lines)]
    if any(one and one.start and one.end and one.end < one.start for one in periods):
        yield _error("PERIOD", "La période facturée finit avant de commencer.")


def _amounts(invoice: ElectronicInvoice) -> Iterator[Finding]:
    totals = invoice.totals
    every = [totals.without_vat, totals.vat, totals.with_vat, totals.due, *(line.net for line in invoice.lines)]
    if any(amount != amount.quantize(CENT) for amount in every):
        yield _error("CENTS", "Un montant a plus de deux décimales.")
    if any(abs(amount) > MAX_AMOUNT for amount in every):
        yield _error("HUGE", f"Un montant dépasse {format_euros(MAX_AMOUNT)}.")
    if totals.without_vat < 0 or totals.due < 0:
        what = "Le total de l'avoir" if invoice.kind is Kind.CREDIT_NOTE else "Le total de la facture"
        yield _error(
            "NEGATIVE", f"{what} est négatif : pour rendre une somme, établissez un avoir, en montants positifs."
        )


def _lines(invoice: ElectronicInvoice) -> Iterator[Finding]:
    for line in invoice.lines:
        if line.base_quantity <= 0:
            yield _error("LINE", f"Ligne {short(line.number)} : la quantité du prix n'est pas positive.")
            continue
        reckoned = line_net(line.quantity, line.unit_price, line.base_quantity, line.adjustment)
        if abs(reckoned - line.net) > CENT:
            yield _error(
                "LINE",
                f"Ligne {short(line.number)} : quantité × prix donnent {format_euros(reckoned)}, "
                f"la facture indique {format_euros(line.net)}.",
            )


def _totals(invoice: ElectronicInvoice) -> Iterator[Finding]:
    totals = invoice.totals
    if invoice.lines and totals.lines is not None:
        yield from _equal(
            "SUM-LINES", "le total des lignes", totals.lines, sum((one.net for one in invoice.lines), ZERO)
        )
    if totals.lines is not None:
        without = totals.lines - totals.allowances + totals.charges
        yield from _equal("SUM-NET", "le total hors taxe", totals.without_vat, without)
    yield from _equal("SUM-GROSS", "le total TTC", totals.with_vat, totals.without_vat + totals.vat)
    due = totals.with_vat - totals.prepaid + totals.rounding
    yield from _equal("SUM-DUE", "le net à payer", totals.due, due)


def _vat_breakdown(invoice: ElectronicInvoice) -> Iterator[Finding]:
    totals = invoice.totals
    if not invoice.taxes:
        return
    yield from _equal("SUM-VAT", "le total de la TVA", totals.vat, sum((one.amount for one in invoice.taxes), ZERO))
    bases = sum((one.basis for one in invoice.taxes), ZERO)
    yield from _equal("SUM-BASES", "le total hors taxe", totals.without_vat, bases)
    own = tax_bases(invoice.lines, invoice.adjustments)
    for tax in invoice.taxes:
        # Reckoned line by line, which French invoices may do, VAT drifts by half a cent a line.
        slack = CENT * max(1, len(invoice.lines))
        if abs(rounded(tax.basis * tax.rate / 100) - tax.amount) > slack:
            yield _error("VAT-AMOUNT", f"La TVA à {_percent(tax.rate)} n'est pas sa base multipliée par son taux.")
        if invoice.lines and own.get((tax.category, tax.rate), ZERO) != tax.basis:
            yield _error(
                "VAT-BASIS", f"La base de la TVA à {_percent(tax.rate)} n'est pas la somme des lignes à ce taux."
            )


def _vat_regime(invoice: ElectronicInvoice) -> Iterator[Finding]:
    for tax in invoice.taxes:
        if tax.category is TaxCategory.STANDARD:
            if tax.rate not in RATES:
                yield _error("VAT-RATE", f"Le taux de {_percent(tax.rate)} n'est pas un taux de TVA en France.")
        elif tax.category is TaxCategory.EXEMPT:
            yield from _exemption(invoice, tax)
        else:
            yield _error(
                "VAT-REGIME",
                "Une formation est soumise à la TVA ou en est exonérée : ce régime "
                f"(catégorie {tax.category}) ne lui convient pas.",
            )
    if invoice.totals.vat and not invoice.seller.vat_number:
        yield _error("VAT-NUMBER", "La facture porte de la TVA sans le numéro de TVA de l'organisme.")


def _exemption(invoice: ElectronicInvoice, tax: Tax) -> Iterator[Finding]:
    if tax.amount or tax.rate:
        yield _error("VAT-EXEMPT", "La facture se dit exonérée et compte pourtant de la TVA.")
    texts = [tax.exemption_reason, *(note.text for note in invoice.notes)]
    said = any(mark in text.lower() for text in texts for mark in _EXEMPTIONS)
    if not said and tax.exemption_code not in _CODES:
        yield _error(
            "VAT-MENTION",
            "La facture est exonérée sans dire pourquoi : indiquez « Exonération de TVA, art. 261-4-4° a du CGI », "
            "ou « TVA non applicable, art. 293 B du CGI » en franchise.",
        )


def _seller(invoice: ElectronicInvoice) -> Iterator[Finding]:
    seller = invoice.seller
    yield from _parsed("SIRET", parse_siret, seller.siret, "Le SIRET de l'organisme")
    yield from _parsed("SIREN", parse_siren, seller.siren, "Le SIREN de l'organisme")
    yield from _parsed("NDA", parse_nda, seller.nda, "Le numéro de déclaration d'activité")
    siren = seller.siren or seller.siret[:9]
    if seller.siret and seller.siren and not seller.siret.startswith(seller.siren):
        yield _error("SIREN", "Le SIREN et le SIRET de l'organisme ne sont pas de la même entreprise.")
    if siren and seller.vat_number.startswith("FR") and not seller.vat_number.endswith(siren):
        yield _error("VAT-NUMBER", "Le numéro de TVA de l'organisme n'est pas celui de son SIREN.")


def _parsed(code: str, parse: Callable[[str], str], given: str, name: str) -> Iterator[Finding]:
    if given:
        try:
            parse(given)
        except InvalidValue:
            yield _error(code, f"{name} (« {short(given)} ») n'existe pas : vérifiez ses chiffres.")


def _account(invoice: ElectronicInvoice) -> Iterator[Finding]:
    iban = invoice.payment.iban
    if not iban:
        if invoice.kind is Kind.INVOICE:
            yield _warning("IBAN-ABSENT", "La facture n'indique pas d'IBAN : celui de l'organisme sera demandé.")
        return
    try:
        parse_iban(iban)
    except InvalidValue as refusal:
        yield _error("IBAN", f"L'IBAN « {short(iban)} » ne convient pas. {refusal.message}")


def _correction(invoice: ElectronicInvoice) -> Iterator[Finding]:
    if invoice.kind is Kind.CREDIT_NOTE and not invoice.corrects:
        yield _error("CORRECTS", "L'avoir ne dit pas quelle facture il corrige.")


def _equal(code: str, name: str, told: Decimal, reckoned: Decimal) -> Iterator[Finding]:
    if told != reckoned:
        yield _error(
            code,
            f"Pour {name}, la facture indique {format_euros(told)} ; ses propres sommes donnent {format_euros(reckoned)}.",
        )


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}".replace(".", ",") + "\u202f%"
