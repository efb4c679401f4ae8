"""Files can be neither written nor read: people are told so, what they typed stays, requests leave with their receipt."""

import io
from typing import Any, NoReturn

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, Storage
from django.test import Client
from pypdf import PdfReader

from openopco.base.models import Job, JobState
from openopco.documents.models import Document
from openopco.dossiers.models import Dossier, Receipt
from openopco.habilitations.models import Membership
from openopco.organisations.models import Establishment
from tests.accounts.factories import UserFactory
from tests.documents import hostile
from tests.documents.factories import upload
from tests.faults.outside.doors import join, receipt, send, text_of, work, work_later
from tests.organisations.factories import siret
from tests.web.portal.drafting import send_back, step_of, stored
from tests.web.visitors import client_of

TOLD = "Les fichiers sont momentanément inaccessibles : réessayez dans quelques minutes."


class ServiceError(Exception):
    """As those of S3's client, which are no OSError."""


class Down(Storage):
    error: type[Exception] = OSError

    def fail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise self.error("storage is down")

    save = open = exists = delete = listdir = fail


class BucketDown(Down):
    error = ServiceError


class Undeleting(FileSystemStorage):
    """Writes and reads, but fails to delete."""

    def delete(self, name: str) -> None:
        raise OSError("storage is down")


def use(settings: Any, storage: str) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.{storage}"}}


@pytest.fixture(params=["Down", "BucketDown"])
def down(request: pytest.FixtureRequest, settings: Any) -> Any:
    """`down()` breaks the storage, `down(False)` mends it."""
    whole = settings.STORAGES

    def switch(is_down: bool = True) -> None:
        if is_down:
            use(settings, request.param)
        else:
            settings.STORAGES = whole

    return switch


def test_a_piece_is_refused_in_plain_words_and_what_was_typed_stays(
    down: Any, as_alice: Client, draft: Dossier
) -> None:
    send_back(as_alice, step_of(draft, "formation"), title="Freins et direction")
    before = Document.objects.count()
    down()
    answer = join(as_alice, draft)
    assert (answer.status_code, answer.json()) == (422, {"message": TOLD})
    page = as_alice.post(f"/brouillons/{draft.key}/pieces/programme/", {"file": upload()}, follow=True)
    assert TOLD in text_of(page)
    assert Document.objects.count() == before
    assert stored(draft, "title") == "Freins et direction"
    down(False)
    assert join(as_alice, draft).status_code == 201


def test_a_proof_that_cannot_be_kept_loses_nothing_else(down: Any) -> None:
    down()
    typed = {"geste": "saisir", "siret": siret(9001), "name": "Garage du Coin", "city": "Illzach"}
    lea = client_of(UserFactory.create())
    page = lea.post("/habilitations/rattacher/", {**typed, "proof": upload("kbis.pdf")}, follow=True)
    assert "Votre demande est enregistrée, mais pas le justificatif." in text_of(page)
    assert TOLD in text_of(page)
    assert Membership.objects.get().establishment == Establishment.objects.get(siret=typed["siret"])


def test_a_request_leaves_and_its_receipt_is_there_before_its_file(
    down: Any, as_alice: Client, draft: Dossier, clock: time_machine.Traveller
) -> None:
    down()
    sent = send(as_alice, draft)
    work()
    job = Job.objects.get(name="dossiers.issue_receipt")
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert number_in(receipt(as_alice, sent)) == sent.number
    down(False)
    work_later(clock)
    assert Receipt.objects.get(dossier=sent).storage_name


def test_a_receipt_whose_file_is_out_of_reach_is_made_again(
    down: Any, as_alice: Client, as_olga: Client, draft: Dossier
) -> None:
    sent = send(as_alice, draft)
    work()
    assert Receipt.objects.get(dossier=sent).storage_name
    down()
    for client in (as_alice, as_olga):
        assert number_in(receipt(client, sent)) == sent.number


def test_a_download_says_that_it_must_wait(down: Any, as_alice: Client, draft: Dossier) -> None:
    assert join(as_alice, draft).status_code == 201
    piece = Document.objects.latest("id")
    address = f"/documents/{piece.key}/"
    down()
    answer = as_alice.get(address)
    assert answer.status_code == 503
    assert TOLD in text_of(answer)
    down(False)
    assert as_alice.get(address).getvalue().startswith(b"%PDF")  # type: ignore[attr-defined]


def test_a_file_joined_twice_is_kept_once_though_the_second_copy_cannot_be_taken_back(
    settings: Any, as_alice: Client, draft: Dossier
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Undeleting"},
    }
    before, content = Document.objects.count(), hostile.pdf()
    assert [join(as_alice, draft, file=upload(content=content)).status_code for _ in range(2)] == [201, 201]
    assert Document.objects.count() == before + 1


def number_in(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return next(word for word in text.split() if word.startswith("AF-"))
