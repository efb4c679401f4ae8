"""Asking for a long work, following one's own, cancelling it. The rooms have checked the right to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.base.keyset import Page, paginate
from openopco.base.models import OPEN_WORK_STATES, Work, WorkRow, WorkState
from openopco.base.works.registry import FileKind, kind_of
from openopco.kernel.errors import Conflict, TooMany

MOST_AT_ONCE = 5
KEPT = timedelta(days=7)
CANCELLED = "Vous avez arrêté ce travail."
Row = tuple[int, int, str]


class TooManyWorks(TooMany):
    message = f"Vous avez déjà {MOST_AT_ONCE} travaux en cours : attendez que l'un d'eux se termine, ou arrêtez-le."


class WorkAlreadyAsked(Conflict):
    """The same form, sent twice: the first one counts."""

    message = "Ce travail est déjà demandé."


@transaction.atomic
def start(
    *, kind: str, title: str, asked_by: int, key: UUID, args: dict[str, Any], rows: Iterable[Row] | None = None,
    total: int | None = None,
) -> Work:  # fmt: skip
    """Queues a work in the current transaction. `key` comes from the form: sent twice, it is one work. `rows` are
    (id, version, reference), each once. Raises `TooManyWorks`, `WorkAlreadyAsked`, `KeyError` for an unknown kind."""
    kind_of(kind)
    if Work.objects.filter(key=key).exists():
        raise WorkAlreadyAsked
    if Work.objects.filter(asked_by_id=asked_by, state__in=OPEN_WORK_STATES).count() >= MOST_AT_ONCE:
        raise TooManyWorks
    listed = list(rows) if rows is not None else None
    counted = len(listed) if listed is not None else total
    work = Work.objects.create(key=key, kind=kind, title=title, asked_by_id=asked_by, args=args, total=counted)
    made = [WorkRow(work=work, subject_id=pk, version=version, label=label) for pk, version, label in listed or ()]
    WorkRow.objects.bulk_create(made, batch_size=500)
    enqueue_part(work.pk, 0)
    return work


def enqueue_part(work_id: int, part: int) -> None:
    """Queues the next stretch of a work, once."""
    enqueue("works.run", unique_key=f"work:{work_id}:{part}", work_id=work_id, part=part)


def works_of(user_id: int, after: str | None = None, *, size: int = 25) -> Page[Work]:
    """The works of a person, the latest first."""
    return paginate(Work.objects.filter(asked_by_id=user_id), keys=("id",), after=after, size=size, descending=True)


def own(user_id: int | None, key: UUID) -> Work | None:
    """A work of this person; None for everybody else's."""
    return None if user_id is None else Work.objects.filter(key=key, asked_by_id=user_id).first()


def rows_said(work: Work, outcome: str) -> QuerySet[WorkRow]:
    """The rows of a work that came to this, in order."""
    return WorkRow.objects.filter(work=work, outcome=outcome).order_by("id")


@transaction.atomic
def cancel(work: Work) -> Work:
    """Stops a work after the row in hand; what is done stays done. One that is over stays as it is."""
    held = Work.objects.select_for_update().get(pk=work.pk)
    if held.is_open:
        finish(held, WorkState.CANCELLED, CANCELLED)
    return held


def may_take(work: Work) -> bool:
    """Whether there is a file, and who asked for it may still have it."""
    kind = kind_of(work.kind)
    return isinstance(kind, FileKind) and bool(work.result_name) and kind.may_take(work)


def finish(work: Work, state: WorkState, stopped_by: str = "", kept: dict[str, Any] | None = None) -> None:
    """Ends a work that the caller has locked, and forgets what it needed to run but for what is `kept`."""
    now: datetime = timezone.now()
    work.state, work.stopped_by, work.args = state, stopped_by[:300], kept or {}
    work.finished_at, work.expires_at = now, now + KEPT
    work.save()
