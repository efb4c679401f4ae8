"""What one request needs to know of the person behind it, read in a single query."""

from dataclasses import dataclass

from openopco.habilitations.models import Membership
from openopco.rights import ANONYMOUS, Actor


@dataclass(frozen=True, slots=True)
class Access:
    """The actor, and the live memberships its grants come from, each with its establishment or provider loaded."""

    actor: Actor
    memberships: tuple[Membership, ...] = ()


NOBODY = Access(ANONYMOUS)
