"""Digests of the chain: SHA-256 of canonical JSON. Pure."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def canonical(value: Any) -> bytes:
    """One spelling for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def payload_digest(payload: Any, salt: str) -> str:
    """The salt goes with the payload when it is purged, so that the digest left behind can't be guessed back."""
    return hashlib.sha256(canonical([salt, payload])).hexdigest()


def entry_digest(
    *,
    subject_kind: str,
    subject_id: int,
    sequence: int,
    event: str,
    actor_id: int | None,
    actor_label: str,
    at: datetime,
    payload_digest: str,
    previous_digest: str,
) -> str:
    fields = [
        subject_kind,
        subject_id,
        sequence,
        event,
        actor_id,
        actor_label,
        _utc(at),
        payload_digest,
        previous_digest,
    ]
    return hashlib.sha256(canonical(fields)).hexdigest()


def seal_digest(
    *, number: int, at: datetime, last_entry_id: int, heads: Sequence[Sequence[Any]], previous_digest: str
) -> str:
    fields = [number, _utc(at), last_entry_id, [list(head) for head in heads], previous_digest]
    return hashlib.sha256(canonical(fields)).hexdigest()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
