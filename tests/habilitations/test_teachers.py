"""People of a training provider: the same machinery as an employer's, another reach."""

import pytest
from django.db import IntegrityError, transaction

from openopco.habilitations.actions import (
    accept_invitation,
    accept_membership,
    end_membership,
    invite,
    request_membership,
    switch_place,
)
from openopco.habilitations.enums import MembershipRole, MembershipState
from openopco.habilitations.errors import LastAdministrator, ProofNeeded, UnknownMembership
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import actor_for, colleagues, memberships_to_decide, people_of
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden
from openopco.notifications.models import Notice
from openopco.organisations.enums import ProviderStatus
from openopco.organisations.errors import ClosedEstablishment
from openopco.organisations.models import Provider
from openopco.rights import Grant, Permission, Role, Subject, may
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import (
    LONG_AGO,
    AcceptedFactory,
    AcceptedTeacherFactory,
    TeacherFactory,
    employer,
    officer,
    teacher,
)
from tests.organisations.factories import EstablishmentFactory, ProviderFactory

pytestmark = pytest.mark.django_db


def place_of(provider: Provider) -> Place:
    return Place(provider_id=provider.pk)


def test_the_first_account_of_a_provider_waits_for_an_officer_who_must_have_seen_a_proof() -> None:
    school, user = ProviderFactory.create(), UserFactory.create()
    asked = request_membership(actor=actor_for(user), place=place_of(school))
    assert asked.state == MembershipState.PENDING
    assert actor_for(user).grants == (Grant(Role.ORGANISME, None, False, school.pk),)
    assert asked in memberships_to_decide(officer()).items
    with pytest.raises(ProofNeeded):
        accept_membership(actor=officer(), membership_id=asked.pk)
    accept_membership(actor=officer(), membership_id=asked.pk, note="Gérante rappelée au standard.")
    assert actor_for(user).roles == {Role.ORGANISME, Role.RESPONSABLE}
    assert people_of(place_of(school)) == [user.pk]
    assert list(entries_of("membership", asked.pk))[-1].payload == {
        "state": "ACCEPTED",
        "provider": school.pk,
        "role": "ADMIN",
    }
    assert Notice.objects.filter(user=user, title__contains="est accepté").exists()


def test_who_waits_reaches_nothing_of_the_provider() -> None:
    waits = teacher(accepted=False)
    [grant] = waits.provider_grants()
    assert not may(waits, Permission.COURSE_READ, Subject(provider_id=grant.provider_id))
    assert not may(waits, Permission.COURSE_READ, Subject(provider_id=grant.provider_id, typed_by=waits.user_id))


def test_a_provider_s_grant_reaches_its_provider_and_no_establishment_of_the_same_number() -> None:
    membership = AcceptedTeacherFactory.create(role=MembershipRole.ADMINISTRATEUR)
    head, number = actor_for(membership.user), membership.provider_id
    assert may(head, Permission.COURSE_READ, Subject(provider_id=number))
    assert not may(head, Permission.COURSE_READ, Subject(provider_id=number + 1))
    assert may(head, Permission.MEMBERSHIP_MANAGE, Subject(provider_id=number))
    assert not may(head, Permission.MEMBERSHIP_MANAGE, Subject(establishment_id=number))
    assert not may(head, Permission.DOSSIER_READ, Subject(establishment_id=number, provider_id=number))


def test_an_employer_s_grant_reaches_no_provider_of_the_same_number() -> None:
    membership = AcceptedFactory.create(role=MembershipRole.ADMINISTRATEUR)
    head, number = actor_for(membership.user), membership.establishment_id
    assert not may(head, Permission.MEMBERSHIP_MANAGE, Subject(provider_id=number))
    assert not may(head, Permission.COURSE_READ, Subject(provider_id=number))


def test_asked_again_it_is_the_same_and_a_closed_provider_takes_nobody() -> None:
    school, who = ProviderFactory.create(), actor_for(UserFactory.create())
    first = request_membership(actor=who, place=place_of(school))
    assert request_membership(actor=who, place=place_of(school)) == first
    closed = ProviderFactory.create(status=ProviderStatus.FERME)
    with pytest.raises(ClosedEstablishment):
        request_membership(actor=who, place=place_of(closed))


def test_its_administrator_invites_and_says_who_acts_and_one_always_remains() -> None:
    head = AcceptedTeacherFactory.create(role=MembershipRole.ADMINISTRATEUR)
    bob = UserFactory.create(email="bob@exemple.fr")
    sent = invite(actor=actor_for(head.user), place=head.place, email=bob.email, role=MembershipRole.DECLARANT)
    joined = accept_invitation(actor=actor_for(bob), invitation_id=sent.pk)
    assert joined.place == head.place
    assert [each.user for each in colleagues(actor_for(bob), head.place)] == [head.user, bob]
    with pytest.raises(LastAdministrator):
        end_membership(actor=actor_for(head.user), membership_id=head.pk)
    with pytest.raises(Forbidden):
        invite(actor=teacher(), place=head.place, email="eve@exemple.fr", role=MembershipRole.DECLARANT)


def test_one_may_act_for_an_employer_and_for_a_provider() -> None:
    both = UserFactory.create()
    garage, school = EstablishmentFactory.create(), ProviderFactory.create()
    employer(garage, user=both)
    actor = teacher(school, user=both)
    assert actor.roles == {Role.EMPLOYEUR, Role.ORGANISME}
    session: dict[str, object] = {"establishment_id": garage.pk, "kept": True}
    mine = tuple(Membership.objects.filter(user=both).order_by("id"))
    switch_place(memberships=mine, session=session, place=place_of(school))  # type: ignore[arg-type]
    assert session == {"provider_id": school.pk, "kept": True}
    with pytest.raises(UnknownMembership):
        switch_place(
            memberships=mine,
            session=session,  # type: ignore[arg-type]
            place=place_of(ProviderFactory.create()),
        )


def test_a_place_is_one_thing() -> None:
    for ids in ({}, {"establishment_id": 1, "provider_id": 2}):
        with pytest.raises(ValueError, match="a place is"):
            Place(**ids)


@pytest.mark.parametrize("of", [{}, {"establishment": True, "provider": True}])
def test_the_database_refuses_a_membership_of_none_or_of_two(of: dict[str, bool]) -> None:
    given = {
        "establishment": EstablishmentFactory.create() if of.get("establishment") else None,
        "provider": ProviderFactory.create() if of.get("provider") else None,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=UserFactory.create(), requested_at=LONG_AGO, **given)


def test_the_database_holds_one_live_membership_of_a_person_at_a_provider() -> None:
    first = TeacherFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        TeacherFactory.create(user=first.user, provider=first.provider)
