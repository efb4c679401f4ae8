"""One request's raw draft, as its reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from openopco.base.prepared import Prepared, steady_cursor
from openopco.documents.models import Document
from openopco.dossiers.draft import DraftView, PaperFacts, PieceView, RowView, StoredValue
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.models import CorrectionItem, CorrectionRequest, Dossier, DraftField, DraftRow, pieces_of
from openopco.dossiers.papers import declared_in_words, paper_of, typed_in_words
from openopco.dossiers.queries.facts import employer_facts, piece_view, provider_facts
from openopco.dossiers.queries.scope import reads_piece
from openopco.dossiers.queries.twins import twins_of
from openopco.kernel.calendar import paris_today, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.opco import parameters
from openopco.opco.values import NATURES
from openopco.reference.queries import communes_for_postal_code
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
    "provider_checks_block",
    "answer_target_days",
)
# The day that decides is not the sending's but the training's: a kind looks for the version itself.
VERSIONS_OF_A_DRAFT = ("first_submission", "last_submission")


def parameters_of_a_draft(today: date) -> dict[str, Any]:
    """What the rules need of the dated parameters, as in force on a day. No query while they are fresh."""
    known = {code: parameters.value(code, on=today) for code in PARAMETERS_OF_A_DRAFT}
    return known | {code: tuple(parameters.versions(code)) for code in VERSIONS_OF_A_DRAFT}


def load_draft(
    dossier: Dossier,
    *,
    today: date,
    viewer: Actor | None = None,
    with_twins: bool = False,
    points: Sequence[CorrectionItem] | None = None,
) -> DraftView:
    """The raw draft of a request with the facts around it, as `viewer` may see it: nobody's NIR without one.
    `dossier` comes with establishment, company and provider. `with_twins` looks for overlapping requests, in one query.
    While an answer is awaited, the OPCO reads what was sent, not what the employer has begun to type: `points` spares to
    look again for what is asked."""
    values = _stored_values(dossier)
    draft = replace(
        _bare(dossier, values, _rows(dossier, values, viewer, words_on(dossier, today)), today),
        pieces=tuple(_piece(dossier, piece, viewer) for piece in _pieces_of(dossier.pk)),
        employer=employer_facts(dossier.establishment, reader=viewer),
        parameters=parameters_of_a_draft(today),
        paper=_paper(dossier),
    )
    if viewer is not None and viewer.is_opco and dossier.state == State.COMPLEMENT_DEMANDE:
        draft = before(draft, open_points(dossier) if points is None else points)
    return replace(draft, twins=tuple(twins_of(dossier, draft, viewer))) if with_twins else draft


def _paper(dossier: Dossier) -> PaperFacts | None:
    paper = paper_of(dossier)
    return PaperFacts(paper.received_on, typed_in_words(paper), declared_in_words(paper)) if paper else None


def with_communes(draft: DraftView) -> DraftView:
    """The draft, knowing which communes have the postal codes typed in it: a query for each code not met lately, the
    answers are kept."""
    typed = [draft.raw("place_postal_code"), *(row.raw("postal_code") for row in draft.rows)]
    codes = {code.strip() for code in typed} - {""}
    named = {code: tuple(each.name for each in communes_for_postal_code(code)) for code in sorted(codes)}
    return replace(draft, communes=named)


def _piece(dossier: Dossier, piece: Document, viewer: Actor | None) -> PieceView:
    return piece_view(piece, is_closed=viewer is not None and not reads_piece(viewer, dossier, piece))


def load_values(dossier: Dossier, *, today: date) -> DraftView:
    """What was typed, and no more: enough for a heading or for typed rows. Two queries; no piece, no parameter, no NIR."""
    values = _stored_values(dossier)
    rows = _rows_of(dossier.pk)
    on = words_on(dossier, today)
    return _bare(dossier, values, tuple(_row(row, values.get(row.key, {}), on) for row in rows), today)


def words_on(dossier: Dossier, today: date) -> date:
    """The day whose lists a request is read by: what was sent keeps the words it was sent with."""
    return paris_today(dossier.sent_at) if dossier.sent_at else today


def as_sent(draft: DraftView, correction: CorrectionRequest | None) -> DraftView:
    """The draft as it stood when the correction was asked."""
    return before(draft, correction.items.all() if correction else ())


def before(draft: DraftView, points: Iterable[CorrectionItem]) -> DraftView:
    """The draft as it stood when these points were asked."""
    return draft.with_values({(item.row, item.name): item.before for item in points if item.kind == ItemKind.CHAMP})


def _stored_values(dossier: Dossier) -> dict[str, dict[str, StoredValue]]:
    values: dict[str, dict[str, StoredValue]] = {}
    with steady_cursor() as cursor:
        cursor.execute(_FIELDS, [dossier.pk])
        for row, name, value, revision in cursor.fetchall():
            values.setdefault(row, {})[name] = StoredValue(value, revision)
    return values


# Written by hand: a request has dozens of fields, and no model is needed of each.
_FIELDS = 'SELECT "row", name, value, revision FROM dossiers_draftfield WHERE dossier_id = %s ORDER BY id'


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


def _rows(
    dossier: Dossier, values: dict[str, dict[str, StoredValue]], viewer: Actor | None, on: date
) -> tuple[RowView, ...]:
    rows = _rows_with_nir(dossier.pk)
    shown = vault.shown_to(viewer, [row.nir for row in rows if row.nir]) if viewer else frozenset()
    return tuple(
        _seen(_row(row, values.get(row.key, {}), on), row.nir if row.nir_id in shown else None) for row in rows
    )


def _row(row: DraftRow, values: dict[str, StoredValue], on: date) -> RowView:
    has_nir = row.nir_id is not None
    return RowView(
        row.key,
        row.kind,
        row.position,
        values,
        has_nir=has_nir,
        nir_id=row.nir_id,
        trainee_id=row.trainee_id,
        words_on=on,
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


def nature_of(dossier: Dossier) -> str:
    """The nature of the action, as typed; that of most where nobody said."""
    typed = DraftField.objects.filter(dossier=dossier, row="", name="nature").values_list("value", flat=True).first()
    return typed or NATURES[0]


def nir_of_row(dossier: Dossier, row: str) -> int | None:
    """Which secret of the vault a trainee's row points at; None without one. The vault asks the reader's right."""
    return DraftRow.objects.filter(dossier=dossier, key=row).values_list("nir_id", flat=True).first()


def open_points(dossier: Dossier) -> list[CorrectionItem]:
    """The points that wait for the employer, each with its correction, which has one at least. One query."""
    return open_points_of(dossier.pk)


def open_correction(dossier: Dossier) -> CorrectionRequest | None:
    """The correction that waits for the employer, its points with it."""
    requests = CorrectionRequest.objects.filter(dossier=dossier, state=CorrectionState.OUVERTE)
    return requests.prefetch_related("items").order_by("id").first()


# What every page of a draft or of a request asks.
_rows_of: Prepared[DraftRow] = Prepared(
    (int,), lambda pk: DraftRow.objects.filter(dossier_id=pk).order_by("position", "id")
)
_rows_with_nir: Prepared[DraftRow] = Prepared(
    (int,), lambda pk: DraftRow.objects.filter(dossier_id=pk).select_related("nir").order_by("position", "id")
)
_pieces_of: Prepared[Document] = Prepared((int,), pieces_of)
open_points_of: Prepared[CorrectionItem] = Prepared(
    (int,),
    lambda pk: (
        CorrectionItem.objects.filter(request__dossier_id=pk, request__state=CorrectionState.OUVERTE)
        .select_related("request")
        .order_by("id")
    ),
)
