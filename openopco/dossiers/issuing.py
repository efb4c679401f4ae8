"""The PDF of each letter: made once by a job, kept for ever, asked for again where the job was lost."""

from datetime import date, timedelta

from django.utils import timezone

from openopco.base.jobs import enqueue_again, job, sweep
from openopco.base.kept_files import keep_once, read_kept
from openopco.dossiers.models import Letter
from openopco.kernel.calendar import paris_today
from openopco.opco.texts.letters import typeset

LATE = timedelta(minutes=10)
AT_ONCE = 100


@job("dossiers.issue_letter")
def issue_letter(*, letter_id: int) -> None:
    """Makes the letter's PDF once. Killed halfway, the next run writes the same name again."""
    letter = Letter.objects.select_related("dossier").get(pk=letter_id)
    if letter.storage_name:
        return
    name = f"letters/{letter.dossier.key}/{letter.kind}-{letter.pk}.pdf"
    kept = keep_once(name, typeset(letter.content))
    Letter.objects.filter(pk=letter.pk, storage_name="").update(storage_name=kept)


@sweep("dossiers.letters", every_seconds=300)
def letters_without_pdf() -> int:
    """Queues again, once a day, the letters whose job was lost or given up."""
    late = Letter.objects.filter(storage_name="", issued_at__lt=timezone.now() - LATE).order_by("issued_at")
    today = paris_today(timezone.now())
    return sum(_queue_again(pk, today) for pk in late.values_list("pk", flat=True)[:AT_ONCE])


def _queue_again(letter_id: int, today: date) -> bool:
    return enqueue_again("dossiers.issue_letter", unique_key=f"letter-again:{letter_id}:{today}", letter_id=letter_id)


def pdf_of(letter: Letter) -> bytes:
    """The PDF that the job kept; while it waits, or where the storage fails, the same made from what was kept of it."""
    kept = read_kept(letter.storage_name, what="letter") if letter.storage_name else None
    return typeset(letter.content) if kept is None else kept
