"""Writing the journal. Never by a door: by the actions of the other rooms, in their transaction."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.journal import digests
from openopco.journal.models import Entry, ReadAudit
from openopco.journal.subscriptions import handlers_of
from openopco.rights import Actor

_circumstances: ContextVar[dict[str, Any] | None] = ContextVar("circumstances", default=None)


@contextmanager
def within(**circumstances: Any) -> Iterator[None]:
    """What every entry recorded inside also says: `lot`, the batch that a person asked for. JSON, no personal data."""
    token = _circumstances.set(circumstances)
    try:
        yield
    finally:
        _circumstances.reset(token)


def record(
    *, subject_kind: str, subject_id: int, event: str, actor: Actor, payload: dict[str, Any] | None = None
) -> Entry:
    """Adds the next entry of the subject's chain, and queues what subscribed to the event. The caller is in a
    transaction and holds the subject's lock. `payload` is JSON; never a NIR, a password, a token.
    Raises `RuntimeError` outside a transaction, `IntegrityError` when the lock was not held."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() needs the transaction of the action that it tells")
    last = Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-sequence").first()
    entry = _next_entry(
        last, subject_kind=subject_kind, subject_id=subject_id, event=event, actor=actor, payload=payload
    )
    entry.save(force_insert=True)
    for handler in handlers_of(event):
        enqueue(handler, unique_key=f"journal:{entry.pk}:{handler}", entry_id=entry.pk)
    return entry


def _next_entry(
    last: Entry | None, *, subject_kind: str, subject_id: int, event: str, actor: Actor, payload: dict[str, Any] | None
) -> Entry:
    salt = secrets.token_hex(16)
    payload = {**(payload or {}), **around} if (around := _circumstances.get()) else payload
    entry = Entry(
        subject_kind=subject_kind,
        subject_id=subject_id,
        sequence=last.sequence + 1 if last else 1,
        event=event,
        actor_id=actor.user_id,
        actor_label=actor.label[:200],
        at=timezone.now(),
        payload=payload,
        payload_salt=salt,
        payload_digest=digests.payload_digest(payload, salt),
        previous_digest=last.digest if last else "",
    )
    entry.digest = digest_of(entry)
    return entry


def digest_of(entry: Entry) -> str:
    """The digest that the entry's columns should have."""
    return digests.entry_digest(
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        sequence=entry.sequence,
        event=entry.event,
        actor_id=entry.actor_id,
        actor_label=entry.actor_label,
        at=entry.at,
        payload_digest=entry.payload_digest,
        previous_digest=entry.previous_digest,
    )


def audit_read(*, actor: Actor, subject_kind: str, subject_id: int, what: str, reason: str = "") -> ReadAudit:
    """Keeps that the actor read something sensitive. May be called by a GET."""
    return ReadAudit.objects.create(
        actor_id=actor.user_id,
        actor_label=actor.label[:200],
        subject_kind=subject_kind,
        subject_id=subject_id,
        what=what,
        reason=reason[:500],
    )


def purge_payload(entry: Entry) -> None:
    """Forgets what an entry said, when its time has come. The chain stays whole."""
    Entry.objects.filter(pk=entry.pk).update(payload=None, payload_salt=None)
