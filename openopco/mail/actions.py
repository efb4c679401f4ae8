"""Queueing mail, in the transaction of the action that it follows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.kernel.errors import InvalidValue
from openopco.mail.models import MailAttachment, MailState, OutgoingMail


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


def queue_mail(
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    unique_key: str,
    attachments: Sequence[Attachment] = (),
) -> OutgoingMail:
    """Queues one mail to one address. With a `unique_key` already used, returns that mail: nobody is written to twice.
    Raises `InvalidValue` for an address or a subject that would forge a header."""
    _refuse_forged(to, subject, *(one.name for one in attachments))
    with transaction.atomic():
        mail = OutgoingMail(
            message_id=_message_id(),
            unique_key=unique_key,
            to=to,
            subject=subject[:250],
            text=text,
            html=html or "",
            created_at=timezone.now(),
        )
        OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
        kept = OutgoingMail.objects.get(unique_key=unique_key)
        if kept.message_id == mail.message_id:
            _attach(kept, attachments)
            enqueue("mail.send", unique_key=f"mail.send:{kept.pk}", mail_id=kept.pk)
    return kept


def purge_before(moment: datetime, *, most: int = 1000) -> int:
    """Deletes mails made before a moment that nobody will send any more, their attachments with them: `most` at a time.
    Those that wait stay, however old. Returns how many went."""
    ended = OutgoingMail.objects.filter(created_at__lt=moment).exclude(state=MailState.QUEUED)
    old = list(ended.order_by("created_at", "id").values_list("pk", flat=True)[:most])
    OutgoingMail.objects.filter(pk__in=old).delete()
    return len(old)


def _attach(mail: OutgoingMail, attachments: Sequence[Attachment]) -> None:
    MailAttachment.objects.bulk_create(
        MailAttachment(mail=mail, name=one.name[:200], content_type=one.content_type[:100], content=one.content)
        for one in attachments
    )


def _message_id() -> str:
    return f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>"


def _refuse_forged(to: str, *headers: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise InvalidValue("Cette adresse e-mail n'est pas valable.") from error
    if any(not character.isprintable() for header in headers for character in header):
        raise InvalidValue("L'objet d'un message tient sur une ligne.")
