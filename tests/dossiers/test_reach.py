"""Who sees which request: asked of the database or of a request already read, the answer is the same."""

import pytest

from openopco.accounts.models import User
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import find, find_draft, visible_to
from openopco.dossiers.queries.scope import sees, sees_all_of
from openopco.habilitations.queries import actor_for
from openopco.organisations.models import Establishment
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from tests.dossiers.factories import DossierFactory
from tests.habilitations.factories import AcceptedFactory, MembershipFactory


@pytest.fixture
def everybody(
    alice: Actor, bob: Actor, newcomer: Actor, charlie: Actor, olga: Actor, admin: Actor, place: Establishment
) -> list[Actor]:
    both = AcceptedFactory.create(establishment=place)
    MembershipFactory.create(user=both.user)
    return [alice, bob, newcomer, charlie, olga, admin, actor_for(both.user), SYSTEM, ANONYMOUS]


@pytest.fixture
def requests(place: Establishment, alice: Actor, newcomer: Actor, charlie: Actor) -> list[Dossier]:
    whose = [(place, alice), (place, newcomer), (None, charlie)]
    return [
        DossierFactory.create(state=state, created_by=_user(who), **({"establishment": where} if where else {}))
        for where, who in whose
        for state in (State.BROUILLON, State.TRANSMISE, State.ACCORDEE)
    ]


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def test_both_answers_agree_for_everybody(everybody: list[Actor], requests: list[Dossier]) -> None:
    for actor in everybody:
        visible = set(visible_to(actor).values_list("pk", flat=True))
        assert {each.pk for each in requests if sees(actor, each)} == visible & {each.pk for each in requests}, actor


def test_a_request_is_found_by_those_who_see_it_alone(everybody: list[Actor], requests: list[Dossier]) -> None:
    for actor in everybody:
        for each in requests:
            assert _finds(actor, each) == sees(actor, each), (actor, each)


def _finds(actor: Actor, dossier: Dossier) -> bool:
    try:
        by_key = find_draft(actor=actor, key=str(dossier.key))
        if dossier.number:
            assert find(actor=actor, number=dossier.number) == by_key
    except UnknownDossier:
        return False
    return by_key == dossier


def test_the_whole_of_an_establishment_is_for_those_who_were_accepted(
    place: Establishment, alice: Actor, newcomer: Actor, charlie: Actor, olga: Actor
) -> None:
    seen = [sees_all_of(actor, place.pk) for actor in (alice, newcomer, charlie, olga)]
    assert seen == [True, False, False, False]
