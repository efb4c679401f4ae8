"""Asking the registries again for what they could not tell, or told too long ago."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from openopco.base.jobs import enqueue, job, sweep
from openopco.organisations.actions import recheck_establishment, recheck_provider
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.rules import FACTS_KEPT

RECHECKS = {"establishment": recheck_establishment, "provider": recheck_provider}
MOST_AT_ONCE = 200


@job("organisations.recheck", max_attempts=6)
def recheck(kind: str, pk: int) -> None:
    """Asks once; a registry that is down makes the job try again later, a silent one waits for the next sweep."""
    RECHECKS[kind](pk)


@sweep("organisations.unverified", every_seconds=3600)
def recheck_unverified() -> int:
    """Queues at most once a day each organisation « à vérifier », or whose facts have aged."""
    return sum(_queue(kind, model) for kind, model in (("establishment", Establishment), ("provider", Provider)))


def _queue(kind: str, model: type[Establishment] | type[Provider]) -> int:
    now = timezone.now()
    aged = Q(verified=False, created_at__lt=now - timedelta(hours=1)) | Q(facts_at__lt=now - FACTS_KEPT)
    # The least recently told first, so that a long list comes to its end.
    found = model.objects.filter(aged).order_by("updated_at", "id").values_list("pk", flat=True)[:MOST_AT_ONCE]
    for pk in found:
        enqueue("organisations.recheck", unique_key=f"organisations.recheck:{kind}:{pk}:{now:%Y%m%d}", kind=kind, pk=pk)
    return len(found)
