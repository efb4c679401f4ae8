"""What is ordered and paid of engaged lines: the one door to `Commitment.ordered`, `Commitment.paid` and `Envelope.paid`. For
the room of payments, inside its own actions, which have asked the rights. Whatever their number, a few statements.

`lines` are rows of any model with a `commitment` each; `net` is what each of them is worth."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from openopco.base.fields import CentsField, cents
from openopco.funding.models import ZERO, Commitment, Envelope

Lines = QuerySet[Any]


def order(lines: Lines, net: Combinable) -> None:
    """They are on their way. The database refuses what goes beyond what is invoiced (`IntegrityError`)."""
    _move(lines, net, ordered=1)


def order_no_more(lines: Lines, net: Combinable) -> None:
    """Cancelled, or rejected by the bank."""
    _move(lines, net, ordered=-1)


def pay(lines: Lines, net: Combinable) -> None:
    """The bank debited them."""
    _move(lines, net, paid=1)


def take_back(lines: Lines, net: Combinable) -> None:
    """Paid, and given back by the bank; or owed by the payee, since a credit note."""
    _move(lines, net, paid=-1, ordered=-1)


def _move(lines: Lines, net: Combinable, **signs: int) -> None:
    """Commitments in the order of their ids, then envelopes: the order that everybody keeps."""
    touched = Commitment.objects.filter(pk__in=lines.order_by().values("commitment"))
    # Held in order, so that two moves wait for one another and never each for the other.
    held = touched.select_for_update().order_by("pk").values_list("pk", flat=True)
    for _ in held.iterator(chunk_size=5000):
        pass
    of_one = lines.order_by().filter(commitment=OuterRef("pk")).values("commitment")
    touched.update(**_changes(Subquery(of_one.annotate(all_of_it=Sum(net)).values("all_of_it")), signs))
    if "paid" in signs:
        _carry(lines, net, signs["paid"])


def _carry(lines: Lines, net: Combinable, sign: int) -> None:
    sums = lines.order_by().filter(commitment__envelope__isnull=False).values("commitment__envelope")
    totals = dict(
        sums.annotate(all_of_it=Sum(net, output_field=CentsField())).values_list("commitment__envelope", "all_of_it")
    )
    for pk in sorted(totals):
        Envelope.objects.filter(pk=pk).update(paid=F("paid") + cents(sign * totals[pk]))


def _changes(total: Subquery, signs: dict[str, int]) -> dict[str, Any]:
    amount = Coalesce(total, cents(ZERO))
    return {name: F(name) + amount if sign > 0 else F(name) - amount for name, sign in signs.items()}
