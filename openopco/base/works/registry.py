"""The kinds of long work. Each room registers its own at start, in its `tasks.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openopco.kernel.errors import OpenOpcoError

if TYPE_CHECKING:
    from openopco.base.models import Work, WorkRow


class Stopped(OpenOpcoError):
    """The whole work ends here: who asked for it has no longer the right to. What was done stays done."""

    message = "Vous n'avez plus le droit de faire ce travail : il s'est arrêté."


@dataclass(frozen=True, slots=True)
class RowsKind:
    """A work that acts on rows, one transaction each. `act` does one row's as the person who asked, and returns what to say
    of it; it raises an error of its room to leave the row out, `Stopped` to end the work."""

    code: str
    act: Callable[["Work", "WorkRow"], str]


@dataclass(frozen=True, slots=True)
class FileKind:
    """A work that makes a file. `make` writes it at the path, calling its last argument now and then with how many rows it
    has written: that keeps the lease, shows the progress, and raises once the work was cancelled. It returns how many it had to
    leave out. Killed, it starts again.
    `made` runs in the transaction that ends the work: it names the file, journals what left, and returns what the work keeps
    of its arguments. `may_take` asks them whether who asked may still have the file."""

    code: str
    make: Callable[["Work", Path, Callable[[int], None]], int]
    made: Callable[["Work"], dict[str, Any]]
    may_take: Callable[["Work"], bool]


Kind = RowsKind | FileKind
_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Raises `ValueError` where another kind has that code."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"work {kind.code} is registered twice")
    return kind


def kind_of(code: str) -> Kind:
    """Raises `KeyError` for a code that no room registered."""
    return _kinds[code]


def registered() -> tuple[str, ...]:
    """The codes of all kinds."""
    return tuple(sorted(_kinds))
