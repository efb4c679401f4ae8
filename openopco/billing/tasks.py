"""What the room does by itself: draws the invoices that it made, reminds of what is to be completed, gives back the rest of an
agreement of which nobody may claim any more."""

from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import enqueue_again, job, sweep
from openopco.base.kept_files import keep_once, read_kept
from openopco.billing import notices
from openopco.billing.einvoice.keeping import from_json
from openopco.billing.enums import OPEN_CLAIMS, ClaimState, Origin
from openopco.billing.models import Claim, Invoice
from openopco.billing.queries import standing, to_mend
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.actions.engaging import release
from openopco.funding.models import Commitment
from openopco.kernel.calendar import paris_today
from openopco.notifications.models import Notice

LATE = timedelta(minutes=10)
AT_ONCE, REMINDED_DAYS_BEFORE = 100, 7


@job("billing.draw_invoice")
def draw_invoice(*, invoice_id: int) -> None:
    """Keeps the Factur-X of an invoice that the portal made, once."""
    invoice = Invoice.objects.get(pk=invoice_id)
    if not invoice.storage_name:
        kept = keep_once(f"invoices/{invoice.siren}/{invoice.number}.pdf", drawn(invoice))
        Invoice.objects.filter(pk=invoice.pk, storage_name="").update(storage_name=kept)


def drawn(invoice: Invoice) -> bytes:
    """Its Factur-X, made from what was issued."""
    # The typesetter is heavy: a web worker that draws nothing does without it.
    from openopco.billing.einvoice.embedding import write_factur_x

    return write_factur_x(from_json(invoice.content), at=invoice.created_at)


def pdf_of(invoice: Invoice) -> bytes:
    """The Factur-X of one that the portal made: as kept; made again while the job waits, or the storage fails."""
    kept = read_kept(invoice.storage_name, what="invoice") if invoice.storage_name else None
    return kept or drawn(invoice)


@sweep("billing.invoices", every_seconds=300)
def invoices_without_pdf() -> int:
    """Queues again, once a day, those whose job was lost or given up."""
    late = Invoice.objects.filter(origin=Origin.GENEREE, storage_name="", created_at__lt=timezone.now() - LATE)
    today = paris_today(timezone.now())
    lost = list(late.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(
        enqueue_again("billing.draw_invoice", unique_key=f"invoice-again:{pk}:{today}", invoice_id=pk) for pk in lost
    )


@sweep("billing.reminders", every_seconds=3600)
def remind_to_complete() -> int:
    """Reminds the payee once, some days before, of what he is to complete. Returns how many claims were."""
    today = paris_today(timezone.now())
    soon = Claim.objects.filter(
        state=ClaimState.A_COMPLETER, due_on__gte=today, due_on__lte=today + timedelta(days=REMINDED_DAYS_BEFORE)
    )
    reminded, after = 0, 0
    while reminded < AT_ONCE and (waiting := list(_waiting_after(soon, after))):
        after = waiting[-1].pk
        keys = {notices.reminder_key(claim): claim for claim in waiting}
        told = set(Notice.objects.filter(unique_key__in=list(keys)).values_list("unique_key", flat=True))
        for key, claim in keys.items():
            if key not in told:
                notices.remind_to_complete(claim)
                reminded += 1
    return reminded


def _waiting_after(claims: QuerySet[Claim], after: int) -> QuerySet[Claim]:
    return claims.filter(pk__gt=after).select_related("dossier", "invoice").order_by("id")[:AT_ONCE]


@sweep("billing.rests", every_seconds=3600)
def give_back_rests() -> int:
    """What is left of an agreement partly claimed, once its last day has passed and nothing waits: given back. Returns how
    many were."""
    today = paris_today(timezone.now())
    past = Dossier.objects.filter(
        state=State.ACCORDEE,
        due_on__lt=today,
        pk__in=standing().values("dossier_id"),
    ).exclude(pk__in=(to_mend(today) | Claim.objects.filter(state__in=OPEN_CLAIMS)).values("dossier_id"))
    resting = Commitment.objects.filter(dossier__in=past, amount__gt=F("invoiced"))
    numbers = resting.order_by("dossier_id").values_list("dossier_id", flat=True).distinct()[:AT_ONCE]
    return sum(_give_back(pk) for pk in list(numbers))


@action
def _give_back(dossier_id: int) -> bool:
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)
    if dossier.state != State.ACCORDEE or Claim.objects.filter(dossier=dossier, state__in=OPEN_CLAIMS).exists():
        return False
    # Nobody can send any more what was being prepared.
    Claim.objects.filter(dossier=dossier, state=ClaimState.BROUILLON).update(state=ClaimState.RETIREE)
    return release(dossier, "delai") > 0
