"""Organisations for tests, each with numbers whose keys are right."""

from typing import Any

import factory
from stdnum import luhn

from openopco.organisations.enums import Source
from openopco.organisations.models import Company, Establishment, Provider
from openopco.organisations.registries import CompanyFacts

ACTIF_AUTO = "83135297600011"
AXEPT = "83426702300028"


def siren(number: int) -> str:
    base = f"0009{number:04d}"
    return base + luhn.calc_check_digit(base)


def siret(number: int, nic: int = 1) -> str:
    base = siren(number) + f"{nic:04d}"
    return base + luhn.calc_check_digit(base)


def facts(number: str = ACTIF_AUTO, **changes: Any) -> CompanyFacts:
    """What a registry would say of an open garage in Illzach."""
    told: dict[str, Any] = {
        "siret": number,
        "name": "GARAGE D'ESSAI",
        "address": "1 RUE DE L'ESSAI",
        "postal_code": "68110",
        "city": "ILLZACH",
        "insee_code": "68154",
        "naf": "4520A",
        "idccs": ("1090",),
        "headcount_band": "02",
        "company_headcount_band": "03",
    }
    return CompanyFacts(**{**told, **changes})


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    class Meta:
        model = Company

    siren = factory.Sequence(siren)
    name = factory.Sequence(lambda n: f"GARAGE {n}")


class EstablishmentFactory(factory.django.DjangoModelFactory[Establishment]):
    """Keyed by hand and unverified, unless told otherwise."""

    class Meta:
        model = Establishment

    company = factory.SubFactory(CompanyFactory)
    siret = factory.LazyAttribute(lambda o: _siret_of(o.company.siren))
    name = factory.LazyAttribute(lambda o: o.company.name)
    city = "ILLZACH"
    source = Source.HAND


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    siret = factory.Sequence(lambda n: siret(5000 + n))
    name = factory.Sequence(lambda n: f"FORMATION {n}")
    city = "MULHOUSE"
    source = Source.HAND


def _siret_of(number: str) -> str:
    base = number + "0001"
    return base + luhn.calc_check_digit(base)
