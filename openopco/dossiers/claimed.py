"""Which agreements somebody has asked to be paid of. One room says it at start; without it, none."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from openopco.dossiers.models import Dossier

Claimed = Callable[[], "QuerySet[Any, Any]"]
_CLAIMED: list[Claimed] = []


def register(claimed: Claimed) -> None:
    """`claimed` gives the ids of the requests, as a query."""
    _CLAIMED[:] = [claimed]


def unclaimed(dossiers: "QuerySet[Dossier]") -> "QuerySet[Dossier]":
    """Those of which nobody has asked anything: they alone lapse, and are warned of it."""
    for claimed in _CLAIMED:
        dossiers = dossiers.exclude(pk__in=claimed())
    return dossiers


def registered() -> list[str]:
    """For the consistency test."""
    return [f"{each.__module__}.{each.__name__}" for each in _CLAIMED]
