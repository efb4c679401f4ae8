"""The one registry of what people can be told. Each room registers its kinds at start, in its `tasks.py`."""

from dataclasses import dataclass
from enum import Enum


class Readers(Enum):
    """Whom a kind is for: the OPCO's own people, everybody else, or all."""

    EMPLOYERS = "employeurs"
    OPCO = "opco"
    ALL = "tous"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`label` names it on the preferences page, `act` says what to do with one. `mail`: a mail goes too unless the person
    chose otherwise; `compulsory`: nobody can choose otherwise (it opens a delay, or tells of a right)."""

    code: str
    label: str
    mail: bool = True
    compulsory: bool = False
    readers: Readers = Readers.EMPLOYERS
    act: str = "Ouvrir"

    def concerns(self, *, is_opco: bool) -> bool:
        """Whether somebody of the OPCO, or of an employer, is ever told it."""
        return self.readers in (Readers.ALL, Readers.OPCO if is_opco else Readers.EMPLOYERS)


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> NoticeKind:
    """Raises `ValueError` where another kind has that code."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"notice kind {kind.code} is registered twice")
    return kind


def kind_of(code: str) -> NoticeKind:
    """Raises `KeyError` for a code that no room registered."""
    return _kinds[code]


def registered_kinds() -> tuple[NoticeKind, ...]:
    """All kinds, by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))
