"""What a request says to the engine, read from its draft."""

from datetime import date
from decimal import Decimal
from typing import Any

from openopco.dossiers.draft import DraftView
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Base, Form
from openopco.funding.rules import Facts, Subrogation
from openopco.kernel.calendar import paris_today
from openopco.opco import parameters
from openopco.training import fields as f

ZERO = Decimal(0)
NEEDED = (f.HEADCOUNT, f.IDCC, f.STARTS_ON, f.HOURS, f.COST)


def missing_for(draft: DraftView) -> list[str]:
    """What must still be typed before anything can be said of amounts: the labels of those fields."""
    absent = [spec.label for spec in NEEDED if draft.value(spec) is None]
    return absent if draft.rows else [*absent, "Les stagiaires"]


def facts_of(dossier: Dossier, draft: DraftView, *, granted_on: date) -> Facts | None:
    """What the engine reads of a request; None while something it needs is missing. The paper's day counts as the sending's."""
    if missing_for(draft):
        return None
    return Facts(
        idcc=draft.value(f.IDCC),
        naf=draft.employer.naf.replace(".", "").upper(),
        region=dossier.region or "",
        headcount=draft.value(f.HEADCOUNT),
        nature=draft.value(f.NATURE) or "",
        modality=draft.value(f.MODALITY) or "",
        theme=draft.value(f.THEME) or "",
        internal=bool(draft.value(f.INTERNAL)),
        hours=draft.value(f.HOURS),
        trainees=len(draft.rows),
        costs=costs_of(draft),
        quantities=_quantities(draft),
        asked_on=_asked_on(dossier, draft, granted_on),
        starts_on=draft.value(f.STARTS_ON),
        granted_on=granted_on,
        subrogation=bool(draft.value(f.SUBROGATION)),
        voluntary=bool(draft.value(f.VOLUNTARY)),
        form=Form(dossier.kind),
    )


def subrogation_on(day: date) -> Subrogation:
    """When the OPCO pays providers itself, of agreements given on a day."""
    return Subrogation(
        restricted=parameters.value("subrogation_pdc_only", on=day),
        below=parameters.value("subrogation_below", on=day),
        pro=parameters.value("subrogation_pro", on=day),
    )


def costs_of(draft: DraftView) -> dict[Base, Decimal]:
    """Euros HT asked, by base."""
    found = {Base.PEDAGOGIQUE: draft.value(f.COST) or ZERO}
    for base, name in _ancillary("amount"):
        found[base] = _typed(draft, name) or ZERO
    return found


def _quantities(draft: DraftView) -> dict[Base, int]:
    return {base: _typed(draft, name) or 0 for base, name in _ancillary("quantity")}


def _ancillary(part: str) -> list[tuple[Base, str]]:
    return [(base, f"{base.value}_{part}") for base in Base if base is not Base.PEDAGOGIQUE]


_SPECS = {spec.name: spec for spec in f.ANCILLARY}


def _typed(draft: DraftView, name: str) -> Any:
    return draft.value(_SPECS[name])


def _asked_on(dossier: Dossier, draft: DraftView, today: date) -> date:
    if draft.paper:
        return draft.paper.received_on
    return paris_today(dossier.sent_at) if dossier.sent_at else today
