"""Texts, figures, days and codes of an invoice's elements; each refusal names what could not be read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from lxml import etree

from openopco.billing.einvoice.findings import UnreadableInvoice
from openopco.billing.einvoice.model import SIREN_SCHEME, SIRET_SCHEME, Kind, TaxCategory

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?")
_NDA = re.compile(r"\d{2}(?:\d{2}|2[AB])[\dP]\d{6}")


@dataclass(frozen=True, slots=True)
class Node:
    """One element, its children found by path (« ram:A/ram:B ») under the prefixes of its format."""

    element: etree._Element
    prefixes: Mapping[str, str]

    def find(self, path: str) -> "Node | None":
        found = self.element.find(path, self.prefixes)
        return None if found is None else Node(found, self.prefixes)

    def each(self, path: str) -> "Iterator[Node]":
        for found in self.element.iterfind(path, self.prefixes):
            yield Node(found, self.prefixes)

    def text(self, path: str = ".") -> str:
        """Empty where there is none."""
        return (self.element.findtext(path, "", self.prefixes) or "").strip()

    def wanted(self, path: str, name: str) -> str:
        """Raises `UnreadableInvoice`: `name` tells, in French, what is missing."""
        return self.text(path) or _refuse("OPCO-MISSING", f"La facture n'indique pas {name}.")

    def attribute(self, name: str) -> str:
        return str(self.element.get(name, "")).strip()

    def number(self, path: str, name: str) -> Decimal:
        return decimal(self.wanted(path, name), name)

    def number_or(self, path: str, default: Decimal, name: str) -> Decimal:
        text = self.text(path)
        return decimal(text, name) if text else default


def decimal(text: str, name: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        _refuse("OPCO-NUMBER", f"« {short(text)} » n'est pas un nombre, là où la facture indique {name}.")
    return Decimal(text)


def day(text: str, name: str, shape: str) -> date:
    """`shape` is a regular expression with the year, month and day as its groups."""
    match = re.fullmatch(shape, text)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    return _refuse("OPCO-DATE", f"« {short(text)} » n'est pas une date, là où la facture indique {name}.")


def kind(code: str) -> Kind:
    if code not in set(Kind):
        _refuse(
            "OPCO-KIND",
            f"Ce document est de type « {short(code)} » : déposez une facture (type 380) ou un avoir (type 381).",
        )
    return Kind(code)


def category(code: str) -> TaxCategory:
    if code not in set(TaxCategory):
        _refuse("OPCO-VAT-CATEGORY", f"La catégorie de TVA « {short(code)} » n'existe pas en France.")
    return TaxCategory(code)


def identifiers(given: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Whose number is which, of (scheme, text) pairs: keys "siren", "siret", "nda". The scheme rules; a SIRET given where
    a SIREN was wanted is a SIRET."""
    found: dict[str, str] = {}
    for scheme, raw in given:
        text = re.sub(r"\s", "", raw)
        name = _identifier(scheme, text)
        if name:
            found.setdefault(name, text)
    return found


def _identifier(scheme: str, text: str) -> str:
    if scheme in {SIREN_SCHEME, SIRET_SCHEME, ""} and text.isascii() and text.isdigit():
        by_length = {9: "siren", 14: "siret"}.get(len(text))
        if by_length:
            return by_length
    if scheme in {SIREN_SCHEME, SIRET_SCHEME}:
        return "siren" if scheme == SIREN_SCHEME else "siret"
    return "nda" if not scheme and _NDA.fullmatch(text) else ""


def short(text: str) -> str:
    """What may be repeated of a stranger's text in a sentence."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def _refuse(code: str, sentence: str) -> NoReturn:
    raise UnreadableInvoice(code, sentence)
