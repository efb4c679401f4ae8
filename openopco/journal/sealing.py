"""Seals: what shows that the end of a chain was cut off."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from openopco.journal import digests
from openopco.journal.models import Entry, Seal

log = structlog.get_logger(__name__)
HEADS_PER_SEAL = 2000
# A transaction may commit an entry after a seal looked past its id; none lasts this long.
LOOK_BACK = timedelta(hours=1)
Head = list[str | int]


def seal_chains() -> int:
    """Seals the head of every chain that moved since the last seal, in as many seals as needed. Returns how many heads.
    Run by one job at a time: the seal's unique number refuses a second."""
    heads, last_entry_id = _unsealed_heads()
    for start in range(0, len(heads), HEADS_PER_SEAL):
        _append_seal(heads[start : start + HEADS_PER_SEAL], last_entry_id)
    return len(heads)


def _unsealed_heads() -> tuple[list[Head], int]:
    sealed, floor = _sealed_lately()
    moved = Entry.objects.filter(pk__gt=floor).order_by("subject_kind", "subject_id")
    latest = moved.values_list("subject_kind", "subject_id").annotate(head=Max("pk"))
    entries = Entry.objects.in_bulk([head for _, _, head in latest])
    heads = [_head(entry) for entry in sorted(entries.values(), key=lambda entry: entry.pk)]
    return [head for head in heads if tuple(head) not in sealed], max([floor, *entries])


def _sealed_lately() -> tuple[set[tuple[str | int, ...]], int]:
    """The heads of the seals whose reach is looked over again, and the entry id from which to look."""
    limit = timezone.now() - LOOK_BACK
    old = Seal.objects.filter(at__lt=limit).order_by("-number").first()
    recent = Seal.objects.filter(number__gt=old.number if old else 0).order_by("number")
    return {tuple(head) for seal in recent for head in seal.heads}, old.last_entry_id if old else 0


def _head(entry: Entry) -> Head:
    return [entry.subject_kind, entry.subject_id, entry.sequence, entry.digest]


def _append_seal(heads: list[Head], last_entry_id: int) -> None:
    with transaction.atomic():
        last = Seal.objects.order_by("-number").first()
        seal = Seal(
            number=last.number + 1 if last else 1,
            at=timezone.now(),
            last_entry_id=last_entry_id,
            heads=heads,
            previous_digest=last.digest if last else "",
        )
        seal.digest = digest_of_seal(seal)
        seal.save(force_insert=True)
    # The log goes elsewhere: there, this line proves later that no seal was removed.
    log.info("journal sealed", number=seal.number, digest=seal.digest, count=len(heads))


def digest_of_seal(seal: Seal) -> str:
    """The digest that the seal's columns should have."""
    return digests.seal_digest(
        number=seal.number,
        at=seal.at,
        last_entry_id=seal.last_entry_id,
        heads=seal.heads,
        previous_digest=seal.previous_digest,
    )
