"""The structure of an invoice against its profile's XSD, each fault in one French sentence."""

import re
from functools import cache

from lxml import etree

from openopco.billing.einvoice.codes import Profile, judging_file
from openopco.billing.einvoice.elements import short
from openopco.billing.einvoice.findings import Finding

_MOST_TOLD = 10
_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?([^']+)'")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_NAME = re.compile(r"(?:\{[^}]*\})?(\w+)")
_VALUE = re.compile(r"(?:value|The value) '([^']*)'")


def schema_findings(root: etree._Element, profile: Profile) -> list[Finding]:
    """The first faults; one fault often brings others, so that ten are told at most."""
    schema = _schema(profile.schema)
    if schema.validate(root):
        return []
    return [_finding(error, profile) for error in list(schema.error_log)[:_MOST_TOLD]]


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(judging_file(name)), etree.XMLParser(no_network=True)))


def _finding(error: etree._LogEntry, profile: Profile) -> Finding:
    message = error.message or ""
    found = _ELEMENT.search(message)
    name = short(found.group(1)) if found else "?"
    return Finding("XSD", f"Ligne {error.line} : {_fault(message, name)} (format {profile.label}).")


def _fault(message: str, name: str) -> str:
    if "is not expected" in message:
        return f"l'élément « {name} » n'est pas à sa place{_instead(message)}"
    if "Missing child" in message:
        return f"il manque quelque chose dans « {name} »{_instead(message)}"
    value = _VALUE.search(message)
    if value:
        return f"« {short(value.group(1))} » n'est pas une valeur permise dans « {name} »"
    return f"« {name} » n'est pas écrit comme le veut le format"


def _instead(message: str) -> str:
    expected = _EXPECTED.search(message)
    if expected is None:
        return ""
    names = [found.group(1) for part in expected.group(1).split(", ") if (found := _NAME.search(part))]
    return f" ; attendu : {', '.join(names[:5])}{'…' if len(names) > 5 else ''}"
