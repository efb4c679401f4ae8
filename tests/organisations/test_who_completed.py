"""What people completed of an establishment is for its own; whose membership waits knows and changes what he typed alone."""

import pytest

from openopco.accounts.models import User
from openopco.habilitations.queries import actor_for
from openopco.kernel.errors import Forbidden
from openopco.organisations.actions import complete_establishment, create_establishment_by_hand, verify_establishment
from openopco.organisations.models import Establishment
from openopco.organisations.queries import knows_agreement, knows_private
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import MembershipFactory, employer, officer
from tests.organisations.factories import CompanyFactory, EstablishmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def finder() -> User:
    return UserFactory.create()


@pytest.fixture
def place(finder: User) -> Establishment:
    return EstablishmentFactory.create(created_by=finder)


@pytest.fixture
def waiting(finder: User, place: Establishment) -> Actor:
    """He recorded the establishment, and waits for an officer."""
    MembershipFactory.create(user=finder, establishment=place)
    return actor_for(finder)


def test_what_he_typed_alone_is_his(waiting: Actor, place: Establishment) -> None:
    complete_establishment(actor=waiting, establishment_id=place.pk, email="moi@exemple.fr", headcount_exact="4")
    assert knows_private(waiting, place)
    assert complete_establishment(actor=waiting, establishment_id=place.pk, headcount_exact="5").pk == place.pk


@pytest.mark.parametrize("typed", [{"email": "nous@exemple.fr"}, {"headcount_exact": "9"}, {"idcc": "1486"}])
def test_what_a_colleague_completed_is_neither_read_nor_overwritten(
    typed: dict[str, str], waiting: Actor, place: Establishment
) -> None:
    complete_establishment(actor=employer(place), establishment_id=place.pk, **typed)
    assert not knows_private(waiting, place)
    with pytest.raises(Forbidden, match="quand votre rattachement sera accepté"):
        complete_establishment(actor=waiting, establishment_id=place.pk, phone="03 89 00 00 00")


def test_an_officer_s_word_is_not_his_either_unless_it_only_vouches(waiting: Actor, place: Establishment) -> None:
    verify_establishment(actor=officer(), establishment_id=place.pk)
    assert knows_private(waiting, place)
    verify_establishment(actor=officer(), establishment_id=place.pk, email="nous@exemple.fr")
    assert not knows_private(waiting, place)


def test_the_accepted_and_the_opco_know_all_the_others_nothing(place: Establishment) -> None:
    assert knows_private(employer(place), place)
    assert knows_private(officer(), place)
    for nobody in (employer(place, accepted=False), employer(), ANONYMOUS, SYSTEM):
        assert not knows_private(nobody, place)


def test_an_agreement_is_public_where_the_registry_told_it(place: Establishment) -> None:
    stranger = employer(place, accepted=False)
    place.source = "HAND"
    assert not knows_agreement(stranger, place)
    place.source = "REGISTRY"
    assert knows_agreement(stranger, place)
    complete_establishment(actor=employer(place), establishment_id=place.pk, idcc="1486")
    assert not knows_agreement(stranger, place)


def test_an_establishment_keyed_by_hand_changes_no_headcount_known_of_the_company(finder: User) -> None:
    company = CompanyFactory.create(siren="834267023", headcount_exact=12, headcount_at="2026-01-01")
    create_establishment_by_hand(
        actor=Actor(finder.pk, str(finder)), siret="83426702300028", name="Garage", headcount_exact="400"
    )
    company.refresh_from_db()
    assert company.headcount_exact == 12
