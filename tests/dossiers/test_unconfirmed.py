"""Until a membership is accepted: its holder reads nothing that others typed, and they see no draft nor piece of his."""

import uuid

import pytest

from openopco.dossiers import overview
from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import send
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier, pieces_of
from openopco.dossiers.queries import (
    Filters,
    awaiting_employer,
    document_for,
    find,
    find_draft,
    list_of_employer,
    load_draft,
    visible_to,
)
from openopco.dossiers.queries.scope import sees
from openopco.habilitations.actions import accept_membership, end_membership
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import actor_for
from openopco.organisations.actions import complete_establishment, create_establishment_by_hand
from openopco.organisations.enums import Source
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import NOW, TODAY, complete_draft, empty_draft, number_of, piece, sent
from tests.habilitations.factories import MembershipFactory, employer

pytestmark = pytest.mark.django_db
PRIVATE = {"contact_email", "contact_phone", "headcount"}


def accept(actor: Actor, by: Actor) -> Actor:
    membership = Membership.objects.get(user_id=actor.user_id)
    accept_membership(actor=by, membership_id=membership.pk, note="Vérifié par téléphone avec le dirigeant.")
    return actor_for(membership.user)


def from_registry(place: Establishment) -> None:
    place.source, place.facts_at = Source.REGISTRY, NOW
    place.save()


def filled(dossier: Dossier) -> dict[str, str]:
    return {name: stored.value for name, stored in load_draft(dossier, today=TODAY).values.items()}


class TestWhatStandsInADraft:
    def test_an_accepted_person_retypes_nothing(self, alice: Actor, place: Establishment) -> None:
        known = {"contact_email": "garage@exemple.fr", "contact_phone": "0389000000", "headcount": "3", "idcc": "1090"}
        assert filled(empty_draft(alice, place)) == known

    def test_a_stranger_finds_public_facts_alone(self, newcomer: Actor, place: Establishment) -> None:
        from_registry(place)
        dossier = empty_draft(newcomer, place)
        assert filled(dossier) == {"idcc": "1090"}
        facts = load_draft(dossier, today=TODAY, viewer=newcomer).employer
        assert (facts.email, facts.phone, facts.headcount, facts.idcc) == ("", "", None, "1090")

    def test_an_agreement_that_people_told_is_not_public(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        from_registry(place)
        complete_establishment(actor=alice, establishment_id=place.pk, idcc="1486")
        place.refresh_from_db()
        dossier = empty_draft(newcomer, place)
        assert filled(dossier) == {}
        assert load_draft(dossier, today=TODAY, viewer=newcomer).employer.idcc_label == ""

    def test_who_typed_it_himself_finds_it_until_somebody_else_completes_it(self, alice: Actor) -> None:
        user = UserFactory.create()
        own = create_establishment_by_hand(
            actor=Actor(user.pk, str(user)),
            siret="83426702300028",
            name="Mon garage",
            email="moi@exemple.fr",
            idcc="1090",
        )
        assert own.source == Source.HAND
        MembershipFactory.create(user=user, establishment=own)
        actor = actor_for(user)
        assert filled(empty_draft(actor, own)) == {"contact_email": "moi@exemple.fr", "idcc": "1090"}
        complete_establishment(actor=employer(own), establishment_id=own.pk, phone="03 89 11 22 33")
        own.refresh_from_db()
        assert filled(empty_draft(actor, own)) == {}

    def test_the_headcount_told_elsewhere_in_the_company_is_not_his_either(self, place: Establishment) -> None:
        user = UserFactory.create()
        Establishment.objects.filter(pk=place.pk).update(created_by=user)
        place.refresh_from_db()
        MembershipFactory.create(user=user, establishment=place)
        complete_establishment(actor=employer(place), establishment_id=place.pk, headcount_exact="7")
        place.company.refresh_from_db()
        assert not PRIVATE & set(filled(empty_draft(actor_for(user), place)))


class TestDrafts:
    def test_a_stranger_s_are_his_alone(self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment) -> None:
        dossier = empty_draft(newcomer, place)
        assert dossier.unconfirmed
        page = list_of_employer(actor=alice, establishment_id=place.pk, filters=Filters())
        narrowed = list_of_employer(actor=alice, establishment_id=place.pk, filters=Filters(search="demande"))
        assert (page.items, narrowed.items) == ([], [])
        assert awaiting_employer(actor=alice, establishment_id=place.pk) == []
        for kind in ("", "AF"):
            assert overview.state_counts(actor=alice, establishment_id=place.pk, kind=kind) == {}
            mine = overview.state_counts(actor=newcomer, establishment_id=place.pk, kind=kind)
            assert mine == {State.BROUILLON: 1}
        with pytest.raises(UnknownDossier):
            find_draft(actor=alice, key=str(dossier.key))
        assert find_draft(actor=newcomer, key=str(dossier.key)) == dossier

    def test_counts_keep_the_others(self, alice: Actor, newcomer: Actor, place: Establishment) -> None:
        empty_draft(newcomer, place)
        empty_draft(alice, place)
        sent(newcomer, place)
        assert overview.state_counts(actor=alice, establishment_id=place.pk) == {State.BROUILLON: 1, State.TRANSMISE: 1}

    def test_both_answers_agree(self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment) -> None:
        made = [empty_draft(newcomer, place), sent(newcomer, place), empty_draft(alice, place)]
        for actor in (alice, newcomer, olga):
            assert {each for each in made if sees(actor, each)} == set(visible_to(actor))

    def test_once_accepted_they_are_the_establishment_s(
        self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = empty_draft(newcomer, place)
        accept(newcomer, olga)
        assert find_draft(actor=alice, key=str(dossier.key)) == dossier
        assert overview.state_counts(actor=alice, establishment_id=place.pk) == {State.BROUILLON: 1}

    def test_nobody_else_s_is_confirmed_with_them(self, newcomer: Actor, olga: Actor, place: Establishment) -> None:
        other = empty_draft(employer(place, accepted=False), place)
        accept(newcomer, olga)
        other.refresh_from_db()
        assert other.unconfirmed

    def test_a_page_opened_before_the_acceptance_hides_nothing(
        self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment
    ) -> None:
        """`newcomer` still bears the grants that he had when his request began."""
        accept(newcomer, olga)
        assert not empty_draft(newcomer, place).unconfirmed
        assert not sent(newcomer, place).unconfirmed


class TestRequests:
    def test_they_are_seen_and_told_apart(self, alice: Actor, newcomer: Actor, place: Establishment) -> None:
        dossier = sent(newcomer, place)
        seen = find(actor=alice, number=number_of(dossier))
        assert seen.unconfirmed
        assert not sent(alice, place).unconfirmed

    def test_their_pieces_are_read_by_who_joined_them_and_by_officers(
        self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = sent(newcomer, place)
        joined = pieces_of(dossier.pk).get()
        for reader in (newcomer, olga):
            assert document_for(actor=reader, key=str(joined.key))[0] == joined
            assert not load_draft(dossier, today=TODAY, viewer=reader).pieces[0].is_closed
        with pytest.raises(UnknownDossier):
            document_for(actor=alice, key=str(joined.key))
        assert load_draft(dossier, today=TODAY, viewer=alice).pieces[0].is_closed

    def test_a_colleague_reads_the_piece_that_he_adds(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        added = piece(sent(newcomer, place), by=alice)
        assert document_for(actor=alice, key=str(added.key))[0] == added
        with pytest.raises(UnknownDossier):
            document_for(actor=newcomer, key=str(added.key))

    def test_a_copy_brings_no_piece_that_one_may_not_read(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        copy = drafts.resume(actor=alice, source=sent(newcomer, place), key=uuid.uuid4(), without=frozenset())
        assert not pieces_of(copy.pk).exists()
        assert not copy.unconfirmed

    def test_once_accepted_they_are_like_any_other(
        self, alice: Actor, newcomer: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = sent(newcomer, place)
        accept(newcomer, olga)
        dossier.refresh_from_db()
        assert not dossier.unconfirmed
        joined = pieces_of(dossier.pk).get()
        assert document_for(actor=alice, key=str(joined.key))[0] == joined

    def test_a_draft_begun_when_accepted_is_sent_as_what_one_is_now(self, olga: Actor, place: Establishment) -> None:
        user = UserFactory.create()
        dossier = complete_draft(employer(place, user=user), place)
        assert not dossier.unconfirmed
        end_membership(actor=olga, membership_id=Membership.objects.get(user=user).pk)
        again = MembershipFactory.create(user=user, establishment=place)
        assert send(actor=actor_for(user), key=str(dossier.key)).dossier.unconfirmed
        accept_membership(actor=olga, membership_id=again.pk, note="Vérifié par téléphone avec le dirigeant.")
        dossier.refresh_from_db()
        assert not dossier.unconfirmed
