"""Organisations for tests, each with numbers whose keys are right."""

import uuid
from datetime import UTC, datetime
from typing import Any

import factory
from schwifty import IBAN
from stdnum import luhn

from openopco.base.crypto import blind_index, seal
from openopco.kernel.banking import mask_iban
from openopco.organisations.accounts import PURPOSE
from openopco.organisations.enums import Source
from openopco.organisations.models import BankAccount, Company, Establishment, Provider
from openopco.organisations.registries import CompanyFacts
from tests.accounts.factories import UserFactory

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


class BankAccountFactory(factory.django.DjangoModelFactory[BankAccount]):
    """Proposed long ago, without its RIB, for an establishment."""

    class Meta:
        model = BankAccount

    class Params:
        iban = factory.Sequence(
            lambda n: str(IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=f"{n:011d}"))
        )

    establishment = factory.SubFactory(EstablishmentFactory)
    holder = "GARAGE D'ESSAI"
    key = factory.LazyFunction(uuid.uuid4)
    masked = factory.LazyAttribute(lambda o: mask_iban(o.iban))
    sealed = factory.LazyAttribute(lambda o: seal(o.iban, f"organisations_bankaccount.sealed:{o.key}"))
    blind = factory.LazyAttribute(lambda o: blind_index(o.iban, PURPOSE))
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = datetime(2026, 1, 5, 9, tzinfo=UTC)


def _siret_of(number: str) -> str:
    base = number + "0001"
    return base + luhn.calc_check_digit(base)
