"""Sweeps in turn: each at most once per period, whichever worker comes first."""

from collections.abc import Mapping

import structlog
from django.utils import timezone

from openopco.base.jobs.registry import SweepKind, registered_sweeps
from openopco.base.logging import describe
from openopco.base.models import SweepTurn

log = structlog.get_logger(__name__)


def run_due_sweeps(kinds: Mapping[str, SweepKind] | None = None) -> int:
    """Runs the sweeps whose turn it is; a failing one waits for its next turn. Returns how many ran."""
    kinds = registered_sweeps() if kinds is None else kinds
    return sum(_run(kind) for kind in kinds.values() if _take_turn(kind))


def _take_turn(kind: SweepKind) -> bool:
    now = timezone.now()
    if not SweepTurn.objects.filter(name=kind.name).exists():
        SweepTurn.objects.bulk_create([SweepTurn(name=kind.name, due_at=now)], ignore_conflicts=True)
    return bool(SweepTurn.objects.filter(name=kind.name, due_at__lte=now).update(due_at=now + kind.every))


def _run(kind: SweepKind) -> bool:
    try:
        count = kind.function()
    except Exception as error:
        log.exception("sweep failed", sweep=kind.name, error=describe(error))
        return False
    if count:
        log.info("sweep found work", sweep=kind.name, count=count)
    return True
