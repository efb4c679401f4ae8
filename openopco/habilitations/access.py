"""What one request needs to know of the person behind it, read in a single query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openopco.habilitations.models import Membership
from openopco.rights import ANONYMOUS, Actor


@dataclass(frozen=True, slots=True)
class Access:
    """The actor, and the live memberships its grants come from, each with its establishment or provider loaded. `figures`:
    what other rooms have read beside them (`accounts.figures`), by name; nothing for who has neither membership nor role."""

    actor: Actor
    memberships: tuple[Membership, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


NOBODY = Access(ANONYMOUS)
