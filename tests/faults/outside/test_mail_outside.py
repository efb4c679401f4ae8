"""The mail server refuses, keeps silent, puts off, turns away or hangs up: people go on, their mail waits and leaves once."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import Client

from openopco.accounts.models import User
from openopco.dossiers.models import Dossier
from openopco.mail.models import MailState, OutgoingMail
from openopco.rights import Actor
from tests.accounts.factories import PASSWORD
from tests.conftest import free_port
from tests.documents import liars
from tests.faults.outside.doors import receipt, send, work, work_later

Down = Callable[[], AbstractContextManager[int]]


class Server:
    """Accepts what it is told to, and keeps it."""

    def __init__(self, recipient: str = "250 OK", data: str = "250 OK") -> None:
        self.recipient, self.data = recipient, data
        self.accepted: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data == "hang up":
            assert server.transport
            server.transport.close()
        elif self.data.startswith("250"):
            self.accepted.append(envelope)
        return self.data


@contextmanager
def running(server: Server) -> Iterator[int]:
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def refuses() -> Iterator[int]:
    yield free_port()


@contextmanager
def keeps_silent() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


@contextmanager
def greets(words: bytes) -> Iterator[int]:
    with liars.server(lambda line: line.sendall(words)) as address:
        yield int(address.rpartition(":")[2])


DOWN: dict[str, Down] = {
    "refuses": refuses,
    "keeps silent": keeps_silent,
    "turns away for now": lambda: greets(b"421 busy\r\n"),
    "turns away as if for good": lambda: greets(b"554 no service here\r\n"),
    "talks nonsense": lambda: greets(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "puts the recipient off": lambda: running(Server(recipient="451 later")),
    "puts the content off": lambda: running(Server(data="452 full")),
    "hangs up after the content": lambda: running(Server(data="hang up")),
}


@pytest.fixture(params=list(DOWN.values()), ids=list(DOWN))
def _down(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    settings.MAIL_TRANSPORT, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "smtp", "127.0.0.1", 0.3
    with request.param() as settings.EMAIL_PORT:
        yield


def acknowledgement(dossier: Dossier) -> OutgoingMail:
    return OutgoingMail.objects.get(unique_key=f"acknowledgement:{dossier.key}")


@contextmanager
def back(settings: Any) -> Iterator[Server]:
    server = Server()
    settings.EMAIL_TIMEOUT = 5
    with running(server) as settings.EMAIL_PORT:
        yield server


def received(server: Server, mail: OutgoingMail) -> int:
    return sum(mail.message_id in str(envelope.content) for envelope in server.accepted)


@pytest.mark.usefixtures("_down")
def test_the_request_is_sent_and_its_mail_leaves_once_the_server_is_back(
    as_alice: Client, draft: Dossier, settings: Any, clock: time_machine.Traveller
) -> None:
    sent = send(as_alice, draft)
    work()
    mail = acknowledgement(sent)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)
    assert receipt(as_alice, sent).startswith(b"%PDF")
    with back(settings) as server:
        work_later(clock)
        work_later(clock)
    assert acknowledgement(sent).state == MailState.SENT
    assert received(server, mail) == 1


@pytest.mark.usefixtures("_down")
def test_signing_up_and_a_lost_password_answer_as_usual(client: Client, alice: Actor) -> None:
    typed = {"first_name": "Léa", "last_name": "Roy", "email": "lea@exemple.fr", "password1": PASSWORD, "terms": "on"}
    assert client.post("/inscription/", typed)["Location"] == "/verification-adresse/"
    user = User.objects.get(pk=alice.user_id)
    asked = Client().post("/mot-de-passe/oublie/", {"email": user.email})
    assert asked["Location"] == "/mot-de-passe/oublie/envoye/"
    work()
    waiting = OutgoingMail.objects.filter(to__in=["lea@exemple.fr", user.email])
    assert list(waiting.values_list("state", "attempts")) == [(MailState.QUEUED, 1)] * 2


@pytest.mark.parametrize("_down", [refuses], indirect=True)
@pytest.mark.usefixtures("_down")
def test_a_weekend_without_a_mail_server_loses_nothing(
    as_alice: Client, draft: Dossier, settings: Any, clock: time_machine.Traveller
) -> None:
    sent = send(as_alice, draft)
    for _ in range(64):
        work_later(clock, timedelta(hours=1))
    with back(settings) as server:
        work_later(clock, timedelta(hours=2))
    assert received(server, acknowledgement(sent)) == 1


def test_a_recipient_refused_for_good_is_given_up_and_the_request_stays_sent(
    as_alice: Client, draft: Dossier, settings: Any
) -> None:
    settings.MAIL_TRANSPORT, settings.EMAIL_HOST = "smtp", "127.0.0.1"
    with running(Server(recipient="550 nobody here")) as settings.EMAIL_PORT:
        sent = send(as_alice, draft)
        work()
    mail = acknowledgement(sent)
    assert (mail.state, mail.last_error) == (MailState.FAILED, "SMTP 550")
    assert receipt(as_alice, sent).startswith(b"%PDF")
