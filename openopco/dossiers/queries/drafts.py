"""One request's raw draft, as its reader may see it."""

from dataclasses import replace
from datetime import date

from openopco.dossiers.draft import DraftView, RowView, StoredValue
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.models import CorrectionRequest, Dossier, DraftField, DraftRow, pieces_of
from openopco.dossiers.queries.facts import employer_facts, piece_view, provider_facts
from openopco.dossiers.queries.twins import twins_of
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.opco import parameters
from openopco.rights import Actor
from openopco.trainees import vault
from openopco.trainees.models import NirSecret

PARAMETERS_OF_A_DRAFT = (
    "nir_required",
    "required_pieces",
    "min_hours",
    "hourly_cost_low",
    "hourly_cost_high",
    "max_trainees",
    "change_notice_days",
)


def load_draft(
    dossier: Dossier,
    *,
    today: date,
    viewer: Actor | None = None,
    with_twins: bool = False,
    correction: CorrectionRequest | None = None,
) -> DraftView:
    """The raw draft of a request with the facts around it, as `viewer` may see it: nobody's NIR without one.
    `dossier` comes with establishment, company and provider. `with_twins` looks for overlapping requests, in one query.
    While an answer is awaited, the OPCO reads what was sent, not what the employer has begun to type: `correction` spares
    to look for the open one again."""
    values = _stored_values(dossier)
    draft = replace(
        _bare(dossier, values, _rows(dossier, values, viewer), today),
        pieces=tuple(piece_view(piece) for piece in pieces_of(dossier.pk)),
        employer=employer_facts(dossier.establishment),
        parameters={code: parameters.value(code, on=today) for code in PARAMETERS_OF_A_DRAFT},
    )
    if viewer is not None and viewer.is_opco and dossier.state == State.COMPLEMENT_DEMANDE:
        draft = as_sent(draft, correction or open_correction(dossier))
    return replace(draft, twins=tuple(twins_of(dossier, draft, viewer))) if with_twins else draft


def load_values(dossier: Dossier, *, today: date) -> DraftView:
    """What was typed, and no more: enough for a heading or for typed rows. Two queries; no piece, no parameter, no NIR."""
    values = _stored_values(dossier)
    rows = DraftRow.objects.filter(dossier=dossier).order_by("position", "id")
    return _bare(dossier, values, tuple(_row(row, values.get(row.key, {})) for row in rows), today)


def as_sent(draft: DraftView, correction: CorrectionRequest | None) -> DraftView:
    """The draft as it stood when the correction was asked."""
    items = correction.items.all() if correction else ()
    return draft.with_values({(item.row, item.name): item.before for item in items if item.kind == ItemKind.CHAMP})


def _stored_values(dossier: Dossier) -> dict[str, dict[str, StoredValue]]:
    values: dict[str, dict[str, StoredValue]] = {}
    for field in DraftField.objects.filter(dossier=dossier).order_by("id"):
        values.setdefault(field.row, {})[field.name] = StoredValue(field.value, field.revision)
    return values


def _bare(
    dossier: Dossier, values: dict[str, dict[str, StoredValue]], rows: tuple[RowView, ...], today: date
) -> DraftView:
    return DraftView(
        values=values.get("", {}),
        rows=rows,
        pieces=(),
        employer=employer_facts(dossier.establishment, with_labels=False),
        provider=provider_facts(dossier.provider) if dossier.provider else None,
        today=today,
    )


def _rows(dossier: Dossier, values: dict[str, dict[str, StoredValue]], viewer: Actor | None) -> tuple[RowView, ...]:
    rows = list(DraftRow.objects.filter(dossier=dossier).select_related("nir").order_by("position", "id"))
    shown = vault.shown_to(viewer, [row.nir for row in rows if row.nir]) if viewer else frozenset()
    return tuple(_seen(_row(row, values.get(row.key, {})), row.nir if row.nir_id in shown else None) for row in rows)


def _row(row: DraftRow, values: dict[str, StoredValue]) -> RowView:
    has_nir = row.nir_id is not None
    return RowView(
        row.key, row.kind, row.position, values, has_nir=has_nir, nir_id=row.nir_id, trainee_id=row.trainee_id
    )


def _seen(row: RowView, secret: NirSecret | None) -> RowView:
    """The row with what its reader may know of the NIR: he who typed it and the officers see its mask and what
    contradicts it, others (no `secret`) only that it is there."""
    if secret is None:
        return row
    warnings = tuple(vault.warnings_of(secret, _sex(row), _birth_date(row)))
    return replace(row, nir_mask=vault.mask(secret), nir_warnings=warnings)


def _sex(row: RowView) -> str | None:
    return row.raw("sex") or None


def _birth_date(row: RowView) -> date | None:
    try:
        return parse_date(row.raw("birth_date"))
    except InvalidValue:
        return None


def nir_of_row(dossier: Dossier, row: str) -> int | None:
    """Which secret of the vault a trainee's row points at; None without one. The vault asks the reader's right."""
    return DraftRow.objects.filter(dossier=dossier, key=row).values_list("nir_id", flat=True).first()


def open_correction(dossier: Dossier) -> CorrectionRequest | None:
    """The correction that waits for the employer, its points with it."""
    requests = CorrectionRequest.objects.filter(dossier=dossier, state=CorrectionState.OUVERTE)
    return requests.prefetch_related("items").order_by("id").first()
