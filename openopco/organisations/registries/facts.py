"""What a registry says of an organisation, whatever the registry."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """One establishment and its legal unit. Texts are empty where the registry keeps silent. `idccs` only propose."""

    siret: str
    name: str
    address: str = ""
    postal_code: str = ""
    city: str = ""
    insee_code: str = ""
    naf: str = ""
    idccs: tuple[str, ...] = ()
    headcount_band: str = ""
    company_headcount_band: str = ""
    is_active: bool = True

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass(frozen=True, slots=True)
class Qualiopi:
    """What the public list says the provider is certified for."""

    actions: bool = False
    bilans: bool = False
    vae: bool = False
    apprentissage: bool = False


NOT_CERTIFIED = Qualiopi()


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the public list of providers says. `is_there` without an `nda`: several numbers, and no telling which."""

    nda: str = ""
    qualiopi: Qualiopi = NOT_CERTIFIED
    is_there: bool = True


UNLISTED = Declaration(is_there=False)


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A provider's identity, and its declaration: None when the public list could not be read."""

    company: CompanyFacts
    declaration: Declaration | None


@dataclass(frozen=True, slots=True)
class OpcoFacts:
    """The OPCO that a SIRET is attached to (slug of `opco.table`; empty unless there is a single one)."""

    slug: str = ""
    idcc: str = ""


class Registry(Protocol):
    """Where facts come from. Every method raises `NotFound` for an unknown SIRET, `Unavailable` when it can't tell."""

    def company(self, siret: str) -> CompanyFacts: ...

    def declaration(self, siret: str) -> Declaration: ...

    def opco(self, siret: str) -> OpcoFacts: ...
