"""Drafts in memory for the pure rules: complete unless told otherwise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from openopco.dossiers.draft import DraftView, EmployerFacts, Missing, PieceView, ProviderFacts, RowView, StoredValue
from openopco.opco.defaults import DEFAULTS
from tests.dossiers.factories import COURSE, PERSON, TODAY

PARAMETERS: Mapping[str, Any] = {
    "nir_required": True,
    "required_pieces": {"action": ["programme"], "bilan": ["bilan"], "vae": ["vae"]},
    "min_hours": 1,
    "hourly_cost_low": 5,
    "hourly_cost_high": 150,
    "max_trainees": 200,
    "change_notice_days": 8,
    "provider_checks_block": True,
    "first_submission": DEFAULTS["first_submission"].versions,
    "last_submission": DEFAULTS["last_submission"].versions,
}
EMPLOYER = EmployerFacts(
    name="ACTIF AUTO CONTROLE",
    siret="83135297600011",
    address="24 AVE DE HOLLANDE",
    postal_code="68110",
    city="ILLZACH",
    naf="7120A",
    headcount=3,
    idcc="1090",
    idcc_label="Services de l'automobile",
    verified=True,
)


def provider(**changes: Any) -> ProviderFacts:
    given: dict[str, Any] = {
        "name": "AXEPT",
        "siret": "83426702300028",
        "nda": "42680000068",
        "address": "1 RUE DE L'ESSAI",
        "postal_code": "68100",
        "city": "MULHOUSE",
        "phone": "",
        "email": "",
        "qualiopi_actions": True,
        "qualiopi_bilans": False,
        "qualiopi_vae": None,
        "status": "ACTIF",
        "verified": True,
        **changes,
    }
    return ProviderFacts(**given)


def stored(values: Mapping[str, str]) -> dict[str, StoredValue]:
    return {name: StoredValue(value, 1) for name, value in values.items()}


def person(key: str = "a1", position: int = 1, *, has_nir: bool = True, **changes: Any) -> RowView:
    facts = {name: changes.pop(name) for name in ("nir_mask", "nir_warnings", "nir_id") if name in changes}
    return RowView(key, "stagiaire", position, stored({**PERSON, **changes}), has_nir=has_nir, **facts)


def file(zone: str = "programme", state: str = "safe", name: str = "programme.pdf") -> PieceView:
    return PieceView(key=f"{zone}-{name}", zone=zone, name=name, size=1000, state=state)


def view(
    *,
    rows: tuple[RowView, ...] | None = None,
    pieces: tuple[PieceView, ...] | None = None,
    parameters: Mapping[str, Any] | None = None,
    today: date = TODAY,
    employer: EmployerFacts = EMPLOYER,
    taught_by: ProviderFacts | None = provider(),  # noqa: B008 - frozen
    twins: tuple[str, ...] = (),
    **changes: str,
) -> DraftView:
    return DraftView(
        values=stored({**COURSE, **changes}),
        rows=(person(),) if rows is None else rows,
        pieces=(file(),) if pieces is None else pieces,
        employer=employer,
        provider=taught_by,
        today=today,
        parameters={**PARAMETERS, **(parameters or {})},
        twins=twins,
    )


def told(lines: list[Missing]) -> list[tuple[str, str]]:
    """What a person reads: where, and the sentence."""
    return [(line.target, line.message) for line in lines]
