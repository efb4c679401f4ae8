"""Several requests at a glance, in a number of queries that does not depend on how many."""

from datetime import timedelta
from typing import Any

import pytest

from openopco.accounts.models import User
from openopco.dossiers import kinds
from openopco.dossiers.actions import corrections, deciding, drafts, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier
from openopco.dossiers.overview import asked_of, decision_on, messages_in, missing_counts, state_counts
from openopco.dossiers.queries import find_draft, load_draft
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import (
    PERSON,
    TODAY,
    DossierFactory,
    asked,
    complete_draft,
    empty_draft,
    in_state,
    number_of,
    sent,
    taken,
)

pytestmark = pytest.mark.django_db


def whole(draft: Dossier, actor: Actor) -> Dossier:
    return find_draft(actor=actor, key=str(draft.key))


def lone_count(draft: Dossier, actor: Actor) -> int:
    """How many things the draft's own page would list."""
    return len(kinds.get(draft.kind).missing(load_draft(whole(draft, actor), today=TODAY)))


def test_each_draft_counts_what_its_own_page_lists(alice: Actor, place: Establishment) -> None:
    made = [
        empty_draft(alice, place),
        complete_draft(alice, place),
        complete_draft(alice, place, nir=""),
        complete_draft(alice, place, cost="gratuit", people=(PERSON, {"last_name": "Seul"})),
    ]
    drafts.choose_provider(actor=alice, key=str(made[2].key), provider=None)
    loaded = [whole(draft, alice) for draft in made]
    counts = missing_counts(loaded, loaded[0].establishment, today=TODAY)
    assert counts == {draft.pk: lone_count(draft, alice) for draft in made}
    assert counts[made[1].pk] == 0
    assert counts[made[2].pk] == 1
    assert counts[made[0].pk] > 5


def test_three_queries_for_any_number_of_drafts(
    alice: Actor, place: Establishment, django_assert_num_queries: Any
) -> None:
    loaded = [whole(complete_draft(alice, place), alice) for _ in range(3)]
    missing_counts(loaded, loaded[0].establishment, today=TODAY)
    for some in (loaded[:1], loaded):
        with django_assert_num_queries(3):
            missing_counts(some, loaded[0].establishment, today=TODAY)
    with django_assert_num_queries(0):
        assert missing_counts([], place, today=TODAY) == {}


def test_states_are_counted_within_what_one_sees(
    alice: Actor, newcomer: Actor, charlie: Actor, place: Establishment
) -> None:
    for state in (State.TRANSMISE, State.TRANSMISE, State.REFUSEE):
        DossierFactory.create(establishment=place, state=state)
    DossierFactory.create()
    DossierFactory.create(establishment=place, created_by=User.objects.get(pk=newcomer.user_id))
    assert state_counts(actor=alice, establishment_id=place.pk) == {State.TRANSMISE: 3, State.REFUSEE: 1}
    assert state_counts(actor=newcomer, establishment_id=place.pk) == {State.TRANSMISE: 1}
    assert state_counts(actor=charlie, establishment_id=place.pk) == {}
    assert state_counts(actor=alice, establishment_id=place.pk, kind="XX") == {}


def test_only_open_corrections_are_asked(alice: Actor, olga: Actor, place: Establishment) -> None:
    first = asked(alice, place, olga, Point(ItemKind.CHAMP, "cost", "Une."), Point(ItemKind.PIECE, "divers", "Deux."))
    second = asked(alice, place, olga)
    corrections.withdraw(actor=olga, number=number_of(first))
    points = [Point(ItemKind.CHAMP, "hours", "Trois.")]
    corrections.ask(actor=olga, number=number_of(first), points=points)
    untouched = sent(alice, place)
    for dossier in (first, second, untouched):
        dossier.refresh_from_db()
    found = asked_of([first, second, untouched])
    assert {pk: [item.name for item in items] for pk, items in found.items()} == {
        first.pk: ["hours"],
        second.pk: ["cost"],
    }


def test_nothing_is_asked_of_the_database_where_nothing_waits(
    alice: Actor, place: Establishment, django_assert_num_queries: Any
) -> None:
    dossier = sent(alice, place)
    with django_assert_num_queries(0):
        assert asked_of([dossier]) == {}
        assert decision_on(dossier) is None


@pytest.mark.parametrize("state", [State.ACCORDEE, State.REFUSEE, State.SANS_SUITE, State.CADUQUE])
def test_the_decision_that_stands(state: State) -> None:
    dossier, _, _ = in_state(state)
    decision = decision_on(dossier)
    assert decision is not None
    assert decision.outcome == (State.ACCORDEE if state is State.CADUQUE else state)


def test_a_cancelled_request_was_not_decided(alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    deciding.cancel(actor=alice, number=number_of(dossier))
    dossier.refresh_from_db()
    assert decision_on(dossier) is None


def test_messages_come_in_the_order_they_were_written(
    alice: Actor, olga: Actor, place: Establishment, clock: Any
) -> None:
    dossier = taken(alice, place, olga)
    for rank, who in enumerate((alice, olga, alice)):
        talking.write_message(actor=who, number=number_of(dossier), body=f"{rank}")
        clock.shift(timedelta(minutes=1))
    assert [message.body for message in messages_in(dossier)] == ["0", "1", "2"]
