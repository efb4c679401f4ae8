"""What follows an envelope that moved: requests wait for it, or no longer do. By stretches, each in a transaction; run again,
it changes nothing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from openopco.base.jobs import enqueue, job
from openopco.dossiers.models import Dossier, FundHold
from openopco.funding.actions.waiting import free_in_order, settle
from openopco.funding.models import Envelope

STRETCH = 100
# After which nobody who was sending while the envelope ran out is still unseen.
ONCE_MORE = timedelta(minutes=1)


@job("funding.follow_envelope")
def follow_envelope(*, envelope_id: int, sent_at: str = "", after: int = 0, again: bool = True) -> None:
    """Exhausted, those that it alone would serve wait; else those that wait are freed, as many as it serves."""
    envelope = Envelope.objects.get(pk=envelope_id)
    if not envelope.is_blocking or envelope.left > 0:
        last = _free(envelope, sent_at, after)
    else:
        last = _hold(envelope, sent_at, after)
        if last is None and again:
            enqueue("funding.follow_envelope", run_at=timezone.now() + ONCE_MORE, envelope_id=envelope_id, again=False)
    if last is not None:
        assert last.sent_at is not None
        moment = last.sent_at.isoformat()
        enqueue("funding.follow_envelope", envelope_id=envelope_id, sent_at=moment, after=last.pk, again=again)


def _free(envelope: Envelope, sent_at: str, after: int) -> Dossier | None:
    """The last one read, where others follow."""
    held = FundHold.objects.filter(until=None, year=envelope.year).select_related("dossier__establishment__company")
    if envelope.idcc:
        held = held.filter(dossier__idcc=envelope.idcc)
    if after:
        moment = datetime.fromisoformat(sent_at)
        held = held.filter(Q(dossier__sent_at__gt=moment) | Q(dossier__sent_at=moment, dossier_id__gt=after))
    ordered = held.order_by("dossier__sent_at", "dossier_id")
    with transaction.atomic():
        # Two at once would promise the same money twice.
        stretch = list(ordered.select_for_update(of=("self",))[:STRETCH])
        goes_on = free_in_order(stretch, Envelope.objects.get(pk=envelope.pk), timezone.now())
    return stretch[-1].dossier if goes_on and len(stretch) == STRETCH else None


def _hold(envelope: Envelope, sent_at: str, after: int) -> Dossier | None:
    stretch = list(_served_by(envelope, sent_at, after)[:STRETCH])
    for each in stretch:
        with transaction.atomic():
            rows = Dossier.objects.filter(pk=each.pk, is_open=True).select_related("establishment__company", "provider")
            if dossier := rows.select_for_update(of=("self",)).first():
                settle(dossier, timezone.now())
    return stretch[-1] if len(stretch) == STRETCH else None


def _served_by(envelope: Envelope, sent_at: str, after: int) -> QuerySet[Dossier]:
    """Those open that do not wait yet, in order of arrival."""
    held = FundHold.objects.filter(dossier=OuterRef("pk"), until=None)
    found = Dossier.objects.filter(~Exists(held), is_open=True, starts_on__year=envelope.year)
    if envelope.idcc:
        found = found.filter(idcc=envelope.idcc)
    if after:
        moment = datetime.fromisoformat(sent_at)
        found = found.filter(Q(sent_at__gt=moment) | Q(sent_at=moment, pk__gt=after))
    return found.only("id", "sent_at").order_by("sent_at", "id")


@job("funding.follow_company")
def follow_company(*, company_id: int) -> None:
    """What a company paid in may serve those of its requests that wait and allow it."""
    waiting = Dossier.objects.filter(is_open=True, establishment__company_id=company_id)
    held = FundHold.objects.filter(dossier__in=waiting, until=None).values_list("dossier_id", flat=True)
    for pk in sorted(held):
        with transaction.atomic():
            rows = Dossier.objects.filter(pk=pk, is_open=True).select_related("establishment__company", "provider")
            if dossier := rows.select_for_update(of=("self",)).first():
                settle(dossier, timezone.now())
