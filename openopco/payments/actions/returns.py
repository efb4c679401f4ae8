"""What the bank answers: read once, applied under locks, each fact once whatever the file that tells it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby, islice
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.base.fields import cents
from openopco.base.jobs import enqueue
from openopco.base.sequences import next_value
from openopco.kernel.calendar import PARIS, format_date, paris_today
from openopco.kernel.errors import Conflict
from openopco.kernel.text import clean_line
from openopco.payments import moves
from openopco.payments.actions.words import said
from openopco.payments.enums import IN_NOTICES, TO_SEE, BatchState, EventKind, OrderState, Outcome
from openopco.payments.errors import AlreadyRead, UnknownReference
from openopco.payments.models import (
    LONGEST_REASON,
    BankEvent,
    BankFile,
    Overpayment,
    PaymentBatch,
    PaymentOrder,
)
from openopco.payments.rules import (
    NOTHING,
    RECEIVED,
    UNKNOWN,
    BatchSums,
    Days,
    Move,
    Sent,
    Told,
    Verdict,
    judge,
    judge_batch,
)
from openopco.payments.sepa import Event
from openopco.payments.sepa import read_bank_file as events_of
from openopco.payments.sepa.reasons import in_words
from openopco.rights import Actor, Permission, require

SUBJECT = "bank_file"
AT_ONCE = 500
ZERO = Decimal(0)
_MESSAGE = re.compile(rb"(pain\.002[.\d]*|camt\.054[.\d]*)")
_STEP, _HEAD = 1 << 20, 1 << 12
LOCK = "payments.bank_file"


class _Undone(Exception):
    """A dry run comes to its end."""


def read_bank_file(*, actor: Actor, content: BinaryIO, name: str, dry_run: bool = False) -> BankFile:
    """Reads a `pain.002` or a `camt.054` to its end before anything is written, then applies it, whole or not at all. Where
    `dry_run`, the answer is what it would have done, and nothing is kept. Raises Forbidden, RefusedBankFile, AlreadyRead."""
    require(actor, Permission.PAYMENT_RECORD)
    head = content.read(_HEAD)
    content.seek(0)
    digest = _digest(content)
    _refuse_read(digest)
    for _ in events_of(content):
        pass
    content.seek(0)
    found = _MESSAGE.search(head)
    file = BankFile(
        sha256=digest,
        name=clean_line(name)[-200:] or "fichier",
        kind=(found.group(1).decode().rstrip(".") if found else "camt.054")[:35],
        read_by_id=actor.user_id,
        read_by_label=actor.label[:200],
        read_at=timezone.now(),
    )
    try:
        _apply(actor=actor, file=file, content=content, dry_run=dry_run)
    except _Undone:
        file.pk = None
    return file


@action
def _apply(*, actor: Actor, file: BankFile, content: BinaryIO, dry_run: bool) -> None:
    one_at_a_time()
    try:
        with transaction.atomic():
            file.pk = None
            file.save(force_insert=True)
    except IntegrityError:
        _refuse_read(file.sha256)
        raise
    content.seek(0)
    reading = _Reading(file)
    for stretch in _stretches(events_of(content)):
        reading.take(stretch)
    reading.close()
    counts = {"dits": file.told, "appliques": file.applied, "connus": file.known, "a_voir": file.to_see}
    journal.record(subject_kind=SUBJECT, subject_id=file.pk, event="bank_file.read", actor=actor, payload=counts)
    enqueue("payments.tell_of_file", unique_key=f"payments.tell:{file.pk}", file_id=file.pk)
    if dry_run:
        raise _Undone


@action
def mark_seen(*, actor: Actor, event_id: int, words: str) -> BankEvent:
    """Somebody looked at what was unknown or refused, and says what was done of it. Accountants. Raises Conflict,
    InvalidValue, UnknownReference."""
    require(actor, Permission.PAYMENT_RECORD)
    event = BankEvent.objects.select_for_update().filter(pk=event_id).first()
    if event is None:
        raise UnknownReference
    if event.outcome not in TO_SEE:
        raise Conflict
    told = said(words, where_none="Dites ce qui a été fait.")
    seen(event, told, actor)
    return event


def seen(event: BankEvent, words: str, actor: Actor) -> None:
    """Nothing is left to see of it."""
    event.outcome, event.words = Outcome.TRAITE, words
    event.seen_by_id, event.seen_by_label, event.seen_at = actor.person_id, actor.label[:200], timezone.now()
    event.save()
    journal.record(
        subject_kind=SUBJECT,
        subject_id=event.file_id,
        event="bank_file.seen",
        actor=actor,
        payload={"fait": event.pk, "reference": event.end_to_end or event.batch_reference, "suite": words},
    )


def one_at_a_time() -> None:
    """Two files that tell the same fact come one after the other; so does a file, and whoever writes of what it may tell.
    Held until the transaction ends."""
    next_value(LOCK)


def _digest(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := content.read(_STEP):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def _refuse_read(digest: str) -> None:
    before = BankFile.objects.filter(sha256=digest).first()
    if before is not None:
        day = before.read_at.astimezone(PARIS)
        raise AlreadyRead(
            f"Ce fichier a déjà été lu le {format_date(day.date())} à {day:%-H h %M}, par {before.read_by_label} : rien n'a "
            "changé."
        )


def _stretches(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Some events about transfers, or one about a whole file of ours: what it moves is seen by those that follow."""
    for is_of_a_batch, group in groupby(events, key=lambda event: event.is_of_a_batch):
        while stretch := list(islice(group, 1 if is_of_a_batch else AT_ONCE)):
            yield stretch


@dataclass(slots=True)
class _Moves:
    """What a stretch moves: ids of transfers, by what is then written of them."""

    settled: dict[date, list[int]] = field(default_factory=dict)
    rejected: dict[tuple[date, str, str], list[int]] = field(default_factory=dict)
    returned: dict[tuple[date, str, str], list[int]] = field(default_factory=dict)


class _Reading:
    """One file being applied: events in its order, a stretch at a time."""

    def __init__(self, file: BankFile) -> None:
        self._file, self._today = file, paris_today(timezone.now())
        self._counts: Counter[str] = Counter()

    def take(self, events: list[Event]) -> None:
        known = BankEvent.objects.select_for_update().in_bulk([each.key for each in events], field_name="key")
        if events[0].is_of_a_batch:
            self._take_batch(events[0], known)
        else:
            self._take_transfers(events, known)

    def close(self) -> None:
        told = self._counts
        self._file.told, self._file.known = told["told"], told["known"]
        self._file.applied, self._file.without_effect = told[Outcome.APPLIQUE], told[Outcome.SANS_EFFET]
        self._file.to_see = told[Outcome.INCONNU] + told[Outcome.REFUSE]
        self._file.save()

    # --- transfers ---------------------------------------------------------------------------------------------------

    def _take_transfers(self, events: list[Event], known: dict[str, BankEvent]) -> None:
        orders, refunded = _orders_of(events)
        batches = _batches_of(events)
        fresh: list[BankEvent] = []
        to_do = _Moves()
        for event in events:
            order = orders.get(event.end_to_end)
            if self._is_done(event, known):
                continue
            named = batches.get(event.batch)
            verdict = self._verdict(event, order, refunded, is_ours=named is not None)
            if order is not None and verdict.move is not None:
                self._plan(to_do, event, order, verdict.move)
            is_other = order is None or (named is not None and named.pk != order.batch_id)
            self._keep(event, verdict, known, fresh, order=order, batch=named if is_other else None)
        BankEvent.objects.bulk_create(fresh)
        self._do(to_do)

    def _verdict(self, event: Event, order: PaymentOrder | None, refunded: set[int], *, is_ours: bool) -> Verdict:
        """`is_ours`: the batch that it names is. A stranger's debit is told again once it is booked."""
        if order is None and event.kind.value == EventKind.PENDING and not event.batch:
            return NOTHING
        if order is None:
            return RECEIVED if event.kind.value == EventKind.RECEIVED else UNKNOWN
        return judge_order(_told(event, is_ours=is_ours), order, refunded=order.pk in refunded, today=self._today)

    def _is_done(self, event: Event, known: dict[str, BankEvent]) -> bool:
        """Told before, and nothing is left to see of it."""
        self._counts["told"] += 1
        before = known.get(event.key)
        if before is None or before.outcome in TO_SEE:
            return False
        self._counts["known"] += 1
        return True

    def _plan(self, to_do: _Moves, event: Event, order: PaymentOrder, move: Move) -> None:
        day = day_of(event.day, order, self._today)
        why = (day, event.reason, _reason(event))
        if move in (Move.SETTLE, Move.SETTLE_AND_GIVE_BACK):
            to_do.settled.setdefault(day, []).append(order.pk)
            order.state, order.settled_on = OrderState.REGLE, day
        if move is Move.REJECT:
            to_do.rejected.setdefault(why, []).append(order.pk)
            order.state = OrderState.REJETE
        if move in (Move.GIVE_BACK, Move.SETTLE_AND_GIVE_BACK):
            to_do.returned.setdefault(why, []).append(order.pk)
            order.state = OrderState.RENDU

    def _do(self, to_do: _Moves) -> None:
        """What comes back had left: settled first."""
        for day, ids in to_do.settled.items():
            moves.settle(_in_state(ids, OrderState.EMIS), on=day, answer=self._file)
        for (day, code, reason), ids in to_do.rejected.items():
            orders = _in_state(ids, OrderState.EMIS)
            moves.drop(orders, OrderState.REJETE, on=day, reason=reason, code=code, answer=self._file)
        for (day, code, reason), ids in to_do.returned.items():
            moves.give_back(_in_state(ids, OrderState.REGLE), on=day, reason=reason, code=code, answer=self._file)

    # --- whole files -------------------------------------------------------------------------------------------------

    def _take_batch(self, event: Event, known: dict[str, BankEvent]) -> None:
        if self._is_done(event, known):
            return
        batch = PaymentBatch.objects.select_for_update().filter(message_id=event.batch).first()
        verdict = UNKNOWN if batch is None else self._judge_batch(event, batch)
        fresh: list[BankEvent] = []
        self._keep(event, verdict, known, fresh, batch=batch)
        BankEvent.objects.bulk_create(fresh)
        if batch is None or verdict.move is None:
            return
        orders = PaymentOrder.objects.filter(batch=batch, state=OrderState.EMIS)
        day = event.day or self._today
        if verdict.move is Move.SETTLE:
            moves.settle(orders, on=day, answer=self._file)
        else:
            reason = _reason(event)
            moves.drop(orders, OrderState.REJETE, on=day, reason=reason, code=event.reason, answer=self._file)

    def _judge_batch(self, event: Event, batch: PaymentBatch) -> Verdict:
        days = Days(self._today, _released(batch))
        return judge_batch(_told(event, is_ours=True), BatchState(batch.state), _sums(batch), days)

    # --- kept --------------------------------------------------------------------------------------------------------

    def _keep(
        self,
        event: Event,
        verdict: Verdict,
        known: dict[str, BankEvent],
        fresh: list[BankEvent],
        *,
        order: PaymentOrder | None = None,
        batch: PaymentBatch | None = None,
    ) -> None:
        self._counts[verdict.outcome] += 1
        before = known.get(event.key)
        row = before or BankEvent(file=self._file, key=event.key)
        row.kind, row.outcome, row.words = event.kind.value, verdict.outcome, verdict.words
        row.end_to_end, row.batch_reference, row.order, row.batch = event.end_to_end, event.batch, order, batch
        row.amount, row.day, row.reason_code, row.note = event.amount, event.day, event.reason, event.note
        known[event.key] = row
        if before is None:
            fresh.append(row)
        elif row.pk:
            row.save()


def _reason(event: Event) -> str:
    return reason_of(event.reason, event.note)


def reason_of(code: str, note: str) -> str:
    words = " ".join(filter(None, [in_words(code) or "La banque n'a pas donné de motif.", note]))
    return words[:LONGEST_REASON]


def _told(event: Event, *, is_ours: bool) -> Told:
    """A report answers one of our files by its name; in a notice, the bank may write a reference of its own."""
    kind = EventKind(event.kind.value)
    is_named = is_ours or kind not in IN_NOTICES
    return Told(kind, event.amount, event.day, event.batch if is_named else "")


def judge_order(told: Told, order: PaymentOrder, *, refunded: bool, today: date) -> Verdict:
    """What is told of a transfer, whose batch is at hand."""
    batch = order.batch
    sent = Sent(OrderState(order.state), order.amount, batch.message_id, BatchState(batch.state), refunded)
    return judge(told, sent, Days(today, _released(batch), order.settled_on))


def day_of(told: date | None, order: PaymentOrder, today: date) -> date:
    """Where the bank tells none, the one on which it is read; never before the transfer was debited."""
    return told or max(today, order.settled_on or today)


def _released(batch: PaymentBatch) -> date | None:
    return batch.released_at and paris_today(batch.released_at)


def _orders_of(events: list[Event]) -> tuple[dict[str, PaymentOrder], set[int]]:
    """The transfers that events name, held, by their reference; and those whose payee gave back some of it already."""
    references = {event.end_to_end for event in events if event.end_to_end}
    rows = PaymentOrder.objects.select_for_update(of=("self",)).select_related("batch")
    orders = list(rows.filter(end_to_end__in=references).order_by("pk"))
    owed = overpayments_held([each.pk for each in orders])
    return {each.end_to_end: each for each in orders}, {each.line.order_id for each in owed if each.recovered}


def _batches_of(events: list[Event]) -> dict[str, PaymentBatch]:
    """The files of ours that events name: the bank has received them."""
    named = {event.batch for event in events if event.batch}
    return PaymentBatch.objects.in_bulk(named, field_name="message_id") if named else {}


def overpayments_held(order_ids: list[int]) -> list[Overpayment]:
    """What payees owe of transfers, held: no refund is noted of it meanwhile."""
    rows = Overpayment.objects.select_for_update(of=("self",)).select_related("line")
    return list(rows.filter(line__order__in=order_ids, line__is_live=True).order_by("pk"))


def _in_state(ids: list[int], state: OrderState) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(pk__in=ids, state=state)


def _sums(batch: PaymentBatch) -> BatchSums:
    waiting, debited = Q(state=OrderState.EMIS), Q(state__in=[OrderState.REGLE, OrderState.RENDU])
    found = PaymentOrder.objects.filter(batch=batch).aggregate(
        waiting=Count("pk", filter=waiting),
        left=Coalesce(Sum("amount", filter=waiting), cents(ZERO)),
        debited=Coalesce(Sum("amount", filter=debited), cents(ZERO)),
    )
    return BatchSums(found["waiting"], found["left"], found["debited"])
