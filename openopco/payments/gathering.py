"""What could be paid of a fund on a day, and to whom not, with why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, QuerySet, Sum

from openopco.base.fields import CentsField
from openopco.billing import dues
from openopco.billing.models import Due
from openopco.organisations.accounts import payable_of_many
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.payments.enums import OrderState
from openopco.payments.models import PaymentOrder

ZERO = Decimal(0)
AT_ONCE = 500
Payee = Provider | Establishment
COLUMNS = ("provider", "establishment")


@dataclass(frozen=True, slots=True)
class Paid:
    """A payee to be paid: how many dues, their sum in euros, and where. `refused`: why the bank refused the last transfer to
    that account, where it did."""

    column: str
    payee: Payee
    account: BankAccount
    count: int
    total: Decimal
    refused: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A payee that can't be paid, with why."""

    column: str
    payee: Payee
    reason: str
    count: int
    total: Decimal


def due_on(fund: str) -> QuerySet[Due]:
    """What may be gathered of a fund."""
    return dues.to_pay().filter(fund=fund, credited__lt=F("amount"))


def payees_of(fund: str, on: date) -> Iterator[Paid | LeftOut]:
    """Every payee that something is due to, with where it is paid or why it is not; providers first. Three queries for each
    `AT_ONCE` of them."""
    for column in COLUMNS:
        after = 0
        while sums := _sums(fund, column, after):
            after = sums[-1]["payee"]
            payees = payees_in(column, [each["payee"] for each in sums])
            known = {payee.pk: payee for payee in payees}
            judged = payable_of_many(payees, on)
            for each in sums:
                yield _judged(column, known[each["payee"]], judged[each["payee"]], each)


def payees_in(column: str, ids: Collection[int], *, locked: bool = False) -> list[Payee]:
    """The providers, or the establishments, of those ids. `locked`: nobody suspends one, nor changes where it is paid, before
    the transaction ends: those acts begin by its row."""
    rows: QuerySet[Any] = (
        (Provider if column == "provider" else Establishment).objects.filter(pk__in=ids).order_by("pk")
    )
    return list(rows.select_for_update(no_key=True) if locked else rows)


def _sums(fund: str, column: str, after: int) -> list[dict[str, Any]]:
    found = due_on(fund).order_by().filter(**{f"{column}__gt": after}).values(payee=F(f"{column}_id"))
    counted = found.annotate(count=Count("pk"), total=Sum(F("amount") - F("credited"), output_field=CentsField()))
    return [dict(each) for each in counted.order_by("payee")[:AT_ONCE]]


def _judged(column: str, payee: Payee, judged: Any, sums: dict[str, Any]) -> Paid | LeftOut:
    if judged.account is None:
        return LeftOut(column, payee, judged.reason, sums["count"], sums["total"])
    return Paid(column, payee, judged.account, sums["count"], sums["total"])


@dataclass(slots=True)
class Preview:
    """What a batch of a fund would pay on a day. The lists are bounded, the sums are not."""

    count: int = 0
    payees: int = 0
    total: Decimal = ZERO
    left_count: int = 0
    left_total: Decimal = ZERO
    paid: tuple[Paid, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


MOST_SHOWN = 100


def preview(fund: str, on: date) -> Preview:
    """The caller has checked the right."""
    shown = Preview()
    for each in payees_of(fund, on):
        if isinstance(each, Paid):
            shown.payees, shown.count, shown.total = (
                shown.payees + 1,
                shown.count + each.count,
                shown.total + each.total,
            )
            if len(shown.paid) < MOST_SHOWN:
                shown.paid = (*shown.paid, each)
        else:
            shown.left_count, shown.left_total = shown.left_count + 1, shown.left_total + each.total
            if len(shown.left_out) < MOST_SHOWN:
                shown.left_out = (*shown.left_out, each)
    shown.paid = _with_refusals(shown.paid)
    return shown


def _with_refusals(paid: tuple[Paid, ...]) -> tuple[Paid, ...]:
    """One query."""
    told = PaymentOrder.objects.filter(account__in=[each.account.pk for each in paid])
    told = told.filter(state__in=[OrderState.REGLE, OrderState.REJETE, OrderState.RENDU])
    last = told.order_by().values("account_id").annotate(last=Max("pk")).values("last")
    refused = PaymentOrder.objects.filter(pk__in=last).exclude(state=OrderState.REGLE)
    reasons = dict(refused.values_list("account_id", "reason"))
    return tuple(replace(each, refused=reasons.get(each.account.pk, "")) for each in paid)
