"""Telling those concerned that their requests wait for funds, then that they no longer do: by stretches, the oldest first,
each once."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from openopco.base.jobs import enqueue, job, sweep
from openopco.dossiers.enums import Audience
from openopco.dossiers.models import Dossier, FundClosure, FundHold
from openopco.dossiers.news import add_news
from openopco.dossiers.notices import FUNDS, path_for
from openopco.dossiers.people import employers_of
from openopco.kernel.calendar import paris_today
from openopco.notifications.actions import notify
from openopco.rights import SYSTEM

STRETCH = 200


def tell_later(closure: FundClosure, today: date) -> bool:
    """Queues what is due and not told yet."""
    is_open = closure.told_closed
    day = closure.reopened_on if is_open else closure.closed_on
    if closure.told_reopened or day is None or day > today or _never_ran(closure):
        return False
    key = f"funds:{closure.pk}:{is_open}:0"
    enqueue("dossiers.tell_of_funds", unique_key=key, closure_id=closure.pk, is_open=is_open)
    return True


def _never_ran(closure: FundClosure) -> bool:
    """Reopened before its day, nobody knew."""
    return not closure.told_closed and closure.reopened_on == closure.closed_on


@sweep("dossiers.funds", every_seconds=3600)
def funds_to_tell() -> int:
    """What was declared for a day to come, once it has come. Returns how many closures are being told."""
    today = paris_today(timezone.now())
    left = FundClosure.objects.filter(Q(told_closed=False) | Q(told_reopened=False, reopened_on__isnull=False))
    return sum(tell_later(closure, today) for closure in left.order_by("id"))


@job("dossiers.tell_of_funds")
def tell_of_funds(*, closure_id: int, is_open: bool, sent_at: str = "", after: int = 0) -> None:
    """One stretch of the requests that wait, in order of arrival, then the next one. Told twice is told once, by its key."""
    closure = FundClosure.objects.get(pk=closure_id)
    waiting = list(_waiting(closure, is_open=is_open, sent_at=sent_at, after=after)[:STRETCH])
    for dossier in waiting:
        _tell(dossier, is_open=is_open, key=f"funds:{closure.pk}:{is_open}:{dossier.pk}")
    if len(waiting) == STRETCH:
        last = waiting[-1]
        assert last.sent_at is not None
        enqueue(
            "dossiers.tell_of_funds",
            unique_key=f"funds:{closure.pk}:{is_open}:{last.pk}",
            closure_id=closure.pk,
            is_open=is_open,
            sent_at=last.sent_at.isoformat(),
            after=last.pk,
        )
        return
    FundClosure.objects.filter(pk=closure.pk).update(told_closed=True, told_reopened=is_open)
    # Reopened while it was being told.
    tell_later(FundClosure.objects.get(pk=closure.pk), paris_today(timezone.now()))


def _waiting(closure: FundClosure, *, is_open: bool, sent_at: str, after: int) -> QuerySet[Dossier]:
    found = Dossier.objects.filter(is_open=True).select_related("filed_by", "created_by")
    if closure.idcc:
        found = found.filter(idcc=closure.idcc)
    if is_open and closure.reopened_on:
        found = found.filter(sent_at__date__lte=closure.reopened_on)
    if after:
        moment = datetime.fromisoformat(sent_at)
        found = found.filter(Q(sent_at__gt=moment) | Q(sent_at=moment, pk__gt=after))
    return found.order_by("sent_at", "id")


@job("dossiers.tell_of_hold")
def tell_of_hold(*, hold_id: int, is_open: bool) -> None:
    """That a request waits for an envelope, or no longer does; not once it is over, nor that it waits once it does not."""
    held = FundHold.objects.select_related("dossier__filed_by", "dossier__created_by").get(pk=hold_id)
    if held.dossier.is_open and (held.until is not None) == is_open:
        _tell(held.dossier, is_open=is_open, key=f"hold:{held.pk}:{is_open}")


def _tell(dossier: Dossier, *, is_open: bool, key: str) -> None:
    if is_open:
        add_news(dossier, "fonds", actor=SYSTEM)
        title = f"Les fonds sont rouverts : votre demande {dossier.number} reprend son cours."
    else:
        title = f"Les fonds sont épuisés : votre demande {dossier.number} garde sa place dans la liste d'attente."
    notify(
        user_ids=employers_of(dossier),
        kind=FUNDS.code,
        title=title,
        url=path_for(dossier, Audience.EMPLOYEUR),
        subject_kind="dossier",
        subject_id=dossier.pk,
        unique_key=key,
    )
