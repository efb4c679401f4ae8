"""The garage of `tests.dossiers`, its people, its Monday morning."""

from tests.dossiers.conftest import (
    _files,
    _nothing_kept,
    admin,
    alice,
    bob,
    charlie,
    clock,
    newcomer,
    olga,
    oscar,
    place,
)

__all__ = [
    "_files",
    "_nothing_kept",
    "admin",
    "alice",
    "bob",
    "charlie",
    "clock",
    "newcomer",
    "olga",
    "oscar",
    "place",
]
