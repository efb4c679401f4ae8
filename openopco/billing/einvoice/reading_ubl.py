"""A UBL 2.1 invoice or credit note read into an invoice."""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from openopco.billing.einvoice.codes import UBL
from openopco.billing.einvoice.elements import Node, category, day, identifiers, kind
from openopco.billing.einvoice.model import (
    ONE,
    UNIT,
    ZERO,
    Address,
    Adjustment,
    ElectronicInvoice,
    Endpoint,
    Line,
    Note,
    Party,
    Payment,
    Period,
    Preceding,
    References,
    Tax,
    Totals,
)

_DAY = r"(\d{4})-(\d{2})-(\d{2})"
# UBL has no place for a note's subject: EN 16931 writes it before the text.
_SUBJECT = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)
_KIND = "si elle est une facture ou un avoir"


def read_ubl(root: etree._Element) -> ElectronicInvoice:
    """Raises `UnreadableInvoice` where what every invoice says (number, type, date, total…) can't be found."""
    top = Node(root, UBL)
    currency = top.wanted("cbc:DocumentCurrencyCode", "sa devise")
    type_code = top.text("cbc:InvoiceTypeCode") or top.wanted("cbc:CreditNoteTypeCode", _KIND)
    lines = [*top.each("cac:InvoiceLine"), *top.each("cac:CreditNoteLine")]
    totals = _totals(top, currency)
    return ElectronicInvoice(
        number=top.wanted("cbc:ID", "son numéro"),
        kind=kind(type_code),
        issued_on=day(top.wanted("cbc:IssueDate", "sa date"), "sa date", _DAY),
        seller=_party(_part(top, "cac:AccountingSupplierParty/cac:Party")),
        buyer=_party(_part(top, "cac:AccountingCustomerParty/cac:Party")),
        totals=totals,
        currency=currency,
        due_on=_day_or_none(top, "cbc:DueDate") or _day_or_none(top, "cac:PaymentMeans/cbc:PaymentDueDate"),
        process=top.text("cbc:ProfileID"),
        references=_references(top),
        period=_period(top),
        lines=tuple(_line(one) for one in lines),
        adjustments=tuple(_adjustment(one) for one in top.each("cac:AllowanceCharge")),
        taxes=tuple(_tax(one) for one in top.each("cac:TaxTotal/cac:TaxSubtotal")),
        payment=_payment(top),
        corrects=tuple(_preceding(one) for one in top.each("cac:BillingReference/cac:InvoiceDocumentReference")),
        notes=tuple(_note(one.text()) for one in top.each("cbc:Note")),
    )


def customization(root: etree._Element) -> str:
    """BT-24: which profile the document says it follows."""
    return Node(root, UBL).text("cbc:CustomizationID")


def _part(parent: Node, path: str) -> Node:
    return parent.find(path) or Node(etree.Element("missing"), parent.prefixes)


def _references(top: Node) -> References:
    return References(
        top.text("cbc:BuyerReference"),
        top.text("cac:OrderReference/cbc:ID"),
        top.text("cac:ContractDocumentReference/cbc:ID"),
    )


def _note(text: str) -> Note:
    match = _SUBJECT.fullmatch(text)
    return Note(match.group(2).strip(), match.group(1)) if match else Note(text)


def _party(party: Node) -> Party:
    legal = _part(party, "cac:PartyLegalEntity")
    places = [*legal.each("cbc:CompanyID"), *party.each("cac:PartyIdentification/cbc:ID")]
    numbers = identifiers((one.attribute("schemeID"), one.text()) for one in places)
    endpoint = party.find("cbc:EndpointID")
    return Party(
        name=legal.text("cbc:RegistrationName") or party.text("cac:PartyName/cbc:Name"),
        siren=numbers.get("siren", ""),
        siret=numbers.get("siret", ""),
        vat_number=_vat_number(party),
        nda=numbers.get("nda", ""),
        legal_note=legal.text("cbc:CompanyLegalForm"),
        address=_address(party.find("cac:PostalAddress")),
        endpoint=None if endpoint is None else Endpoint(endpoint.text(), endpoint.attribute("schemeID")),
    )


def _vat_number(party: Node) -> str:
    for one in party.each("cac:PartyTaxScheme"):
        if one.text("cac:TaxScheme/cbc:ID") == "VAT":
            return one.text("cbc:CompanyID").replace(" ", "")
    return ""


def _address(address: Node | None) -> Address:
    if address is None:
        return Address(country="")
    paths = ("cbc:StreetName", "cbc:AdditionalStreetName", "cac:AddressLine/cbc:Line")
    return Address(
        tuple(filter(None, map(address.text, paths))),
        address.text("cbc:PostalZone"),
        address.text("cbc:CityName"),
        address.text("cac:Country/cbc:IdentificationCode"),
    )


def _line(item: Node) -> Line:
    number = item.text("cbc:ID")
    where = f"à la ligne {number}" if number else "à une ligne"
    billed = item.find("cbc:InvoicedQuantity") or _part(item, "cbc:CreditedQuantity")
    tax = _part(item, "cac:Item/cac:ClassifiedTaxCategory")
    return Line(
        number=number,
        name=item.text("cac:Item/cbc:Name"),
        quantity=billed.number(".", f"la quantité {where}"),
        unit_price=item.number("cac:Price/cbc:PriceAmount", f"le prix {where}"),
        net=item.number("cbc:LineExtensionAmount", f"le montant {where}"),
        tax_category=category(tax.wanted("cbc:ID", f"la TVA {where}")),
        tax_rate=tax.number_or("cbc:Percent", ZERO, f"le taux de TVA {where}"),
        unit=billed.attribute("unitCode") or UNIT,
        base_quantity=item.number_or("cac:Price/cbc:BaseQuantity", ONE, f"la quantité du prix {where}"),
        adjustment=sum((_signed(one, where) for one in item.each("cac:AllowanceCharge")), ZERO),
        description=item.text("cac:Item/cbc:Description"),
        note=item.text("cbc:Note"),
        period=_period(item),
    )


def _adjustment(one: Node) -> Adjustment:
    tax = _part(one, "cac:TaxCategory")
    return Adjustment(
        is_charge=_is_charge(one),
        amount=one.number("cbc:Amount", "le montant d'une remise ou d'un supplément"),
        reason=one.text("cbc:AllowanceChargeReason"),
        tax_category=category(tax.wanted("cbc:ID", "la TVA d'une remise ou d'un supplément")),
        tax_rate=tax.number_or("cbc:Percent", ZERO, "le taux de TVA d'une remise ou d'un supplément"),
    )


def _signed(one: Node, where: str) -> Decimal:
    amount = one.number("cbc:Amount", f"la remise ou le supplément {where}")
    return amount if _is_charge(one) else -amount


def _is_charge(one: Node) -> bool:
    return one.text("cbc:ChargeIndicator") in {"true", "1"}


def _tax(tax: Node) -> Tax:
    return Tax(
        category=category(tax.wanted("cac:TaxCategory/cbc:ID", "la catégorie de TVA")),
        rate=tax.number_or("cac:TaxCategory/cbc:Percent", ZERO, "le taux de TVA"),
        basis=tax.number("cbc:TaxableAmount", "la base de la TVA"),
        amount=tax.number("cbc:TaxAmount", "le montant de la TVA"),
        exemption_reason=tax.text("cac:TaxCategory/cbc:TaxExemptionReason"),
        exemption_code=tax.text("cac:TaxCategory/cbc:TaxExemptionReasonCode"),
    )


def _totals(top: Node, currency: str) -> Totals:
    total = _part(top, "cac:LegalMonetaryTotal")
    without = total.number("cbc:TaxExclusiveAmount", "son total hors taxe")
    with_vat = total.number("cbc:TaxInclusiveAmount", "son total toutes taxes comprises")
    return Totals(
        without_vat=without,
        vat=_vat(top, currency, with_vat - without),
        with_vat=with_vat,
        due=total.number("cbc:PayableAmount", "son net à payer"),
        lines=total.number("cbc:LineExtensionAmount", "le total de ses lignes"),
        allowances=total.number_or("cbc:AllowanceTotalAmount", ZERO, "le total de ses remises"),
        charges=total.number_or("cbc:ChargeTotalAmount", ZERO, "le total de ses suppléments"),
        prepaid=total.number_or("cbc:PrepaidAmount", ZERO, "ce qui est déjà payé"),
        rounding=total.number_or("cbc:PayableRoundingAmount", ZERO, "son arrondi"),
    )


def _vat(top: Node, currency: str, otherwise: Decimal) -> Decimal:
    told = list(top.each("cac:TaxTotal/cbc:TaxAmount"))
    own = [one for one in told if one.attribute("currencyID") in {currency, ""}] or told
    return own[0].number(".", "le total de sa TVA") if own else otherwise


def _payment(top: Node) -> Payment:
    every = list(top.each("cac:PaymentMeans"))
    account = "cac:PayeeFinancialAccount"
    means = next(iter([one for one in every if one.text(f"{account}/cbc:ID")] or every), _part(top, "cac:Missing"))
    return Payment(
        iban=means.text(f"{account}/cbc:ID").replace(" ", ""),
        bic=means.text(f"{account}/cac:FinancialInstitutionBranch/cbc:ID"),
        account_name=means.text(f"{account}/cbc:Name"),
        reference=means.text("cbc:PaymentID"),
        terms=top.text("cac:PaymentTerms/cbc:Note"),
        means=means.text("cbc:PaymentMeansCode"),
    )


def _preceding(one: Node) -> Preceding:
    return Preceding(one.wanted("cbc:ID", "le numéro de la facture corrigée"), _day_or_none(one, "cbc:IssueDate"))


def _period(parent: Node) -> Period | None:
    found = parent.find("cac:InvoicePeriod")
    if found is None:
        return None
    return Period(_day_or_none(found, "cbc:StartDate"), _day_or_none(found, "cbc:EndDate"))


def _day_or_none(parent: Node, path: str) -> date | None:
    text = parent.text(path)
    return day(text, "une échéance ou une période", _DAY) if text else None
