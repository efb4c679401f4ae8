"""Joining, replacing and taking off pieces, with the page's script and without it."""

from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from openopco.demo.loading import page_of
from openopco.documents.models import Document
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.portal.views import pieces
from tests.dossiers.factories import NIR, empty_draft
from tests.web.portal.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return empty_draft(alice, place)


def pdf(name: str, title: str = "Programme") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, page_of(title), "application/pdf")


def join(client: Client, draft: Dossier, name: str = "programme.pdf", **more: object):  # type: ignore[no-untyped-def]
    url = reverse("portal:join_piece", args=[draft.key, "programme"])
    return client.post(url, {"file": pdf(name, name), **more}, headers={"Accept": "application/json"})


def names(draft: Dossier) -> list[str]:
    return list(Document.objects.filter(owner_id=draft.pk).order_by("id").values_list("name", flat=True))


def test_a_file_joined_by_the_script_comes_back_as_its_line_and_the_panel(as_alice: Client, draft: Dossier) -> None:
    answer = join(as_alice, draft)
    assert answer.status_code == HTTPStatus.CREATED
    assert "programme.pdf" in answer.json()["html"]
    assert "data-missing" in answer.json()["missing_html"]


def test_a_replaced_file_gives_way_to_the_new_one(as_alice: Client, draft: Dossier) -> None:
    join(as_alice, draft, "ancien.pdf")
    old = Document.objects.get(owner_id=draft.pk)
    assert join(as_alice, draft, "nouveau.pdf", replace=str(old.key)).status_code == HTTPStatus.CREATED
    assert names(draft) == ["nouveau.pdf"]


def test_where_the_new_file_is_refused_the_old_one_stays(as_alice: Client, draft: Dossier) -> None:
    join(as_alice, draft, "ancien.pdf")
    old = Document.objects.get(owner_id=draft.pk)
    url = reverse("portal:join_piece", args=[draft.key, "programme"])
    bad = SimpleUploadedFile("page.pdf", b"<html></html>", "application/pdf")
    answer = as_alice.post(url, {"file": bad, "replace": str(old.key)}, headers={"Accept": "application/json"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["message"]
    assert names(draft) == ["ancien.pdf"]


def test_nobody_replaces_a_piece_of_another_request(
    as_alice: Client, draft: Dossier, alice: Actor, place: Establishment
) -> None:
    elsewhere = empty_draft(alice, place)
    join(as_alice, elsewhere, "autre.pdf")
    theirs = Document.objects.get(owner_id=elsewhere.pk)
    assert join(as_alice, draft, "moi.pdf", replace=str(theirs.key)).status_code == HTTPStatus.NOT_FOUND
    assert names(elsewhere) == ["autre.pdf"]


def test_without_the_script_several_files_are_joined_at_once_and_one_taken_off(
    as_alice: Client, draft: Dossier
) -> None:
    url = reverse("portal:join_piece", args=[draft.key, "divers"])
    as_alice.post(url, {"file": [pdf("un.pdf", "Un"), pdf("deux.pdf", "Deux")]})
    assert names(draft) == ["un.pdf", "deux.pdf"]
    first = Document.objects.filter(owner_id=draft.pk).order_by("id")[0]
    as_alice.post(url, {"remove": str(first.key)})
    assert names(draft) == ["deux.pdf"]


def test_without_the_script_the_button_alone_says_what_to_do(as_alice: Client, draft: Dossier) -> None:
    url = reverse("portal:join_piece", args=[draft.key, "divers"])
    page = as_alice.post(url, follow=True)
    assert "Choisissez d&#x27;abord un fichier" in page.content.decode()


def test_a_stranger_gets_not_found(draft: Dossier, as_charlie: Client) -> None:
    assert join(as_charlie, draft).status_code == HTTPStatus.NOT_FOUND


def test_files_past_the_most_at_once_are_named(
    as_alice: Client, draft: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST_AT_ONCE", 1)
    url = reverse("portal:join_piece", args=[draft.key, "divers"])
    page = as_alice.post(url, {"file": [pdf("un.pdf"), pdf("deux.pdf"), pdf("trois.pdf")]}, follow=True)
    assert "1 fichiers au plus à la fois. deux.pdf, trois.pdf : n'ont pas été joints" in text_of(page)
    assert names(draft) == ["un.pdf"]


def test_the_name_of_a_refused_file_tells_no_nir(as_alice: Client, draft: Dossier) -> None:
    url = reverse("portal:join_piece", args=[draft.key, "divers"])
    page = as_alice.post(url, {"file": SimpleUploadedFile(f"carte {NIR}.exe", b"MZ")}, follow=True)
    assert "piece.exe : " in text_of(page)
    assert NIR not in page.content.decode()
