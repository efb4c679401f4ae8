"""What pages read of payments. Each asks the right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from openopco.base.fields import CentsField, cents
from openopco.base.keyset import Page, paginate
from openopco.billing import dues
from openopco.billing.models import Claim, Due
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment, CommitmentChange
from openopco.habilitations.places import Place
from openopco.kernel.calendar import PARIS
from openopco.payments import gathering, reconciling
from openopco.payments.actions.mending import is_return_of, words_of_the_bank
from openopco.payments.enums import TO_SEE, TOLD_ORDERS, BatchState, OrderState, OverpaymentState
from openopco.payments.errors import UnknownReference
from openopco.payments.models import (
    BankEvent,
    BankFile,
    DebtorAccount,
    OrderLine,
    Overpayment,
    PaymentBatch,
    PaymentOrder,
)
from openopco.rights import Actor, Permission, Subject, may, require

ZERO = Decimal(0)
KEYS = ("id",)
_PAID = OrderLine.objects.select_related("due__claim__invoice", "due__claim__dossier").order_by("pk")
WITH_LINES = Prefetch("lines", _PAID)


# --- the OPCO's own people -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a fund has to pay, and whether an account is there to pay it from."""

    fund: Fund
    count: int
    total: Decimal
    has_account: bool


def waiting(actor: Actor) -> list[Waiting]:
    """Each fund. Two queries."""
    require(actor, Permission.PAYMENT_READ)
    owed = dues.to_pay().filter(credited__lt=F("amount")).order_by().values("fund")
    total = Sum(F("amount") - F("credited"), output_field=CentsField())
    found = {each["fund"]: each for each in owed.annotate(total=total, count=Count("pk"))}
    ready = set(DebtorAccount.objects.filter(confirmed_at__isnull=False, ended_at=None).values_list("fund", flat=True))
    return [_waiting(fund, found.get(fund), fund in ready) for fund in Fund]


def _waiting(fund: Fund, found: Mapping[str, Any] | None, has_account: bool) -> Waiting:
    if found is None:
        return Waiting(fund, 0, ZERO, has_account)
    return Waiting(fund, found["count"], found["total"], has_account)


def preview(actor: Actor, fund: str, on: date) -> gathering.Preview:
    """What a batch would pay. Raises Forbidden."""
    require(actor, Permission.PAYMENT_PREPARE)
    return gathering.preview(fund, on)


def batches(actor: Actor, after: str | None = None) -> Page[PaymentBatch]:
    require(actor, Permission.PAYMENT_READ)
    return paginate(PaymentBatch.objects.all(), keys=KEYS, after=after, descending=True)


def batch(actor: Actor, batch_id: int) -> PaymentBatch:
    """Raises UnknownReference."""
    require(actor, Permission.PAYMENT_READ)
    found = PaymentBatch.objects.select_related("debtor").filter(pk=batch_id).first()
    if found is None:
        raise UnknownReference
    return found


def may_be_unreceived(actor: Actor, batch: PaymentBatch) -> bool:
    """Whether this person may say that the bank has not received it."""
    may_say = may(actor, Permission.PAYMENT_RELEASE, Subject(typed_by=batch.released_by_id))
    return batch.state == BatchState.EMIS and may_say and not words_of_the_bank(batch).exists()


def orders_of(actor: Actor, batch: PaymentBatch, state: str = "", after: str | None = None) -> Page[PaymentOrder]:
    """Its transfers, with what each pays."""
    require(actor, Permission.PAYMENT_READ)
    found = PaymentOrder.objects.filter(batch=batch).select_related("provider", "establishment")
    if state in OrderState.values:
        found = found.filter(state=state)
    return paginate(found.prefetch_related(WITH_LINES), keys=KEYS, after=after)


def debtors(actor: Actor) -> list[DebtorAccount]:
    """Those that wait or are in force, then the former ones."""
    require(actor, Permission.PAYMENT_READ)
    return list(DebtorAccount.objects.order_by(F("ended_at").asc(nulls_first=True), "fund", "-pk")[:100])


def bank_files(actor: Actor, after: str | None = None) -> Page[BankFile]:
    require(actor, Permission.PAYMENT_READ)
    return paginate(BankFile.objects.all(), keys=KEYS, after=after, descending=True)


def bank_file(actor: Actor, file_id: int) -> BankFile:
    """Raises UnknownReference."""
    require(actor, Permission.PAYMENT_READ)
    found = BankFile.objects.filter(pk=file_id).first()
    if found is None:
        raise UnknownReference
    return found


def events_of(actor: Actor, file: BankFile, after: str | None = None) -> Page[BankEvent]:
    """What it told first, in its order."""
    require(actor, Permission.PAYMENT_READ)
    found = BankEvent.objects.filter(file=file).select_related("order__batch", "batch")
    return paginate(found, keys=KEYS, after=after)


def events_to_see(actor: Actor, after: str | None = None) -> Page[BankEvent]:
    """Unknown or refused, and looked at by nobody: oldest first."""
    require(actor, Permission.PAYMENT_READ)
    found = BankEvent.objects.filter(outcome__in=sorted(TO_SEE)).select_related("file", "order__batch", "batch")
    return paginate(found, keys=KEYS, after=after)


def refunded_before(actor: Actor, event: BankEvent) -> Decimal:
    """What the payee had refunded of the transfer that an event to see gives back; zero for any other event."""
    require(actor, Permission.PAYMENT_READ)
    if event.order is None or not is_return_of(event, event.order):
        return ZERO
    owed = Overpayment.objects.filter(line__order=event.order, line__is_live=True)
    return owed.aggregate(total=Coalesce(Sum("recovered"), cents(ZERO)))["total"] or ZERO


def count_to_see(actor: Actor) -> int:
    require(actor, Permission.PAYMENT_READ)
    return BankEvent.objects.filter(outcome__in=sorted(TO_SEE)).count()


def overpayments(actor: Actor, after: str | None = None, *, only_open: bool = False) -> Page[Overpayment]:
    require(actor, Permission.PAYMENT_READ)
    found = Overpayment.objects.select_related("line__order__provider", "line__order__establishment")
    if only_open:
        found = found.filter(state=OverpaymentState.A_REMBOURSER)
    return paginate(found, keys=KEYS, after=after, descending=True)


def overpayment(actor: Actor, overpayment_id: int) -> Overpayment:
    """Raises UnknownReference."""
    require(actor, Permission.PAYMENT_READ)
    found = Overpayment.objects.select_related(
        "line__order__provider", "line__order__establishment", "line__order__batch", "line__due__claim__dossier"
    )
    one = found.filter(pk=overpayment_id).first()
    if one is None:
        raise UnknownReference
    return one


# --- reconciliation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`broken`: the rules that the tables break, none where all agrees."""

    figures: list[reconciling.Figures]
    broken: list[reconciling.Broken] = field(default_factory=list)


def reconciled(actor: Actor) -> Reconciled:
    require(actor, Permission.PAYMENT_READ)
    return Reconciled(reconciling.figures(), reconciling.broken())


# What each figure of a fund and a year opens on.
FIGURES = {"engage": "amount", "facture": "invoiced", "ordonne": "ordered", "paye": "paid"}


def commitments_of(
    actor: Actor, *, year: int, fund: str, figure: str = "engage", after: str | None = None
) -> Page[Commitment]:
    """The lines behind a figure: those that count in it, the latest first."""
    require(actor, Permission.PAYMENT_READ)
    counts = {f"{FIGURES.get(figure, 'amount')}__gt": ZERO}
    found = Commitment.objects.filter(year=year, fund=fund, **counts).select_related("dossier")
    return paginate(found, keys=KEYS, after=after, descending=True)


@dataclass(frozen=True, slots=True)
class OfDossier:
    """The money of one request: its lines, what is due of them, and the transfers that pay it."""

    dossier: Dossier
    commitments: list[Commitment]
    dues: list[Due]
    lines: list[OrderLine]
    overpayments: list[Overpayment]


def of_dossier(actor: Actor, number: str) -> OfDossier:
    """Raises UnknownReference."""
    require(actor, Permission.PAYMENT_READ)
    dossier = Dossier.objects.filter(number=number).first()
    if dossier is None:
        raise UnknownReference
    of_it = Q(commitment__dossier=dossier)
    lines = OrderLine.objects.filter(of_it).select_related(
        "order__batch", "order__provider", "order__establishment", "due__claim__invoice"
    )
    return OfDossier(
        dossier,
        list(Commitment.objects.filter(dossier=dossier).order_by("rank", "pk")),
        list(Due.objects.filter(of_it).select_related("claim__invoice", "provider", "establishment").order_by("pk")),
        list(lines.order_by("pk")),
        list(Overpayment.objects.filter(line__commitment__dossier=dossier).order_by("pk")),
    )


def carried_over(actor: Actor, year: int) -> QuerySet[Commitment]:
    """The lines of that year and those before that 31 December leaves open, with what was then engaged (`engaged_then`), paid
    (`paid_then`) and so left to pay (`left_then`). A debit that the bank gave back later still counted then."""
    require(actor, Permission.PAYMENT_READ)
    last = date(year, 12, 31)
    midnight = datetime.combine(date(year + 1, 1, 1), time(), tzinfo=PARIS)
    changes = CommitmentChange.objects.filter(commitment=OuterRef("pk"), at__lt=midnight).order_by()
    paid = OrderLine.objects.filter(commitment=OuterRef("pk"), order__settled_on__lte=last).order_by()
    still = paid.filter(Q(order__ended_on=None) | Q(order__ended_on__gt=last))
    net = F("amount") - Coalesce(
        _all(Overpayment.objects.filter(line=OuterRef("pk"), noted_at__lt=midnight), "line", "amount"), cents(ZERO)
    )
    found = Commitment.objects.filter(year__lte=year).annotate(
        engaged_then=Coalesce(_all(changes, "commitment", "delta"), cents(ZERO)),
        paid_then=Coalesce(_all(still.annotate(net=net), "commitment", "net"), cents(ZERO)),
    )
    left = found.annotate(left_then=ExpressionWrapper(F("engaged_then") - F("paid_then"), output_field=CentsField()))
    return left.filter(engaged_then__gt=F("paid_then")).select_related("dossier__establishment", "company")


def _all(rows: QuerySet[Any], by: str, column: str) -> Subquery:
    sums = rows.order_by().values(by).annotate(all_of_it=Sum(column, output_field=CentsField()))
    return Subquery(sums.values("all_of_it"), output_field=CentsField())


def named(order: PaymentOrder) -> str:
    """What a transfer pays: « F-114 (AF-2026-000123), AF-2026-000150 ». Its lines were read with it."""
    return ", ".join(dict.fromkeys(_named(order)))


def _named(order: PaymentOrder) -> Iterator[str]:
    for line in order.lines.all():
        claim = line.due.claim
        number = claim.dossier.number or ""
        yield f"{claim.invoice.number} ({number})" if claim.invoice else number


# --- payees ----------------------------------------------------------------------------------------------------------


def payments_to(actor: Actor, place: Place, after: str | None = None) -> Page[PaymentOrder]:
    """The transfers to a provider or an establishment that left for the bank, the latest first, with what each pays. Raises
    Forbidden."""
    return paginate(all_payments_to(actor, place), keys=KEYS, after=after, descending=True)


def all_payments_to(actor: Actor, place: Place) -> QuerySet[PaymentOrder]:
    require(actor, Permission.SETTLEMENT_READ, place.subject())
    told = PaymentOrder.objects.filter(state__in=sorted(TOLD_ORDERS), **place.of_it)
    return told.select_related("batch").prefetch_related(WITH_LINES)


def payments_for(actor: Actor, place: Place, after: str | None = None) -> Page[OrderLine]:
    """What was paid to providers for an establishment's requests: its own lines alone, not whole transfers. Raises
    Forbidden."""
    require(actor, Permission.SETTLEMENT_READ, place.subject())
    own = Exists(Dossier.objects.filter(pk=OuterRef("due__claim__dossier"), establishment_id=place.pk))
    found = OrderLine.objects.filter(own, order__provider__isnull=False, order__state__in=sorted(TOLD_ORDERS))
    with_words = found.select_related("order__provider", "order__batch", "due__claim__invoice", "due__claim__dossier")
    return paginate(with_words, keys=KEYS, after=after, descending=True)


def transfers_of(claim: Claim) -> list[OrderLine]:
    """The transfers that paid a claim, those that the bank refused too. The caller has checked who reads the claim."""
    found = OrderLine.objects.filter(due__claim=claim, order__state__in=sorted(TOLD_ORDERS))
    around = ("order__provider", "order__establishment", "order__batch", "due__claim__invoice", "due__claim__dossier")
    return list(found.select_related(*around).order_by("id"))
