"""Asking to act for an establishment, the proof, the officer's answer, the end."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openopco.documents.actions import accept_upload
from openopco.documents.models import Document
from openopco.documents.refusals import RefusedFile
from openopco.habilitations.actions import (
    accept_membership,
    add_proof,
    end_membership,
    refuse_membership,
    request_membership,
)
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.errors import (
    NotPossibleNow,
    ProofNeeded,
    ReasonNeeded,
    TooManyPending,
    UnknownMembership,
)
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import (
    actor_for,
    colleagues,
    find_membership,
    has_accepted_membership,
    memberships_to_decide,
    own_memberships,
    people_of_establishment,
)
from openopco.habilitations.workflow import TRANSITIONS, Event, find
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.organisations.errors import ClosedEstablishment
from openopco.rights import ANONYMOUS, Actor, Grant, Permission, Role, Subject, may
from tests.accounts.factories import UserFactory
from tests.documents.factories import upload
from tests.habilitations.factories import (
    LONG_AGO,
    AcceptedFactory,
    MembershipFactory,
    administrator,
    employer,
    officer,
)
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db
S = MembershipState


def newcomer() -> Actor:
    return actor_for(UserFactory.create())


def events(membership: Membership) -> list[str]:
    return [entry.event for entry in entries_of("membership", membership.pk)]


def state_of(membership: Membership) -> str:
    return Membership.objects.values_list("state", flat=True).get(pk=membership.pk)


# --- the request ------------------------------------------------------------------------------------------------------


def test_the_first_person_on_a_siret_is_pending() -> None:
    alice, garage = newcomer(), EstablishmentFactory.create()
    asked = request_membership(actor=alice, place=Place(garage.pk))
    assert (asked.state, asked.user_id, asked.decided_at) == (S.PENDING, alice.user_id, None)
    assert asked.get_state_display() == "Rattachement à valider"
    assert events(asked) == ["membership.demander"]


def test_the_second_person_on_the_same_siret_is_pending_too() -> None:
    accepted = AcceptedFactory.create()
    asked = request_membership(actor=newcomer(), place=Place(accepted.establishment_id))
    assert asked.state == S.PENDING


def test_a_pending_person_drafts_and_reaches_only_what_he_typed() -> None:
    alice, garage = newcomer(), EstablishmentFactory.create()
    request_membership(actor=alice, place=Place(garage.pk))
    now = actor_for(Membership.objects.get().user)
    assert now.grants == (Grant(Role.EMPLOYEUR, garage.pk, confirmed=False),)
    assert may(now, Permission.DOSSIER_SEND, Subject(garage.pk, typed_by=now.user_id))
    assert not may(now, Permission.DOSSIER_READ, Subject(garage.pk, typed_by=999))


def test_asking_again_is_the_same_request() -> None:
    alice, garage = newcomer(), EstablishmentFactory.create()
    first = request_membership(actor=alice, place=Place(garage.pk))
    assert request_membership(actor=alice, place=Place(garage.pk)) == first
    assert Membership.objects.count() == 1


def test_one_person_may_act_for_several_establishments() -> None:
    alice = newcomer()
    for _ in range(2):
        request_membership(actor=alice, place=Place(EstablishmentFactory.create().pk))
    assert len(actor_for(Membership.objects.all()[0].user).grants) == 2


def test_a_refused_person_may_ask_again() -> None:
    refused = MembershipFactory.create()
    refuse_membership(actor=officer(), membership_id=refused.pk, reason="Papier illisible")
    again = request_membership(actor=actor_for(refused.user), place=Place(refused.establishment_id))
    assert again.pk != refused.pk
    assert again.state == S.PENDING


def test_requests_are_not_endless() -> None:
    alice = UserFactory.create()
    MembershipFactory.create_batch(10, user=alice)
    with pytest.raises(TooManyPending):
        request_membership(actor=actor_for(alice), place=Place(EstablishmentFactory.create().pk))


def test_a_closed_establishment_takes_nobody_in() -> None:
    with pytest.raises(ClosedEstablishment):
        request_membership(actor=newcomer(), place=Place(EstablishmentFactory.create(is_active=False).pk))


@pytest.mark.parametrize("who", [lambda: ANONYMOUS, officer, administrator])
def test_the_opcos_people_act_for_no_employer(who: object) -> None:
    with pytest.raises(Forbidden):
        request_membership(actor=who(), place=Place(EstablishmentFactory.create().pk))  # type: ignore[operator]


# --- the proof --------------------------------------------------------------------------------------------------------


def test_a_proof_may_come_later() -> None:
    membership = MembershipFactory.create()
    joined = add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload("kbis.pdf"))
    assert joined.proof is not None
    assert (joined.proof.name, joined.proof.owner_kind, joined.proof.owner_id) == (
        "kbis.pdf",
        "membership",
        membership.pk,
    )
    assert events(membership) == ["membership.justifier"]


def test_only_the_holder_joins_a_proof() -> None:
    membership = MembershipFactory.create()
    for stranger in (newcomer(), officer(), ANONYMOUS):
        with pytest.raises(UnknownMembership):
            add_proof(actor=stranger, membership_id=membership.pk, upload=upload())


def test_a_bad_file_is_refused_and_changes_nothing() -> None:
    membership = MembershipFactory.create()
    with pytest.raises(RefusedFile):
        add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload("a.pdf", b"<html>"))
    membership.refresh_from_db()
    assert membership.proof is None


def test_a_decided_membership_takes_no_more_proof() -> None:
    membership = AcceptedFactory.create()
    with pytest.raises(NotPossibleNow):
        add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload())


def test_decided_while_the_file_was_examined_it_takes_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    membership = MembershipFactory.create()

    def slow(**given: Any) -> Document:
        refuse_membership(actor=officer(), membership_id=membership.pk, reason="Inconnu au garage")
        return accept_upload(**given)

    monkeypatch.setattr("openopco.habilitations.actions.memberships.accept_upload", slow)
    with pytest.raises(NotPossibleNow):
        add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload())
    membership.refresh_from_db()
    assert membership.proof is None


# --- the answer -------------------------------------------------------------------------------------------------------


def test_an_officer_accepts_a_proof_and_everybody_concerned_is_told() -> None:
    garage = EstablishmentFactory.create(name="GARAGE BLEU")
    colleague = AcceptedFactory.create(establishment=garage).user
    membership = MembershipFactory.create(establishment=garage)
    add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload())
    olivier = officer()
    done = accept_membership(actor=olivier, membership_id=membership.pk)
    assert (done.state, done.decided_by_id) == (S.ACCEPTED, olivier.user_id)
    assert events(membership) == ["membership.justifier", "membership.accepter"]
    told = {notice.user_id: notice.title for notice in Notice.objects.all()}
    assert told == {
        membership.user_id: "Votre rattachement à GARAGE BLEU est accepté.",
        colleague.pk: "Une nouvelle personne peut agir pour GARAGE BLEU.",
    }
    assert {mail.to for mail in OutgoingMail.objects.all()} == {membership.user.email, colleague.email}
    assert actor_for(membership.user).grants[0].confirmed


def test_without_a_proof_the_officer_writes_how_he_checked() -> None:
    membership, olivier = MembershipFactory.create(), officer()
    with pytest.raises(ProofNeeded):
        accept_membership(actor=olivier, membership_id=membership.pk, note=" ok ")
    done = accept_membership(actor=olivier, membership_id=membership.pk, note="Vérifié par téléphone au standard")
    assert (done.state, done.reason) == (S.ACCEPTED, "Vérifié par téléphone au standard")


@pytest.mark.parametrize(
    "found", [{"state": "infected", "content": "", "reason": "Eicar"}, {"state": "error", "reason": "Trop lourd"}]
)
def test_a_paper_that_nobody_may_open_proves_nothing(found: dict[str, str]) -> None:
    membership = MembershipFactory.create()
    add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload())
    Document.objects.update(**found)
    with pytest.raises(ProofNeeded):
        accept_membership(actor=officer(), membership_id=membership.pk)


def test_a_refusal_says_why_but_not_by_mail() -> None:
    membership = MembershipFactory.create()
    refused = refuse_membership(actor=officer(), membership_id=membership.pk, reason="  Camille ne travaille plus là  ")
    assert (refused.state, refused.reason) == (S.REFUSED, "Camille ne travaille plus là")
    mail = OutgoingMail.objects.get()
    assert "n'est pas accepté" in mail.text
    assert "Camille" not in mail.subject + mail.text
    assert actor_for(membership.user).grants == ()


def test_a_refusal_without_reason_is_refused() -> None:
    membership = MembershipFactory.create()
    with pytest.raises(ReasonNeeded):
        refuse_membership(actor=officer(), membership_id=membership.pk, reason="  ")
    assert state_of(membership) == S.PENDING


def test_nobody_accepts_his_own() -> None:
    membership = MembershipFactory.create()
    both = Actor(membership.user_id, "Les deux", (Grant(Role.GESTIONNAIRE),))
    for decide in (accept_membership, refuse_membership):
        with pytest.raises(Forbidden):
            decide(actor=both, membership_id=membership.pk, **_words(decide))
    assert state_of(membership) == S.PENDING


def test_of_two_officers_the_second_is_told() -> None:
    membership = MembershipFactory.create()
    accept_membership(actor=officer(), membership_id=membership.pk, note="Vérifié par téléphone")
    with pytest.raises(NotPossibleNow, match="entre-temps"):
        refuse_membership(actor=officer(), membership_id=membership.pk, reason="Papier illisible")
    assert state_of(membership) == S.ACCEPTED


def test_an_unknown_membership_is_unknown_to_officers_too() -> None:
    with pytest.raises(UnknownMembership):
        accept_membership(actor=officer(), membership_id=404)


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [MembershipFactory, AcceptedFactory])
def test_the_holder_ends_his_own(factory: type[MembershipFactory]) -> None:
    membership = factory.create()
    ended = end_membership(actor=actor_for(membership.user), membership_id=membership.pk)
    assert ended.state == S.ENDED
    assert ended.ended_at is not None
    assert actor_for(membership.user).grants == ()
    assert not Notice.objects.exists(), "nobody is told of what he does himself"


def test_an_officer_ends_anybodys_and_tells() -> None:
    membership = AcceptedFactory.create()
    end_membership(actor=officer(), membership_id=membership.pk)
    assert "a pris fin" in Notice.objects.get(user=membership.user).title


def test_a_stranger_or_a_colleague_ends_nothing() -> None:
    membership = AcceptedFactory.create()
    for actor in (newcomer(), employer(membership.establishment), administrator(), ANONYMOUS):
        with pytest.raises(Forbidden):
            end_membership(actor=actor, membership_id=membership.pk)
    assert state_of(membership) == S.ACCEPTED


def test_after_the_end_one_may_ask_anew() -> None:
    membership = AcceptedFactory.create()
    alice = actor_for(membership.user)
    end_membership(actor=alice, membership_id=membership.pk)
    assert request_membership(actor=alice, place=Place(membership.establishment_id)).state == S.PENDING


# --- every state, every event, every role -----------------------------------------------------------------------------


def _words(decide: object) -> dict[str, str]:
    return {"reason": "Papier illisible"} if decide is refuse_membership else {"note": "Vérifié par téléphone"}


def _in_state(state: MembershipState) -> Membership:
    if state == S.PENDING:
        return MembershipFactory.create()
    if state == S.ACCEPTED:
        return AcceptedFactory.create()
    if state == S.REFUSED:
        return AcceptedFactory.create(state=S.REFUSED, reason="Papier illisible")
    return AcceptedFactory.create(state=S.ENDED, ended_at=LONG_AGO)


DOES = {
    Event.ACCEPTER: lambda actor, pk: accept_membership(actor=actor, membership_id=pk, note="Vérifié par téléphone"),
    Event.REFUSER: lambda actor, pk: refuse_membership(actor=actor, membership_id=pk, reason="Papier illisible"),
    Event.TERMINER: lambda actor, pk: end_membership(actor=actor, membership_id=pk),
}
WHO = {
    "holder": lambda membership: actor_for(membership.user),
    "colleague": lambda membership: employer(membership.establishment),
    "officer": lambda membership: officer(),
    "administrator": lambda membership: administrator(),
    "anonymous": lambda membership: ANONYMOUS,
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", S)
def test_the_table_is_what_happens(state: MembershipState, event: Event, who: str) -> None:
    membership = _in_state(state)
    line = next((each for each in TRANSITIONS if (each.source, each.event) == (state, event)), None)
    allowed = line is not None and (who == "officer" or (who == "holder" and line.own))
    actor = WHO[who](membership)
    if not allowed:
        with pytest.raises((NotPossibleNow, Forbidden)):
            DOES[event](actor, membership.pk)
        assert state_of(membership) == state
        return
    DOES[event](actor, membership.pk)
    assert line is not None
    assert state_of(membership) == line.target


def test_the_table_has_one_line_for_each_state_and_event() -> None:
    pairs = [(line.source, line.event) for line in TRANSITIONS]
    assert len(pairs) == len(set(pairs))
    assert all(find(source, event).event is event for source, event in pairs)


# --- reads ------------------------------------------------------------------------------------------------------------


def test_a_membership_is_seen_by_its_holder_and_by_officers() -> None:
    membership = AcceptedFactory.create()
    assert find_membership(actor_for(membership.user), membership.pk) == membership
    assert find_membership(officer(), membership.pk) == membership
    for stranger in (newcomer(), employer(membership.establishment), administrator(), ANONYMOUS):
        assert find_membership(stranger, membership.pk) is None


def test_one_sees_all_of_ones_own_ended_ones_too() -> None:
    ended = AcceptedFactory.create(state=S.ENDED, ended_at=LONG_AGO)
    MembershipFactory.create()
    assert list(own_memberships(actor_for(ended.user))) == [ended]
    assert list(own_memberships(ANONYMOUS)) == []


def test_the_worklist_holds_the_pending_ones_for_officers() -> None:
    waiting = MembershipFactory.create()
    AcceptedFactory.create()
    assert memberships_to_decide(officer()).items == [waiting]
    for other in (newcomer(), administrator(), employer()):
        with pytest.raises(Forbidden):
            memberships_to_decide(other)


def test_colleagues_are_seen_once_accepted() -> None:
    garage = EstablishmentFactory.create()
    pending = MembershipFactory.create(establishment=garage)
    assert pending in colleagues(employer(garage), Place(garage.pk))
    with pytest.raises(Forbidden):
        colleagues(actor_for(pending.user), Place(garage.pk))
    with pytest.raises(Forbidden):
        colleagues(employer(), Place(garage.pk))


def test_those_who_act_for_an_establishment_are_accepted_and_active() -> None:
    garage = EstablishmentFactory.create()
    accepted = AcceptedFactory.create(establishment=garage)
    MembershipFactory.create(establishment=garage)
    AcceptedFactory.create(establishment=garage, user=UserFactory.create(is_active=False))
    assert people_of_establishment(garage.pk) == [accepted.user_id]
    assert has_accepted_membership(user_id=accepted.user_id, establishment_id=garage.pk)
    assert not has_accepted_membership(user_id=None, establishment_id=garage.pk)


# --- the database refuses nonsense ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "FLOU"},
        {"state": S.ACCEPTED},
        {"state": S.PENDING, "decided_at": LONG_AGO},
        {"state": S.ENDED},
        {"state": S.PENDING, "ended_at": LONG_AGO},
    ],
)
def test_the_table_refuses_nonsense(broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory.create(**broken)


def test_the_table_refuses_a_decision_on_ones_own() -> None:
    user = UserFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        AcceptedFactory.create(user=user, decided_by=user)


def test_the_table_refuses_a_refusal_without_reason() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AcceptedFactory.create(state=S.REFUSED)


def test_the_table_refuses_two_live_memberships() -> None:
    first = MembershipFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        AcceptedFactory.create(user=first.user, establishment=first.establishment)
