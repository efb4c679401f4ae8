"""Help, the guide, what is new."""

from typing import Any

import pytest
from django.test import Client

from openopco.base.pdf import PdfFailed
from openopco.opco import changelog, guide
from tests.web.portal.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


def test_help_says_how_within_which_delays_and_whom_to_ask(as_alice: Client, settings: Any) -> None:
    settings.OPCO_OVERRIDES = {"email": "aide@opco.example", "phone": "0102030405"}
    response = as_alice.get("/aide/")
    text = text_of(response)
    for words in ("une réponse en 20 jours", "vous avez 15 jours pour répondre", "dans les 8 jours", "01 02 03 04 05"):
        assert words in text
    assert 'href="mailto:aide@opco.example"' in response.content.decode()
    assert 'href="/guide/"' in response.content.decode()


def test_the_guide_is_a_pdf_to_keep(as_alice: Client, tmp_path: Any, settings: Any) -> None:
    settings.VAR = tmp_path
    response = as_alice.get("/guide/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="guide-m-gestion.pdf"'
    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]


def test_a_guide_that_cannot_be_made_is_said_kindly(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PdfFailed("broken")

    monkeypatch.setattr(guide, "guide_path", fail)
    response = as_alice.get("/guide/")
    assert response.status_code == 503
    assert "Le guide n'est pas disponible pour le moment" in text_of(response)


def test_all_versions_are_told_to_their_readers(as_alice: Client, as_olga: Client) -> None:
    hers, theirs = text_of(as_alice.get("/nouveautes/")), text_of(as_olga.get("/nouveautes/"))
    for line in changelog.news()[0].lines:
        assert line in hers
    for line in changelog.news(changelog.Reader.OPCO)[0].lines:
        assert line in theirs
        assert line not in hers


@pytest.mark.parametrize("path", ["/aide/", "/guide/", "/nouveautes/", "/notifications/"])
def test_one_signs_in_first(path: str) -> None:
    assert Client().get(path)["Location"].startswith("/connexion/")


@pytest.mark.parametrize("path", ["/aide/", "/nouveautes/", "/demandes/", "/tableau-de-bord/"])
def test_pages_are_read_never_posted_to(as_alice: Client, path: str) -> None:
    assert as_alice.post(path).status_code == 405
