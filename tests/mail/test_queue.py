"""Mail is a row, queued with what it tells, once."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Job
from openopco.kernel.errors import InvalidValue
from openopco.mail.actions import Attachment, purge_before, queue_mail
from openopco.mail.models import MailAttachment, MailState, OutgoingMail
from openopco.mail.queries import backlog, demo_mailbox
from openopco.mail.transports import as_message

pytestmark = pytest.mark.django_db


def queue(**changes: object) -> OutgoingMail:
    values = {"to": "alice@garage.example", "subject": "Votre demande", "text": "Bonjour", "unique_key": "receipt:1"}
    return queue_mail(**{**values, **changes})  # type: ignore[arg-type]


def test_a_mail_is_queued_with_its_job_and_a_message_id_of_our_domain(settings) -> None:
    settings.MAIL_DOMAIN = "portail.example"
    mail = queue()
    assert mail.state == MailState.QUEUED
    assert mail.message_id.startswith("<")
    assert mail.message_id.endswith("@portail.example>")
    assert Job.objects.get().args == {"mail_id": mail.pk}


def test_the_same_key_writes_to_nobody_twice() -> None:
    first, second = queue(), queue(subject="Autre objet")
    assert first.pk == second.pk
    assert second.subject == "Votre demande"
    assert OutgoingMail.objects.count() == Job.objects.count() == 1


def test_a_mail_of_a_transaction_rolled_back_never_was() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()
    assert run_pending_jobs() == 0


@pytest.mark.parametrize(
    "to",
    [
        "alice@garage.example\nBcc: bob@evil.example",
        "alice@garage.example, bob@evil.example",
        "",
        "alice",
        "a@b@c.example",
    ],
)
def test_an_address_that_would_forge_a_header_is_refused(to: str) -> None:
    with pytest.raises(InvalidValue):
        queue(to=to)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("breaker", ["\n", "\r", "\r\n", "\0", "\u2028", "\x85", "\x0b"])
def test_a_subject_of_two_lines_is_refused(breaker: str) -> None:
    with pytest.raises(InvalidValue, match="une ligne"):
        queue(subject=f"Bonjour{breaker}Bcc: bob@evil.example")


def test_an_attachment_name_of_two_lines_is_refused() -> None:
    with pytest.raises(InvalidValue):
        queue(attachments=[Attachment("a\r\nX: y.pdf", "application/pdf", b"%PDF")])


def test_a_long_or_foreign_subject_is_kept_whole_or_cut() -> None:
    assert queue(subject="Été à Nîmes – 日本").subject == "Été à Nîmes – 日本"
    assert len(queue(subject="x" * 400, unique_key="long").subject) == 250


def test_the_message_carries_text_html_attachments_and_its_id() -> None:
    mail = queue(html="<p>Bonjour</p>", attachments=[Attachment("reçu.pdf", "application/pdf", b"%PDF-1.7")])
    message = as_message(mail)
    parsed = message.message()
    assert message.extra_headers["Message-ID"] == mail.message_id
    assert parsed["Message-ID"] == mail.message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    types = [part.get_content_type() for part in parsed.walk() if not part.is_multipart()]
    assert types == ["text/plain", "text/html", "application/pdf"]


def test_the_attachments_of_a_repeated_mail_are_not_doubled() -> None:
    for _ in range(2):
        queue(attachments=[Attachment("a.pdf", "application/pdf", b"1")])
    assert MailAttachment.objects.count() == 1


def test_in_the_demonstration_mail_lands_in_its_mailbox() -> None:
    mail = queue()
    other = queue(to="bob@garage.example", unique_key="2")
    assert not demo_mailbox().exists()
    assert run_pending_jobs() == 2
    assert list(demo_mailbox()) == [other, mail]
    assert list(demo_mailbox("Alice@garage.example")) == [mail]
    mail.refresh_from_db()
    assert (mail.state, mail.delivered_by, mail.attempts) == (MailState.SENT, "demo", 1)


def test_django_s_own_mail_ends_in_the_same_rows(settings) -> None:
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
    assert send_mail("Objet", "Texte", None, ["a@x.example", "b@x.example"], html_message="<p>Texte</p>") == 1
    rows = OutgoingMail.objects.order_by("id")
    assert [(row.to, row.subject, row.text, row.html) for row in rows] == [
        ("a@x.example", "Objet", "Texte", "<p>Texte</p>"),
        ("b@x.example", "Objet", "Texte", "<p>Texte</p>"),
    ]
    assert len({row.message_id for row in rows}) == 2


def test_a_django_mail_without_recipient_is_no_mail(settings) -> None:
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
    EmailMultiAlternatives("Objet", "Texte").send()
    assert not OutgoingMail.objects.exists()


def test_the_backlog_counts_what_waits_and_what_was_given_up() -> None:
    queue()
    queue(unique_key="2")
    OutgoingMail.objects.filter(unique_key="2").update(state=MailState.FAILED)
    assert backlog() == (1, 1)


def test_the_database_refuses_a_mail_sent_by_nobody() -> None:
    mail = queue()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=timezone.now())


def test_queueing_costs_a_handful_of_queries(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(8):
        queue()


def test_what_ended_long_ago_is_purged_and_what_waits_is_kept() -> None:
    limit = timezone.now()
    for key, state in {"sent": "sent", "failed": "failed", "queued": "queued", "late": "sent"}.items():
        mail = queue(unique_key=key, attachments=[Attachment("a.pdf", "application/pdf", b"x")])
        made = limit + timedelta(seconds=1 if key == "late" else -1)
        sent = {"sent_at": made, "delivered_by": "demo"} if state == "sent" else {}
        OutgoingMail.objects.filter(pk=mail.pk).update(state=state, created_at=made, **sent)
    assert purge_before(limit, most=1) == 1
    assert purge_before(limit, most=10) == 1
    assert set(OutgoingMail.objects.values_list("unique_key", flat=True)) == {"queued", "late"}
    assert MailAttachment.objects.count() == 2
