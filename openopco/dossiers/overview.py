"""What an employer sees of several requests at once: how many in each state, what each draft misses, what was asked of him.
The number of queries never depends on the number of requests."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from django.db.models import Count, QuerySet

from openopco.base.prepared import Prepared, steady_cursor
from openopco.documents.queries import documents_of_many
from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView, PieceView, RowView, StoredValue
from openopco.dossiers.enums import CorrectionState, State
from openopco.dossiers.models import DOSSIER_DOCUMENT, CorrectionItem, Decision, Dossier, DraftField, DraftRow, Message
from openopco.dossiers.queries import employer_facts, parameters_of_a_draft, provider_facts, sees_all_of, visible_to
from openopco.dossiers.queries.drafts import open_points_of
from openopco.organisations.models import Establishment
from openopco.rights import Actor

Values = dict[str, dict[str, StoredValue]]


def state_counts(*, actor: Actor, establishment_id: int, kind: str = "") -> dict[State, int]:
    """How many requests of an establishment the actor sees in each state; states without any are absent. One query."""
    if sees_all_of(actor, establishment_id):
        return _counted(establishment_id, kind)
    seen = visible_to(actor).filter(establishment_id=establishment_id)
    if kind:
        seen = seen.filter(kind=kind)
    counts = seen.order_by().values_list("state").annotate(count=Count("pk"))
    return {State(state): count for state, count in counts}


def _counted(establishment_id: int, kind: str) -> dict[State, int]:
    """The same for who was accepted there. Written by hand: the dashboard and the list ask it each time. The drafts of those
    whose attachment waits are taken off apart: an index of their own holds them."""
    narrowed, values = (" AND kind = %s", [kind]) if kind else ("", [])
    of_the_place = f"FROM dossiers_dossier WHERE establishment_id = %s{narrowed}"
    sql = (
        f"SELECT state, COUNT(*) {of_the_place} GROUP BY state "
        f"UNION ALL SELECT 'brouillon', -COUNT(*) {of_the_place} AND unconfirmed AND state = 'brouillon'"
    )
    counts: Counter[State] = Counter()
    with steady_cursor() as cursor:
        cursor.execute(sql, [establishment_id, *values, establishment_id, *values])
        for state, count in cursor.fetchall():
            counts[State(state)] += count
    return {state: count for state, count in counts.items() if count}


def missing_counts(drafts: Sequence[Dossier], establishment: Establishment, *, today: date) -> dict[int, int]:
    """How many things each draft of an establishment still misses, by id. The establishment comes with its company, each
    draft with its provider. Three queries; none without drafts."""
    if not drafts:
        return {}
    ids = [draft.pk for draft in drafts]
    values, rows, pieces = _values(ids), _rows(ids), documents_of_many(DOSSIER_DOCUMENT, ids)
    known = parameters_of_a_draft(today)
    counts = {}
    for draft in drafts:
        typed = values.get(draft.pk, {})
        view = DraftView(
            values=typed.get("", {}),
            rows=tuple(_row(row, typed, today) for row in rows.get(draft.pk, ())),
            pieces=tuple(
                PieceView(str(piece.key), piece.zone, piece.name, piece.size, piece.state)
                for piece in pieces.get(draft.pk, ())
            ),
            employer=employer_facts(establishment, with_labels=False),
            provider=provider_facts(draft.provider) if draft.provider else None,
            today=today,
            parameters=known,
        )
        counts[draft.pk] = len(kinds.get(draft.kind).missing(view))
    return counts


def _values(ids: list[int]) -> dict[int, Values]:
    found: dict[int, Values] = {}
    fields = DraftField.objects.filter(dossier__in=ids).order_by("id")
    for dossier_id, row, name, value in fields.values_list("dossier_id", "row", "name", "value"):
        found.setdefault(dossier_id, {}).setdefault(row, {})[name] = StoredValue(value)
    return found


def _rows(ids: list[int]) -> dict[int, list[DraftRow]]:
    found: dict[int, list[DraftRow]] = {}
    for row in DraftRow.objects.filter(dossier__in=ids).order_by("position", "id"):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def _row(row: DraftRow, typed: Mapping[str, Mapping[str, StoredValue]], today: date) -> RowView:
    return RowView(
        row.key,
        row.kind,
        row.position,
        typed.get(row.key, {}),
        has_nir=row.nir_id is not None,
        nir_id=row.nir_id,
        words_on=today,
    )


def asked_of(dossiers: Iterable[Dossier]) -> dict[int, list[CorrectionItem]]:
    """The points of the open correction of each request, by its id. One query; none where no answer is awaited."""
    ids = [dossier.pk for dossier in dossiers if dossier.state == State.COMPLEMENT_DEMANDE]
    found: dict[int, list[CorrectionItem]] = {}
    if not ids:
        return found
    if len(ids) == 1:
        return {pk: points for pk in ids if (points := open_points_of(pk))}
    for item in _open_points_of_many(len(ids))(*ids):
        found.setdefault(item.request.dossier_id, []).append(item)
    return found


@lru_cache(maxsize=16)
def _open_points_of_many(many: int) -> Prepared[CorrectionItem]:
    def build(*ids: int) -> QuerySet[CorrectionItem]:
        items = CorrectionItem.objects.filter(request__dossier__in=ids, request__state=CorrectionState.OUVERTE)
        return items.select_related("request").order_by("id")

    return Prepared((int,) * many, build)


def decision_on(dossier: Dossier) -> Decision | None:
    """The decision that stands. One query; none for a request that nobody decided."""
    if dossier.decided_at is None:
        return None
    return Decision.objects.filter(dossier=dossier).order_by("-version").first()


def messages_in(dossier: Dossier) -> list[Message]:
    """What both sides wrote, oldest first. The caller has checked that the reader may see the request."""
    return _messages_of(dossier.pk)


_messages_of: Prepared[Message] = Prepared(
    (int,), lambda pk: Message.objects.filter(dossier_id=pk).order_by("created_at", "id")
)
