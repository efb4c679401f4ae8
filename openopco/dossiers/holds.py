"""The requests that wait for an envelope: held, freed, and whose turn it is. The room that keeps the envelopes says which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.base.kept import Kept
from openopco.dossiers.models import Dossier, FundHold

ZERO = Decimal(0)
# How long a request that waited bears « Fonds rouverts ».
LATELY = timedelta(days=30)
# Beyond this many before it, a request is only told that they are many.
MOST_BEFORE = 1000


@dataclass(frozen=True, slots=True)
class Waited:
    """The envelopes that requests wait for, and whether any was freed lately."""

    envelopes: frozenset[str] = frozenset()
    freed: bool = False


def _read() -> Waited:
    lately = FundHold.objects.filter(Q(until=None) | Q(until__gte=timezone.now() - LATELY)).order_by()
    waits = ExpressionWrapper(Q(until=None), BooleanField())
    rows = set(lately.annotate(waits=waits).values_list("envelope", "waits").distinct())
    return Waited(frozenset(name for name, waits in rows if waits), any(not waits for _, waits in rows))


# Few envelopes, however many requests wait for them.
waited: Kept[Waited] = Kept(_read)


def hold(dossier: Dossier, *, year: int, envelope: str, sentence: str, now: datetime) -> bool:
    """Puts a request on the waiting list, under its lock; its people are told. False where it was there already."""
    if FundHold.objects.filter(dossier=dossier, until=None).update(envelope=envelope, sentence=sentence, year=year):
        return False
    FundHold.objects.filter(dossier=dossier, promised__gt=0).update(promised=ZERO)
    made = FundHold.objects.create(dossier=dossier, since=now, sentence=sentence, year=year, envelope=envelope)
    _tell(made, is_open=False)
    return True


def free(held: FundHold, now: datetime, *, promised: Decimal = ZERO) -> bool:
    """Takes it off the list; its people and its officer are told. False where somebody did before."""
    waiting = FundHold.objects.filter(pk=held.pk, until=None)
    if not waiting.update(until=now, promised=promised, envelope=held.envelope):
        return False
    _tell(held, is_open=True)
    return True


def _tell(held: FundHold, *, is_open: bool) -> None:
    enqueue("dossiers.tell_of_hold", unique_key=f"hold:{held.pk}:{is_open}", hold_id=held.pk, is_open=is_open)
    transaction.on_commit(waited.forget)


def close(dossier: Dossier, now: datetime) -> set[str]:
    """The request waits for nothing any more: it is over. Returns the envelopes that had promised it something."""
    own = FundHold.objects.filter(Q(until=None) | Q(promised__gt=0), dossier=dossier)
    promising = {held.envelope for held in own if held.promised}
    own.update(promised=ZERO, until=Coalesce(F("until"), now))
    transaction.on_commit(waited.forget)
    return promising


def hold_of(dossier: Dossier) -> FundHold | None:
    """What keeps it waiting now; None where it is not open."""
    return FundHold.objects.filter(dossier=dossier, until=None).first() if dossier.is_open else None


def holds_of(dossiers: Iterable[Dossier]) -> Mapping[int, FundHold]:
    """Of those of a list that wait, or waited lately, the last hold. One query, none while nobody waits or did."""
    known = waited.value()
    ids = [dossier.pk for dossier in dossiers if dossier.is_open]
    if not ids or not (known.envelopes or known.freed):
        return {}
    lately = Q(until=None) | Q(until__gte=timezone.now() - LATELY)
    return {held.dossier_id: held for held in FundHold.objects.filter(lately, dossier__in=ids).order_by("since", "id")}


def read_with() -> Subquery:
    """What keeps a request waiting, to be read with it as `held`."""
    return Subquery(FundHold.objects.filter(dossier=OuterRef("pk"), until=None).values("sentence")[:1])


def sentence_of(dossier: Dossier) -> str:
    """What its employer reads of what keeps it waiting; empty where nothing does. No query for one read with it."""
    if not dossier.is_open:
        return ""
    if "held" in dossier.__dict__:
        return dossier.__dict__["held"] or ""
    hold = hold_of(dossier)
    return hold.sentence if hold else ""


def rank_of(dossier: Dossier) -> int:
    """Its place among those that wait for the same envelope, in order of arrival; `MOST_BEFORE` + 1 beyond."""
    own = FundHold.objects.filter(dossier=dossier, until=None).values("envelope")[:1]
    ahead = FundHold.objects.filter(_before(dossier), until=None, envelope=Subquery(own))
    return ahead.order_by()[:MOST_BEFORE].count() + 1


def _before(dossier: Dossier) -> Q:
    """In order of arrival."""
    return Q(dossier__sent_at__lt=dossier.sent_at) | Q(dossier__sent_at=dossier.sent_at, dossier_id__lt=dossier.pk)


def waited_before(dossier: Dossier, envelopes: Iterable[str]) -> set[str]:
    """Those of the envelopes for which a request that came before waits."""
    others = FundHold.objects.filter(_before(dossier), until=None, envelope__in=list(envelopes))
    return set(others.order_by().values_list("envelope", flat=True).distinct())


def promised_of(envelopes: Iterable[str]) -> dict[str, Decimal]:
    """What each envelope keeps for requests that were freed and wait for their decision."""
    kept = FundHold.objects.filter(promised__gt=0, dossier__is_open=True, envelope__in=list(envelopes))
    return dict(kept.order_by().values_list("envelope").annotate(Sum("promised")))
