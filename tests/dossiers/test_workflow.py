"""The life of a request as one table: what is in it happens, what isn't is refused, whoever asks."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from openopco.accounts.models import User
from openopco.dossiers import workflow
from openopco.dossiers.actions import (
    agreements,
    corrections,
    deciding,
    deciding_modifications,
    drafts,
    holding,
    modifying,
)
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.actions.sending import send
from openopco.dossiers.enums import (
    CLOSED_STATES,
    OPEN_STATES,
    STATE_EXPLANATIONS,
    STATE_TONES,
    STATE_WORDS,
    Audience,
    ItemKind,
    State,
    WaitingFor,
)
from openopco.dossiers.errors import BadModification, HeldByAnother, NotModifiable, NotPossibleNow, UnknownDossier
from openopco.dossiers.models import Dossier, Modification
from openopco.dossiers.workflow import TRANSITIONS, Event
from openopco.habilitations.queries import actor_for
from openopco.kernel.errors import Forbidden, OpenOpcoError
from openopco.rights import PERMISSIONS, SYSTEM, Actor, Permission, Role
from tests.dossiers.factories import in_state, number_of, piece, write
from tests.habilitations.factories import administrator, employer, officer

S, E, P = State, Event, Permission
# What the room promises, written a second time on purpose: state, event, next state.
PROMISED = {
    (S.BROUILLON, E.TRANSMETTRE): S.TRANSMISE,
    (S.TRANSMISE, E.PRENDRE): S.EN_INSTRUCTION,
    (S.TRANSMISE, E.ASSIGNER): S.EN_INSTRUCTION,
    (S.TRANSMISE, E.ANNULER): S.ANNULEE,
    (S.EN_INSTRUCTION, E.ASSIGNER): S.EN_INSTRUCTION,
    (S.EN_INSTRUCTION, E.RELACHER): S.TRANSMISE,
    (S.EN_INSTRUCTION, E.DEMANDER_COMPLEMENT): S.COMPLEMENT_DEMANDE,
    (S.EN_INSTRUCTION, E.ACCORDER): S.ACCORDEE,
    (S.EN_INSTRUCTION, E.REFUSER): S.REFUSEE,
    (S.EN_INSTRUCTION, E.CLASSER): S.SANS_SUITE,
    (S.EN_INSTRUCTION, E.ANNULER): S.ANNULEE,
    (S.COMPLEMENT_DEMANDE, E.ASSIGNER): S.COMPLEMENT_DEMANDE,
    (S.COMPLEMENT_DEMANDE, E.REPONDRE): S.EN_INSTRUCTION,
    (S.COMPLEMENT_DEMANDE, E.RETIRER_COMPLEMENT): S.EN_INSTRUCTION,
    (S.COMPLEMENT_DEMANDE, E.CLASSER): S.SANS_SUITE,
    (S.COMPLEMENT_DEMANDE, E.ANNULER): S.ANNULEE,
    (S.ACCORDEE, E.RENDRE_CADUQUE): S.CADUQUE,
    (S.CADUQUE, E.LEVER_CADUCITE): S.ACCORDEE,
    (S.ACCORDEE, E.CONSTATER_ANNULATION): S.ANNULEE,
    (S.EN_INSTRUCTION, E.MODIFIER): S.EN_INSTRUCTION,
    (S.COMPLEMENT_DEMANDE, E.MODIFIER): S.COMPLEMENT_DEMANDE,
    (S.ACCORDEE, E.MODIFIER): S.ACCORDEE,
}
RIGHTS = {
    E.TRANSMETTRE: (P.DOSSIER_SEND, Role.EMPLOYEUR),
    E.PRENDRE: (P.DOSSIER_TAKE, Role.GESTIONNAIRE),
    E.RELACHER: (P.DOSSIER_INSTRUCT, Role.GESTIONNAIRE),
    E.ASSIGNER: (P.DOSSIER_ASSIGN, Role.GESTIONNAIRE),
    E.DEMANDER_COMPLEMENT: (P.DOSSIER_INSTRUCT, Role.GESTIONNAIRE),
    E.RETIRER_COMPLEMENT: (P.DOSSIER_INSTRUCT, Role.GESTIONNAIRE),
    E.REPONDRE: (P.DOSSIER_ANSWER, Role.EMPLOYEUR),
    E.ACCORDER: (P.DOSSIER_DECIDE, Role.GESTIONNAIRE),
    E.REFUSER: (P.DOSSIER_DECIDE, Role.GESTIONNAIRE),
    E.CLASSER: (P.DOSSIER_DECIDE, Role.GESTIONNAIRE),
    E.ANNULER: (P.DOSSIER_CANCEL, Role.EMPLOYEUR),
    E.RENDRE_CADUQUE: (P.DOSSIER_LAPSE, Role.SYSTEME),
    E.LEVER_CADUCITE: (P.DOSSIER_REVIVE, Role.GESTIONNAIRE),
    E.CONSTATER_ANNULATION: (P.MODIFICATION_DECIDE, Role.GESTIONNAIRE),
    E.MODIFIER: (P.MODIFICATION_DECIDE, Role.GESTIONNAIRE),
}


@dataclass
class Subject:
    state: str
    waiting_for: str = ""
    is_open: bool = False


class TestTheTable:
    def test_it_is_the_promised_one(self) -> None:
        assert {(line.source, line.event): line.target for line in TRANSITIONS} == PROMISED

    def test_no_line_is_there_twice(self) -> None:
        assert len({(line.source, line.event) for line in TRANSITIONS}) == len(TRANSITIONS)

    def test_an_event_asks_one_right_wherever_it_happens(self) -> None:
        for event in Event:
            assert {line.permission for line in TRANSITIONS if line.event is event} == {RIGHTS[event][0]}
            assert workflow.permission_for(event) is RIGHTS[event][0]

    @pytest.mark.parametrize("event", list(Event))
    def test_one_role_alone_has_the_right(self, event: Event) -> None:
        permission, role = RIGHTS[event]
        # The system assigns too, by the portfolios' rules.
        others = {Role.SYSTEME} if event is E.ASSIGNER else set()
        assert {each for each in Role if permission in PERMISSIONS[each]} == {role} | others

    def test_every_state_can_be_reached_from_a_draft(self) -> None:
        reached = {S.BROUILLON}
        for _ in State:
            reached |= {line.target for state in reached for line in workflow.events_from(state)}
        assert reached == set(State)

    def test_nothing_leaves_a_closed_state_but_a_lapse_that_is_lifted(self) -> None:
        left = [line.event for state in CLOSED_STATES for line in workflow.events_from(state)]
        assert left == [E.LEVER_CADUCITE]

    def test_a_request_never_becomes_a_draft_again(self) -> None:
        assert S.BROUILLON not in {line.target for line in TRANSITIONS}


class TestApplying:
    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("event", list(Event))
    def test_the_walk_of_every_state_and_event(self, state: State, event: Event) -> None:
        subject = Subject(state)
        if (state, event) not in PROMISED:
            with pytest.raises(NotPossibleNow):
                workflow.apply(subject, event)
            assert subject == Subject(state)
            return
        workflow.apply(subject, event)
        target = PROMISED[state, event]
        assert subject.state == target
        assert subject.is_open == (target in OPEN_STATES)

    @pytest.mark.parametrize(
        ("event", "source", "waits"),
        [
            (E.TRANSMETTRE, S.BROUILLON, WaitingFor.OPCO),
            (E.DEMANDER_COMPLEMENT, S.EN_INSTRUCTION, WaitingFor.EMPLOYEUR),
            (E.REPONDRE, S.COMPLEMENT_DEMANDE, WaitingFor.OPCO),
            (E.ACCORDER, S.EN_INSTRUCTION, WaitingFor.PERSONNE),
            (E.ANNULER, S.TRANSMISE, WaitingFor.PERSONNE),
        ],
    )
    def test_it_says_who_must_act_next(self, event: Event, source: State, waits: WaitingFor) -> None:
        subject = Subject(source)
        workflow.apply(subject, event)
        assert subject.waiting_for == waits


class TestWords:
    def test_every_state_has_words_for_every_audience(self) -> None:
        for audience in Audience:
            assert set(STATE_WORDS[audience]) == set(State)
        assert set(STATE_TONES) == set(State)
        assert set(STATE_EXPLANATIONS) == set(State)

    def test_two_states_never_read_the_same(self) -> None:
        for words in STATE_WORDS.values():
            assert len(set(words.values())) == len(words)

    def test_an_explanation_is_a_sentence(self) -> None:
        assert all(text.endswith(".") for text in STATE_EXPLANATIONS.values())


# --- every state × event × role, through the real actions -------------------------------------------------------------

Act = Callable[[Actor, Dossier], object]


def _send(actor: Actor, dossier: Dossier) -> object:
    return send(actor=actor, key=str(dossier.key))


def _assign(actor: Actor, dossier: Dossier) -> object:
    colleague = User.objects.get(pk=officer().user_id)
    return holding.assign(actor=actor, number=number_of(dossier), to=colleague)


def _ask(actor: Actor, dossier: Dossier) -> object:
    points = [Point(ItemKind.CHAMP, "cost", "À vérifier.")]
    return corrections.ask(actor=actor, number=number_of(dossier), points=points)


def _answer(actor: Actor, dossier: Dossier) -> object:
    write(dossier, actor if actor.user_id else employer(), {"cost": "550,00"})
    return corrections.answer(actor=actor, number=number_of(dossier))


def _lapse(actor: Actor, dossier: Dossier) -> object:
    Dossier.objects.filter(pk=dossier.pk).update(due_on=date(2026, 1, 13))
    return agreements.lapse(actor=actor, number=number_of(dossier))


def _accept(actor: Actor, dossier: Dossier, wanted: Wanted) -> object:
    """What the employer signals, accepted; nothing waits any more where nothing could be signalled."""
    number = number_of(dossier)
    alice = actor_for(dossier.created_by)
    with suppress(NotModifiable, BadModification):
        modifying.prepare(actor=alice, number=number, wanted=wanted)
        modifying.propose(actor=alice, number=number)
    waiting = Modification.objects.filter(dossier=dossier).order_by("id").last() or Modification(pk=0)
    amount = Decimal("560.00")
    try:
        return deciding_modifications.accept(actor=actor, number=number, modification_id=waiting.pk, amount=amount)
    finally:
        with suppress(OpenOpcoError):
            modifying.withdraw(actor=alice, number=number)


ACTS: dict[Event, Act] = {
    E.TRANSMETTRE: _send,
    E.PRENDRE: lambda actor, dossier: holding.take(actor=actor, number=number_of(dossier)),
    E.RELACHER: lambda actor, dossier: holding.release(actor=actor, number=number_of(dossier)),
    E.ASSIGNER: _assign,
    E.DEMANDER_COMPLEMENT: _ask,
    E.RETIRER_COMPLEMENT: lambda actor, dossier: corrections.withdraw(actor=actor, number=number_of(dossier)),
    E.REPONDRE: _answer,
    E.ACCORDER: lambda a, d: deciding.grant(actor=a, number=number_of(d), amount=Decimal("560.00")),
    E.REFUSER: lambda a, d: deciding.refuse(actor=a, number=number_of(d), reason="Hors critères."),
    E.CLASSER: lambda a, d: deciding.close(actor=a, number=number_of(d), reason="Sans réponse."),
    E.ANNULER: lambda actor, dossier: deciding.cancel(actor=actor, number=number_of(dossier)),
    E.RENDRE_CADUQUE: _lapse,
    E.LEVER_CADUCITE: lambda a, d: agreements.lift_lapse(
        actor=a, number=number_of(d), until=date(2027, 6, 1), reason="Facture arrivée."
    ),
    E.MODIFIER: lambda a, d: _accept(a, d, Wanted({"hours": "15"}, known_typed="23/11/2026", reason="Plus long.")),
    E.CONSTATER_ANNULATION: lambda a, d: _accept(
        a, d, Wanted(cancelled=True, known_typed="23/11/2026", reason="Annulée.")
    ),
}
ACTORS: dict[str, Callable[[Actor, Actor], Actor]] = {
    "employeur": lambda employer_, officer_: employer_,
    "gestionnaire": lambda employer_, officer_: officer_,
    "administrateur": lambda employer_, officer_: administrator(),
    "étranger": lambda employer_, officer_: employer(),
    "système": lambda employer_, officer_: SYSTEM,
}
ROLE_OF = {"employeur": Role.EMPLOYEUR, "gestionnaire": Role.GESTIONNAIRE, "système": Role.SYSTEME}


@pytest.mark.django_db
@pytest.mark.parametrize("who", list(ACTORS))
@pytest.mark.parametrize("state", list(State))
def test_the_walk_of_every_state_event_and_role(state: State, who: str) -> None:
    """One request for each state and person: the events that are refused change nothing; then those that may happen do,
    each on a request of its own."""
    dossier, alice, olga = in_state(state)
    actor = ACTORS[who](alice, olga)
    events = [event for event in Event if dossier.number or event is E.TRANSMETTRE]
    allowed = [event for event in events if (state, event) in PROMISED and ROLE_OF.get(who) in _roles_for(event)]
    for event in set(events) - set(allowed):
        _refused(dossier, actor, event)
    for event in allowed:
        fresh, alice, olga = in_state(state)
        ACTS[event](ACTORS[who](alice, olga), fresh)
        assert Dossier.objects.get(pk=fresh.pk).state == PROMISED[state, event]


def _roles_for(event: Event) -> set[Role]:
    """The system also gives a new request to the officer whose portfolio says so."""
    return {RIGHTS[event][1], *([Role.SYSTEME] if event is E.ASSIGNER else [])}


def _refused(dossier: Dossier, actor: Actor, event: Event) -> None:
    before = Dossier.objects.get(pk=dossier.pk).state
    if event is E.TRANSMETTRE and before != S.BROUILLON and RIGHTS[event][1] in actor.roles and _sees(actor, dossier):
        # Sending again is harmless: it answers with what was sent.
        assert send(actor=actor, key=str(dossier.key)).first is False
    elif event is E.PRENDRE and Role.GESTIONNAIRE in actor.roles and actor.user_id == _holder_id(dossier):
        # So is taking what one holds.
        ACTS[event](actor, dossier)
    else:
        with pytest.raises((NotPossibleNow, Forbidden, UnknownDossier, HeldByAnother)):
            ACTS[event](actor, dossier)
    assert Dossier.objects.get(pk=dossier.pk).state == before


def _holder_id(dossier: Dossier) -> int | None:
    return Dossier.objects.get(pk=dossier.pk).holder_id


def _sees(actor: Actor, dossier: Dossier) -> bool:
    return any(grant.establishment_id == dossier.establishment_id for grant in actor.employer_grants())


@pytest.mark.django_db
def test_a_draft_has_no_number_by_which_to_act(olga: Actor) -> None:
    with pytest.raises(UnknownDossier):
        holding.take(actor=olga, number="")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "nimporte", "6f1c1f6e-0000-4000-8000-000000000000", "0" * 200])
def test_a_key_of_nothing_is_a_request_that_does_not_exist(key: str, alice: Actor) -> None:
    with pytest.raises(OpenOpcoError) as error:
        drafts.save_field(actor=alice, key=key, name="title", value="x", revision=0)
    assert isinstance(error.value, UnknownDossier)


@pytest.mark.django_db
def test_a_correction_reaches_a_piece_too(clock: Any) -> None:
    dossier, alice, holder = in_state(S.EN_INSTRUCTION)
    corrections.ask(actor=holder, number=number_of(dossier), points=[Point(ItemKind.PIECE, "programme", "Illisible.")])
    clock.move_to("2026-11-24T09:00:00Z")
    piece(dossier, by=alice)
    corrections.answer(actor=alice, number=number_of(dossier))
    dossier.refresh_from_db()
    assert dossier.state == S.EN_INSTRUCTION


@pytest.mark.parametrize("name", ["statuses", "rights"])
def test_the_generated_page_is_up_to_date(name: str) -> None:
    root = Path(__file__).resolve().parents[2]
    loaded = spec_from_file_location("generate_docs", root / "scripts" / "generate_docs.py")
    assert loaded
    assert loaded.loader
    script = module_from_spec(loaded)
    loaded.loader.exec_module(script)
    assert script.current(f"docs/{name}.md") == getattr(script, name)(), "run scripts/generate_docs.py"
