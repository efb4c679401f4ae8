"""Django's own way of mailing (allauth's too) ends in the same rows."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from openopco.mail.actions import queue_mail


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with transaction.atomic():
            return sum(_queue(message) for message in email_messages)


def _queue(message: EmailMessage) -> int:
    recipients, key = message.recipients(), uuid.uuid4().hex
    for index, recipient in enumerate(recipients):
        queue_mail(
            to=recipient,
            subject=str(message.subject),
            text=str(message.body),
            html=_html(message),
            unique_key=f"django:{key}:{index}",
        )
    return bool(recipients)


def _html(message: EmailMessage) -> str | None:
    alternatives: list[Any] = getattr(message, "alternatives", [])
    return next((str(content) for content, mimetype in alternatives if mimetype == "text/html"), None)
