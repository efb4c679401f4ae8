"""Memberships and roles for tests, and the actors that come of them."""

from datetime import UTC, datetime

import factory

from openopco.accounts.models import User
from openopco.habilitations.enums import MembershipState, StaffRoleName
from openopco.habilitations.models import Membership, StaffRole
from openopco.habilitations.queries import actor_for
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.organisations.factories import EstablishmentFactory, ProviderFactory

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """Pending."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    establishment = factory.SubFactory(EstablishmentFactory)
    state = MembershipState.PENDING
    requested_at = LONG_AGO


class AcceptedFactory(MembershipFactory):
    state = MembershipState.ACCEPTED
    decided_at = LONG_AGO
    decided_by = factory.SubFactory(OpcoUserFactory)


class TeacherFactory(MembershipFactory):
    """Somebody who asks to act for a training provider."""

    establishment = None
    provider = factory.SubFactory(ProviderFactory)


class AcceptedTeacherFactory(TeacherFactory):
    state = MembershipState.ACCEPTED
    decided_at = LONG_AGO
    decided_by = factory.SubFactory(OpcoUserFactory)


class StaffRoleFactory(factory.django.DjangoModelFactory[StaffRole]):
    """An administrator made by the command."""

    class Meta:
        model = StaffRole

    user = factory.SubFactory(OpcoUserFactory)
    role = StaffRoleName.ADMINISTRATEUR
    by_command = True
    granted_at = LONG_AGO
    since = LONG_AGO


def employer(establishment: Establishment | None = None, *, accepted: bool = True, user: User | None = None) -> Actor:
    """Somebody who acts for an establishment, read from the database as a request would."""
    made = AcceptedFactory if accepted else MembershipFactory
    membership = made.create(
        establishment=establishment or EstablishmentFactory.create(), user=user or UserFactory.create()
    )
    return actor_for(membership.user)


def teacher(provider: Provider | None = None, *, accepted: bool = True, user: User | None = None) -> Actor:
    """Somebody who acts for a training provider, read from the database as a request would."""
    made = AcceptedTeacherFactory if accepted else TeacherFactory
    membership = made.create(provider=provider or ProviderFactory.create(), user=user or UserFactory.create())
    return actor_for(membership.user)


def officer() -> Actor:
    return actor_for(StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user)


def accountant() -> Actor:
    return actor_for(StaffRoleFactory.create(role=StaffRoleName.COMPTABLE).user)


def controller() -> Actor:
    return actor_for(StaffRoleFactory.create(role=StaffRoleName.CONTROLEUR).user)


def administrator() -> Actor:
    return actor_for(StaffRoleFactory.create().user)
