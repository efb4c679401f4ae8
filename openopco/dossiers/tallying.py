"""Keeps the figures of each month: the journal says which months moved, and each is counted anew, whole."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from openopco.base.jobs import sweep
from openopco.dossiers.enums import CorrectionState, State
from openopco.dossiers.figures import bounds_of, month_of, months_between
from openopco.dossiers.models import (
    LONGEST_DELAY,
    CorrectionItem,
    DelayTally,
    Dossier,
    PointTally,
    ProviderTally,
    StateTally,
    TalliedMonth,
    TallyReading,
)
from openopco.dossiers.queries.history import with_first_answer
from openopco.journal.models import Entry
from openopco.kernel.calendar import PARIS

MOST_MONTHS, MOST_ENTRIES, BATCH = 3, 20_000, 1000
# Entries this young may have lower numbers that are not committed yet: they are read again.
SETTLED_AFTER = timedelta(minutes=10)
TALLIES = (StateTally, ProviderTally, DelayTally, PointTally)


@sweep("dossiers.statistics", every_seconds=600)
def tally() -> int:
    """Counts anew the months that moved, the one that waits longest first, a few at each turn. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        _find_touched(now)
    due = TalliedMonth.objects.filter(touched_at__isnull=False).order_by("touched_at", "-month")[:MOST_MONTHS]
    return sum(_count(month) for month in list(due))


def _find_touched(now: datetime) -> None:
    reading = TallyReading.objects.select_for_update().first()
    if reading is None:
        _start(now)
        return
    entries = Entry.objects.filter(id__gt=reading.last_entry_id).order_by("id")
    read = list(entries.values_list("id", "subject_kind", "subject_id", "at")[:MOST_ENTRIES])
    _touch(_months_of({subject for _, kind, subject, _ in read if kind == "dossier"}), now)
    settled = [entry for entry, _, _, at in read if at < now - SETTLED_AFTER]
    TallyReading.objects.filter(pk=reading.pk).update(
        last_entry_id=max(settled, default=reading.last_entry_id),
        read_at=now if len(read) < MOST_ENTRIES else reading.read_at,
    )


def _start(now: datetime) -> None:
    """The first time: every month since the first request, by the ends of an index."""
    last = Entry.objects.filter(at__lt=now - SETTLED_AFTER).order_by("-id").values_list("id", flat=True).first()
    TallyReading.objects.create(last_entry_id=last or 0, read_at=now)
    ends = Dossier.objects.filter(sent_at__isnull=False).aggregate(first=Min("sent_at"), last=Max("sent_at"))
    if ends["first"]:
        _touch(months_between(month_of(ends["first"]), month_of(ends["last"])), now)


def _months_of(dossiers: set[int]) -> set[date]:
    ids, months = sorted(dossiers), set()
    for start in range(0, len(ids), BATCH):
        sent = Dossier.objects.filter(pk__in=ids[start : start + BATCH], sent_at__isnull=False).order_by()
        months |= {month_of(at) for at in sent.values_list("sent_at", flat=True) if at}
    return months


def _touch(months: Iterable[date], now: datetime) -> None:
    """What waits already keeps its place in the queue."""
    wanted = sorted(months)
    TalliedMonth.objects.filter(month__in=wanted, touched_at=None).update(touched_at=now)
    TalliedMonth.objects.bulk_create(
        [TalliedMonth(month=month, touched_at=now) for month in wanted], ignore_conflicts=True
    )


def _count(month: TalliedMonth) -> bool:
    """One month, whole, in one transaction: killed halfway, its old figures stand and it is still due."""
    started = timezone.now()
    with transaction.atomic():
        held = TalliedMonth.objects.select_for_update().filter(pk=month.pk, touched_at=month.touched_at).first()
        if held is None:
            return False
        for model in TALLIES:
            model._default_manager.filter(month=held).delete()
        _Tally(held).keep()
        TalliedMonth.objects.filter(pk=held.pk).update(touched_at=None, counted_at=started)
    return True


@dataclass(slots=True)
class _State:
    count: int = 0
    granted: int = 0
    amount_asked: Decimal = Decimal(0)
    amount_granted: Decimal = Decimal(0)

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("count", "granted", "amount_asked", "amount_granted")}


@dataclass(slots=True)
class _Tally:
    """The sums of one month, in memory: as many as there are branches, providers and days, not requests."""

    month: TalliedMonth
    states: dict[tuple[str, str], _State] = field(default_factory=lambda: defaultdict(_State))
    providers: dict[tuple[str, int | None], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    delays: Counter[tuple[str, int]] = field(default_factory=Counter)

    def keep(self) -> None:
        for row in _sent_in(self.month.month):
            self._add(*row)
        StateTally.objects.bulk_create(self._states(), batch_size=BATCH)
        ProviderTally.objects.bulk_create(self._providers(), batch_size=BATCH)
        DelayTally.objects.bulk_create(self._delays(), batch_size=BATCH)
        PointTally.objects.bulk_create(self._points(), batch_size=BATCH)

    def _add(
        self,
        idcc: str | None,
        provider: int | None,
        state: str,
        sent: datetime,
        decided: datetime | None,
        asked: Decimal,
        amount: Decimal | None,
    ) -> None:
        branch, granted = idcc or "", was_granted(state, decided)
        sums = self.states[branch, state]
        sums.count, sums.granted = sums.count + 1, sums.granted + granted
        sums.amount_asked, sums.amount_granted = sums.amount_asked + asked, sums.amount_granted + (amount or 0)
        self.providers[branch, provider].update(count=1, granted=granted, refused=state == State.REFUSEE)
        if decided:
            self.delays[branch, days_between(sent, decided)] += 1

    def _states(self) -> Iterator[StateTally]:
        for (idcc, state), sums in self.states.items():
            yield StateTally(month=self.month, idcc=idcc, state=state, **sums.columns())

    def _providers(self) -> Iterator[ProviderTally]:
        for (idcc, provider), sums in self.providers.items():
            yield ProviderTally(month=self.month, idcc=idcc, provider_id=provider, **sums)

    def _delays(self) -> Iterator[DelayTally]:
        for (idcc, days), count in self.delays.items():
            yield DelayTally(month=self.month, idcc=idcc, days=days, count=count)

    def _points(self) -> Iterator[PointTally]:
        first, after = bounds_of(self.month.month)
        asked = CorrectionItem.objects.filter(request__dossier__sent_at__gte=first, request__dossier__sent_at__lt=after)
        found = (
            asked.exclude(request__state=CorrectionState.RETIREE)
            .order_by()
            .values("kind", "name", "reason_code", idcc=Coalesce(F("request__dossier__idcc"), Value("")))
        )
        for row in found.annotate(count=Count("request__dossier", distinct=True)):
            yield PointTally(month=self.month, **row)


def _sent_in(month: date) -> Iterator[Any]:
    first, after = bounds_of(month)
    sent = Dossier.objects.filter(sent_at__gte=first, sent_at__lt=after).order_by()
    columns = ("idcc", "provider_id", "state", "sent_at", "answered_at", "amount_asked", "amount_granted")
    return with_first_answer(sent).values_list(*columns).iterator(chunk_size=BATCH)


def was_granted(state: str, decided: datetime | None) -> bool:
    """Granted, lapsed since, or cancelled by the employer after the agreement: only then does a cancelled one bear the
    day of a decision."""
    return state in (State.ACCORDEE, State.CADUQUE) or (state == State.ANNULEE and decided is not None)


def days_between(sent: datetime, decided: datetime) -> int:
    """Calendar days in Paris, `LONGEST_DELAY` at most."""
    return min((decided.astimezone(PARIS).date() - sent.astimezone(PARIS).date()).days, LONGEST_DELAY)
