"""How a mail leaves: by SMTP, or into the demo's mailbox."""

import smtplib
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from openopco.mail.models import OutgoingMail


class Refused(Exception):
    """The server refused this mail for good (5xx). The text is its code, nothing else."""


class Transport(Protocol):
    name: str

    def deliver(self, mail: OutgoingMail) -> None:
        """Returns once the mail is accepted. Raises `Refused` for good, anything else for now."""


class DemoTransport:
    """Nothing leaves: the demo's mailbox page shows the rows marked as delivered here."""

    name = "demo"

    def deliver(self, mail: OutgoingMail) -> None:
        return


class SmtpTransport:
    name = "smtp"

    def deliver(self, mail: OutgoingMail) -> None:
        try:
            EmailBackend(timeout=settings.EMAIL_TIMEOUT).send_messages([as_message(mail)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _verdict(min(codes), error) from error
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error) from error


# A server that turns us away before it hears of the recipient says nothing of this mail: that may be repaired.
TURNED_AWAY = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


def _verdict(code: int, error: Exception) -> Exception:
    # The server's words may quote the address: only its code is kept.
    lasting = 500 <= code < 600 and not isinstance(error, TURNED_AWAY)
    return Refused(f"SMTP {code}") if lasting else error


def as_message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for one in mail.attachments.order_by("id"):
        message.attach(one.name, bytes(one.content), one.content_type)
    return message


def transport() -> Transport:
    return DemoTransport() if settings.MAIL_TRANSPORT == "demo" else SmtpTransport()
