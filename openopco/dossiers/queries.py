"""Reads of requests. Each takes the actor and returns only what it may see; nothing else opens a list or a dossier."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from openopco.base.keyset import Page, cursor_after, paginate
from openopco.documents.models import Document
from openopco.documents.queries import may_fetch
from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView, EmployerFacts, PieceView, ProviderFacts, RowView, StoredValue
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import DOSSIER_DOCUMENT, CorrectionRequest, Dossier, DraftField, DraftRow, pieces_of
from openopco.dossiers.search import matching
from openopco.habilitations.queries import has_accepted_membership
from openopco.kernel.calendar import paris_today, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.opco import parameters
from openopco.organisations.models import Establishment, Provider
from openopco.reference.queries import idcc_label
from openopco.rights import Actor, Grant, Permission, Role, Subject, may
from openopco.trainees import vault
from openopco.trainees.models import NirSecret

PAGE_SIZE = 25
COUNT_CEILING = 1000
MOST_TWINS = 50
# The eyes through which checks are read: they never depend on who opens the page.
DESK = Actor(user_id=None, label="", grants=(Grant(Role.GESTIONNAIRE),))
PARAMETERS_OF_A_DRAFT = (
    "nir_required",
    "required_pieces",
    "min_hours",
    "hourly_cost_low",
    "hourly_cost_high",
    "max_trainees",
    "change_notice_days",
)


def subject_of(dossier: Dossier) -> Subject:
    """What rights are asked about."""
    return Subject(dossier.establishment_id, typed_by=dossier.created_by_id, filed_by=dossier.filed_by_id)


def visible_to(actor: Actor) -> QuerySet[Dossier]:
    """The requests that an actor may read: the OPCO's people see all that was sent; an employer those of his
    establishments, or, while his attachment waits, those he typed."""
    if actor.is_system:
        return Dossier.objects.all()
    reach = Q(pk__in=[])
    if Role.GESTIONNAIRE in actor.roles:
        reach |= ~Q(state=State.BROUILLON)
    confirmed = [grant.establishment_id for grant in actor.employer_grants() if grant.confirmed]
    waiting = [grant.establishment_id for grant in actor.employer_grants() if not grant.confirmed]
    if confirmed:
        reach |= Q(establishment_id__in=confirmed)
    if waiting:
        reach |= Q(establishment_id__in=waiting, created_by_id=actor.user_id)
    return Dossier.objects.filter(reach)


def find(*, actor: Actor, number: str) -> Dossier:
    """A sent request by its number. Raises `UnknownDossier`."""
    return _one(visible_to(actor).filter(number=number))


def find_draft(*, actor: Actor, key: str) -> Dossier:
    """A draft, or what became of it, by its key. Raises `UnknownDossier`."""
    return _one(visible_to(actor).filter(key=as_key(key)))


def as_key(raw: str) -> UUID:
    """A key as an address gives it. Raises `UnknownDossier` where it is none."""
    try:
        return UUID(raw)
    except ValueError as error:
        raise UnknownDossier from error


def find_for_desk(*, actor: Actor, number: str) -> Dossier:
    """A sent request by its number, with who filed it and who decided it. Raises `UnknownDossier`."""
    return _one(visible_to(actor).filter(number=number).select_related("filed_by", "decided_by"))


def _one(queryset: QuerySet[Dossier]) -> Dossier:
    dossier = queryset.select_related("establishment__company", "provider", "holder").first()
    if dossier is None:
        raise UnknownDossier
    return dossier


# --- lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all. Dates are inclusive."""

    search: str = ""
    state: str = ""
    kind: str = ""
    starts_from: date | None = None
    starts_to: date | None = None
    order: str = "recent"
    portfolio: str = ""
    late_on: date | None = None

    def narrow(self, queryset: QuerySet[Dossier]) -> QuerySet[Dossier]:
        exact: dict[str, Any] = {"state": self.state, "kind": self.kind, "starts_on__gte": self.starts_from}
        exact["starts_on__lte"] = self.starts_to
        queryset = queryset.filter(**{name: value for name, value in exact.items() if value})
        if self.late_on:
            queryset = queryset.filter(due_on__lt=self.late_on, is_open=True)
        return matching(queryset, self.search) if self.search.strip() else queryset


ORDERS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "recent": (("updated_at", "id"), True),
    "ancien": (("updated_at", "id"), False),
    "echeance": (("due_on", "id"), False),
    "anciennete": (("sent_at", "id"), False),
    "numero": (("id",), True),
}
# What the desk's list shows: « moi », « libre », all that is open, or « tout ».
MINE, FREE, OPEN, ALL = "moi", "libre", "ouverts", "tout"


def list_of_employer(
    *, actor: Actor, establishment_id: int, filters: Filters, after: str | None = None
) -> Page[Dossier]:
    """« Mes demandes » of one establishment, newest first unless asked otherwise."""
    queryset = filters.narrow(visible_to(actor).filter(establishment_id=establishment_id))
    keys, descending = ORDERS.get(filters.order, ORDERS["recent"])
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def worklist(*, actor: Actor, filters: Filters, after: str | None = None) -> Page[Dossier]:
    """The desk's list: what is due soonest comes first, among all states the latest. `portfolio`: « moi », « libre »,
    « tout », else all that is open."""
    keys, descending = _order_of(filters)
    queryset = portfolio_of(actor, filters).select_related("holder")
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def portfolio_of(actor: Actor, filters: Filters) -> QuerySet[Dossier]:
    """The requests of the desk's list, unordered: for counts."""
    queryset = visible_to(actor)
    if filters.portfolio == MINE:
        queryset = queryset.filter(holder_id=actor.user_id)
    if filters.portfolio == FREE:
        queryset = queryset.filter(state=State.TRANSMISE)
    if not filters.state and filters.portfolio != ALL:
        queryset = queryset.filter(is_open=True)
    return filters.narrow(queryset)


def next_in_worklist(*, actor: Actor, filters: Filters, dossier: Dossier) -> Dossier | None:
    """The request that follows in the desk's list; past its end, or once this one has left it, the first. Two queries at
    most."""
    keys, descending = _order_of(filters)
    others = portfolio_of(actor, filters).exclude(pk=dossier.pk)
    for after in (cursor_after(dossier, keys), None):
        page = paginate(others, keys=keys, after=after, size=1, descending=descending)
        if page.items:
            return page.items[0]
    return None


def _order_of(filters: Filters) -> tuple[tuple[str, ...], bool]:
    return ORDERS.get(filters.order) or ORDERS["numero" if filters.portfolio == ALL else "echeance"]


def capped_count(queryset: QuerySet[Dossier]) -> int:
    """How many, but never beyond `COUNT_CEILING` + 1: a list says « plus de 1 000 »."""
    return queryset.order_by()[: COUNT_CEILING + 1].count()


def awaiting_employer(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """What waits for the employer: answers due first, then drafts by last save."""
    mine = visible_to(actor).filter(establishment_id=establishment_id, waiting_for="employeur")
    return list(mine.select_related("provider").order_by("due_on", "-updated_at", "-id")[:limit])


def recent(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """The requests sent that moved last."""
    sent = visible_to(actor).filter(establishment_id=establishment_id).exclude(state=State.BROUILLON)
    return list(sent.order_by("-updated_at", "-id")[:limit])


# --- one draft -------------------------------------------------------------------------------------------------------


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
        pieces=tuple(_piece(piece) for piece in pieces_of(dossier.pk)),
        employer=employer_facts(dossier.establishment),
        parameters={code: parameters.value(code, on=today) for code in PARAMETERS_OF_A_DRAFT},
    )
    if viewer is not None and viewer.is_opco and dossier.state == State.COMPLEMENT_DEMANDE:
        draft = as_sent(draft, correction or open_correction(dossier))
    return replace(draft, twins=tuple(_twins_of(dossier, draft, viewer))) if with_twins else draft


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


def _piece(document: Document) -> PieceView:
    return PieceView(
        str(document.key), document.zone, document.name, document.size, document.state, document.content_type
    )


def employer_facts(establishment: Establishment, *, with_labels: bool = True) -> EmployerFacts:
    """What the house knows of the employer; one query for the agreement's label, if wanted."""
    return EmployerFacts(
        name=establishment.name,
        siret=establishment.siret,
        address=establishment.address,
        postal_code=establishment.postal_code,
        city=establishment.city,
        naf=establishment.naf,
        headcount=establishment.company.headcount_exact,
        idcc=establishment.idcc,
        idcc_label=idcc_label(establishment.idcc) if establishment.idcc and with_labels else "",
        verified=establishment.verified,
        email=establishment.email,
        phone=establishment.phone,
        headcount_band=establishment.headcount_band,
    )


def provider_facts(provider: Provider) -> ProviderFacts:
    return ProviderFacts(
        name=provider.name,
        siret=provider.siret,
        nda=provider.nda,
        address=provider.address,
        postal_code=provider.postal_code,
        city=provider.city,
        phone=provider.phone,
        email=provider.email,
        qualiopi_actions=provider.qualiopi_actions,
        qualiopi_bilans=provider.qualiopi_bilans,
        qualiopi_vae=provider.qualiopi_vae,
        status=provider.status,
        verified=provider.verified,
    )


def nir_of_row(dossier: Dossier, row: str) -> int | None:
    """Which secret of the vault a trainee's row points at; None without one. The vault asks the reader's right."""
    return DraftRow.objects.filter(dossier=dossier, key=row).values_list("nir_id", flat=True).first()


def kind_of(dossier: Dossier) -> kinds.Kind:
    return kinds.get(dossier.kind)


def open_correction(dossier: Dossier) -> CorrectionRequest | None:
    """The correction that waits for the employer, its points with it."""
    requests = CorrectionRequest.objects.filter(dossier=dossier, state=CorrectionState.OUVERTE)
    return requests.prefetch_related("items").order_by("id").first()


def document_for(*, actor: Actor, key: str) -> Document:
    """A piece of a request that the actor may read; until the antivirus has spoken, its uploader alone. Raises
    `UnknownDossier`."""
    document = Document.objects.filter(key=as_key(key), owner_kind=DOSSIER_DOCUMENT).first()
    if document is None or not visible_to(actor).filter(pk=document.owner_id).exists():
        raise UnknownDossier
    if not may_fetch(document, actor):
        raise UnknownDossier
    return document


def may_edit(actor: Actor, dossier: Dossier) -> bool:
    """Whether the whole draft may be written by the actor."""
    return dossier.state == State.BROUILLON and may(actor, Permission.DRAFT_WRITE, subject_of(dossier))


def find_twins(
    dossier: Dossier,
    *,
    starts_on: date,
    ends_on: date,
    people: Iterable[tuple[str, str]],
    viewer: Actor | None = None,
) -> list[str]:
    """Numbers of other live requests of the establishment that overlap the dates for one of the people (folded « last
    first », ISO birth date), of those that `viewer` may see."""
    wanted = {person for person in people if all(person)}
    if not wanted:
        return []
    within = Dossier.objects.all() if viewer is None else visible_to(viewer)
    others = (
        within.filter(establishment_id=dossier.establishment_id, starts_on__lte=ends_on, ends_on__gte=starts_on)
        .exclude(pk=dossier.pk)
        .exclude(state__in=[State.BROUILLON, State.REFUSEE, State.SANS_SUITE, State.ANNULEE])
        .select_related("transmission")
        .order_by("-id")[:MOST_TWINS]
    )
    return sorted(cast(str, other.number) for other in others if wanted & _people_of(other))


def _people_of(dossier: Dossier) -> set[tuple[str, str]]:
    snapshot = dossier.transmission.snapshot
    return {(person["folded_name"], person["birth_date"]) for person in snapshot.get("trainees", [])}


def _twins_of(dossier: Dossier, draft: DraftView, viewer: Actor | None) -> list[str]:
    heading = kind_of(dossier).heading(draft)
    if not heading.starts_on or not heading.ends_on:
        return []
    people = [(who["folded_name"], who["birth_date"]) for who in kind_of(dossier).snapshot(draft)["trainees"]]
    return find_twins(dossier, starts_on=heading.starts_on, ends_on=heading.ends_on, people=people, viewer=viewer)


# --- checks ----------------------------------------------------------------------------------------------------------


def checks_of(dossier: Dossier) -> list[kinds.Check]:
    """The officer's list for a request, as it was on the day it was sent."""
    sent_on = paris_today(dossier.sent_at or timezone.now())
    return checks_in(dossier, load_draft(dossier, today=sent_on, viewer=DESK, with_twins=True))


def checks_in(dossier: Dossier, draft: DraftView) -> list[kinds.Check]:
    """The same from a draft already read, with its twins, on the day it was sent."""
    around = {
        "twins": list(draft.twins),
        "membership_accepted": is_filer_accepted(dossier),
        "sent_on": paris_today(dossier.sent_at or timezone.now()),
    }
    return kind_of(dossier).checks(draft, around)


def is_filer_accepted(dossier: Dossier) -> bool:
    """Whether the attachment of the person who filed to the establishment has been accepted."""
    return has_accepted_membership(user_id=dossier.filed_by_id, establishment_id=dossier.establishment_id)
