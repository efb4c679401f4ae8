"""The one page where a claim is prepared: its fields as they are typed, its files, what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from openopco.billing import drafting
from openopco.billing.actions.claims import read_claim
from openopco.billing.drafting import DEPOSITED, GENERATED, Agreed, Read, keyed_invoice
from openopco.billing.matching import Difference, Parts, differences, parts_of
from openopco.billing.models import Claim
from openopco.billing.queries import documents_in, expected_of
from openopco.documents.models import Document
from openopco.documents.queries import state_in_words
from openopco.funding.enums import Base, Payee
from openopco.kernel.calendar import format_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import format_euros, format_hours, parse_hours
from openopco.kernel.sizes import format_size
from openopco.rights import Actor
from openopco.web.billing.previews import Preview, preview_of
from openopco.web.components.raw import RawField
from openopco.web.portal.presenting import ErrorLink
from openopco.web.portal.zones import TONES, ShownFile

ZONE_TITLES: Final = {
    drafting.INVOICE: "La facture",
    drafting.CERTIFICATES: "Les certificats de réalisation signés",
    drafting.PAYMENT: "La preuve de paiement",
    drafting.EXPENSES: "Les justificatifs de ces dépenses",
}
ZONE_HINTS: Final = {
    drafting.INVOICE: "Factur-X, XML (CII ou UBL), PDF ou photo. Les données d'une facture électronique sont lues pour vous.",
    drafting.CERTIFICATES: "Un par stagiaire, signés par l'organisme ; un seul fichier peut les contenir tous.",
    drafting.PAYMENT: "Relevé ou avis de virement : cachez ce qui ne concerne pas cette facture.",
    drafting.EXPENSES: "Factures d'hôtel, notes de frais ; pour les salaires, un état signé avec les heures et le coût.",
}
YES_NO: Final = (("oui", "Oui, la formation est finie"), ("non", "Non, elle continue : je demande une partie"))


@dataclass(frozen=True, slots=True)
class Zone:
    """A place for files."""

    code: str
    title: str
    hint: str
    files: list[ShownFile]
    error: str = ""
    many: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """What `billing/draft.html` draws."""

    claim: Claim
    agreed: Agreed
    found: Read
    fields: Mapping[str, RawField]
    hours: list[RawField]
    expenses: list[RawField]
    zones: Mapping[str, Zone]
    preview: Preview | None
    differences: list[Difference]
    parts: Parts | None
    errors: list[ErrorLink]
    missing: list[ErrorLink]

    @property
    def is_provider(self) -> bool:
        return self.agreed.payee is Payee.ORGANISME

    @property
    def is_generated(self) -> bool:
        return self.found.is_made

    @property
    def is_read(self) -> bool:
        return self.found.electronic is not None

    @property
    def asked(self) -> Any:
        return sum(self.found.asked(self.agreed).values())


def page_of(
    claim: Claim,
    agreed: Agreed,
    *,
    viewer: Actor,
    refused: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    all_errors: bool = False,
) -> Page:
    """`refused`: sentences that the last act gave, by field or zone. `typed` shows what could not be kept. `all_errors`: what
    is missing is marked by its field, as after the button that sends."""
    shown = Claim(**{**_copied(claim), "typed": {**claim.typed, **(typed or {})}}) if typed else claim
    documents = documents_in(claim)
    found = read_claim(shown, agreed)
    marks = {**(found.missing if all_errors else {}), **found.errors, **(refused or {})}
    compared = _compared(claim, agreed, found)
    return Page(
        claim=claim,
        agreed=agreed,
        found=found,
        fields={field.name: field for field in _fields(shown.typed, agreed, marks)},
        hours=list(_hours(shown.typed, agreed, marks)),
        expenses=list(_expenses(shown.typed, agreed, marks)),
        zones={zone: _zone(claim, zone, documents.get(zone, []), marks) for zone in ZONE_TITLES},
        preview=preview_of(claim, documents.get(drafting.INVOICE, []), viewer),
        differences=compared,
        parts=_parts(found, agreed),
        errors=[ErrorLink(target_of(name), sentence) for name, sentence in marks.items()],
        missing=_to_mend(found, compared),
    )


def _to_mend(found: Read, compared: Iterable[Difference]) -> list[ErrorLink]:
    """What keeps it from being sent: what is missing, what can't be read, what differs too much from the agreement."""
    by_field = [ErrorLink(target_of(name), sentence) for name, sentence in {**found.missing, **found.errors}.items()]
    return [*by_field, *(ErrorLink("differences-title", each.todo) for each in compared if each.blocks)]


def _copied(claim: Claim) -> dict[str, Any]:
    return {field.attname: getattr(claim, field.attname) for field in claim._meta.concrete_fields}


def target_of(name: str) -> str:
    """The id that a sentence leads to."""
    if name in ("envoyer", "revision"):
        return ""
    return f"id_file_{name.removeprefix('zone-')}" if name.startswith("zone-") else f"id_{name}"


def names_of(agreed: Agreed) -> list[str]:
    """The fields that the page may post."""
    own = ["mode", "number", "issued_on", "net", "vat", "starts_on", "ends_on", "is_final", "certified"]
    own += ["signatory", "signatory_role", "attests"]
    hours = [f"hours-{each.row}" for each in agreed.trainees]
    return own + hours + [f"amount-{base.value}" for base in agreed.typed_bases]


def everybody_followed(agreed: Agreed, typed: Mapping[str, str]) -> dict[str, str]:
    """The planned hours, for each trainee of whom nothing readable was typed."""
    planned = format_hours(agreed.hours_each).replace("\u202f", " ")
    names = [f"hours-{each.row}" for each in agreed.trainees]
    return {name: planned for name in names if not _reads(typed.get(name, ""))}


def _reads(raw: str) -> bool:
    try:
        parse_hours(raw)
    except InvalidValue:
        return False
    return True


# --- fields ----------------------------------------------------------------------------------------------------------


def _field(typed: Mapping[str, Any], marks: Mapping[str, str], name: str, label: str, **given: Any) -> RawField:
    default = given.pop("default", "")
    value = str(typed.get(name) or default)
    return RawField(name, label, value=value, error=marks.get(name, ""), revision=None, **given)


def _fields(typed: Mapping[str, Any], agreed: Agreed, marks: Mapping[str, str]) -> Iterator[RawField]:
    modes = ((GENERATED, "Générer la facture"), (DEPOSITED, "Déposer votre propre facture"))
    yield _field(typed, marks, "mode", "Votre facture", kind="radios", choices=modes, default=DEPOSITED)
    yield _field(typed, marks, "number", "Numéro de la facture", required=True, max_length=60)
    yield _field(typed, marks, "issued_on", "Date de la facture", kind="date", required=True, max_length=30)
    yield _field(typed, marks, "net", "Montant hors taxe", kind="amount", required=True, max_length=30)
    yield _field(typed, marks, "vat", "TVA", kind="amount", max_length=30, hint="Vide si l'organisme est exonéré.")
    days = {"starts_on": agreed.starts_on, "ends_on": agreed.ends_on}
    for name, label in (("starts_on", "Du"), ("ends_on", "Au")):
        yield _field(typed, marks, name, label, kind="date", max_length=30, default=format_date(days[name]))
    yield _field(
        typed, marks, "is_final", "La formation est-elle finie ?", kind="radios", choices=YES_NO, default="oui"
    )
    ways = (("en_ligne", "Les signer ici"), ("deposer", "Joindre les certificats signés"))
    yield _field(
        typed, marks, "certified", "Vos certificats de réalisation", kind="radios", choices=ways, default="deposer"
    )
    signs = typed.get("mode") == GENERATED or typed.get("certified") == "en_ligne"
    yield _field(typed, marks, "signatory", "Qui atteste", required=signs, max_length=120, hint="Prénom et nom.")
    yield _field(
        typed, marks, "signatory_role", "Sa qualité", required=signs, max_length=120, hint="Par exemple : gérante."
    )
    oath = (
        f"J'atteste que les stagiaires ont suivi « {agreed.title} » pendant les heures indiquées, et je garde les pièces qui "
        "le prouvent."
    )
    yield _field(typed, marks, "attests", oath, kind="checkbox", required=signs)


def _hours(typed: Mapping[str, Any], agreed: Agreed, marks: Mapping[str, str]) -> Iterator[RawField]:
    planned = format_hours(agreed.hours_each)
    for trainee in agreed.trainees:
        yield _field(
            typed, marks, f"hours-{trainee.row}", trainee.name, kind="hours", max_length=20, hint=f"{planned} prévues."
        )


def _expenses(typed: Mapping[str, Any], agreed: Agreed, marks: Mapping[str, str]) -> Iterator[RawField]:
    for base in agreed.typed_bases:
        left = agreed.left[base]
        yield _field(
            typed,
            marks,
            f"amount-{base.value}",
            f"{Base(base).label} (HT)",
            kind="amount",
            max_length=30,
            hint=f"Accordé, encore à demander : {format_euros(left)}.",
        )


# --- files -----------------------------------------------------------------------------------------------------------


def _zone(claim: Claim, code: str, documents: list[Document], marks: Mapping[str, str]) -> Zone:
    files = [shown_file(claim, each) for each in documents]
    error = marks.get(f"zone-{code}", "")
    return Zone(code, ZONE_TITLES[code], ZONE_HINTS[code], files, error, many=code != drafting.INVOICE)


def shown_file(claim: Claim, document: Document, *, can_remove: bool = True) -> ShownFile:
    address = reverse("billing:document", args=[claim.key, document.key])
    return ShownFile(
        str(document.key),
        document.name,
        format_size(document.size),
        f"{address}?apercu",
        "" if document.state == "safe" else state_in_words(document),
        TONES.get(document.state, "off"),
        can_remove,
    )


# --- beside the agreement --------------------------------------------------------------------------------------------


def _compared(claim: Claim, agreed: Agreed, found: Read) -> list[Difference]:
    told = found.electronic or (keyed_invoice(agreed, found) if agreed.needs_invoice and not found.is_made else None)
    if told is None:
        return []
    expected = expected_of(claim.dossier, agreed, certified=found.followed or None)
    every = differences(told, expected)
    return [each for each in every if each.field != "iban" or agreed.payee is Payee.ORGANISME]


def _parts(found: Read, agreed: Agreed) -> Parts | None:
    """Who owes what of the invoice."""
    left = agreed.left.get(Base.PEDAGOGIQUE)
    if left is None or not found.net or not agreed.needs_invoice:
        return None
    if found.electronic is not None:
        return parts_of(found.electronic, left)
    opco = min(found.net, left)
    return Parts(opco, found.net - opco, found.vat)
