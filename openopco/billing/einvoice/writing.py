"""An invoice written as CII XML, profile EN 16931: what Factur-X carries. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lxml import etree

from openopco.billing.einvoice.codes import CII, CII_ROOT, EN16931_ID, QDT, RAM, RSM, UDT
from openopco.billing.einvoice.model import (
    ONE,
    SIREN_SCHEME,
    SIRET_SCHEME,
    ElectronicInvoice,
    Line,
    Party,
    Payment,
    Period,
    Preceding,
    Tax,
    TaxCategory,
    Totals,
)

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES: dict[str, str] = {"ram": RAM, "rsm": RSM, "udt": UDT, "qdt": QDT}


def write_cii(invoice: ElectronicInvoice) -> bytes:
    """UTF-8, the same bytes for the same invoice. What XML can't carry (control characters) is left out."""
    root = etree.Element(CII_ROOT, nsmap=CII)
    _context(root, invoice)
    _document(root, invoice)
    deal = _add(root, "rsm:SupplyChainTradeTransaction")
    for line in invoice.lines:
        _line(deal, line)
    _agreement(deal, invoice)
    _add(deal, "ram:ApplicableHeaderTradeDelivery")
    _settlement(deal, invoice)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _context(root: etree._Element, invoice: ElectronicInvoice) -> None:
    context = _add(root, "rsm:ExchangedDocumentContext")
    if invoice.process:
        _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", invoice.process)
    _add(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", EN16931_ID)


def _document(root: etree._Element, invoice: ElectronicInvoice) -> None:
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", invoice.number)
    _add(document, "ram:TypeCode", invoice.kind.value)
    _day(document, "ram:IssueDateTime", invoice.issued_on)
    for note in invoice.notes:
        element = _add(document, "ram:IncludedNote")
        _add(element, "ram:Content", note.text)
        _if(element, "ram:SubjectCode", note.subject)


def _line(deal: etree._Element, line: Line) -> None:
    item = _add(deal, "ram:IncludedSupplyChainTradeLineItem")
    head = _add(item, "ram:AssociatedDocumentLineDocument")
    _add(head, "ram:LineID", line.number)
    _if(head, "ram:IncludedNote/ram:Content", line.note)
    product = _add(item, "ram:SpecifiedTradeProduct")
    _add(product, "ram:Name", line.name)
    _if(product, "ram:Description", line.description)
    price = _add(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", _number(line.unit_price))
    if line.base_quantity != ONE:
        _add(price, "ram:BasisQuantity", _number(line.base_quantity), unitCode=line.unit)
    billed = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    _add(item, billed, _number(line.quantity), unitCode=line.unit)
    _line_settlement(_add(item, "ram:SpecifiedLineTradeSettlement"), line)


def _line_settlement(settlement: etree._Element, line: Line) -> None:
    _rate(_add(settlement, "ram:ApplicableTradeTax"), line.tax_category, line.tax_rate)
    _period(settlement, line.period)
    if line.adjustment:
        _allowance(settlement, line.adjustment > 0, abs(line.adjustment), "Ajustement de la ligne")
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    _add(settlement, total, _number(line.net))


def _agreement(deal: etree._Element, invoice: ElectronicInvoice) -> None:
    agreement = _add(deal, "ram:ApplicableHeaderTradeAgreement")
    references = invoice.references
    _if(agreement, "ram:BuyerReference", references.buyer)
    seller = _add(agreement, "ram:SellerTradeParty")
    _party(seller, invoice.seller)
    if not invoice.seller.vat_number:
        # BT-32: one that is exempt may have no VAT number, and tax offices know it by its SIREN.
        _if(seller, "ram:SpecifiedTaxRegistration/ram:ID", invoice.seller.siren, schemeID="FC")
    _party(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer)
    _if(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", references.order)
    _if(agreement, "ram:ContractReferencedDocument/ram:IssuerAssignedID", references.contract)


def _party(element: etree._Element, party: Party) -> None:
    _if(element, "ram:ID", party.nda)
    _if(element, "ram:GlobalID", party.siret, schemeID=SIRET_SCHEME)
    _add(element, "ram:Name", party.name)
    _if(element, "ram:Description", party.legal_note)
    _if(element, "ram:SpecifiedLegalOrganization/ram:ID", party.siren, schemeID=SIREN_SCHEME)
    address = _add(element, "ram:PostalTradeAddress")
    _if(address, "ram:PostcodeCode", party.address.postal_code)
    for name, text in zip(("One", "Two", "Three"), party.address.lines, strict=False):
        _add(address, f"ram:Line{name}", text)
    _if(address, "ram:CityName", party.address.city)
    _add(address, "ram:CountryID", party.address.country)
    if party.endpoint:
        link = "ram:URIUniversalCommunication/ram:URIID"
        _add(element, link, party.endpoint.value, schemeID=party.endpoint.scheme)
    _if(element, "ram:SpecifiedTaxRegistration/ram:ID", party.vat_number, schemeID="VA")


def _settlement(deal: etree._Element, invoice: ElectronicInvoice) -> None:
    settlement = _add(deal, "ram:ApplicableHeaderTradeSettlement")
    _if(settlement, "ram:PaymentReference", invoice.payment.reference)
    _add(settlement, "ram:InvoiceCurrencyCode", invoice.currency)
    _means(settlement, invoice.payment)
    for tax in invoice.taxes:
        _tax(_add(settlement, "ram:ApplicableTradeTax"), tax)
    _period(settlement, invoice.period)
    for one in invoice.adjustments:
        element = _allowance(settlement, one.is_charge, one.amount, one.reason)
        _rate(_add(element, "ram:CategoryTradeTax"), one.tax_category, one.tax_rate)
    _terms(settlement, invoice)
    summation = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _totals(summation, invoice.totals, invoice.currency)
    _preceding(settlement, invoice.corrects)


def _means(settlement: etree._Element, payment: Payment) -> None:
    if not (payment.means or payment.iban):
        return
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", payment.means)
    if payment.iban:
        account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
        _add(account, "ram:IBANID", payment.iban)
        _if(account, "ram:AccountName", payment.account_name)
        _if(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", payment.bic)


def _tax(element: etree._Element, tax: Tax) -> None:
    _add(element, "ram:CalculatedAmount", _number(tax.amount))
    _add(element, "ram:TypeCode", "VAT")
    _if(element, "ram:ExemptionReason", tax.exemption_reason)
    _add(element, "ram:BasisAmount", _number(tax.basis))
    _add(element, "ram:CategoryCode", tax.category.value)
    _if(element, "ram:ExemptionReasonCode", tax.exemption_code)
    if tax.category is not TaxCategory.OUT_OF_SCOPE:
        _add(element, "ram:RateApplicablePercent", _number(tax.rate))


def _rate(element: etree._Element, category: TaxCategory, rate: Decimal) -> None:
    _add(element, "ram:TypeCode", "VAT")
    _add(element, "ram:CategoryCode", category.value)
    if category is not TaxCategory.OUT_OF_SCOPE:
        _add(element, "ram:RateApplicablePercent", _number(rate))


def _allowance(settlement: etree._Element, is_charge: bool, amount: Decimal, reason: str) -> etree._Element:
    element = _add(settlement, "ram:SpecifiedTradeAllowanceCharge")
    _add(element, "ram:ChargeIndicator/udt:Indicator", "true" if is_charge else "false")
    _add(element, "ram:ActualAmount", _number(amount))
    _if(element, "ram:Reason", reason)
    return element


def _terms(settlement: etree._Element, invoice: ElectronicInvoice) -> None:
    if not (invoice.payment.terms or invoice.due_on):
        return
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _if(terms, "ram:Description", invoice.payment.terms)
    _if_day(terms, "ram:DueDateDateTime", invoice.due_on)


def _totals(element: etree._Element, totals: Totals, currency: str) -> None:
    def unless_zero(tag: str, amount: Decimal) -> None:
        _if(element, tag, _number(amount) if amount else "")

    _add(element, "ram:LineTotalAmount", _number(totals.lines or Decimal(0)))
    unless_zero("ram:ChargeTotalAmount", totals.charges)
    unless_zero("ram:AllowanceTotalAmount", totals.allowances)
    _add(element, "ram:TaxBasisTotalAmount", _number(totals.without_vat))
    _add(element, "ram:TaxTotalAmount", _number(totals.vat), currencyID=currency)
    unless_zero("ram:RoundingAmount", totals.rounding)
    _add(element, "ram:GrandTotalAmount", _number(totals.with_vat))
    unless_zero("ram:TotalPrepaidAmount", totals.prepaid)
    _add(element, "ram:DuePayableAmount", _number(totals.due))


def _preceding(settlement: etree._Element, corrected: Iterable[Preceding]) -> None:
    for one in corrected:
        element = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(element, "ram:IssuerAssignedID", one.number)
        if one.issued_on:
            _day(element, "ram:FormattedIssueDateTime", one.issued_on, "qdt:DateTimeString")


def _period(parent: etree._Element, period: Period | None) -> None:
    if period is not None:
        element = _add(parent, "ram:BillingSpecifiedPeriod")
        _if_day(element, "ram:StartDateTime", period.start)
        _if_day(element, "ram:EndDateTime", period.end)


# --- elements --------------------------------------------------------------------------------------------------------


def _add(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    """One element under another for each step of « ram:A/ram:B »; the last one bears the text and the attributes."""
    for step in path.split("/"):
        prefix, _, name = step.partition(":")
        parent = etree.SubElement(parent, f"{{{_SPACES[prefix]}}}{name}")
    parent.text = None if text is None else _FORBIDDEN.sub("", text)
    for key, value in attributes.items():
        parent.set(key, value)
    return parent


def _if(parent: etree._Element, path: str, text: str, **attributes: str) -> None:
    if text:
        _add(parent, path, text, **attributes)


def _day(parent: etree._Element, path: str, day: date, tag: str = "udt:DateTimeString") -> None:
    _add(parent, f"{path}/{tag}", f"{day:%Y%m%d}", format="102")


def _if_day(parent: etree._Element, path: str, day: date | None) -> None:
    if day is not None:
        _day(parent, path, day)


def _number(value: Decimal) -> str:
    """Plain figures, never an exponent."""
    return f"{value:f}"
