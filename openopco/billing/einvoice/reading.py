"""An invoice read from XML of any accepted format."""

from typing import NamedTuple

from lxml import etree

from openopco.billing.einvoice.codes import CII_ROOT, UBL_ROOTS, Profile, cii_profile, ubl_profile
from openopco.billing.einvoice.elements import short
from openopco.billing.einvoice.findings import UnreadableInvoice
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.einvoice.reading_cii import guideline, read_cii
from openopco.billing.einvoice.reading_ubl import customization, read_ubl
from openopco.billing.einvoice.xml import parse


def read(content: bytes) -> ElectronicInvoice:
    """The invoice that the XML holds, unchecked. Raises `UnreadableInvoice`. Strangers' files: in a child only."""
    return read_root(parse(content))


def read_root(root: etree._Element) -> ElectronicInvoice:
    if root.tag == CII_ROOT:
        return read_cii(root)
    if root.tag in UBL_ROOTS:
        return read_ubl(root)
    raise UnreadableInvoice(
        "OPCO-FORMAT",
        "Ce XML n'est pas une facture que nous savons lire : déposez une facture Factur-X, CII ou UBL 2.1.",
    )


def profile_of(root: etree._Element) -> Profile:
    """The profile that the document claims. Raises `UnreadableInvoice`."""
    claimed, profile = "", None
    if root.tag == CII_ROOT:
        profile = cii_profile(claimed := guideline(root))
    elif root.tag in UBL_ROOTS:
        profile = ubl_profile(UBL_ROOTS[str(root.tag)], claimed := customization(root))
    if profile is None:
        said = f"« {short(claimed)} »" if claimed else "aucun profil"
        raise UnreadableInvoice(
            "OPCO-PROFILE",
            f"La facture annonce {said} : nous lisons Factur-X (MINIMUM à EXTENDED), CII et UBL selon EN 16931.",
        )
    return profile


class Lack(NamedTuple):
    """A datum that the profile does not carry: its field, and its name for people."""

    field: str
    label: str


def missing(invoice: ElectronicInvoice) -> list[Lack]:
    """What an OPCO needs of an invoice and this one lacks, to be keyed by a person."""
    references = invoice.references
    has = [
        ("lines", bool(invoice.lines), "le détail des heures et des prix"),
        ("dossier", any((references.buyer, references.order, references.contract)), "la référence du dossier"),
        ("seller_siret", bool(invoice.seller.siret), "le SIRET de l'organisme"),
        ("nda", bool(invoice.seller.nda), "le numéro de déclaration d'activité"),
        ("due_on", bool(invoice.due_on), "la date d'échéance"),
        ("taxes", bool(invoice.taxes), "le détail de la TVA"),
        ("iban", bool(invoice.payment.iban), "l'IBAN"),
    ]
    return [Lack(field, label) for field, there, label in has if not there]
