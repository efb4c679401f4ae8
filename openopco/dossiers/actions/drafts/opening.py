"""A draft from its first click to the bin: opened, copied, given a provider, thrown away."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.documents.actions import copy as copy_document
from openopco.documents.actions import remove as remove_document
from openopco.documents.queries import usable
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import SUBJECT, person
from openopco.dossiers.actions.drafts.writing import lock_draft, refresh_heading
from openopco.dossiers.confirming import is_unconfirmed
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, DraftField, DraftRow, PaperFiling, pieces_of
from openopco.dossiers.queries import reads_piece, subject_of
from openopco.kernel.errors import OpenOpcoError
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.queries import knows_agreement, knows_private
from openopco.rights import Actor, Permission, Subject, require

Told = Mapping[str, str]


@action
def create_draft(*, actor: Actor, establishment: Establishment, kind_code: str, key: UUID) -> Dossier:
    """Opens a draft, or returns the one that this key already opened (a double click makes one)."""
    return _created(actor, establishment, kind_code, key)[0]


def _created(actor: Actor, establishment: Establishment, kind_code: str, key: UUID) -> tuple[Dossier, bool]:
    require(actor, Permission.DOSSIER_CREATE, Subject(establishment.pk, typed_by=actor.user_id))
    unconfirmed = is_unconfirmed(actor, establishment.pk)
    return open_draft(actor, establishment, kind_code, key, unconfirmed=unconfirmed)


def open_draft(
    actor: Actor,
    establishment: Establishment,
    kind_code: str,
    key: UUID,
    *,
    unconfirmed: bool,
    told: Told | None = None,
) -> tuple[Dossier, bool]:
    """The draft of this key, and whether it is new. The caller has checked the right; `told` is what the journal adds."""
    known = Dossier.objects.filter(key=key).first()
    if known:
        return _own(known, actor), False
    now = timezone.now()
    draft = Dossier(
        key=key,
        kind=kind_code,
        establishment=establishment,
        employer_name=establishment.name,
        created_by_id=person(actor),
        created_at=now,
        updated_at=now,
        unconfirmed=unconfirmed,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _own(Dossier.objects.get(key=key), actor), False
    _fill_employer(draft, establishment, actor, now)
    payload = {"nature": kind_code, **(told or {})}
    journal.record(subject_kind=SUBJECT, subject_id=draft.pk, event="dossier.creer", actor=actor, payload=payload)
    return draft, True


def _own(dossier: Dossier, actor: Actor) -> Dossier:
    if dossier.created_by_id != actor.user_id:
        raise UnknownDossier
    return dossier


def _fill_employer(draft: Dossier, establishment: Establishment, actor: Actor, now: datetime) -> None:
    """Nothing is typed twice: what the actor may know of the employer stands in the draft from the start."""
    known = {"idcc": establishment.idcc} if knows_agreement(actor, establishment) else {}
    if knows_private(actor, establishment):
        headcount = establishment.company.headcount_exact
        known["contact_email"], known["contact_phone"] = establishment.email, establishment.phone
        known["headcount"] = "" if headcount is None else str(headcount)
    DraftField.objects.bulk_create(
        DraftField(dossier=draft, name=name, value=value, saved_by_id=person(actor), saved_at=now)
        for name, value in known.items()
        if value and kinds.find_field(kinds.get(draft.kind), name)
    )


@action
def choose_provider(*, actor: Actor, key: str, provider: Provider | None) -> Dossier:
    """Sets who teaches; None for an internal training, or to choose again."""
    dossier = lock_draft(actor=actor, key=key)
    dossier.provider = provider
    refresh_heading(dossier)
    return dossier


@action
def delete_draft(*, actor: Actor, key: str) -> None:
    """Throws a draft away for good, its pieces with it. Only a draft: what was sent is never deleted."""
    dossier = lock_draft(actor=actor, key=key)
    PaperFiling.objects.filter(dossier=dossier).delete()
    for piece in pieces_of(dossier.pk):
        remove_document(actor=actor, document=piece)
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event="dossier.supprimer_brouillon", actor=actor)
    dossier.delete()


@action
def copy_as_draft(*, actor: Actor, source: Dossier, key: UUID, without: frozenset[str] = frozenset()) -> Dossier:
    """« Reprendre » or duplicate: a new draft with what the source held, but its pieces; `without` names the fields that
    must be given anew (dates, attestation). A draft that this key already opened is returned as it stands; raises
    `UnknownDossier` where it can't be that copy."""
    require(actor, Permission.DOSSIER_RESUME, subject_of(source))
    draft, is_new = _created(actor, source.establishment, source.kind, key)
    if not is_new:
        return _like(source, draft)
    draft.resumed_from, draft.provider = source, source.provider
    now = timezone.now()
    DraftField.objects.filter(dossier=draft).delete()
    for row in DraftRow.objects.filter(dossier=source).order_by("position", "id"):
        DraftRow.objects.create(
            dossier=draft,
            key=row.key,
            kind=row.kind,
            position=row.position,
            trainee_id=row.trainee_id,
            nir_id=row.nir_id,
        )
    DraftField.objects.bulk_create(
        DraftField(
            dossier=draft, row=item.row, name=item.name, value=item.value, saved_by_id=person(actor), saved_at=now
        )
        for item in DraftField.objects.filter(dossier=source).order_by("id")
        if item.name not in without
    )
    refresh_heading(draft)
    return draft


def _like(source: Dossier, found: Dossier) -> Dossier:
    """The key may be that of anything its author opened."""
    same = (found.establishment_id, found.kind) == (source.establishment_id, source.kind)
    if found.state != State.BROUILLON or not same:
        raise UnknownDossier
    return found


def resume(*, actor: Actor, source: Dossier, key: UUID, without: frozenset[str]) -> Dossier:
    """`copy_as_draft`, then the source's pieces one by one: one that can't be copied, or that the actor may not read, is to
    be joined again."""
    draft = copy_as_draft(actor=actor, source=source, key=key, without=without)
    if draft.resumed_from_id == source.pk and not pieces_of(draft.pk).exists():
        for piece in usable(each for each in pieces_of(source.pk) if reads_piece(actor, source, each)):
            with suppress(OpenOpcoError):
                copy_document(actor=actor, document=piece, to_kind=DOSSIER_DOCUMENT, to_id=draft.pk)
    return draft
