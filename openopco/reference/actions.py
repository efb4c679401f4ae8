"""Administrators bring editions: one deposits, another validates, once what would change has been shown."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Conflict
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, refuse_too_long
from openopco.reference import applying, queries
from openopco.reference.enums import Dataset, EditionState, Origin
from openopco.reference.errors import (
    AnotherIsNext,
    DayOutOfReach,
    EditionFromTheFuture,
    EditionWaits,
    MissingEditionSource,
    NothingToRestore,
    SecondPersonNeeded,
    WrongMoment,
)
from openopco.reference.models import EditionRows, ReferenceEdition
from openopco.reference.reading import read_rows
from openopco.reference.shapes import pack
from openopco.rights import Actor, Permission, require

FARTHEST: Final = timedelta(days=366)
MOST_SOURCE: Final = 300


def deposit_edition(
    *, actor: Actor, dataset: Dataset, published_on: date, source: str, data: bytes
) -> ReferenceEdition:
    """Reads a file whole, before any transaction, and keeps it beside the edition in force; its comparison is queued.
    Administrators, and the system on their command. Raises Forbidden, BadFile, MissingEditionSource,
    EditionFromTheFuture, EditionWaits, NirInText, InvalidValue for a source too long."""
    require(actor, Permission.REFERENCE_MANAGE)
    edition = _new(
        actor, dataset, published_on, refuse_too_long(refuse_nir(clean_line(source)), MOST_SOURCE), timezone.now()
    )
    rows = read_rows(dataset, data)
    packed = pack(dataset, rows)
    edition.row_count, edition.digest = len(rows), hashlib.sha256(packed).hexdigest()
    return _deposit(actor, edition, packed)


def _new(actor: Actor, dataset: Dataset, published_on: date, source: str, now: datetime) -> ReferenceEdition:
    if not source:
        raise MissingEditionSource
    if published_on > paris_today(now):
        raise EditionFromTheFuture
    return ReferenceEdition(
        dataset=dataset,
        origin=Origin.DEPOSITED,
        state=EditionState.TO_COMPARE,
        name=Dataset(dataset).label,
        as_of=f"édition du {format_date(published_on)}",
        published_on=published_on,
        source=source,
        deposited_by_id=actor.user_id,
        deposited_by=actor.label[:160],
        deposited_at=now,
    )


@action
def _deposit(actor: Actor, edition: ReferenceEdition, packed: bytes) -> ReferenceEdition:
    try:
        with transaction.atomic():
            edition.save(force_insert=True)
    except IntegrityError as error:
        raise EditionWaits from error
    EditionRows.objects.create(edition=edition, packed=packed)
    applying.tell(edition, "deposited", actor, {"rows": edition.row_count, "digest": edition.digest})
    enqueue(applying.COMPARE, edition_id=edition.pk)
    return edition


@action
def validate_edition(
    *, actor: Actor, edition_id: int, against_id: int | None, starts_on: date | None = None
) -> ReferenceEdition:
    """A second administrator's word: the edition takes effect at once (None), or on a day to come. `against_id` is the
    edition that the comparison read by the person was made with. What the command deposited, the command may validate.
    Raises Forbidden, WrongMoment, Conflict, SecondPersonNeeded, DayOutOfReach, AnotherIsNext."""
    require(actor, Permission.REFERENCE_MANAGE)
    edition, now = applying.lock_edition(edition_id), timezone.now()
    _refuse_validation(actor, edition, against_id)
    edition.state, edition.starts_on = EditionState.VALIDATED, _day(starts_on, now)
    edition.validated_by_id, edition.validated_by, edition.validated_at = actor.user_id, actor.label[:160], now
    edition.save()
    applying.tell(edition, "validated", actor, {"starts_on": str(edition.starts_on)})
    if edition.starts_on == paris_today(now):
        applying.queue_apply(edition, now)
    return edition


def _refuse_validation(actor: Actor, edition: ReferenceEdition, against_id: int | None) -> None:
    if edition.state != EditionState.TO_VALIDATE:
        raise WrongMoment
    if edition.against_id != against_id:
        raise Conflict
    if not queries.may_validate(actor, edition):
        raise SecondPersonNeeded
    if queries.of_state(edition.dataset, EditionState.VALIDATED):
        raise AnotherIsNext


def _day(starts_on: date | None, now: datetime) -> date:
    today = paris_today(now)
    day = starts_on or today
    if not today <= day <= today + FARTHEST:
        raise DayOutOfReach
    return day


@action
def discard_edition(*, actor: Actor, edition_id: int) -> ReferenceEdition:
    """Gives up an edition that is not in force yet, and forgets its rows; one that was to be restored goes back to its rest.
    Administrators. Raises Forbidden, WrongMoment."""
    require(actor, Permission.REFERENCE_MANAGE)
    edition = applying.lock_edition(edition_id)
    if not edition.is_pending:
        raise WrongMoment
    if edition.imported_at is not None:
        applying.back_to_comparing(edition)
    else:
        edition.state, edition.discarded_by, edition.discarded_at = (
            EditionState.DISCARDED,
            actor.label[:160],
            timezone.now(),
        )
        EditionRows.objects.filter(edition=edition).delete()
    edition.save()
    applying.tell(edition, "discarded", actor)
    return edition


@action
def restore_edition(*, actor: Actor, dataset: Dataset, in_force_id: int) -> ReferenceEdition:
    """« Revenir à l'édition précédente » than the one in force, which the person has seen: at once. It had its second pair of
    eyes; what is validated and waits for its day is compared anew. Raises Forbidden, Conflict, NothingToRestore."""
    require(actor, Permission.REFERENCE_MANAGE)
    editions, now = applying.lock_dataset(dataset), timezone.now()
    if not any(each.pk == in_force_id and each.state == EditionState.IN_FORCE for each in editions):
        raise Conflict
    previous = queries.previous(dataset)
    if previous is None:
        raise NothingToRestore
    applying.compare_anew(each for each in editions if each.state == EditionState.VALIDATED)
    previous.state, previous.starts_on = EditionState.VALIDATED, paris_today(now)
    previous.restored_by, previous.restored_at = actor.label[:160], now
    previous.save()
    applying.tell(previous, "restored", actor)
    applying.queue_apply(previous, now)
    return previous
