"""Figures of a person that every page shows: a room registers one, and the query of what the person may do reads it along,
which spares a query of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)
# Given a person's id, a figure of his.
Figure = Callable[[int], RawSQL]
_FIGURES: dict[str, Figure] = {}


def register(name: str, figure: Figure) -> None:
    """Once, at start."""
    _FIGURES[name] = figure


def with_figures(rows: QuerySet[M], user_id: int) -> QuerySet[M]:
    """Rows of one person, his figures on each."""
    read: QuerySet[M] = rows.annotate(**{name: figure(user_id) for name, figure in _FIGURES.items()})
    return read


def figures_of(row: Model | None) -> dict[str, Any]:
    """Those of a row read `with_figures`; none of no row."""
    return {name: getattr(row, name) for name in _FIGURES} if row else {}
