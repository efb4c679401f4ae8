"""Sending what was queued. A mail is sent again only if the process dies between the server's 250 and our commit."""

from datetime import timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from openopco.base.jobs import enqueue, job, sweep
from openopco.base.models import Job, JobState
from openopco.mail import health  # noqa: F401 - registers its check
from openopco.mail.models import MailState, OutgoingMail
from openopco.mail.transports import Refused, transport

log = structlog.get_logger(__name__)
# Once an hour in the end: a mail server down from Friday night to Monday morning loses nothing.
MAX_ATTEMPTS = 84
OVERDUE = timedelta(minutes=10)


@job("mail.send", max_attempts=MAX_ATTEMPTS, lease_seconds=180)
def send(mail_id: int) -> None:
    """Hands one queued mail to the transport. A refusal for good ends it; anything else raises, and is tried again."""
    mail = OutgoingMail.objects.filter(pk=mail_id, state=MailState.QUEUED).first()
    if mail is None:
        return
    OutgoingMail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1)
    carrier = transport()
    try:
        carrier.deliver(mail)
    except Refused as refusal:
        _give_up(mail, str(refusal))
    except Exception as error:
        if mail.attempts + 1 < MAX_ATTEMPTS:
            raise
        _give_up(mail, type(error).__name__)
    else:
        _mark_sent(mail, carrier.name)


def _mark_sent(mail: OutgoingMail, carrier: str) -> None:
    OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        state=MailState.SENT, sent_at=timezone.now(), delivered_by=carrier, last_error=""
    )


def _give_up(mail: OutgoingMail, why: str) -> None:
    log.warning("mail given up", mail_id=mail.pk, error=why)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, last_error=why[:200])


@sweep("mail.lost", every_seconds=120)
def requeue_lost() -> int:
    """Queued mails that no live job carries: their job is put back."""
    mails = OutgoingMail.objects.filter(state=MailState.QUEUED, created_at__lt=timezone.now() - OVERDUE).order_by("id")
    lost = [pk for pk in mails.values_list("pk", flat=True)[:500] if not _has_live_job(pk)]
    for pk in lost:
        enqueue("mail.send", mail_id=pk)
    return len(lost)


def _has_live_job(mail_id: int) -> bool:
    live = Job.objects.filter(name="mail.send", state__in=[JobState.QUEUED, JobState.RUNNING])
    return live.filter(args__mail_id=mail_id).exists()
