"""Invoices gone wrong: each is a right one with one thing changed, and what must be said of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from openopco.billing.einvoice.model import Adjustment, ElectronicInvoice, Payment, Period, TaxCategory
from openopco.billing.einvoice.writing import write_cii
from tests.billing import factories as f


class Wrong(NamedTuple):
    name: str
    content: bytes
    code: str
    words: str


def swapped(old: str, new: str, content: bytes | None = None) -> bytes:
    """The right invoice's XML with one text for another, which must be there."""
    text = (content or write_cii(f.invoice())).decode()
    assert old in text, old
    return text.replace(old, new, 1).encode()


def without(tag: str, content: bytes | None = None) -> bytes:
    """The right invoice's XML without the first element of that name."""
    text = (content or write_cii(f.invoice())).decode()
    start = text.index(f"<ram:{tag}")
    closing = f"</ram:{tag}>"
    return (text[:start] + text[text.index(closing, start) + len(closing) :]).encode()


def totals(**changed: str) -> bytes:
    made = f.invoice()
    return write_cii(
        replace(made, totals=replace(made.totals, **{key: Decimal(text) for key, text in changed.items()}))
    )


def written(change: Callable[[ElectronicInvoice], ElectronicInvoice]) -> bytes:
    return write_cii(change(f.invoice()))


def taxed(**changed: object) -> bytes:
    made = f.invoice(f.line(rate="20"))
    return write_cii(replace(made, **changed))  # type: ignore[arg-type]


def wrong_lines() -> list[Wrong]:
    half = replace(f.line(), net=Decimal("175.00"))
    return [
        Wrong(
            "a line that is not quantity × price",
            written(lambda one: replace(f.invoice(half), lines=(half,))),
            "OPCO-LINE",
            "quantité × prix donnent 350,00",
        ),
        Wrong("no line", without("IncludedSupplyChainTradeLineItem"), "XSD", "n'est pas à sa place"),
        Wrong("a line without a price", without("NetPriceProductTradePrice"), "OPCO-MISSING", "le prix à la ligne 1"),
        Wrong("a line without a name", without("Name"), "XSD", "SpecifiedTradeProduct"),
        Wrong(
            "a negative price",
            written(lambda _: f.invoice(f.line(hours="-14", price="-25"))),
            "BR-27",
            "prix est négatif",
        ),
        Wrong(
            "an unknown unit", swapped('unitCode="HUR"', 'unitCode="HEURE"'), "FX-SCH", "la liste que le format permet"
        ),
        Wrong(
            "three decimals",
            swapped("<ram:LineTotalAmount>350.00", "<ram:LineTotalAmount>350.001"),
            "BR-DEC-23",
            "deux décimales",
        ),
    ]


def wrong_sums() -> list[Wrong]:
    return [
        Wrong("lines not summed", totals(lines="340.00"), "OPCO-SUM-LINES", "indique 340,00"),
        Wrong("lines not summed, by the standard", totals(lines="340.00"), "BR-CO-10", "n'est pas la somme des lignes"),
        Wrong("net not summed", totals(without_vat="360.00"), "OPCO-SUM-NET", "total hors taxe"),
        Wrong("gross not summed", totals(with_vat="351.00"), "BR-CO-15", "plus la TVA"),
        Wrong("due not summed", totals(due="349.99"), "OPCO-SUM-DUE", "donnent 350,00"),
        Wrong("VAT not summed", totals(vat="10.00"), "BR-CO-14", "la somme de ses lignes"),
        Wrong("prepaid twice", totals(prepaid="50.00"), "BR-CO-16", "déjà payé"),
        Wrong("allowances untold", totals(allowances="10.00"), "BR-CO-11", "somme des remises"),
        Wrong("huge", written(lambda _: f.invoice(f.line(price="900000"))), "OPCO-HUGE", "dépasse"),
        Wrong("negative", written(lambda _: f.invoice(f.line(hours="-14"))), "OPCO-NEGATIVE", "établissez un avoir"),
        Wrong(
            "an allowance without a reason",
            written(lambda _: f.invoice(adjustments=(Adjustment(False, Decimal("10.00"), "", TaxCategory.EXEMPT),))),
            "BR-33",
            "son motif",
        ),
    ]


def wrong_vat() -> list[Wrong]:
    made = f.invoice()
    mute = replace(made.taxes[0], exemption_reason="", exemption_code="")
    vague = replace(made.taxes[0], exemption_reason="Exonéré", exemption_code="")
    odd = f.invoice(f.line(rate="19.6"))
    return [
        Wrong("exempt and mute", written(lambda one: replace(one, taxes=(mute,))), "BR-E-10", "motif d'exonération"),
        Wrong(
            "exempt and vague",
            written(lambda one: replace(one, taxes=(vague,))),
            "OPCO-VAT-MENTION",
            "art. 261-4-4° a du CGI",
        ),
        Wrong(
            "exempt and taxed",
            swapped("<ram:CalculatedAmount>0.00", "<ram:CalculatedAmount>70.00"),
            "BR-E-09",
            "TVA exonérée",
        ),
        Wrong("a rate that is no more", write_cii(odd), "OPCO-VAT-RATE", "19,6"),
        Wrong(
            "VAT without a number",
            taxed(seller=replace(f.SELLER, vat_number="")),
            "OPCO-VAT-NUMBER",
            "sans le numéro de TVA",
        ),
        Wrong(
            "the VAT number of another",
            taxed(seller=replace(f.SELLER, vat_number="FR40303265045")),
            "OPCO-VAT-NUMBER",
            "son SIREN",
        ),
        Wrong("no VAT breakdown", written(lambda one: replace(one, taxes=())), "XSD", "ApplicableTradeTax"),
        Wrong(
            "reverse charge", swapped(">E<", ">AE<", swapped(">E<", ">AE<")), "OPCO-VAT-REGIME", "ne lui convient pas"
        ),
        Wrong("an unknown category", swapped(">E<", ">Q<"), "OPCO-VAT-CATEGORY", "« Q »"),
    ]


def wrong_heads() -> list[Wrong]:
    right = f.invoice()
    return [
        Wrong("dollars", written(lambda one: replace(one, currency="USD")), "OPCO-CURRENCY", "en « USD »"),
        Wrong("no number", swapped("<ram:ID>F2027-001</ram:ID>", "<ram:ID/>"), "OPCO-MISSING", "son numéro"),
        Wrong("a long number", written(lambda one: replace(one, number="F" * 36)), "OPCO-NUMBER", "35 caractères"),
        Wrong("tomorrow", written(lambda one: replace(one, issued_on=date(2027, 1, 21))), "OPCO-FUTURE", "21/01/2027"),
        Wrong(
            "another century",
            written(lambda one: replace(one, issued_on=date(1927, 1, 1))),
            "OPCO-OLD",
            "vérifiez l'année",
        ),
        Wrong("no such day", swapped(">20270110<", ">20270230<"), "OPCO-DATE", "« 20270230 »"),
        Wrong(
            "due before",
            written(lambda one: replace(one, due_on=date(2027, 1, 9))),
            "OPCO-DUE",
            "avant la date de la facture",
        ),
        Wrong(
            "a period upside down",
            written(lambda one: replace(one, period=Period(date(2027, 1, 5), date(2027, 1, 4)))),
            "BR-29",
            "finit avant",
        ),
        Wrong(
            "a false SIRET",
            written(lambda one: replace(one, seller=replace(f.SELLER, siret="83426702300029"))),
            "OPCO-SIRET",
            "83426702300029",
        ),
        Wrong(
            "the SIRET of another",
            written(lambda one: replace(one, seller=replace(f.SELLER, siret="83135297600011"))),
            "OPCO-SIREN",
            "même entreprise",
        ),
        Wrong("no seller's name", swapped("<ram:Name>AXEPT FORMATION</ram:Name>", ""), "BR-06", "nom du vendeur"),
        Wrong(
            "a false IBAN",
            written(lambda one: replace(one, payment=replace(one.payment, iban="FR7630006000011234567890188"))),
            "OPCO-IBAN",
            "vérifiez chaque caractère",
        ),
        Wrong(
            "an IBAN whose French key is false",
            written(lambda one: replace(one, payment=replace(one.payment, iban="FR4930006000011234567890190"))),
            "OPCO-IBAN",
            "vérifiez chaque caractère",
        ),
        Wrong(
            "a transfer to nowhere",
            written(lambda one: replace(one, payment=Payment(means="30"))),
            "CII-SR-470",
            "ajoutez l'IBAN",
        ),
        Wrong("a self-billed one", swapped(">380<", ">389<"), "OPCO-KIND", "« 389 »"),
        Wrong(
            "an unknown profile", swapped("urn:cen.eu:en16931:2017", "urn:exemple"), "OPCO-PROFILE", "« urn:exemple »"
        ),
        Wrong(
            "a profile that says less",
            swapped("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum"),
            "XSD",
            "n'est pas à sa place",
        ),
        Wrong("a credit note of nothing", write_cii(f.credit_note(corrects=())), "OPCO-CORRECTS", "quelle facture"),
        Wrong(
            "a number spelled out",
            swapped("<ram:DuePayableAmount>350.00", "<ram:DuePayableAmount>trois cents"),
            "OPCO-NUMBER",
            "« trois cents »",
        ),
        Wrong("a false country", swapped("<ram:CountryID>FR", "<ram:CountryID>XX"), "FX-SCH", "CountryID"),
        Wrong(
            "another seller's VAT prefix",
            write_cii(replace(right, seller=replace(f.SELLER, vat_number="12834267023"))),
            "BR-CO-09",
            "lettres de son pays",
        ),
    ]


def every() -> list[Wrong]:
    return [*wrong_lines(), *wrong_sums(), *wrong_vat(), *wrong_heads()]
