"""Statistics as the desk reads them: from the tallies of each month, never from the requests."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum

from openopco.dossiers.enums import State
from openopco.dossiers.figures import percentile, share
from openopco.dossiers.models import DelayTally, PointTally, ProviderTally, StateTally, TalliedMonth, TallyReading
from openopco.rights import Actor, Permission, require

MOST_SHOWN = 10


@dataclass(slots=True)
class Line:
    """The figures of a month, of a branch, or of the whole period. Amounts in cents."""

    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    delays: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    granted: int = 0
    asked_cents: int = 0
    granted_cents: int = 0

    @property
    def sent(self) -> int:
        return sum(self.states.values())

    @property
    def refused(self) -> int:
        return self.states.get(State.REFUSEE, 0)

    @property
    def median(self) -> int | None:
        return percentile(self.delays, 50)

    @property
    def ninetieth(self) -> int | None:
        return percentile(self.delays, 90)

    @property
    def acceptance(self) -> int | None:
        """Among those granted or refused, in per cent."""
        return share(self.granted, self.granted + self.refused)


@dataclass(frozen=True, slots=True)
class ProviderLine:
    provider_id: int | None
    name: str
    sent: int
    acceptance: int | None


@dataclass(frozen=True, slots=True)
class PointLine:
    kind: str
    name: str
    reason_code: str
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the requests sent in a period. `at`: until when all that moved is counted; None where nothing ever was."""

    total: Line
    months: Mapping[date, Line]
    branches: Mapping[str, Line]
    providers: list[ProviderLine]
    points: list[PointLine]
    at: datetime | None


def statistics(*, actor: Actor, first: date, last: date, idcc: str = "") -> Statistics:
    """Of the months from `first` to `last`, both named by their first day. As many queries whatever the rows. Raises
    `Forbidden`."""
    require(actor, Permission.STATISTICS_READ)
    scope: dict[str, Any] = {"month__month__gte": first, "month__month__lte": last}
    if idcc:
        scope["idcc"] = idcc
    total = Line()
    months: dict[date, Line] = defaultdict(Line)
    branches: dict[str, Line] = defaultdict(Line)
    _add_states(scope, total, months, branches)
    _add_delays(scope, total, months, branches)
    ranked = dict(sorted(branches.items(), key=lambda item: (-item[1].sent, item[0])))
    return Statistics(total, dict(months), ranked, _providers(scope), _points(scope), _counted_at())


def _add_states(scope: Mapping[str, Any], total: Line, months: dict[date, Line], branches: dict[str, Line]) -> None:
    kept = StateTally.objects.filter(**scope).order_by()
    columns = ("month__month", "idcc", "state", "count", "granted", "amount_asked", "amount_granted")
    for month, idcc, state, count, granted, asked, amount in kept.values_list(*columns):
        for line in (total, months[month], branches[idcc]):
            line.states[state] += count
            line.granted += granted
            line.asked_cents += int(asked * 100)
            line.granted_cents += int(amount * 100)


def _add_delays(scope: Mapping[str, Any], total: Line, months: dict[date, Line], branches: dict[str, Line]) -> None:
    kept = DelayTally.objects.filter(**scope).order_by()
    for month, days, count in _summed(kept, "month__month", "days"):
        months[month].delays[days] += count
        total.delays[days] += count
    for idcc, days, count in _summed(kept, "idcc", "days"):
        branches[idcc].delays[days] += count


def _summed(kept: QuerySet[DelayTally], *columns: str) -> Iterable[Any]:
    summed: Iterable[Any] = kept.values(*columns).annotate(n=Sum("count")).values_list(*columns, "n")
    return summed


def _providers(scope: Mapping[str, Any]) -> list[ProviderLine]:
    kept = ProviderTally.objects.filter(**scope).values("provider_id", "provider__name")
    summed = kept.annotate(n=Sum("count"), yes=Sum("granted"), no=Sum("refused")).order_by("-n", "provider_id")
    return [
        ProviderLine(
            row["provider_id"], row["provider__name"] or "", row["n"], share(row["yes"], row["yes"] + row["no"])
        )
        for row in summed[:MOST_SHOWN]
    ]


def _points(scope: Mapping[str, Any]) -> list[PointLine]:
    kept = PointTally.objects.filter(**scope).values("kind", "name", "reason_code").annotate(n=Sum("count"))
    ranked = kept.order_by("-n", "kind", "name", "reason_code")[: 2 * MOST_SHOWN]
    return [PointLine(row["kind"], row["name"], row["reason_code"], row["n"]) for row in ranked]


def _counted_at() -> datetime | None:
    """While a month that moved waits, the figures are as old as it."""
    waits = TalliedMonth.objects.filter(touched_at__isnull=False).order_by("touched_at")
    read = TallyReading.objects.values_list("read_at", flat=True).first()
    oldest = waits.values_list("touched_at", flat=True).first()
    return min(filter(None, (read, oldest)), default=None)
