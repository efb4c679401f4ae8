"""What is asked anew of requests, in words: the point, its nature, its cause. For statistics, their lists and their files."""

from collections.abc import Mapping
from datetime import date

from openopco.dossiers import kinds
from openopco.dossiers.enums import ItemKind
from openopco.opco import lists, shipped_lists
from openopco.training.kind import in_opco_words

NATURES: Mapping[str, str] = {ItemKind.PIECE: "Pièce", ItemKind.CHAMP: "Champ du formulaire"}


def words_of_points() -> dict[tuple[str, str], str]:
    """What each field and each zone of pieces is called, whatever the kind of request."""
    found: dict[tuple[str, str], str] = {}
    for kind in kinds.all_kinds():
        found |= {(ItemKind.PIECE, code): label for code, label in kind.zones}
        for step in kind.steps:
            every = (*step.fields, *kind.row_fields(step.row_kind))
            found |= {(ItemKind.CHAMP, spec.name): in_opco_words(spec.label) for spec in every}
    return found


def reason_words(code: str, today: date) -> str:
    """The standard reason; « Texte libre » for words of the officer's own."""
    return (lists.label(shipped_lists.CORRECTION, code, today) or code) if code else "Texte libre"


def point_in_words(code: str, today: date) -> str:
    """« Programme : illisible », of what the address of a list names (`queries.point_code`); empty where it names nothing
    known."""
    kind, _, rest = code.partition(":")
    name, _, reason = rest.partition(":")
    label = words_of_points().get((kind, name), "")
    return f"{label} : {reason_words(reason, today)}" if label else ""
