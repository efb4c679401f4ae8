"""Giving documents back: to whom, when, and never as something a browser could run."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import FileResponse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openopco.documents.actions import record_verdict
from openopco.documents.antivirus import Verdict
from openopco.documents.enums import State
from openopco.documents.models import Document
from openopco.documents.rules import clean_name
from openopco.documents.serving import NotServed, serve
from openopco.journal.queries import reads_of
from openopco.kernel.errors import Conflict, Unavailable
from openopco.rights import ANONYMOUS, SYSTEM, Actor

from . import hostile
from .factories import document, upload

pytestmark = pytest.mark.django_db


def body(response: FileResponse) -> bytes:
    content = b"".join(response)  # type: ignore[arg-type]
    put_away(response)
    return content


def put_away(response: FileResponse) -> None:
    """Closes the file alone: the answer's own close() would end the request, and with it the test's connection."""
    response.file_to_stream.close()  # type: ignore[attr-defined]


def test_a_download_is_an_attachment_that_no_browser_runs(alice: Actor) -> None:
    content = hostile.pdf()
    response = serve(document(alice, upload=upload(content=content)), viewer=alice)
    assert body(response) == content
    assert response["Content-Disposition"] == 'attachment; filename="programme.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(content))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.pdf", hostile.pdf(), "application/pdf"),
        ("a.png", hostile.png(), "image/png"),
        ("a.heic", hostile.heic(), "image/jpeg"),
    ],
)
def test_a_preview_is_shown_with_the_type_that_we_know(
    name: str, content: bytes, content_type: str, alice: Actor
) -> None:
    response = serve(document(alice, upload=upload(name, content)), viewer=alice, inline=True)
    assert response["Content-Disposition"].startswith("inline;")
    assert response["Content-Type"] == content_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    put_away(response)


def test_accents_in_a_name_reach_the_reader(alice: Actor) -> None:
    response = serve(document(alice, upload=upload("Été à Créteil.pdf")), viewer=alice)
    put_away(response)
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%89t%C3%A9%20%C3%A0%20Cr%C3%A9teil.pdf"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(raw=st.text(max_size=300))
@example(raw="../../a.pdf")
@example(raw='a"; filename="b.html.pdf')
@example(raw="a\r\nContent-Type: text/html\r\n\r\n<script>.pdf")
@example(raw="a\u202efdp.pdf")
@example(raw="a\0.pdf")
@example(raw="é" * 300 + ".pdf")
def test_whatever_the_name_the_header_holds_one_name(raw: str, alice: Actor) -> None:
    one = Document.objects.filter(owner_id=7).first() or document(alice)
    one.name = clean_name(raw)
    response = serve(one, viewer=alice)
    put_away(response)
    header = response["Content-Disposition"]
    assert not set("\r\n\0") & set(header)
    found = re.fullmatch(r"attachment; filename(?:=\"([^\"]+)\"|\*=utf-8''([\w%.~!$&+^`|#-]+))", header)
    assert found is not None
    assert (found[1] or unquote(found[2])) == one.name


@pytest.mark.parametrize("state", [State.PENDING, State.ERROR])
def test_until_the_antivirus_has_spoken_a_file_is_for_its_uploader_alone(
    state: State, alice: Actor, bob: Actor, officer: Actor, settings: Any
) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    if state == State.ERROR:
        record_verdict(document_id=one.pk, verdict=Verdict(clean=False, error="too big"))
        one.refresh_from_db()
    assert body(serve(one, viewer=alice))[:5] == b"%PDF-"
    for stranger in (bob, officer, SYSTEM, ANONYMOUS):
        with pytest.raises(NotServed) as caught:
            serve(one, viewer=stranger)
        assert "antivirus" in caught.value.message
        assert isinstance(caught.value, Conflict)


def test_once_safe_a_file_is_for_all_who_have_the_right(alice: Actor, bob: Actor, officer: Actor) -> None:
    one = document(alice)
    for reader in (alice, bob, officer):
        assert body(serve(one, viewer=reader))[:5] == b"%PDF-"


def test_an_infected_file_is_for_nobody(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    record_verdict(document_id=one.pk, verdict=Verdict(clean=False, threat="Eicar"))
    one.refresh_from_db()
    with pytest.raises(NotServed, match="détruit"):
        serve(one, viewer=alice)


def test_a_file_given_without_an_author_belongs_to_nobody_until_safe(settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(SYSTEM)
    with pytest.raises(NotServed):
        serve(one, viewer=ANONYMOUS)


def test_what_an_officer_reads_is_audited_and_what_its_owner_reads_is_not(alice: Actor, officer: Actor) -> None:
    one = document(alice)
    put_away(serve(one, viewer=alice))
    assert not reads_of("document", one.pk).exists()
    put_away(serve(one, viewer=officer, inline=True))
    assert list(reads_of("document", one.pk).values_list("actor_id", "what")) == [(officer.user_id, "document.read")]


def test_a_content_that_is_gone_is_said_kindly(alice: Actor, folder: Path) -> None:
    one = document(alice)
    (folder / str(one.content.name)).unlink()
    with pytest.raises(Unavailable) as caught:
        serve(one, viewer=alice)
    assert str(folder) not in caught.value.message
