"""Sending over SMTP, to a real server on loopback: accepted, refused, slow, down, and killed in the middle."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from openopco.base.jobs import queue, run_pending_jobs, runner
from openopco.base.models import Job, JobState
from openopco.mail import tasks
from openopco.mail.actions import Attachment, queue_mail
from openopco.mail.models import MailState, OutgoingMail
from tests.conftest import free_port

pytestmark = pytest.mark.django_db


class Server:
    """Keeps what it accepts; answers `answer` to DATA and `recipient_answer` to RCPT."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.released = threading.Event()
        self.released.set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.accepted.append(envelope)
        return self.answer

    def message(self) -> Any:
        (envelope,) = self.accepted
        return message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[arg-type]


@pytest.fixture
def server(settings) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.MAIL_TRANSPORT = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 5
    yield handler
    controller.stop()


@pytest.fixture
def mail(db: None) -> OutgoingMail:
    return queue_mail(to="alice@garage.example", subject="Reçu n° 1", text="Bonjour é", html="<p>é</p>", unique_key="1")


def work() -> None:
    """What the worker does: errors stay on the row."""
    while runner.run_one("tests"):
        pass


def state(mail: OutgoingMail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.state, mail.delivered_by


def test_a_mail_reaches_the_server_whole(server: Server) -> None:
    mail = queue_mail(
        to="alice@garage.example",
        subject="Reçu n° 1",
        text="Bonjour é",
        html="<p>é</p>",
        unique_key="1",
        attachments=[Attachment("reçu.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")],
    )
    work()
    message = server.message()
    assert server.accepted[0].rcpt_tos == ["alice@garage.example"]
    assert message["Subject"] == "Reçu n° 1"
    assert message["Message-ID"] == mail.message_id
    assert message.get_body(("plain",)).get_content().strip() == "Bonjour é"
    (attachment,) = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("reçu.pdf", b"%PDF-1.7 \x00\xff")
    assert state(mail) == (MailState.SENT, "smtp")


def test_a_sent_mail_is_not_sent_again_by_a_job_run_twice(server: Server, mail: OutgoingMail) -> None:
    work()
    tasks.send(mail.pk)
    assert len(server.accepted) == 1


def test_a_refusal_for_good_ends_it(server: Server, mail: OutgoingMail) -> None:
    server.recipient_answer = "550 no such alice@garage.example"
    work()
    assert state(mail) == (MailState.FAILED, "")
    assert mail.last_error == "SMTP 550"
    assert Job.objects.get().state == JobState.DONE


def test_a_refusal_of_the_content_ends_it_too(server: Server, mail: OutgoingMail) -> None:
    server.answer = "554 spam"
    work()
    assert (state(mail)[0], mail.last_error) == (MailState.FAILED, "SMTP 554")


@pytest.mark.parametrize("part", ["answer", "recipient_answer"])
def test_a_refusal_for_now_is_tried_again_later(server: Server, mail: OutgoingMail, part: str) -> None:
    setattr(server, part, "451 try later")
    work()
    assert state(mail) == (MailState.QUEUED, "")
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert "alice" not in job.last_error
    setattr(server, part, "250 OK")
    with time_machine.travel(job.run_at + timedelta(seconds=1), tick=False):
        work()
    assert state(mail) == (MailState.SENT, "smtp")
    assert len(server.accepted) == 1


def test_a_server_that_is_down_fails_nobody_s_request_and_is_tried_again(settings, mail: OutgoingMail) -> None:
    settings.MAIL_TRANSPORT = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    work()
    assert state(mail)[0] == MailState.QUEUED
    assert Job.objects.get().state == JobState.QUEUED


def test_a_server_that_never_answers_holds_the_worker_for_a_limited_time(settings, mail: OutgoingMail) -> None:
    import socket

    settings.MAIL_TRANSPORT = "smtp"
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        work()
    assert state(mail)[0] == MailState.QUEUED
    assert Job.objects.get().attempts == 1


def test_after_the_last_attempt_the_mail_is_given_up(settings, mail: OutgoingMail) -> None:
    settings.MAIL_TRANSPORT = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _ in range(tasks.MAX_ATTEMPTS):
        with time_machine.travel(Job.objects.get().run_at + timedelta(seconds=1), tick=False):
            work()
    assert state(mail)[0] == MailState.FAILED
    assert mail.attempts == tasks.MAX_ATTEMPTS
    assert mail.last_error == "ConnectionRefusedError"


def test_killed_between_the_server_s_250_and_our_commit_it_is_sent_again(
    server: Server, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "_mark_sent", die)
        with pytest.raises(Killed):
            runner.run_one("dead")
    assert state(mail)[0] == MailState.QUEUED
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert queue.release_lost() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        work()
    assert state(mail) == (MailState.SENT, "smtp")
    assert len(server.accepted) == 2
    ids = {message_from_bytes(envelope.content)["Message-ID"] for envelope in server.accepted}  # type: ignore[arg-type]
    assert ids == {mail.message_id}


def test_killed_before_sending_it_is_sent_once(server: Server, mail: OutgoingMail) -> None:
    assert queue.claim("dead") is not None
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert queue.release_lost() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        work()
    assert len(server.accepted) == 1


def test_a_mail_whose_job_was_lost_gets_a_new_one(mail: OutgoingMail) -> None:
    Job.objects.all().delete()
    assert tasks.requeue_lost() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert tasks.requeue_lost() == 1
        assert tasks.requeue_lost() == 0
        assert run_pending_jobs() == 1
    assert state(mail)[0] == MailState.SENT
