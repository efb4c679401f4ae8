"""The one registry of what people can be told. Each room registers its kinds at start, in its `tasks.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`label` names it on the preferences page. `mail`: a mail goes too unless the person chose otherwise;
    `compulsory`: nobody can choose otherwise (it opens a delay, or tells of a right)."""

    code: str
    label: str
    mail: bool = True
    compulsory: bool = False


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
