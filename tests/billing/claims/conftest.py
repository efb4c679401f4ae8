"""A garage and its people, a course that is over, a controller."""

import pytest
import time_machine

from openopco.dossiers.models import Dossier
from openopco.habilitations.enums import MembershipRole
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import actor_for
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor
from tests.billing.claims.world import after, granted
from tests.dossiers.conftest import (  # noqa: F401
    _files,
    _nothing_kept,
    alice,
    bob,
    clock,
    olga,
    place,
)
from tests.funding.builders import envelope
from tests.habilitations.factories import controller, teacher


@pytest.fixture
def carl(db: None) -> Actor:
    """Checks that the service was done."""
    return controller()


@pytest.fixture
def dossier(
    alice: Actor,  # noqa: F811
    place: Establishment,  # noqa: F811
    olga: Actor,  # noqa: F811
    clock: time_machine.Traveller,  # noqa: F811
) -> Dossier:
    """Granted, to be refunded; its course over."""
    envelope()
    found = granted(alice, place, olga)
    after(clock)
    return found


@pytest.fixture
def taught(
    alice: Actor,  # noqa: F811
    place: Establishment,  # noqa: F811
    olga: Actor,  # noqa: F811
    clock: time_machine.Traveller,  # noqa: F811
) -> Dossier:
    """Granted, its provider to be paid; its course over."""
    envelope()
    found = granted(alice, place, olga, subrogation="oui")
    Provider.objects.filter(pk=found.provider_id).update(vat_exempt=True)
    after(clock)
    found.refresh_from_db()
    return found


@pytest.fixture
def tess(taught: Dossier) -> Actor:
    """Administers the provider."""
    actor = teacher(taught.provider)
    Membership.objects.filter(user_id=actor.user_id).update(role=MembershipRole.ADMINISTRATEUR)
    return actor_for(Membership.objects.get(user_id=actor.user_id).user)
