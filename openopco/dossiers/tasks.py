"""Jobs and sweeps of requests: the receipt's PDF, notices after each entry of the journal, reminders before each deadline."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from openopco import journal
from openopco.base import works
from openopco.base.jobs import enqueue_again, job, sweep
from openopco.base.kept_files import keep_once
from openopco.dossiers.actions import batches
from openopco.dossiers.enums import Audience, LetterKind, State
from openopco.dossiers.letters import latest_letter, path_of_letter
from openopco.dossiers.models import Dossier, Receipt
from openopco.dossiers.news import followers_of
from openopco.dossiers.notices import (
    ANSWER_DUE,
    DRAFT_LEFT,
    PROVIDER_PATH,
    TAUGHT,
    TOLD_TO_PROVIDER,
    Told,
    ToldToProvider,
    path_for,
    told_of,
    told_to_followers,
)
from openopco.dossiers.people import employers_of
from openopco.dossiers.receipts import render_receipt
from openopco.habilitations.absences import replacement_of
from openopco.habilitations.places import Place
from openopco.habilitations.queries import people_of
from openopco.journal.models import Entry
from openopco.kernel.calendar import format_date, paris_today
from openopco.notifications.actions import notify
from openopco.notifications.models import Notice
from openopco.opco import parameters

REMINDED_DAYS_BEFORE = 3
BATCH = 500


@job("dossiers.issue_receipt")
def issue_receipt(*, dossier_id: int) -> None:
    """Makes the receipt's PDF once. Killed halfway, the next run writes the same name again."""
    receipt = Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").get(dossier_id=dossier_id)
    if receipt.storage_name:
        return
    name = f"receipts/{receipt.dossier.key}.pdf"
    kept = keep_once(name, render_receipt(receipt))
    Receipt.objects.filter(pk=receipt.pk, storage_name="").update(storage_name=kept)


@sweep("dossiers.receipts", every_seconds=300)
def receipts_without_pdf() -> int:
    """Queues again, once a day, the receipts whose job was lost or given up."""
    old = Receipt.objects.filter(storage_name="", issued_at__lt=timezone.now() - timedelta(minutes=10))
    today = paris_today(timezone.now())
    return sum(_queue_again(receipt, today) for receipt in old.order_by("id")[:100])


def _queue_again(receipt: Receipt, today: date) -> bool:
    return enqueue_again(
        "dossiers.issue_receipt", unique_key=f"receipt-again:{receipt.pk}:{today}", dossier_id=receipt.dossier_id
    )


@job("dossiers.tell")
def tell(*, entry_id: int) -> None:
    """Tells the people concerned of one entry of the journal, once each, but for who did it."""
    entry = Entry.objects.get(pk=entry_id)
    dossier = Dossier.objects.filter(pk=entry.subject_id).exclude(state=State.BROUILLON).first()
    if dossier is None:
        return
    for told in told_of(entry.event, entry.payload or {}):
        if told.only_while in (None, dossier.state):
            people = _people(dossier, told.audience, entry) - {entry.actor_id}
            _notify(dossier, told, people, key=f"entry:{entry.pk}")
    if taught := TOLD_TO_PROVIDER.get(entry.event):
        _tell_provider(dossier, taught, entry)
    if told_too := told_to_followers(entry.event):
        # Who holds it was just told, in words of his own.
        _notify(dossier, told_too, followers_of(dossier) - {entry.actor_id, dossier.holder_id}, key=f"entry:{entry.pk}")


def _tell_provider(dossier: Dossier, told: ToldToProvider, entry: Entry) -> None:
    """The people of who teaches, of what was granted: a request that is only asked is none of their business."""
    if dossier.provider_id is None or told.only_while not in (None, dossier.state):
        return
    notify(
        user_ids=people_of(Place(provider_id=dossier.provider_id)),
        kind=TAUGHT.code,
        title=told.words(dossier),
        url=PROVIDER_PATH.format(dossier.number),
        subject_kind="dossier",
        subject_id=dossier.pk,
        unique_key=f"entry:{entry.pk}",
    )


def _notify(dossier: Dossier, told: Told, people: Iterable[int | None], *, key: str) -> int:
    told_now = notify(
        user_ids=[person for person in people if person is not None],
        kind=told.kind.code,
        title=told.words(dossier),
        url=path_for(dossier, told.audience),
        subject_kind="dossier",
        subject_id=dossier.pk,
        unique_key=key,
        template=told.mail,
        values=_mail_values(dossier, told),
    )
    return len(told_now)


# The mails that lead to a letter, each with its kind.
_LETTERS = {f"courriel-{kind}": kind for kind in LetterKind}


def _mail_values(dossier: Dossier, told: Told) -> dict[str, str]:
    values = {"numero": dossier.number or "", "reponse_avant": format_date(dossier.due_on)}
    kind = _LETTERS.get(told.mail)
    letter = latest_letter(dossier, kind) if kind else None
    return values | {"lien_lettre": urljoin(settings.PUBLIC_URL, path_of_letter(dossier, letter)) if letter else ""}


def _people(dossier: Dossier, audience: Audience, entry: Entry) -> set[int | None]:
    if audience is Audience.EMPLOYEUR:
        return set(employers_of(dossier))
    # A request given on to somebody else meanwhile is no longer that first person's.
    given_to = (entry.payload or {}).get("a", dossier.holder_id)
    holder = {dossier.holder_id} & {given_to}
    return holder | {replacement_of(each, paris_today(timezone.now())) for each in holder}


@sweep("dossiers.reminders", every_seconds=3600)
def remind() -> int:
    """Reminds of answers due soon and of drafts left alone. Each reminder is told once, by its key. Returns how many
    requests were."""
    today = paris_today(timezone.now())
    return _remind_of_answers(today) + _remind_of_drafts(today)


def _remind_of_answers(today: date) -> int:
    soon = Dossier.objects.filter(
        state=State.COMPLEMENT_DEMANDE, due_on__gte=today, due_on__lte=today + timedelta(days=REMINDED_DAYS_BEFORE)
    )
    keyed = ((dossier, f"reminder:answer:{dossier.pk}:{dossier.due_on}") for dossier in each(soon))
    return sum(remind_once(dossier, ANSWER_DUE, employers_of(dossier), key) for dossier, key in untold(keyed))


def _remind_of_drafts(today: date) -> int:
    days = parameters.value("draft_reminder_days", on=today)
    latest = timezone.now() - timedelta(days=days)
    left = Dossier.objects.filter(
        state=State.BROUILLON, updated_at__lt=latest, updated_at__gt=latest - timedelta(days=7)
    )
    keyed = ((dossier, f"reminder:draft:{dossier.pk}") for dossier in each(left))
    return sum(remind_once(dossier, DRAFT_LEFT, {dossier.created_by_id}, key) for dossier, key in untold(keyed))


def each(dossiers: QuerySet[Dossier]) -> Iterator[Dossier]:
    return dossiers.order_by("id").select_related("filed_by", "created_by").iterator(chunk_size=BATCH)


def untold(keyed: Iterator[tuple[Dossier, str]]) -> Iterator[tuple[Dossier, str]]:
    """Those whose reminder nobody has had yet: one query for each batch."""
    while batch := list(islice(keyed, BATCH)):
        keys = [key for _, key in batch]
        told = set(Notice.objects.filter(unique_key__in=keys).order_by().values_list("unique_key", flat=True))
        yield from ((dossier, key) for dossier, key in batch if key not in told)


def remind_once(dossier: Dossier, told: Told, people: Iterable[int | None], key: str) -> bool:
    return bool(_notify(dossier, told, people, key=key))


journal.subscribe("dossier.*", "dossiers.tell")
works.register(works.RowsKind(batches.KIND, batches.act_on_row))
