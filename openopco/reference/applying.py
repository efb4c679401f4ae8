"""An edition is compared, then takes effect: by jobs, or by the command in their stead. Lock order: the editions of the data
set, by id, then its tables."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.journal import record
from openopco.kernel.calendar import paris_today
from openopco.reference import queries
from openopco.reference.comparing import difference, summary, vanished
from openopco.reference.enums import PENDING, Dataset, EditionState
from openopco.reference.models import EditionRows, ReferenceEdition
from openopco.reference.shapes import Row, pack, unpack
from openopco.reference.tables import read_rows, write_rows
from openopco.reference.usages import used
from openopco.rights import SYSTEM, Actor

COMPARE, APPLY = "reference.compare", "reference.apply"


def compared(dataset: str, rows: list[Row]) -> dict[str, Any]:
    """What an edition of these rows would change to those in force, and who holds the codes it drops. Writes nothing."""
    before = read_rows(dataset)
    gone = vanished(dataset, before, rows)
    return {**summary(difference(dataset, before, rows)), "usages": used(gone)}


def compare(edition_id: int) -> None:
    """Compares an edition that waits for it. Done again, or given up meanwhile, nothing happens."""
    edition = ReferenceEdition.objects.filter(pk=edition_id, state=EditionState.TO_COMPARE).first()
    if edition is None:
        return
    against = queries.in_force(edition.dataset)
    found = compared(edition.dataset, kept_rows(edition))
    _keep_comparison(edition_id, against.pk if against else None, found)


@action
def _keep_comparison(edition_id: int, against_id: int | None, found: dict[str, Any]) -> None:
    edition = lock_edition(edition_id)
    now = queries.in_force(edition.dataset)
    if edition.state != EditionState.TO_COMPARE or (now.pk if now else None) != against_id:
        # What took effect meanwhile has queued the comparison anew.
        return
    edition.comparison, edition.against_id, edition.state = found, against_id, EditionState.TO_VALIDATE
    edition.save(update_fields=["comparison", "against_id", "state"])
    tell(edition, "compared", SYSTEM, {name: found[name] for name in ("added", "removed", "changed")})


@action
def _apply(edition_id: int, now: datetime) -> bool:
    edition = lock_edition(edition_id)
    if edition.state != EditionState.VALIDATED or edition.starts_on is None or edition.starts_on > paris_today(now):
        return False
    take_over(edition, kept_rows(edition), now)
    return True


def apply(edition_id: int) -> bool:
    """A validated edition whose day has come takes effect, whole. Whether it did: done again, nothing happens."""
    return _apply(edition_id, timezone.now())


def take_over(edition: ReferenceEdition, rows: list[Row], now: datetime) -> None:
    """The edition is in force from now on in place of the one before, whose rows are kept. The caller holds the locks. What
    else was waiting is compared anew."""
    before = queries.in_force(edition.dataset)
    if before and before.pk != edition.pk:
        _retire(before, now)
    write_rows(edition.dataset, rows)
    edition.state, edition.imported_at, edition.replaced_at = EditionState.IN_FORCE, now, None
    edition.save()
    tell(edition, "applied", SYSTEM, {"validated_by": edition.validated_by, "rows": edition.row_count})
    compare_anew(ReferenceEdition.objects.filter(dataset=edition.dataset, state__in=PENDING))
    transaction.on_commit(queries.forget)


def _retire(edition: ReferenceEdition, now: datetime) -> None:
    if not EditionRows.objects.filter(edition=edition).exists():
        keep_rows(edition, read_rows(edition.dataset))
    edition.state, edition.replaced_at = EditionState.REPLACED, now
    edition.save(update_fields=["state", "replaced_at"])
    tell(edition, "replaced", SYSTEM)


def compare_anew(editions: Iterable[ReferenceEdition]) -> None:
    """What was found, and validated, of a comparison with an edition no longer in force counts no more."""
    for edition in editions:
        back_to_comparing(edition)
        edition.save()


def back_to_comparing(edition: ReferenceEdition) -> None:
    """Not saved. One that was in force before goes back to its rest instead."""
    edition.starts_on = None
    if edition.imported_at is not None:
        edition.state, edition.restored_at, edition.restored_by = EditionState.REPLACED, None, ""
        return
    edition.state, edition.comparison, edition.against_id = EditionState.TO_COMPARE, None, None
    edition.validated_by_id, edition.validated_by, edition.validated_at = None, "", None
    enqueue(COMPARE, edition_id=edition.pk)


def queue_apply(edition: ReferenceEdition, now: datetime) -> None:
    """Once for each decision and each day."""
    decided = edition.restored_at or edition.validated_at
    key = f"{APPLY}:{edition.pk}:{decided:%Y%m%d%H%M%S%f}:{paris_today(now)}"
    enqueue(APPLY, unique_key=key, edition_id=edition.pk)


def lock_edition(edition_id: int) -> ReferenceEdition:
    """The edition, with a lock on all those of its data set. Raises ReferenceEdition.DoesNotExist."""
    dataset = ReferenceEdition.objects.values_list("dataset", flat=True).get(pk=edition_id)
    return next(edition for edition in lock_dataset(dataset) if edition.pk == edition_id)


def lock_dataset(dataset: str) -> list[ReferenceEdition]:
    return list(ReferenceEdition.objects.select_for_update().filter(dataset=Dataset(dataset)).order_by("id"))


def keep_rows(edition: ReferenceEdition, rows: list[Row]) -> None:
    EditionRows.objects.create(edition=edition, packed=pack(edition.dataset, rows))


def kept_rows(edition: ReferenceEdition) -> list[Row]:
    """Those of the tables where the edition is in force and has none of its own."""
    kept = EditionRows.objects.filter(edition=edition).first()
    return unpack(bytes(kept.packed)) if kept else read_rows(edition.dataset)


def tell(edition: ReferenceEdition, event: str, actor: Actor, more: dict[str, Any] | None = None) -> None:
    payload = {"dataset": edition.dataset, "as_of": edition.as_of, "source": edition.source, **(more or {})}
    record(
        subject_kind="reference_edition",
        subject_id=edition.pk,
        event=f"reference_edition.{event}",
        actor=actor,
        payload=payload,
    )
