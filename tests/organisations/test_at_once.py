"""The same SIRET kept by several people at the same instant."""

import pytest

from openopco.organisations.actions import (
    create_establishment_by_hand,
    create_provider_by_hand,
    find_or_create_establishment,
    find_or_create_provider,
)
from openopco.organisations.errors import AlreadyKnown
from openopco.organisations.models import Company, Establishment, Provider
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.habilitations.at_once import at_once
from tests.organisations.factories import ACTIF_AUTO, AXEPT, siret

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def somebody() -> Actor:
    return Actor(UserFactory.create().pk, "Camille")


def test_a_siret_found_by_two_people_is_kept_once() -> None:
    alice, bob = somebody(), somebody()
    results = at_once(
        lambda: find_or_create_establishment(actor=alice, siret=ACTIF_AUTO),
        lambda: find_or_create_establishment(actor=bob, siret=ACTIF_AUTO),
    )
    assert results == [Establishment.objects.get()] * 2
    assert Company.objects.count() == 1


def test_a_provider_found_by_two_people_is_kept_once() -> None:
    alice, bob = somebody(), somebody()
    results = at_once(
        lambda: find_or_create_provider(actor=alice, siret=AXEPT),
        lambda: find_or_create_provider(actor=bob, siret=AXEPT),
    )
    assert results == [Provider.objects.get()] * 2


def test_a_siret_keyed_by_two_people_is_told_to_the_second() -> None:
    alice, bob = somebody(), somebody()
    for create, model in ((create_establishment_by_hand, Establishment), (create_provider_by_hand, Provider)):
        results = at_once(
            lambda create=create: create(actor=alice, siret=siret(1), name="A"),
            lambda create=create: create(actor=bob, siret=siret(1), name="B"),
        )
        assert sorted(type(result).__name__ for result in results) == sorted([AlreadyKnown.__name__, model.__name__])
        assert model.objects.count() == 1
