"""A CII document (Factur-X, from MINIMUM to EXTENDED) read into an invoice."""

from datetime import date
from decimal import Decimal

from lxml import etree

from openopco.billing.einvoice.codes import CII
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

_DAY = r"(\d{4})(\d{2})(\d{2})"
_ISSUE = "ram:IssueDateTime/udt:DateTimeString"
_ALLOWANCE = "ram:SpecifiedTradeAllowanceCharge"


def read_cii(root: etree._Element) -> ElectronicInvoice:
    """Raises `UnreadableInvoice` where what every invoice says (number, type, date, total…) can't be found."""
    top = Node(root, CII)
    document = _part(top, "rsm:ExchangedDocument")
    deal = _part(top, "rsm:SupplyChainTradeTransaction")
    agreement = _part(deal, "ram:ApplicableHeaderTradeAgreement")
    settlement = _part(deal, "ram:ApplicableHeaderTradeSettlement")
    currency = settlement.wanted("ram:InvoiceCurrencyCode", "sa devise")
    return ElectronicInvoice(
        number=document.wanted("ram:ID", "son numéro"),
        kind=kind(document.wanted("ram:TypeCode", "si elle est une facture ou un avoir")),
        issued_on=day(document.wanted(_ISSUE, "sa date"), "sa date", _DAY),
        seller=_party(_part(agreement, "ram:SellerTradeParty")),
        buyer=_party(_part(agreement, "ram:BuyerTradeParty")),
        totals=_totals(_part(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation"), currency),
        currency=currency,
        due_on=_day_or_none(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        process=top.text("rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        references=_references(agreement),
        period=_period(settlement),
        lines=tuple(_line(one) for one in deal.each("ram:IncludedSupplyChainTradeLineItem")),
        adjustments=tuple(_adjustment(one) for one in settlement.each(_ALLOWANCE)),
        taxes=tuple(_tax(one) for one in settlement.each("ram:ApplicableTradeTax")),
        payment=_payment(settlement),
        corrects=tuple(_preceding(one) for one in settlement.each("ram:InvoiceReferencedDocument")),
        notes=tuple(
            Note(one.text("ram:Content"), one.text("ram:SubjectCode")) for one in document.each("ram:IncludedNote")
        ),
    )


def guideline(root: etree._Element) -> str:
    """BT-24: which profile the document says it follows."""
    path = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    return Node(root, CII).text(path)


def _part(parent: Node, path: str) -> Node:
    """A part that every invoice has; an empty one where it is missing, so that the first thing it lacks is told."""
    return parent.find(path) or Node(etree.Element("missing"), parent.prefixes)


def _references(agreement: Node) -> References:
    return References(
        agreement.text("ram:BuyerReference"),
        agreement.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        agreement.text("ram:ContractReferencedDocument/ram:IssuerAssignedID"),
    )


def _party(party: Node) -> Party:
    paths = ("ram:GlobalID", "ram:SpecifiedLegalOrganization/ram:ID", "ram:ID")
    numbers = identifiers((one.attribute("schemeID"), one.text()) for path in paths for one in party.each(path))
    endpoint = party.find("ram:URIUniversalCommunication/ram:URIID")
    return Party(
        name=party.text("ram:Name"),
        siren=numbers.get("siren", ""),
        siret=numbers.get("siret", ""),
        vat_number=_vat_number(party),
        nda=numbers.get("nda", ""),
        legal_note=party.text("ram:Description"),
        address=_address(party.find("ram:PostalTradeAddress")),
        endpoint=None if endpoint is None else Endpoint(endpoint.text(), endpoint.attribute("schemeID")),
    )


def _vat_number(party: Node) -> str:
    registrations = party.each("ram:SpecifiedTaxRegistration/ram:ID")
    return next((one.text().replace(" ", "") for one in registrations if one.attribute("schemeID") == "VA"), "")


def _address(address: Node | None) -> Address:
    if address is None:
        return Address(country="")
    lines = tuple(filter(None, (address.text(f"ram:Line{name}") for name in ("One", "Two", "Three"))))
    return Address(lines, address.text("ram:PostcodeCode"), address.text("ram:CityName"), address.text("ram:CountryID"))


def _line(item: Node) -> Line:
    number = item.text("ram:AssociatedDocumentLineDocument/ram:LineID")
    where = f"à la ligne {number}" if number else "à une ligne"
    price = _part(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    settlement = _part(item, "ram:SpecifiedLineTradeSettlement")
    tax = _part(settlement, "ram:ApplicableTradeTax")
    quantity = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    billed = item.find(quantity)
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    return Line(
        number=number,
        name=item.text("ram:SpecifiedTradeProduct/ram:Name"),
        quantity=item.number(quantity, f"la quantité {where}"),
        unit_price=price.number("ram:ChargeAmount", f"le prix {where}"),
        net=settlement.number(total, f"le montant {where}"),
        tax_category=category(tax.wanted("ram:CategoryCode", f"la TVA {where}")),
        tax_rate=tax.number_or("ram:RateApplicablePercent", ZERO, f"le taux de TVA {where}"),
        unit=(billed.attribute("unitCode") if billed else "") or UNIT,
        base_quantity=price.number_or("ram:BasisQuantity", ONE, f"la quantité du prix {where}"),
        adjustment=sum((_signed(one, where) for one in settlement.each(_ALLOWANCE)), ZERO),
        description=item.text("ram:SpecifiedTradeProduct/ram:Description"),
        note=item.text("ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content"),
        period=_period(settlement),
    )


def _adjustment(one: Node) -> Adjustment:
    tax = _part(one, "ram:CategoryTradeTax")
    return Adjustment(
        is_charge=_is_charge(one),
        amount=one.number("ram:ActualAmount", "le montant d'une remise ou d'un supplément"),
        reason=one.text("ram:Reason"),
        tax_category=category(tax.wanted("ram:CategoryCode", "la TVA d'une remise ou d'un supplément")),
        tax_rate=tax.number_or("ram:RateApplicablePercent", ZERO, "le taux de TVA d'une remise ou d'un supplément"),
    )


def _signed(one: Node, where: str) -> Decimal:
    amount = one.number("ram:ActualAmount", f"la remise ou le supplément {where}")
    return amount if _is_charge(one) else -amount


def _is_charge(one: Node) -> bool:
    return one.text("ram:ChargeIndicator/udt:Indicator") in {"true", "1"}


def _tax(tax: Node) -> Tax:
    return Tax(
        category=category(tax.wanted("ram:CategoryCode", "la catégorie de TVA")),
        rate=tax.number_or("ram:RateApplicablePercent", ZERO, "le taux de TVA"),
        basis=tax.number("ram:BasisAmount", "la base de la TVA"),
        amount=tax.number("ram:CalculatedAmount", "le montant de la TVA"),
        exemption_reason=tax.text("ram:ExemptionReason"),
        exemption_code=tax.text("ram:ExemptionReasonCode"),
    )


def _totals(summation: Node, currency: str) -> Totals:
    without = summation.number("ram:TaxBasisTotalAmount", "son total hors taxe")
    with_vat = summation.number("ram:GrandTotalAmount", "son total toutes taxes comprises")
    lines = summation.text("ram:LineTotalAmount")
    return Totals(
        without_vat=without,
        vat=_vat(summation, currency, with_vat - without),
        with_vat=with_vat,
        due=summation.number("ram:DuePayableAmount", "son net à payer"),
        lines=summation.number("ram:LineTotalAmount", "le total de ses lignes") if lines else None,
        allowances=summation.number_or("ram:AllowanceTotalAmount", ZERO, "le total de ses remises"),
        charges=summation.number_or("ram:ChargeTotalAmount", ZERO, "le total de ses suppléments"),
        prepaid=summation.number_or("ram:TotalPrepaidAmount", ZERO, "ce qui est déjà payé"),
        rounding=summation.number_or("ram:RoundingAmount", ZERO, "son arrondi"),
    )


def _vat(summation: Node, currency: str, otherwise: Decimal) -> Decimal:
    """BT-110, not BT-111, which is in the currency of accounting."""
    told = list(summation.each("ram:TaxTotalAmount"))
    own = [one for one in told if one.attribute("currencyID") in {currency, ""}] or told
    return own[0].number(".", "le total de sa TVA") if own else otherwise


def _payment(settlement: Node) -> Payment:
    every = list(settlement.each("ram:SpecifiedTradeSettlementPaymentMeans"))
    account = "ram:PayeePartyCreditorFinancialAccount"
    with_iban = [one for one in every if one.text(f"{account}/ram:IBANID")]
    means = next(iter(with_iban or every), _part(settlement, "ram:missing"))
    return Payment(
        iban=means.text(f"{account}/ram:IBANID").replace(" ", ""),
        bic=means.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        account_name=means.text(f"{account}/ram:AccountName"),
        reference=settlement.text("ram:PaymentReference"),
        terms=settlement.text("ram:SpecifiedTradePaymentTerms/ram:Description"),
        means=means.text("ram:TypeCode"),
    )


def _preceding(one: Node) -> Preceding:
    shown = one.text("ram:FormattedIssueDateTime/qdt:DateTimeString")
    when = day(shown, "la date de la facture corrigée", _DAY) if shown else None
    return Preceding(one.wanted("ram:IssuerAssignedID", "le numéro de la facture corrigée"), when)


def _period(parent: Node) -> Period | None:
    found = parent.find("ram:BillingSpecifiedPeriod")
    if found is None:
        return None
    return Period(_day_or_none(found, "ram:StartDateTime"), _day_or_none(found, "ram:EndDateTime"))


def _day_or_none(parent: Node, path: str) -> date | None:
    text = parent.text(f"{path}/udt:DateTimeString")
    return day(text, "une échéance ou une période", _DAY) if text else None
