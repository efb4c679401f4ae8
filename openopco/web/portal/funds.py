"""What keeps a request waiting, for `portal/funds.html`."""

from datetime import date
from typing import Any

from openopco.dossiers.funds import holding_back
from openopco.dossiers.holds import MOST_BEFORE, rank_of
from openopco.dossiers.models import Dossier


def told_of(dossier: Dossier, today: date) -> dict[str, Any]:
    """`funds`, and its place on the list where it waits for an envelope: one query then, else none."""
    found = holding_back(dossier, today)
    if isinstance(found, str):
        return {"funds": {"sentence": found}, "funds_rank": _rank(dossier)} if found else {"funds": None}
    return {"funds": found}


def _rank(dossier: Dossier) -> str:
    rank = rank_of(dossier)
    if rank > MOST_BEFORE:
        return f"Plus de {MOST_BEFORE} demandes attendent avant elle."
    before = rank - 1
    if not before:
        return "C'est la première de la liste."
    return "Une demande attend avant elle." if before == 1 else f"{before} demandes attendent avant elle."
