"""The life of a request as one table: state, event, target, who, and what must hold.

`docs/statuses.md` is generated from it. No status is assigned anywhere else than in `apply`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from openopco.dossiers.enums import OPEN_STATES, State, WaitingFor
from openopco.dossiers.errors import NotPossibleNow
from openopco.rights import Permission

S, P = State, Permission


class Event(StrEnum):
    """What happens to a request. The journal keeps these codes, prefixed « dossier. »."""

    TRANSMETTRE = "transmettre"
    PRENDRE = "prendre"
    RELACHER = "relacher"
    ASSIGNER = "assigner"
    DEMANDER_COMPLEMENT = "demander_complement"
    RETIRER_COMPLEMENT = "retirer_complement"
    REPONDRE = "repondre"
    ACCORDER = "accorder"
    REFUSER = "refuser"
    CLASSER = "classer_sans_suite"
    ANNULER = "annuler"
    RENDRE_CADUQUE = "rendre_caduque"
    LEVER_CADUCITE = "lever_caducite"
    MODIFIER = "modifier"
    CONSTATER_ANNULATION = "constater_annulation"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `guard` says in words what the action checks before it."""

    source: State
    event: Event
    target: State
    permission: Permission
    guard: str = ""


E = Event
_DECIDABLE = "rattachement accepté, établissement vérifié, pièces obligatoires contrôlées, pas sa propre demande"
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        S.BROUILLON, E.TRANSMETTRE, S.TRANSMISE, P.DOSSIER_SEND, "rien ne manque, la date limite n'est pas passée"
    ),
    Transition(
        S.TRANSMISE, E.PRENDRE, S.EN_INSTRUCTION, P.DOSSIER_TAKE, "personne ne l'a prise, pas sa propre demande"
    ),
    Transition(S.TRANSMISE, E.ASSIGNER, S.EN_INSTRUCTION, P.DOSSIER_ASSIGN, "le destinataire est gestionnaire"),
    Transition(S.TRANSMISE, E.ANNULER, S.ANNULEE, P.DOSSIER_CANCEL),
    Transition(S.EN_INSTRUCTION, E.ASSIGNER, S.EN_INSTRUCTION, P.DOSSIER_ASSIGN, "le destinataire est gestionnaire"),
    Transition(S.EN_INSTRUCTION, E.RELACHER, S.TRANSMISE, P.DOSSIER_INSTRUCT),
    Transition(S.EN_INSTRUCTION, E.DEMANDER_COMPLEMENT, S.COMPLEMENT_DEMANDE, P.DOSSIER_INSTRUCT, "au moins un point"),
    Transition(S.EN_INSTRUCTION, E.ACCORDER, S.ACCORDEE, P.DOSSIER_DECIDE, _DECIDABLE),
    Transition(
        S.EN_INSTRUCTION,
        E.REFUSER,
        S.REFUSEE,
        P.DOSSIER_DECIDE,
        "motif écrit, rattachement accepté, pas sa propre demande",
    ),
    Transition(S.EN_INSTRUCTION, E.CLASSER, S.SANS_SUITE, P.DOSSIER_DECIDE, "motif écrit, pas sa propre demande"),
    Transition(S.EN_INSTRUCTION, E.ANNULER, S.ANNULEE, P.DOSSIER_CANCEL),
    Transition(
        S.COMPLEMENT_DEMANDE, E.ASSIGNER, S.COMPLEMENT_DEMANDE, P.DOSSIER_ASSIGN, "le destinataire est gestionnaire"
    ),
    Transition(S.COMPLEMENT_DEMANDE, E.REPONDRE, S.EN_INSTRUCTION, P.DOSSIER_ANSWER, "chaque point a sa réponse"),
    Transition(S.COMPLEMENT_DEMANDE, E.RETIRER_COMPLEMENT, S.EN_INSTRUCTION, P.DOSSIER_INSTRUCT),
    Transition(S.COMPLEMENT_DEMANDE, E.CLASSER, S.SANS_SUITE, P.DOSSIER_DECIDE, "motif écrit, pas sa propre demande"),
    Transition(S.COMPLEMENT_DEMANDE, E.ANNULER, S.ANNULEE, P.DOSSIER_CANCEL),
    Transition(
        S.ACCORDEE,
        E.RENDRE_CADUQUE,
        S.CADUQUE,
        P.DOSSIER_LAPSE,
        "le dernier jour de l'accord est passé, aucune modification n'attend",
    ),
    Transition(S.CADUQUE, E.LEVER_CADUCITE, S.ACCORDEE, P.DOSSIER_REVIVE, "motif écrit, nouvelle échéance à venir"),
    Transition(
        S.ACCORDEE,
        E.CONSTATER_ANNULATION,
        S.ANNULEE,
        P.MODIFICATION_DECIDE,
        "l'employeur l'a signalée, pas son propre signalement",
    ),
    *(
        Transition(state, E.MODIFIER, state, P.MODIFICATION_DECIDE, "signalée, lisible, pas son propre signalement")
        for state in (S.EN_INSTRUCTION, S.COMPLEMENT_DEMANDE, S.ACCORDEE)
    ),
)
_TABLE = {(line.source, line.event): line for line in TRANSITIONS}
_NEXT = {
    S.BROUILLON: WaitingFor.EMPLOYEUR,
    S.TRANSMISE: WaitingFor.OPCO,
    S.EN_INSTRUCTION: WaitingFor.OPCO,
    S.COMPLEMENT_DEMANDE: WaitingFor.EMPLOYEUR,
}


class HasState(Protocol):
    state: str
    waiting_for: str
    is_open: bool


def find(state: State, event: Event) -> Transition | None:
    return _TABLE.get((state, event))


def permission_for(event: Event) -> Permission:
    """The right that an event asks, the same from whatever state."""
    return next(line.permission for line in TRANSITIONS if line.event is event)


def events_from(state: State) -> Iterator[Transition]:
    return (line for line in TRANSITIONS if line.source is state)


def check(subject: HasState, event: Event) -> Transition:
    """The line that the event would follow. Raises `NotPossibleNow`."""
    line = find(State(subject.state), event)
    if line is None:
        raise NotPossibleNow
    return line


def apply(subject: HasState, event: Event) -> Transition:
    """Moves the subject along the table, or raises `NotPossibleNow`. The caller holds its lock and saves it."""
    line = check(subject, event)
    subject.state = line.target.value
    subject.waiting_for = _NEXT.get(line.target, WaitingFor.PERSONNE).value
    subject.is_open = line.target in OPEN_STATES
    return line
