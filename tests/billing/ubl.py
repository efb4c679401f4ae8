"""An invoice written as UBL 2.1, to have some to read: what other people's software sends."""

from datetime import date
from decimal import Decimal

from lxml import etree

from openopco.billing.einvoice.codes import EN16931_ID, UBL, UBL_CREDIT_NOTE, UBL_INVOICE
from openopco.billing.einvoice.model import (
    Adjustment,
    ElectronicInvoice,
    Kind,
    Line,
    Party,
    Period,
    Tax,
    TaxCategory,
)


def write_ubl(invoice: ElectronicInvoice) -> bytes:
    is_invoice = invoice.kind is Kind.INVOICE
    space, name = (UBL_INVOICE, "Invoice") if is_invoice else (UBL_CREDIT_NOTE, "CreditNote")
    root = etree.Element(f"{{{space}}}{name}", nsmap={None: space, **UBL})
    add(root, "cbc:CustomizationID", EN16931_ID)
    add_if(root, "cbc:ProfileID", invoice.process)
    add(root, "cbc:ID", invoice.number)
    add(root, "cbc:IssueDate", invoice.issued_on.isoformat())
    if is_invoice and invoice.due_on:
        add(root, "cbc:DueDate", invoice.due_on.isoformat())
    add(root, f"cbc:{name}TypeCode", invoice.kind.value)
    for note in invoice.notes:
        add(root, "cbc:Note", f"#{note.subject}#{note.text}" if note.subject else note.text)
    add(root, "cbc:DocumentCurrencyCode", invoice.currency)
    add_if(root, "cbc:BuyerReference", invoice.references.buyer)
    period(root, invoice.period)
    add_if(root, "cac:OrderReference/cbc:ID", invoice.references.order)
    for one in invoice.corrects:
        reference = add(root, "cac:BillingReference/cac:InvoiceDocumentReference")
        add(reference, "cbc:ID", one.number)
        add_if(reference, "cbc:IssueDate", one.issued_on.isoformat() if one.issued_on else "")
    add_if(root, "cac:ContractDocumentReference/cbc:ID", invoice.references.contract)
    party(add(root, "cac:AccountingSupplierParty/cac:Party"), invoice.seller)
    party(add(root, "cac:AccountingCustomerParty/cac:Party"), invoice.buyer)
    means(root, invoice)
    add_if(root, "cac:PaymentTerms/cbc:Note", invoice.payment.terms)
    for adjustment in invoice.adjustments:
        allowance(root, adjustment)
    total = add(root, "cac:TaxTotal")
    money(total, "cbc:TaxAmount", invoice.totals.vat)
    for tax in invoice.taxes:
        subtotal(total, tax)
    totals(root, invoice)
    for line in invoice.lines:
        item(root, line, is_invoice)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def party(element: etree._Element, one: Party) -> None:
    if one.endpoint:
        add(element, "cbc:EndpointID", one.endpoint.value, schemeID=one.endpoint.scheme)
    add_if(element, "cac:PartyIdentification/cbc:ID", one.siret, schemeID="0009")
    add_if(element, "cac:PartyIdentification/cbc:ID", one.nda)
    address = add(element, "cac:PostalAddress")
    for path, text in zip(("cbc:StreetName", "cbc:AdditionalStreetName"), one.address.lines, strict=False):
        add(address, path, text)
    add_if(address, "cbc:CityName", one.address.city)
    add_if(address, "cbc:PostalZone", one.address.postal_code)
    for text in one.address.lines[2:]:
        add(address, "cac:AddressLine/cbc:Line", text)
    add(address, "cac:Country/cbc:IdentificationCode", one.address.country)
    if one.vat_number:
        scheme = add(element, "cac:PartyTaxScheme")
        add(scheme, "cbc:CompanyID", one.vat_number)
        add(scheme, "cac:TaxScheme/cbc:ID", "VAT")
    legal = add(element, "cac:PartyLegalEntity")
    add(legal, "cbc:RegistrationName", one.name)
    add_if(legal, "cbc:CompanyID", one.siren, schemeID="0002")
    add_if(legal, "cbc:CompanyLegalForm", one.legal_note)


def means(root: etree._Element, invoice: ElectronicInvoice) -> None:
    payment = invoice.payment
    element = add(root, "cac:PaymentMeans")
    add(element, "cbc:PaymentMeansCode", payment.means)
    if invoice.kind is Kind.CREDIT_NOTE and invoice.due_on:
        add(element, "cbc:PaymentDueDate", invoice.due_on.isoformat())
    add_if(element, "cbc:PaymentID", payment.reference)
    if payment.iban:
        account = add(element, "cac:PayeeFinancialAccount")
        add(account, "cbc:ID", payment.iban)
        add_if(account, "cbc:Name", payment.account_name)
        add_if(account, "cac:FinancialInstitutionBranch/cbc:ID", payment.bic)


def allowance(parent: etree._Element, one: Adjustment) -> None:
    element = add(parent, "cac:AllowanceCharge")
    add(element, "cbc:ChargeIndicator", str(one.is_charge).lower())
    add(element, "cbc:AllowanceChargeReason", one.reason)
    money(element, "cbc:Amount", one.amount)
    category(add(element, "cac:TaxCategory"), one.tax_category, one.tax_rate)


def subtotal(parent: etree._Element, tax: Tax) -> None:
    element = add(parent, "cac:TaxSubtotal")
    money(element, "cbc:TaxableAmount", tax.basis)
    money(element, "cbc:TaxAmount", tax.amount)
    kind = add(element, "cac:TaxCategory")
    add(kind, "cbc:ID", tax.category.value)
    add(kind, "cbc:Percent", str(tax.rate))
    add_if(kind, "cbc:TaxExemptionReasonCode", tax.exemption_code)
    add_if(kind, "cbc:TaxExemptionReason", tax.exemption_reason)
    add(kind, "cac:TaxScheme/cbc:ID", "VAT")


def totals(root: etree._Element, invoice: ElectronicInvoice) -> None:
    told = invoice.totals
    element = add(root, "cac:LegalMonetaryTotal")
    money(element, "cbc:LineExtensionAmount", told.lines or Decimal(0))
    money(element, "cbc:TaxExclusiveAmount", told.without_vat)
    money(element, "cbc:TaxInclusiveAmount", told.with_vat)
    money(element, "cbc:AllowanceTotalAmount", told.allowances)
    money(element, "cbc:ChargeTotalAmount", told.charges)
    money(element, "cbc:PrepaidAmount", told.prepaid)
    money(element, "cbc:PayableAmount", told.due)


def item(root: etree._Element, line: Line, is_invoice: bool) -> None:
    element = add(root, f"cac:{'Invoice' if is_invoice else 'CreditNote'}Line")
    add(element, "cbc:ID", line.number)
    add_if(element, "cbc:Note", line.note)
    billed = f"cbc:{'Invoiced' if is_invoice else 'Credited'}Quantity"
    add(element, billed, str(line.quantity), unitCode=line.unit)
    money(element, "cbc:LineExtensionAmount", line.net)
    period(element, line.period)
    if line.adjustment:
        one = add(element, "cac:AllowanceCharge")
        add(one, "cbc:ChargeIndicator", str(line.adjustment > 0).lower())
        add(one, "cbc:AllowanceChargeReason", "Ajustement")
        money(one, "cbc:Amount", abs(line.adjustment))
    product = add(element, "cac:Item")
    add_if(product, "cbc:Description", line.description)
    add(product, "cbc:Name", line.name)
    category(add(product, "cac:ClassifiedTaxCategory"), line.tax_category, line.tax_rate)
    price = add(element, "cac:Price")
    money(price, "cbc:PriceAmount", line.unit_price)
    add(price, "cbc:BaseQuantity", str(line.base_quantity), unitCode=line.unit)


def category(element: etree._Element, code: TaxCategory, rate: Decimal) -> None:
    add(element, "cbc:ID", code.value)
    add(element, "cbc:Percent", str(rate))
    add(element, "cac:TaxScheme/cbc:ID", "VAT")


def period(parent: etree._Element, one: Period | None) -> None:
    if one:
        element = add(parent, "cac:InvoicePeriod")
        for name, day in (("Start", one.start), ("End", one.end)):
            add_if(element, f"cbc:{name}Date", _day(day))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def money(parent: etree._Element, path: str, amount: Decimal) -> None:
    add(parent, path, f"{amount:f}", currencyID="EUR")


def add(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    for step in path.split("/"):
        prefix, _, name = step.partition(":")
        parent = etree.SubElement(parent, f"{{{UBL[prefix]}}}{name}")
    parent.text = text
    for key, value in attributes.items():
        parent.set(key, value)
    return parent


def add_if(parent: etree._Element, path: str, text: str, **attributes: str) -> None:
    if text:
        add(parent, path, text, **attributes)
