"""The public registries, behind one interface; `settings.REGISTRY` chooses the demonstration or the network."""

from django.conf import settings

from openopco.kernel.errors import Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations.errors import NotFound
from openopco.organisations.registries.embedded import EmbeddedRegistry
from openopco.organisations.registries.facts import (
    UNLISTED,
    CompanyFacts,
    Declaration,
    OpcoFacts,
    ProviderFacts,
    Qualiopi,
    Registry,
)
from openopco.organisations.registries.http import HttpRegistry

__all__ = [
    "CompanyFacts",
    "Declaration",
    "OpcoFacts",
    "ProviderFacts",
    "Qualiopi",
    "Registry",
    "lookup_company",
    "lookup_provider",
    "opco_of",
]


def registry() -> Registry:
    return HttpRegistry() if settings.REGISTRY == "http" else EmbeddedRegistry()


def lookup_company(siret: str) -> CompanyFacts:
    """Facts of one establishment, open or closed. Raises InvalidValue, NotFound, Unavailable."""
    return registry().company(parse_siret(siret))


def lookup_provider(siret: str) -> ProviderFacts:
    """A provider's facts; without its declaration when only the list of providers fails. Raises as `lookup_company`."""
    siret = parse_siret(siret)
    source = registry()
    return ProviderFacts(source.company(siret), _declaration(source, siret))


def opco_of(siret: str) -> OpcoFacts:
    """The OPCO of an establishment; empty where none, or several, answer. Raises InvalidValue, Unavailable."""
    try:
        return registry().opco(parse_siret(siret))
    except NotFound:
        return OpcoFacts()


def _declaration(source: Registry, siret: str) -> Declaration | None:
    try:
        return source.declaration(siret)
    except NotFound:
        return UNLISTED
    except Unavailable:
        return None
