"""An invoice beside what was agreed and done: what differs, what to do of it, and who owes which part. Pure."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from openopco.billing.einvoice.keeping import to_json
from openopco.billing.einvoice.model import ZERO, ElectronicInvoice, Kind, TaxCategory
from openopco.kernel.banking import format_iban
from openopco.kernel.calendar import format_date
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros, format_hours

_DOSSIER: Final = re.compile(r"\b[A-Z]{2,4}-\d{4}-\d{6}\b")
_SIREN: Final = 9
NONE_TOLD: Final = "Non indiqué"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the OPCO knows of a granted dossier. `hours` and `certified` are of all trainees together, `certified` None before
    any certificate; `left` is what may still be invoiced to the OPCO on it, HT; `vat_exempt` None where nobody has checked;
    `buyer`: the employer's SIREN. `is_issuer`: whether who claims issued the invoice; else the employer, who was given it."""

    dossier: str
    siret: str
    nda: str
    vat_exempt: bool | None
    start: date
    end: date
    hours: Decimal
    certified: Decimal | None
    left: Decimal
    ibans: frozenset[str] = frozenset()
    buyer: str = ""
    is_issuer: bool = True

    def say(self, issuer: str, employer: str) -> str:
        """What to do of a difference, said to whoever claims."""
        return issuer if self.is_issuer else employer


class Difference(NamedTuple):
    """Shown side by side. One that blocks must be mended before the invoice is taken; another is for the controller."""

    field: str
    label: str
    invoiced: str
    expected: str
    todo: str
    blocks: bool


class Parts(NamedTuple):
    """Who owes what of an invoice; their sum is its total with VAT. The OPCO pays no VAT."""

    opco: Decimal
    employer_net: Decimal
    employer_vat: Decimal


def parts_of(invoice: ElectronicInvoice, left: Decimal) -> Parts:
    """The OPCO's part is what it agreed to and has not been invoiced yet, at most; the rest and the VAT are the employer's."""
    net = invoice.totals.without_vat
    opco = max(ZERO, min(net, left))
    return Parts(opco, net - opco, invoice.totals.vat)


def differences(invoice: ElectronicInvoice, expected: Expected) -> list[Difference]:
    """Everything that differs, in the order of the page."""
    checks: tuple[Callable[[ElectronicInvoice, Expected], Iterator[Difference]], ...] = (
        _dossier, _siret, _nda, _buyer, _vat, _dates, _hours, _certified, _amount, _iban,
    )  # fmt: skip
    return [one for check in checks for one in check(invoice, expected)]


def dossiers_named(invoice: ElectronicInvoice) -> list[str]:
    """The dossier numbers that the invoice carries, wherever it does."""
    references = invoice.references
    places = [references.buyer, references.order, references.contract, invoice.payment.reference]
    places += [note.text for note in invoice.notes] + [
        f"{line.name} {line.description} {line.note}" for line in invoice.lines
    ]
    return list(dict.fromkeys(found for text in places for found in _DOSSIER.findall(text.upper())))


def identity_of(invoice: ElectronicInvoice) -> tuple[str, str]:
    """The issuer's SIREN and its number for the invoice, which no other invoice of its may bear."""
    seller = invoice.seller
    return seller.siren or seller.siret[:_SIREN], "".join(invoice.number.split()).upper()


def digest_of(invoice: ElectronicInvoice) -> str:
    """The same for two invoices that bill the same thing under two numbers or two dates."""
    data = to_json(invoice)
    billed = {key: data[key] for key in ("kind", "references", "period", "lines", "adjustments", "totals", "corrects")}
    billed["issuer"] = identity_of(invoice)[0]
    return hashlib.sha256(json.dumps(billed, sort_keys=True).encode()).hexdigest()


# --- one by one ------------------------------------------------------------------------------------------------------


def _dossier(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    named = dossiers_named(invoice)
    if not named:
        todo = expected.say(
            f"Rappelez {expected.dossier} sur vos prochaines factures.",
            f"Demandez à l'organisme de rappeler {expected.dossier} sur ses prochaines factures.",
        )
        yield Difference("dossier", "Dossier", NONE_TOLD, expected.dossier, todo, blocks=False)
    elif expected.dossier not in named:
        todo = expected.say(
            "Déposez cette facture dans le dossier qu'elle nomme, ou corrigez sa référence.",
            "Joignez cette facture à la demande qu'elle nomme, ou faites corriger sa référence par l'organisme.",
        )
        yield Difference("dossier", "Dossier", ", ".join(named), expected.dossier, todo, blocks=True)


def _siret(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    told = invoice.seller.siret
    siren = identity_of(invoice)[0]
    if told == expected.siret:
        return
    wanted = format_siret(expected.siret)
    if siren and siren != expected.siret[:_SIREN]:
        todo = expected.say(
            "Seul l'organisme de l'accord peut être payé : faites signaler un changement d'organisme par l'employeur.",
            "L'accord est donné pour un autre organisme : signalez d'abord le changement d'organisme.",
        )
        yield Difference(
            "siret", "SIRET de l'organisme", format_siret(told) if told else siren, wanted, todo, blocks=True
        )
    elif told:
        todo = "C'est un autre établissement du même organisme : le contrôleur vérifiera."
        yield Difference("siret", "SIRET de l'organisme", format_siret(told), wanted, todo, blocks=False)
    else:
        todo = expected.say(
            "Confirmez que l'organisme de l'accord a établi cette facture.",
            "Vérifiez que l'organisme de l'accord a établi cette facture.",
        )
        yield Difference("siret", "SIRET de l'organisme", siren or NONE_TOLD, wanted, todo, blocks=False)


def _nda(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    told = invoice.seller.nda
    if told and expected.nda and told != expected.nda:
        todo = expected.say(
            "Corrigez le numéro de déclaration d'activité de la facture, ou signalez-nous le nouveau.",
            "Demandez à l'organisme de corriger son numéro de déclaration d'activité sur la facture.",
        )
        yield Difference("nda", "Déclaration d'activité", told, expected.nda, todo, blocks=True)


def _buyer(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    told = invoice.buyer.siren or invoice.buyer.siret[:_SIREN]
    if expected.buyer and told and told != expected.buyer:
        todo = "La facture est adressée à une autre entreprise que celle de la demande : le contrôleur vérifiera."
        yield Difference("buyer", "Client", f"{invoice.buyer.name} ({told})", expected.buyer, todo, blocks=False)


def _vat(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    is_exempt = all(tax.category is not TaxCategory.STANDARD for tax in invoice.taxes) and not invoice.totals.vat
    told = "Exonérée" if is_exempt else f"TVA : {format_euros(invoice.totals.vat)}"
    if expected.vat_exempt is None:
        return
    if expected.vat_exempt and not is_exempt:
        todo = expected.say(
            "Votre organisme est exonéré : établissez la facture sans TVA, ou signalez-nous la fin de l'exonération.",
            "Cet organisme est exonéré : demandez-lui une facture sans TVA.",
        )
        yield Difference("vat", "TVA", told, "Exonérée", todo, blocks=True)
    if is_exempt and not expected.vat_exempt:
        todo = expected.say(
            "Transmettez l'attestation d'exonération (formulaire 3511-SD), ou établissez la facture avec TVA.",
            "Demandez à l'organisme une facture avec TVA, ou son attestation d'exonération (formulaire 3511-SD).",
        )
        yield Difference("vat", "TVA", told, "Soumise à la TVA", todo, blocks=True)


def _dates(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    period = invoice.period
    agreed = f"Du {format_date(expected.start)} au {format_date(expected.end)}"
    starts = [
        day
        for day in (period.start if period else None, *(one.period.start for one in invoice.lines if one.period))
        if day
    ]
    ends = [
        day for day in (period.end if period else None, *(one.period.end for one in invoice.lines if one.period)) if day
    ]
    first, last = min(starts, default=expected.start), max(ends, default=expected.end)
    if first < expected.start or last > expected.end:
        told = f"Du {format_date(first)} au {format_date(last)}"
        todo = expected.say(
            "Corrigez les dates, ou faites signaler une modification par l'employeur.",
            "Signalez la modification des dates, ou demandez à l'organisme de corriger sa facture.",
        )
        yield Difference("dates", "Dates de la formation", told, agreed, todo, blocks=True)
    if invoice.issued_on < min(last, expected.end):
        told = format_date(invoice.issued_on)
        todo = "Une facture s'établit une fois la formation faite : le contrôleur vérifiera."
        yield Difference("issued_on", "Date de la facture", told, f"Après le {format_date(last)}", todo, blocks=False)


def _hours(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    if invoice.hours > expected.hours:
        told, agreed = format_hours(invoice.hours), format_hours(expected.hours)
        todo = expected.say(
            "Facturez au plus les heures de l'accord, ou faites signaler une modification par l'employeur.",
            "Signalez la modification des heures, ou demandez à l'organisme de corriger sa facture.",
        )
        yield Difference("hours", "Heures facturées", told, agreed, todo, blocks=True)


def _certified(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    if expected.certified is None or not invoice.hours or invoice.hours == expected.certified:
        return
    told, done = format_hours(invoice.hours), format_hours(expected.certified)
    is_more = invoice.hours > expected.certified
    todo = (
        expected.say(
            "Seules les heures des certificats sont payées : corrigez la facture ou les certificats.",
            "Seules les heures des certificats sont payées : demandez à l'organisme de corriger sa facture ou ses certificats.",
        )
        if is_more
        else "La facture compte moins d'heures que les certificats : le contrôleur vérifiera."
    )
    yield Difference("certified", "Heures des certificats", told, done, todo, blocks=is_more)


def _amount(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    net = invoice.totals.without_vat
    if invoice.kind is Kind.INVOICE and net > expected.left:
        rest = format_euros(net - parts_of(invoice, expected.left).opco)
        todo = expected.say(
            f"L'OPCO règle au plus ce qu'il reste de l'accord : {rest} HT sont dus par l'employeur.",
            f"L'OPCO rembourse au plus ce qu'il reste de l'accord : {rest} HT restent à votre charge.",
        )
        yield Difference("amount", "Montant HT", format_euros(net), format_euros(expected.left), todo, blocks=False)


def _iban(invoice: ElectronicInvoice, expected: Expected) -> Iterator[Difference]:
    told = invoice.payment.iban
    # The employer is refunded on his own account, whatever that of the invoice.
    if expected.is_issuer and told and told not in expected.ibans:
        known = ", ".join(f"…{iban[-4:]}" for iban in sorted(expected.ibans)) or "Aucun"
        todo = "Ce compte n'est pas connu : il sera vérifié par deux personnes avant tout virement."
        yield Difference("iban", "IBAN", format_iban(told), known, todo, blocks=False)
