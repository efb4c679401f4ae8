"""Jobs and sweeps of requests: the receipt's PDF, notices after each entry of the journal, reminders before each deadline."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from openopco import journal
from openopco.base.jobs import enqueue, job, sweep
from openopco.dossiers import notices
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.models import Dossier, Receipt
from openopco.dossiers.notices import TOLD, Told, of_message, path_for
from openopco.dossiers.receipts import render_receipt
from openopco.habilitations.queries import people_of_establishment
from openopco.journal.models import Entry
from openopco.kernel.calendar import format_date, paris_today
from openopco.notifications.actions import notify
from openopco.opco import parameters

REMINDED_DAYS_BEFORE = 3


@job("dossiers.issue_receipt")
def issue_receipt(*, dossier_id: int) -> None:
    """Makes the receipt's PDF once. Killed halfway, the next run writes the same name again."""
    receipt = Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").get(dossier_id=dossier_id)
    if receipt.storage_name:
        return
    name = f"receipts/{receipt.dossier.key}.pdf"
    if default_storage.exists(name):
        default_storage.delete(name)
    kept = default_storage.save(name, ContentFile(render_receipt(receipt)))
    Receipt.objects.filter(pk=receipt.pk, storage_name="").update(storage_name=kept)


@sweep("dossiers.receipts", every_seconds=300)
def receipts_without_pdf() -> int:
    """Receipts whose job was lost."""
    old = Receipt.objects.filter(storage_name="", issued_at__lt=timezone.now() - timedelta(minutes=10))
    lost = list(old.order_by("id")[:100])
    for receipt in lost:
        enqueue("dossiers.issue_receipt", unique_key=f"receipt-again:{receipt.pk}", dossier_id=receipt.dossier_id)
    return len(lost)


@job("dossiers.tell")
def tell(*, entry_id: int) -> None:
    """Tells the people concerned of one entry of the journal, once each."""
    entry = Entry.objects.get(pk=entry_id)
    dossier = Dossier.objects.filter(pk=entry.subject_id).first()
    if dossier is None or dossier.number is None:
        return
    if entry.event == "dossier.message":
        told: Told | None = of_message(dossier, from_opco=bool((entry.payload or {}).get("opco")))
    else:
        told = TOLD.get(entry.event)
    if told:
        _notify(dossier, told, key=f"entry:{entry.pk}", but=entry.actor_id)


def _notify(dossier: Dossier, told: Told, *, key: str, but: int | None = None) -> None:
    people = set(_people(dossier, told.audience)) - {but}
    notify(
        user_ids=[person for person in people if person is not None],
        kind=told.kind.code,
        title=told.words(dossier),
        url=path_for(dossier, told.audience),
        subject_kind="dossier",
        subject_id=dossier.pk,
        unique_key=key,
    )


def _people(dossier: Dossier, audience: Audience) -> Iterable[int | None]:
    if audience is Audience.OPCO:
        return [dossier.holder_id]
    confirmed = people_of_establishment(dossier.establishment_id)
    return {dossier.filed_by_id or dossier.created_by_id, *confirmed}


@sweep("dossiers.reminders", every_seconds=3600)
def remind() -> int:
    """Reminds of answers due soon and of drafts left alone. Each reminder is told once, by its key."""
    today = paris_today(timezone.now())
    return _remind_of_answers(today) + _remind_of_drafts(today)


def _remind_of_answers(today: date) -> int:
    soon = Dossier.objects.filter(
        state=State.COMPLEMENT_DEMANDE, due_on__gte=today, due_on__lte=today + timedelta(days=REMINDED_DAYS_BEFORE)
    ).order_by("id")
    told = Told(
        Audience.EMPLOYEUR,
        notices.REMINDER,
        lambda d: f"Il reste peu de temps pour répondre sur la demande {d.number} : avant le {format_date(d.due_on)}.",
    )
    return _each(soon, told, "answer")


def _remind_of_drafts(today: date) -> int:
    days = parameters.value("draft_reminder_days", on=today)
    latest = timezone.now() - timedelta(days=days)
    left = Dossier.objects.filter(
        state=State.BROUILLON, updated_at__lt=latest, updated_at__gt=latest - timedelta(days=7)
    ).order_by("id")
    told = Told(
        Audience.EMPLOYEUR, notices.REMINDER, lambda d: "Un brouillon vous attend : il n'est pas encore envoyé."
    )
    return _each(left, told, "draft")


def _each(dossiers: QuerySet[Dossier], told: Told, name: str) -> int:
    count = 0
    for dossier in dossiers[:500]:
        with transaction.atomic():
            _notify(dossier, told, key=f"reminder:{name}:{dossier.pk}:{dossier.due_on}")
        count += 1
    return count


journal.subscribe("dossier.*", "dossiers.tell")
