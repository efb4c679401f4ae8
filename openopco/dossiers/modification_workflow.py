"""The life of a modification as one table. No state of one is assigned anywhere else than in `apply`."""

from dataclasses import dataclass
from enum import StrEnum

from openopco.dossiers.enums import ModificationState
from openopco.dossiers.errors import AlreadyAnswered
from openopco.dossiers.models import Modification
from openopco.rights import Permission

S, P = ModificationState, Permission


class Event(StrEnum):
    """What happens to a modification."""

    PROPOSER = "proposer"
    RETIRER = "retirer"
    ACCEPTER = "accepter"
    REFUSER = "refuser"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `guard` says in words what the action checks before it."""

    source: ModificationState
    event: Event
    target: ModificationState
    permission: Permission
    guard: str = ""


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        S.PREPAREE,
        Event.PROPOSER,
        S.PROPOSEE,
        P.MODIFICATION_PROPOSE,
        "motif et jour connus, rien d'illisible, aucune autre n'attend, l'accord court encore",
    ),
    Transition(S.PROPOSEE, Event.RETIRER, S.RETIREE, P.MODIFICATION_PROPOSE, "ou la demande est close entre-temps"),
    Transition(S.PROPOSEE, Event.ACCEPTER, S.ACCEPTEE, P.MODIFICATION_DECIDE, "pas son propre signalement"),
    Transition(S.PROPOSEE, Event.REFUSER, S.REFUSEE, P.MODIFICATION_DECIDE, "motif écrit, pas son propre signalement"),
)
_TABLE = {(line.source, line.event): line for line in TRANSITIONS}


def find(state: ModificationState, event: Event) -> Transition | None:
    return _TABLE.get((state, event))


def apply(modification: Modification, event: Event) -> None:
    """Moves a modification, whose request the caller has locked, and which he then saves. Raises `AlreadyAnswered`."""
    line = find(ModificationState(modification.state), event)
    if line is None:
        raise AlreadyAnswered
    modification.state = line.target
