"""The demonstration's mailbox: what it lists, which links it makes, and that nothing of it is there elsewhere."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.urls.exceptions import Resolver404
from django.utils import timezone

import config.urls  # noqa: F401 - read now, while the settings are not the demonstration's
from openopco.demo.linking import Piece, pieces_of
from openopco.demo.views import SIZE
from openopco.mail.models import MailAttachment, MailState, OutgoingMail

BOX = "/demo/boite/"
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo.mailbox_urls")]


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    settings.DEMO = True
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


def mail(number: int = 1, **changes: Any) -> OutgoingMail:
    given = {
        "message_id": f"<{number}@demo>",
        "unique_key": f"k{number}",
        "to": "alice@demo.example",
        "subject": f"Message {number}",
        "text": "Bonjour,\n\nVotre lien : http://127.0.0.1:8000/mot-de-passe/nouveau/1-abc/\n",
        "state": MailState.SENT,
        "sent_at": timezone.now(),
        "delivered_by": "demo",
    }
    return OutgoingMail.objects.create(**{**given, **changes})


def test_an_empty_box_says_how_it_fills(client: Client) -> None:
    assert "Inscrivez-vous" in client.get(BOX).content.decode()


def test_mails_are_read_without_signing_in_the_latest_first(client: Client) -> None:
    mail(1)
    mail(2)
    page = client.get(BOX).content.decode()
    assert page.index("Message 2") < page.index("Message 1")


def test_one_persons_mails_are_kept(client: Client) -> None:
    mail(1)
    mail(2, to="Bob@demo.example")
    page = client.get(BOX, {"a": " bob@DEMO.example "}).content.decode()
    assert "Message 2" in page
    assert "Message 1" not in page
    assert "Aucun message pour cette adresse" in client.get(BOX, {"a": "x@y.example"}).content.decode()


def test_what_waits_or_failed_is_not_shown_as_received(client: Client) -> None:
    mail(1, state=MailState.QUEUED, sent_at=None, delivered_by="")
    other = mail(2, delivered_by="smtp")
    page = client.get(BOX).content.decode()
    assert "Message" not in page.split("<main")[1].split("Aucun message")[0].replace("Aucun message ne part", "")
    assert "1 message en chemin" in page
    assert client.get(f"{BOX}{other.pk}/").status_code == 404


def test_pages_follow_each_other_in_as_many_queries(client: Client) -> None:
    mail(0)
    with CaptureQueriesContext(connection) as one:
        client.get(BOX)
    for number in range(1, SIZE + 2):
        mail(number)
    with CaptureQueriesContext(connection) as many:
        page = client.get(BOX).content.decode()
    assert len(many) == len(one) <= 4
    assert "Page suivante" in page


def test_our_links_are_followed_on_the_address_one_came_by(client: Client) -> None:
    page = client.get(f"{BOX}{mail().pk}/").content.decode()
    assert '<a href="/mot-de-passe/nouveau/1-abc/">http://127.0.0.1:8000/mot-de-passe/nouveau/1-abc/</a>' in page


def test_what_a_mail_says_is_text(client: Client) -> None:
    page = client.get(f"{BOX}{mail(text='<script>alert(1)</script> & http://ailleurs.example/').pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "<script>alert" not in page
    assert 'href="http://ailleurs' not in page


def test_an_attachment_is_downloaded_never_shown(client: Client) -> None:
    sent = mail()
    piece = MailAttachment.objects.create(
        mail=sent, name="Accusé.pdf", content_type="text/html", content=b"%PDF-1.7 <b>x</b>"
    )
    assert "Accusé.pdf" in client.get(f"{BOX}{sent.pk}/").content.decode()
    served = client.get(f"{BOX}{sent.pk}/{piece.pk}/")
    assert served.content == b"%PDF-1.7 <b>x</b>"
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    assert client.get(f"{BOX}{mail(2).pk}/{piece.pk}/").status_code == 404


def test_reading_is_all_that_one_does_there(client: Client) -> None:
    assert client.post(BOX).status_code == 405


@pytest.mark.parametrize("path", [BOX, f"{BOX}1/", f"{BOX}1/1/"])
def test_nothing_of_it_answers_outside_the_demonstration(client: Client, settings: Any, path: str) -> None:
    mail(pk=1)
    settings.DEMO = False
    assert client.get(path).status_code == 404


@pytest.mark.urls("config.urls")
def test_other_installations_do_not_route_it() -> None:
    with pytest.raises(Resolver404):
        resolve(BOX)


HOSTS = frozenset({"localhost:8000"})


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("rien", []),
        ("http://localhost:8000/a/", [("http://localhost:8000/a/", "/a/")]),
        ("(http://127.0.0.1:8000/a/?b=1&c=2).", [("http://127.0.0.1:8000/a/?b=1&c=2", "/a/?b=1&c=2")]),
        ("Voir http://127.0.0.1:8000/a/.", [("http://127.0.0.1:8000/a/", "/a/")]),
        (
            "http://127.0.0.1:8000//ailleurs.example/",
            [("http://127.0.0.1:8000//ailleurs.example/", "/ailleurs.example/")],
        ),
        ("http://127.0.0.1:9000/a/", []),
        ("http://127.0.0.1:8000@ailleurs.example/", []),
        ("http://[::1/ javascript:alert(1)", []),
    ],
)
def test_only_our_own_addresses_become_links(text: str, links: list[tuple[str, str]]) -> None:
    found = pieces_of(text, own_hosts=HOSTS)
    assert [(piece.text, piece.path) for piece in found if piece.path] == links
    assert "".join(piece.text for piece in found) == text


def test_text_around_links_stays_in_order() -> None:
    found = pieces_of("un http://localhost:8000/a/ deux", own_hosts=HOSTS)
    assert found == [Piece("un "), Piece("http://localhost:8000/a/", "/a/"), Piece(" deux")]
