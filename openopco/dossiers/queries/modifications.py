"""Modifications of a request as both sides read them, and what its agreement became."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from openopco.base.prepared import Prepared
from openopco.documents.models import Document
from openopco.documents.queries import documents_of_many
from openopco.dossiers import kinds
from openopco.dossiers.changes import Change, row_kind_of, with_changes
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import OPEN_STATES, ChangeKind, ModificationState, State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import (
    MODIFICATION_DOCUMENT,
    Decision,
    Dossier,
    LapseLifting,
    Modification,
    ModificationItem,
)
from openopco.dossiers.queries.drafts import as_sent, load_draft, open_correction
from openopco.dossiers.queries.facts import provider_facts
from openopco.dossiers.rules import Delays, good_until
from openopco.kernel.calendar import format_date, paris_today
from openopco.opco import parameters
from openopco.rights import Actor

PREPARED, PROPOSED = ModificationState.PREPAREE, ModificationState.PROPOSEE


WHY_NOT = {
    State.BROUILLON: "Cette demande n'est pas encore envoyée : corrigez-la directement.",
    State.REFUSEE: "Cette demande est refusée : reprenez-la dans une nouvelle demande.",
    State.SANS_SUITE: "Cette demande est fermée : reprenez-la dans une nouvelle demande.",
    State.ANNULEE: "Cette demande est annulée : reprenez-la dans une nouvelle demande.",
    State.CADUQUE: "L'accord n'est plus valable : écrivez au gestionnaire, il peut lever la caducité.",
}
TOO_LATE = "L'accord était valable jusqu'au {} : il ne peut plus être modifié. Écrivez au gestionnaire."


def why_not_modifiable(dossier: Dossier, *, today: date) -> str:
    """Why the request can't be modified any more; empty while it can."""
    state = State(dossier.state)
    if state is State.ACCORDEE:
        return TOO_LATE.format(format_date(dossier.due_on)) if dossier.due_on < today else ""
    return "" if state in OPEN_STATES else WHY_NOT[state]


def standing_draft(dossier: Dossier) -> DraftView:
    """The request as the OPCO has it in hand, by the rules of the day it was sent: what an answer under way has begun to
    change is not there."""
    draft = load_draft(dossier, today=paris_today(dossier.sent_at or timezone.now()))
    return as_sent(draft, open_correction(dossier)) if dossier.state == State.COMPLEMENT_DEMANDE else draft


@dataclass(frozen=True, slots=True)
class Told:
    """A modification with its lines."""

    modification: Modification
    items: tuple[ModificationItem, ...]

    @property
    def is_open(self) -> bool:
        return self.modification.state == PROPOSED

    @property
    def is_cancellation(self) -> bool:
        return any(item.kind == ChangeKind.ANNULATION for item in self.items)

    @property
    def is_late(self) -> bool:
        """Whether it was told after the delay that the employer swore to respect."""
        told = self.modification
        return bool(told.proposed_at and told.notice_due_on and paris_today(told.proposed_at) > told.notice_due_on)

    @property
    def changes(self) -> list[Change]:
        return changes_of(self.items)


def modifications_of(dossier: Dossier, reader: Actor) -> list[Told]:
    """The modifications of a request, the latest first, and the one that its reader prepares. One query where any was
    ever begun. The caller has checked that he may see the request."""
    if not dossier.has_modifications:
        return []
    by_id: dict[int, list[ModificationItem]] = {}
    for item in _items_of(dossier.pk):
        by_id.setdefault(item.modification_id, []).append(item)
    told = [Told(items[0].modification, tuple(items)) for items in by_id.values()]
    return [each for each in told if _may_read(each.modification, reader)][::-1]


def pieces_told(told: Iterable[Told]) -> dict[int, list[Document]]:
    """The pieces of each modification that `modifications_of` gave, by its id. One query, none where there is no piece."""
    ids = [each.modification.pk for each in told if each.items[0].__dict__["has_pieces"]]
    return documents_of_many(MODIFICATION_DOCUMENT, ids) if ids else {}


def _may_read(modification: Modification, reader: Actor) -> bool:
    """Nobody reads what another only prepares."""
    return modification.state != PREPARED or modification.filed_by_id == reader.user_id


_PIECES = Document.objects.filter(owner_kind=MODIFICATION_DOCUMENT)
_items_of: Prepared[ModificationItem] = Prepared(
    (int,),
    lambda pk: (
        ModificationItem.objects.filter(modification__dossier_id=pk)
        .select_related("modification", "provider")
        .annotate(has_pieces=Exists(_PIECES.filter(owner_id=OuterRef("modification_id"))))
        .order_by("modification_id", "id")
    ),
)


def open_modification(dossier: Dossier) -> Modification | None:
    """The one that waits for an answer."""
    return Modification.objects.filter(dossier=dossier, state=PROPOSED).first()


def prepared_by(dossier: Dossier, actor: Actor) -> Modification | None:
    """The one that this person writes and has not sent."""
    return Modification.objects.filter(dossier=dossier, state=PREPARED, filed_by_id=actor.user_id).first()


def items_of(modification: Modification) -> list[ModificationItem]:
    return list(modification.items.select_related("provider").order_by("id"))


def changes_of(items: Iterable[ModificationItem]) -> list[Change]:
    return [
        Change(
            ChangeKind(item.kind), item.name, item.row, item.before, item.after, has_nir=item.nir_after_id is not None
        )
        for item in items
    ]


def changed_draft(dossier: Dossier, draft: DraftView, items: Iterable[ModificationItem]) -> DraftView:
    """The draft as it would read once these lines are accepted."""
    lines = list(items)
    provider = next((item.provider for item in lines if item.provider), None)
    facts = provider_facts(provider) if provider else None
    return with_changes(draft, changes_of(lines), row_kind=row_kind_of(kinds.get(dossier.kind)), provider=facts)


def agreement_good_until(dossier: Dossier, *, issued_on: date, is_started: bool | None = None) -> date:
    """The last day of an agreement issued on a day, by the parameters of the days of its course, and by what an officer
    gave back."""
    assert dossier.starts_on
    assert dossier.ends_on
    lifted = LapseLifting.objects.filter(dossier=dossier).aggregate(last=Max("good_until"))["last"]
    return good_until(
        starts_on=dossier.starts_on,
        ends_on=dossier.ends_on,
        issued_on=issued_on,
        delays=_delays(dossier.starts_on, dossier.ends_on),
        is_started=has_started(dossier) if is_started is None else is_started,
        lifted_until=lifted,
    )


def _delays(starts_on: date, ends_on: date) -> Delays:
    return Delays(
        claim_months=parameters.value("claim_months", on=ends_on),
        unconfirmed_days=parameters.value("unconfirmed_days", on=starts_on),
        least_days=parameters.value("least_agreement_days", on=starts_on),
    )


def lapsed_unbegun(dossier: Dossier) -> bool:
    """Whether an agreement that lapsed did so before the last day to claim, since nobody said that its course began."""
    assert dossier.decided_at
    issued_on = paris_today(dossier.decided_at)
    last = agreement_good_until(dossier, issued_on=issued_on)
    return last < agreement_good_until(dossier, issued_on=issued_on, is_started=True)


def has_started(dossier: Dossier) -> bool:
    """Whether somebody said that the course began."""
    return hasattr(dossier, "course_start")


_versions_of: Prepared[Decision] = Prepared(
    (int,), lambda pk: Decision.objects.filter(dossier_id=pk).order_by("-version")
)


def versions_of(dossier: Dossier) -> list[Decision]:
    """Every decision of the OPCO on a request, the one that stands first. One query; none where nothing was decided."""
    return _versions_of(dossier.pk) if dossier.decided_at else []


def version_of(dossier: Dossier, version: int) -> Decision:
    """One of them. Raises `UnknownDossier`."""
    found = Decision.objects.filter(dossier=dossier, version=version).first()
    if found is None:
        raise UnknownDossier
    return found
