"""Asking somebody in by his address: with or without an account, once, in time, and by who still may."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from openopco.habilitations.actions import (
    accept_invitation,
    decline_invitation,
    end_membership,
    invite,
    resend_invitation,
    revoke_invitation,
    set_membership_role,
)
from openopco.habilitations.enums import InvitationState, MembershipRole, MembershipState
from openopco.habilitations.errors import (
    AlreadyAsked,
    AlreadyInvited,
    AlreadyThere,
    InvitationOver,
    JustSent,
    TooManyInvitations,
    UnknownInvitation,
)
from openopco.habilitations.models import Invitation, Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import (
    actor_for,
    administrators_of,
    invitation_of,
    own_invitations,
    pending_invitations,
)
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.organisations.errors import ClosedEstablishment
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, employer, officer
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db
ADMIN, DECLARANT = MembershipRole.ADMINISTRATEUR, MembershipRole.DECLARANT
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOB = "bob@exemple.fr"


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create(name="GARAGE DU LAC")


@pytest.fixture
def alice(place: Establishment) -> Actor:
    return actor_for(AcceptedFactory.create(establishment=place, role=ADMIN).user)


def sent(alice: Actor, place: Establishment, email: str = BOB, role: MembershipRole = DECLARANT) -> Invitation:
    return invite(actor=alice, place=Place(place.pk), email=email, role=role)


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"/invitations/([\w-]+)/", mail.text)
    assert found
    return found[1]


def bob(**fields: object) -> Actor:
    return actor_for(UserFactory.create(**{"email": BOB, **fields}))


def test_the_link_goes_to_the_address_alone_and_only_its_digest_is_kept(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place, " Bob@Exemple.fr ")
    mail = OutgoingMail.objects.get(to=BOB)
    token = token_in(mail)
    assert len(token) >= 43
    assert invitation.token_digest not in mail.text
    assert invitation_of(token) == invitation
    assert invitation_of(token + "x") is None
    assert [entry.event for entry in entries_of("invitation", invitation.pk)] == ["invitation.envoyer"]
    assert BOB not in str(entries_of("invitation", invitation.pk)[0].payload)


def test_the_answer_is_the_same_whether_the_address_has_an_account(alice: Actor, place: Establishment) -> None:
    bob()
    known, unknown = sent(alice, place), sent(alice, place, "personne@exemple.fr")
    texts = [re.sub(r"/invitations/.*/", "", mail.text) for mail in OutgoingMail.objects.order_by("id")]
    assert texts[0] == texts[1]
    assert known.state == unknown.state
    assert not Notice.objects.exists()


def test_the_invited_acts_at_once_as_wanted(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place, role=ADMIN)
    made = accept_invitation(actor=bob(), invitation_id=invitation.pk)
    assert (made.state, made.role, made.decided_by_id) == (MembershipState.ACCEPTED, ADMIN, alice.user_id)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.accepted_by_id) == (InvitationState.ACCEPTED, made.user_id)
    assert Notice.objects.filter(user_id=alice.user_id, kind="membership.joined").exists()


def test_a_request_that_waited_is_accepted_by_the_invitation(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place)
    waiting = MembershipFactory.create(establishment=place, user=UserFactory.create(email=BOB))
    assert accept_invitation(actor=actor_for(waiting.user), invitation_id=invitation.pk).pk == waiting.pk
    assert Membership.objects.filter(user=waiting.user).count() == 1


def test_an_invitation_serves_once(alice: Actor, place: Establishment) -> None:
    invitation, person = sent(alice, place), bob()
    end_membership(actor=person, membership_id=accept_invitation(actor=person, invitation_id=invitation.pk).pk)
    with pytest.raises(InvitationOver):
        accept_invitation(actor=person, invitation_id=invitation.pk)


def test_another_address_finds_nothing(alice: Actor, place: Establishment) -> None:
    with pytest.raises(UnknownInvitation):
        accept_invitation(actor=bob(email="autre@exemple.fr"), invitation_id=sent(alice, place).pk)


def test_an_address_not_yet_confirmed_finds_nothing(alice: Actor, place: Establishment) -> None:
    with pytest.raises(UnknownInvitation):
        accept_invitation(actor=bob(address__verified=False), invitation_id=sent(alice, place).pk)


def test_the_opco_s_own_people_accept_none(alice: Actor, place: Establishment) -> None:
    with pytest.raises(Forbidden):
        accept_invitation(actor=officer(), invitation_id=sent(alice, place).pk)


@pytest.mark.parametrize(("days", "works"), [(6, True), (8, False)])
def test_it_lives_as_long_as_the_parameter_says(alice: Actor, place: Establishment, days: int, works: bool) -> None:
    with time_machine.travel(MONDAY, tick=False):
        invitation = sent(alice, place)
    person = bob()
    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        assert own_invitations(UserFactory._meta.model.objects.get(pk=person.user_id)).exists() is works
        if works:
            accept_invitation(actor=person, invitation_id=invitation.pk)
        else:
            with pytest.raises(InvitationOver):
                accept_invitation(actor=person, invitation_id=invitation.pk)


def test_sent_again_the_former_link_opens_nothing(alice: Actor, place: Establishment) -> None:
    with time_machine.travel(MONDAY, tick=False):
        invitation = sent(alice, place)
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        resend_invitation(actor=alice, invitation_id=invitation.pk)
        former, latter = map(token_in, OutgoingMail.objects.order_by("id"))
        assert invitation_of(former) is None
        assert invitation_of(latter) == invitation
        accept_invitation(actor=bob(), invitation_id=invitation.pk)


def test_it_is_not_sent_again_at_once_nor_for_ever(alice: Actor, place: Establishment) -> None:
    with time_machine.travel(MONDAY, tick=False):
        invitation = sent(alice, place)
        with pytest.raises(JustSent):
            resend_invitation(actor=alice, invitation_id=invitation.pk)
    for hours in range(1, 5):
        with time_machine.travel(MONDAY + timedelta(hours=hours), tick=False):
            resend_invitation(actor=alice, invitation_id=invitation.pk)
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False), pytest.raises(JustSent):
        resend_invitation(actor=alice, invitation_id=invitation.pk)


def test_taken_back_it_is_over(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place)
    revoke_invitation(actor=alice, invitation_id=invitation.pk)
    assert not pending_invitations(alice, Place(place.pk))
    with pytest.raises(InvitationOver):
        accept_invitation(actor=bob(), invitation_id=invitation.pk)
    with pytest.raises(InvitationOver):
        resend_invitation(actor=alice, invitation_id=invitation.pk)


def test_declined_its_sender_is_told(alice: Actor, place: Establishment) -> None:
    invitation = decline_invitation(actor=bob(), invitation_id=sent(alice, place).pk)
    assert invitation.state == InvitationState.DECLINED
    assert Notice.objects.get(user_id=alice.user_id).kind == "membership.declined"
    assert not Membership.objects.filter(user__email=BOB).exists()


def test_who_administers_no_more_invited_nobody(alice: Actor, place: Establishment) -> None:
    other = AcceptedFactory.create(establishment=place, role=ADMIN)
    invitation = sent(alice, place)
    mine = Membership.objects.get(user_id=alice.user_id)
    set_membership_role(actor=actor_for(other.user), membership_id=mine.pk, role=DECLARANT)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.REVOKED


def test_a_sender_whose_account_closed_lets_nobody_in(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place)
    UserFactory._meta.model.objects.filter(pk=alice.user_id).update(is_active=False)
    with pytest.raises(InvitationOver):
        accept_invitation(actor=bob(), invitation_id=invitation.pk)


@pytest.mark.parametrize("known", ["acts", "asks", "invited"])
def test_who_is_there_already_is_not_invited(alice: Actor, place: Establishment, known: str) -> None:
    if known == "invited":
        sent(alice, place)
    else:
        made = AcceptedFactory if known == "acts" else MembershipFactory
        made.create(establishment=place, user__email=BOB)
    error = {"acts": AlreadyThere, "asks": AlreadyAsked, "invited": AlreadyInvited}[known]
    with pytest.raises(error):
        sent(alice, place)


def test_a_bad_address_and_a_closed_establishment_are_refused(alice: Actor, place: Establishment) -> None:
    with pytest.raises(InvalidValue):
        sent(alice, place, "bob")
    Establishment.objects.filter(pk=place.pk).update(is_active=False)
    with pytest.raises(ClosedEstablishment):
        sent(alice, place)


def test_an_establishment_that_closed_since_lets_nobody_in(alice: Actor, place: Establishment) -> None:
    invitation = sent(alice, place)
    Establishment.objects.filter(pk=place.pk).update(is_active=False)
    with pytest.raises(ClosedEstablishment):
        accept_invitation(actor=bob(), invitation_id=invitation.pk)


def test_invitations_are_not_endless(alice: Actor, place: Establishment) -> None:
    for rank in range(20):
        sent(alice, place, f"personne{rank}@ailleurs.fr")
    with pytest.raises(TooManyInvitations):
        sent(alice, place)


def test_a_declarant_a_stranger_and_who_waits_invite_nobody(alice: Actor, place: Establishment) -> None:
    others = [
        employer(place),
        employer(place, accepted=False),
        actor_for(AcceptedFactory.create(role=ADMIN).user),
    ]
    invitation = sent(alice, place)
    for actor in others:
        with pytest.raises(Forbidden):
            sent(actor, place, "x@exemple.fr")
        with pytest.raises(Forbidden):
            pending_invitations(actor, Place(place.pk))
        with pytest.raises(UnknownInvitation):
            revoke_invitation(actor=actor, invitation_id=invitation.pk)


def test_an_officer_invites_the_first_who_then_administers(place: Establishment) -> None:
    invitation = sent(officer(), place)
    accept_invitation(actor=bob(), invitation_id=invitation.pk)
    assert len(administrators_of(Place(place.pk))) == 1
