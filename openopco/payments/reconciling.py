"""Whether the figures agree, to the cent: engaged ≥ invoiced ≥ ordered ≥ paid on each line, and each sum that is kept beside the
rows that it sums. Every rule names the rows that break it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from openopco.base.fields import CentsField, cents
from openopco.billing.enums import DueState
from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment, Envelope
from openopco.kernel.calendar import PARIS, add_calendar_days, paris_today
from openopco.payments.enums import ENDED_BATCHES, LIVE_ORDERS, OrderState
from openopco.payments.models import DueCredit, OrderLine, Overpayment, PaymentBatch, PaymentOrder, Recovery
from openopco.payments.moves import NET

ZERO = Decimal(0)
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a fund and a year, in euros. `owed` is what payees still have to give back."""

    year: int
    fund: str
    engaged: Decimal
    invoiced: Decimal
    ordered: Decimal
    paid: Decimal
    owed: Decimal = ZERO

    @property
    def fund_label(self) -> str:
        return str(Fund(self.fund).label)

    @property
    def left(self) -> Decimal:
        """Engaged, and not paid."""
        return self.engaged - self.paid


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that some rows break: how many, and the first of them by what a person knows them by."""

    words: str
    count: int
    named: tuple[str, ...]


def figures(lines: QuerySet[Commitment] | None = None) -> list[Figures]:
    """The latest year first. Two queries, over all commitments or those given."""
    found = Commitment.objects.all() if lines is None else lines
    sums = (
        found.order_by()
        .values("year", "fund")
        .annotate(engaged=Sum("amount"), invoiced_sum=Sum("invoiced"), ordered_sum=Sum("ordered"), paid_sum=Sum("paid"))
    )
    left = Overpayment.objects.filter(line__commitment__in=found.order_by().values("pk")).order_by()
    per_fund = left.values("line__commitment__year", "line__commitment__fund").annotate(
        owed=Sum(F("amount") - F("recovered"), output_field=CentsField())
    )
    owed = {(each["line__commitment__year"], each["line__commitment__fund"]): each["owed"] for each in per_fund}
    return [
        Figures(
            each["year"],
            each["fund"],
            each["engaged"],
            each["invoiced_sum"],
            each["ordered_sum"],
            each["paid_sum"],
            owed.get((each["year"], each["fund"]), ZERO),
        )
        for each in sums.order_by("-year", "fund")
    ]


def broken() -> list[Broken]:
    """The rules that the tables break, each with its rows; none where all agrees. One query, and one for each broken rule."""
    rules = list(_rules())
    first, *others = (_counted(rank, rows) for rank, (_, rows, _) in enumerate(rules))
    found = []
    for rank, count in sorted(first.union(*others, all=True)):
        words, rows, name = rules[rank]
        if count:
            found.append(Broken(words, count, tuple(name(row) for row in rows.order_by("pk")[:MOST_NAMED])))
    return found


def _counted(rank: int, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """How many rows break the rule of that rank, beside it: one row."""
    of_it = rows.order_by().select_related(None).values(rule=Value(rank, output_field=IntegerField()))
    found: QuerySet[Any, Any] = of_it.annotate(counted_rows=Count("pk")).values_list("rule", "counted_rows")
    return found


Rule = tuple[str, QuerySet[Any], Callable[[Any], str]]


def _rules() -> Iterator[Rule]:
    yield from _of_commitments()
    yield from _of_envelopes()
    yield from _of_orders()
    yield from _of_dues()


def _of_commitments() -> Iterator[Rule]:
    lines = Commitment.objects.select_related("dossier")
    disorder = Q(amount__lt=F("invoiced")) | Q(invoiced__lt=F("ordered")) | Q(ordered__lt=F("paid")) | Q(paid__lt=0)
    yield "Engagé ≥ facturé ≥ ordonné ≥ payé", lines.filter(disorder), _commitment
    live = OrderLine.objects.filter(is_live=True, commitment=OuterRef("pk"))
    yield (
        "L'ordonné d'un engagement est la somme de ses virements",
        lines.annotate(found=_sum(live, "commitment", NET)).exclude(ordered=F("found")),
        _commitment,
    )
    yield (
        "Le payé d'un engagement est la somme de ses virements réglés",
        lines.annotate(found=_sum(live.filter(order__state=OrderState.REGLE), "commitment", NET)).exclude(
            paid=F("found")
        ),
        _commitment,
    )
    owed = Due.objects.filter(commitment=OuterRef("pk"))
    yield (
        "Le facturé d'un engagement couvre ce qui en est dû",
        lines.annotate(found=_sum(owed, "commitment", NET)).filter(invoiced__lt=F("found")),
        _commitment,
    )


def _of_envelopes() -> Iterator[Rule]:
    lines = Commitment.objects.filter(envelope=OuterRef("pk"))
    for column, words in (("amount", "L'engagé d'une enveloppe"), ("paid", "Le payé d'une enveloppe")):
        kept = "engaged" if column == "amount" else column
        found = Envelope.objects.annotate(found=_sum(lines, "envelope", F(column))).exclude(**{kept: F("found")})
        yield f"{words} est la somme de ses engagements", found, str


def _of_orders() -> Iterator[Rule]:
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    yield (
        "Un virement est la somme de ses lignes",
        PaymentOrder.objects.annotate(found=_sum(lines, "order", F("amount"))).exclude(amount=F("found")),
        str,
    )
    live = OrderLine.objects.filter(is_live=True).exclude(order__state__in=sorted(LIVE_ORDERS))
    dead = OrderLine.objects.filter(is_live=False, order__state__in=sorted(LIVE_ORDERS))
    yield "Les lignes d'un virement suivent son état", (live | dead).select_related("order"), lambda row: str(row.order)
    orders = PaymentOrder.objects.filter(batch=OuterRef("pk")).exclude(state=OrderState.ANNULE)
    batches = PaymentBatch.objects.exclude(state__in=sorted(ENDED_BATCHES)).annotate(
        found=_sum(orders, "batch", F("amount")), counted=Coalesce(_count(orders, "batch"), 0)
    )
    yield "Un lot est la somme de ses virements", batches.exclude(total=F("found"), count=F("counted")), str
    wrong = _told_wrong().order_by().values("pk")
    yield "Ce qu'un lot dit débité, rejeté et rendu est la somme de ses virements", _batches(wrong), str
    yield "Un virement part après l'émission de son lot, et n'est ni débité ni rendu un jour à venir", _misdated(), str
    back_before = PaymentOrder.objects.filter(ended_on__lt=F("settled_on"))
    yield "Un virement rendu l'est après avoir été débité", back_before, str
    taken = Overpayment.objects.filter(line=OuterRef("pk"))
    yield (
        "Ce qui est repris d'un virement est la somme de ses trop-perçus",
        OrderLine.objects.select_related("order")
        .annotate(found=_sum(taken, "line", F("amount")))
        .exclude(credited=F("found")),
        lambda row: str(row.order),
    )
    received = Recovery.objects.filter(overpayment=OuterRef("pk"))
    yield (
        "Ce qui est revenu d'un trop-perçu est la somme de ses remboursements",
        Overpayment.objects.filter(line__is_live=True)
        .annotate(found=_sum(received, "overpayment", F("amount")))
        .exclude(recovered=F("found")),
        str,
    )


# What a batch keeps of its transfers, by their state.
_TOLD = {"settled": OrderState.REGLE, "rejected": OrderState.REJETE, "returned": OrderState.RENDU}


def _told_wrong() -> QuerySet[PaymentBatch]:
    """Transfers are gone through once, whatever they tell."""
    found, right = PaymentBatch.objects.all(), Q()
    for name, state in _TOLD.items():
        of_it = Q(orders__state=state)
        found = found.annotate(
            **{
                f"{name}_found": Count("orders", filter=of_it),
                f"{name}_summed": Coalesce(Sum("orders__amount", filter=of_it), cents(ZERO)),
            }
        )
        right &= Q(**{name: F(f"{name}_found"), f"{name}_total": F(f"{name}_summed")})
    return found.exclude(right)


def _misdated() -> QuerySet[PaymentOrder]:
    """By its days, that the bank tells."""
    latest = add_calendar_days(paris_today(timezone.now()), 1)
    too_late = Q(settled_on__gt=latest) | Q(ended_on__gt=latest)
    too_soon = Q(settled_on__lt=F("left_on")) | Q(ended_on__lt=F("left_on"))
    answered = PaymentOrder.objects.filter(state__in=sorted(_TOLD.values()))
    return answered.annotate(left_on=TruncDate("batch__released_at", tzinfo=PARIS)).filter(too_late | too_soon)


def _batches(ids: QuerySet[Any, Any]) -> QuerySet[PaymentBatch]:
    return PaymentBatch.objects.filter(pk__in=ids)


def _of_dues() -> Iterator[Rule]:
    taken = DueCredit.objects.filter(due=OuterRef("pk"))
    owed = Due.objects.select_related("claim__dossier")
    yield (
        "Ce qui est repris d'une somme due est la somme de ses avoirs",
        owed.annotate(found=_sum(taken, "due", F("amount"))).exclude(credited=F("found")),
        _due,
    )
    states = {
        DueState.A_PAYER: [],
        DueState.ANNULEE: [],
        DueState.EN_COURS: [OrderState.PREPARE, OrderState.EMIS],
        DueState.PAYEE: [OrderState.REGLE],
    }
    wrong = Q()
    for state, orders in states.items():
        live = OrderLine.objects.filter(due=OuterRef("pk"), is_live=True)
        right = Exists(live.filter(order__state__in=orders)) if orders else ~Exists(live)
        wrong |= Q(state=state) & ~Q(right)
    yield (
        "L'état d'une somme due est celui de son virement",
        owed.filter(wrong),
        _due,
    )


def _commitment(row: Commitment) -> str:
    return f"{row.dossier.number} « {row.label} »"


def _due(row: Due) -> str:
    return f"{row.claim.dossier.number} (somme due n° {row.pk})"


def _sum(rows: QuerySet[Any], by: str, value: Any) -> Coalesce:
    total = Subquery(
        rows.order_by().values(by).annotate(all_of_it=Sum(value)).values("all_of_it"), output_field=CentsField()
    )
    return Coalesce(total, cents(ZERO))


def _count(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(all_of_it=Count("pk")).values("all_of_it"))
