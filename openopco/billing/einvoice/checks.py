"""An invoice's XML judged whole: its form, its schema, the rules of its profile, then ours."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lxml import etree

from openopco.billing.einvoice.codes import Profile
from openopco.billing.einvoice.findings import Finding, UnreadableInvoice, refuses
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.einvoice.own_checks import own_findings
from openopco.billing.einvoice.reading import profile_of, read_root
from openopco.billing.einvoice.schemas import schema_findings
from openopco.billing.einvoice.xml import parse


class Rules(Protocol):
    """What plays a profile's rules on a document; `schematron.Judge` is one."""

    def findings(self, content: bytes, profile: Profile) -> list[Finding]: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """`invoice` is None where nothing could be read; `profile` is the name of the format that was claimed, for people."""

    invoice: ElectronicInvoice | None
    findings: tuple[Finding, ...]
    profile: str = ""

    @property
    def is_refused(self) -> bool:
        return refuses(self.findings)


def check(content: bytes, rules: Rules, today: date) -> Checked:
    """Every reason against the XML. A schema that does not hold is told alone: the rules would only repeat it.

    Strangers' files: in the child only."""
    try:
        root = parse(content)
        profile = profile_of(root)
        invoice = read_root(root)
    except UnreadableInvoice as refusal:
        return Checked(None, (refusal.finding,))
    found = _format_findings(root, content, profile, rules)
    return Checked(invoice, tuple(dict.fromkeys([*found, *own_findings(invoice, today)])), profile.label)


def _format_findings(root: etree._Element, content: bytes, profile: Profile, rules: Rules) -> list[Finding]:
    return schema_findings(root, profile) or rules.findings(content, profile)
