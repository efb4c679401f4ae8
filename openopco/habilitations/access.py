"""What one request needs to know of the person behind it, read in a single query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from openopco.habilitations.models import Membership
from openopco.rights import ANONYMOUS, Actor

M = TypeVar("M", bound=Model)
# Given a person's id, a figure of his.
Figure = Callable[[int], RawSQL]
_FIGURES: dict[str, Figure] = {}


@dataclass(frozen=True, slots=True)
class Access:
    """The actor, and the live memberships its grants come from, each with its establishment or provider loaded. `figures`:
    what other rooms have read beside them, by name; nothing for who has neither membership nor role."""

    actor: Actor
    memberships: tuple[Membership, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


NOBODY = Access(ANONYMOUS)


def read_beside(name: str, figure: Figure) -> None:
    """A room above has a figure that every page shows read with the access of its person, and not by a query of its own.
    Once, at start."""
    _FIGURES[name] = figure


def with_figures(rows: QuerySet[M], user_id: int) -> QuerySet[M]:
    read: QuerySet[M] = rows.annotate(**{name: figure(user_id) for name, figure in _FIGURES.items()})
    return read


def figures_of(row: Model | None) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIGURES} if row else {}
