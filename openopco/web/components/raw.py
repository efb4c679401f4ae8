"""The field of a draft as the pages show it: what `components/raw_field.html` reads."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """What was kept while somebody typed something else: shown beside it, to choose from, both in words. `revision` is
    that of what was kept."""

    current: str
    by: str = ""
    at: datetime | None = None
    revision: int = 0
    mine: str = ""


@dataclass(frozen=True, slots=True)
class RawField:
    """`value` is what was typed, never parsed; a ticked box is « oui ». `revision` None: not saved as one types. `served` is
    what the page sends back of it untouched; None: not told apart.

    `data` are pairs written as `data-…` attributes (postal.js reads some)."""

    name: str
    label: str
    value: str = ""
    error: str = ""
    hint: str = ""
    required: bool = False
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    revision: int | None = 0
    autocomplete: str = "off"
    inputmode: str = ""
    max_length: int = 200
    suffix: str = ""
    inline: bool = False
    saved_at: datetime | None = None
    data: tuple[tuple[str, str], ...] = ()
    conflict: FieldConflict | None = None
    served: str | None = None
