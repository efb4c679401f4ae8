"""Reading the outbox."""

from django.db.models import QuerySet

from openopco.mail.models import MailState, OutgoingMail


def demo_mailbox(to: str | None = None) -> QuerySet[OutgoingMail]:
    """What the demonstration's mailbox page shows, latest first."""
    mails = OutgoingMail.objects.filter(state=MailState.SENT, delivered_by="demo").order_by("-id")
    return mails.filter(to__iexact=to) if to else mails


def backlog() -> tuple[int, int]:
    """How many mails wait (counted up to 1,000), and how many were given up (the same)."""
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED).order_by()[:1000].count()
    return waiting, OutgoingMail.objects.filter(state=MailState.FAILED).order_by()[:1000].count()
