"""Numbers given once, in order, without holes."""

from django.db import transaction
from django.db.models import F

from openopco.base.models import Sequence


def next_value(name: str) -> int:
    """The next number of the series, from 1. Only inside a transaction: its row stays locked until the commit, and a
    rollback gives the number back. Raises `RuntimeError` outside one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("next_value() needs a transaction")
    if not _advance(name):
        Sequence.objects.bulk_create([Sequence(name=name)], ignore_conflicts=True)
        _advance(name)
    return Sequence.objects.values_list("last_value", flat=True).get(name=name)


def _advance(name: str) -> int:
    return Sequence.objects.filter(name=name).update(last_value=F("last_value") + 1)
