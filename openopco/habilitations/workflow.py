"""The life of a membership as one table. No state is assigned anywhere else than in `apply`."""

from dataclasses import dataclass
from enum import StrEnum

from openopco.habilitations.enums import MembershipState
from openopco.habilitations.errors import NotPossibleNow
from openopco.habilitations.models import Membership
from openopco.rights import Permission

S, P = MembershipState, Permission


class Event(StrEnum):
    """What happens to a membership. The journal keeps these codes, prefixed « membership. »."""

    ACCEPTER = "accepter"
    REFUSER = "refuser"
    TERMINER = "terminer"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `own`: the holder too may do it. `guard` says what the action checks before it."""

    source: MembershipState
    event: Event
    target: MembershipState
    permission: Permission
    own: bool = False
    guard: str = ""


TRANSITIONS: tuple[Transition, ...] = (
    Transition(S.PENDING, Event.ACCEPTER, S.ACCEPTED, P.MEMBERSHIP_MANAGE, guard="justificatif ou vérification écrite"),
    Transition(S.PENDING, Event.REFUSER, S.REFUSED, P.MEMBERSHIP_MANAGE, guard="motif écrit"),
    Transition(S.PENDING, Event.TERMINER, S.ENDED, P.MEMBERSHIP_MANAGE, own=True),
    Transition(
        S.ACCEPTED,
        Event.TERMINER,
        S.ENDED,
        P.MEMBERSHIP_MANAGE,
        own=True,
        guard="il reste un administrateur, ou plus personne",
    ),
)
_TABLE = {(line.source, line.event): line for line in TRANSITIONS}


def find(state: MembershipState, event: Event) -> Transition:
    """The line of the table. Raises `NotPossibleNow` where there is none."""
    try:
        return _TABLE[(state, event)]
    except KeyError:
        raise NotPossibleNow from None


def apply(membership: Membership, event: Event) -> None:
    """Moves the membership, which the caller has locked and then saves."""
    membership.state = find(MembershipState(membership.state), event).target
