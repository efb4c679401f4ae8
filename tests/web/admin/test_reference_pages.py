"""« Données de référence »: seen, deposited, compared, validated, restored on their pages."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.documents.rules import LIMITS
from openopco.reference import queries
from openopco.reference.enums import Dataset, EditionState
from openopco.reference.loading import load_all
from openopco.reference.models import ReferenceEdition
from tests.organisations.factories import EstablishmentFactory
from tests.reference.conftest import NOW
from tests.reference.factories import write_folder
from tests.reference.test_editions import NEW, codes
from tests.reference.test_reading import text_of
from tests.web.visitors import administrator_client
from tests.web.visitors import text_of as page_text

PAGE = "/administration/references/"
IDCC = f"{PAGE}idcc/"
GIVEN = {"published_on": "01/12/2026", "source": "DILA, fonds KALI"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(db: None, tmp_path: Path) -> Any:
    load_all(now=NOW, folder=write_folder(tmp_path))
    with time_machine.travel(NOW, tick=False):
        yield


def deposit(client: Client, data: bytes | None = None, **given: str) -> HttpResponse:
    file = SimpleUploadedFile("idcc.csv", text_of(Dataset.IDCC, *NEW) if data is None else data)
    return client.post(f"{IDCC}nouvelle/", {**GIVEN, **given, "file": file}, follow=True)  # type: ignore[return-value]


def address_of(edition: ReferenceEdition) -> str:
    return f"{IDCC}{edition.pk}/"


def waiting() -> ReferenceEdition:
    return ReferenceEdition.objects.get(dataset=Dataset.IDCC, state=EditionState.TO_VALIDATE)


def test_each_nomenclature_is_there_with_its_edition_and_source(administrator: Client) -> None:
    page = page_text(administrator.get(PAGE))
    assert "Conventions collectives" in page
    assert "2026 chargée le 12/01/2027" in page
    assert "Insee essai, Licence Ouverte 2.0" in page


def test_an_edition_is_deposited_compared_and_validated_by_another(administrator: Client) -> None:
    EstablishmentFactory.create(idcc="2174")
    assert "La comparaison est en cours" in page_text(deposit(administrator))
    run_pending_jobs()
    edition = waiting()
    own = page_text(administrator.get(address_of(edition)))
    assert "Vous avez déposé cette édition : un autre administrateur doit la valider." in own
    assert "Lignes ajoutées 1 Lignes supprimées 1 Lignes modifiées 1" in own
    assert "1090, libellé Services de l’automobile Services de l’auto" in own
    assert "Établissements qui relèvent de cette convention : 1 . 2174 (1)" in own
    assert "1 édition à valider" in page_text(administrator.get("/administration/"))
    answer = administrator_client().post(
        address_of(edition), {"against": edition.against_id, "starts_on": ""}, follow=True
    )
    assert "L'édition est validée : elle prend effet le 12/01/2027." in page_text(answer)
    assert "L'édition prend effet" in page_text(answer)
    run_pending_jobs()
    assert codes() == ["0016", "0018", "1090"]
    assert "Déposée par Denis Roux, validée par" in page_text(administrator.get(IDCC))


def test_who_deposited_is_refused_by_the_page_too(administrator: Client) -> None:
    deposit(administrator)
    run_pending_jobs()
    edition = waiting()
    answer = administrator.post(address_of(edition), {"against": edition.against_id}, follow=True)
    assert "un autre administrateur doit la valider" in page_text(answer)
    assert waiting() == edition


def test_faults_of_a_file_are_told_by_line_and_what_was_typed_stays(administrator: Client) -> None:
    answer = deposit(administrator, text_of(Dataset.IDCC, *(f"{n};x;" for n in range(22))))
    page = page_text(answer)
    assert answer.status_code == 422
    assert "Le fichier a 22 erreurs : rien n'est gardé." in page
    assert "Ligne 2 : le code « 0 » n'a pas quatre chiffres" in page
    assert "… et 2 autres." in page
    assert 'value="DILA, fonds KALI"' in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"published_on": ""}, "Indiquez une date"),
        ({"published_on": "13/01/2027"}, "aujourd'hui au plus tard"),
        ({"source": ""}, "Dites d'où vient le fichier."),
        ({"source": "\u200b"}, "Dites d'où vient le fichier"),
    ],
)
def test_a_bad_field_is_said_beside_it(administrator: Client, given: dict[str, str], words: str) -> None:
    answer = deposit(administrator, **given)
    assert answer.status_code == 422
    assert words in page_text(answer)
    assert queries.history(Dataset.IDCC)[0].origin == "livree"


@pytest.mark.parametrize("data", [b"", b"x" * (LIMITS.file_bytes + 1)])
def test_an_empty_or_huge_file_is_refused(administrator: Client, data: bytes) -> None:
    answer = deposit(administrator, data)
    assert answer.status_code == 422
    assert "Le fichier est vide." in page_text(answer) or "dépasse 10 Mo" in page_text(answer)


@pytest.mark.parametrize(("typed", "words"), [("hier", "date"), ("11/01/2027", "Choisissez aujourd'hui")])
def test_a_day_that_will_not_do_is_said_beside_it(administrator: Client, typed: str, words: str) -> None:
    deposit(administrator)
    run_pending_jobs()
    edition = waiting()
    second = administrator_client()
    answer = second.post(address_of(edition), {"against": edition.against_id, "starts_on": typed})
    assert answer.status_code == 422
    assert words in page_text(answer)  # type: ignore[arg-type]


def test_an_edition_is_discarded_after_a_question(administrator: Client) -> None:
    deposit(administrator)
    run_pending_jobs()
    url = f"{address_of(waiting())}ecarter/"
    assert "Écarter cette édition ?" in page_text(administrator.get(url))
    assert "L'édition est écartée" in page_text(administrator.post(url, follow=True))
    assert administrator.get(url).status_code == 404
    assert "Cette édition n'attend plus" in page_text(administrator.post(url, follow=True))


def test_going_back_asks_first(administrator: Client) -> None:
    assert administrator.get(f"{IDCC}revenir/").status_code == 404
    deposit(administrator)
    run_pending_jobs()
    edition = waiting()
    administrator_client().post(address_of(edition), {"against": edition.against_id})
    run_pending_jobs()
    page = page_text(administrator.get(f"{IDCC}revenir/"))
    assert "1 ajout, 1 suppression, 1 modification" in page
    answer = administrator.post(f"{IDCC}revenir/", {"current": edition.pk}, follow=True)
    assert "Retour à l'édition précédente" in page_text(answer)
    run_pending_jobs()
    assert codes() == ["0016", "1090", "2174"]
    assert "Quelqu'un a modifié" in page_text(
        administrator.post(f"{IDCC}revenir/", {"current": edition.pk}, follow=True)
    )


def test_the_rows_of_an_edition_come_as_the_file_one_may_deposit(administrator: Client) -> None:
    current = queries.in_force(Dataset.IDCC)
    assert current is not None
    answer = administrator.get(f"{address_of(current)}lignes.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines()[:2] == ["code;label;active", "0016;Transports routiers;1"]
    deposit(administrator, answer.content)
    run_pending_jobs()
    assert "Les lignes sont les mêmes" in page_text(administrator.get(address_of(waiting())))


def test_what_does_not_exist_is_not_found(administrator: Client) -> None:
    current = queries.in_force(Dataset.IDCC)
    assert current is not None
    for url in (
        f"{PAGE}x/",
        f"{PAGE}x/nouvelle/",
        f"{IDCC}999/",
        f"{PAGE}naf/{current.pk}/",
        f"{IDCC}{current.pk}/ecarter/",
    ):
        assert administrator.get(url).status_code == 404


def test_a_long_history_costs_no_more_queries(administrator: Client) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            administrator.get(url)
        return len(asked)

    administrator.get(IDCC)
    before = count(IDCC), count(PAGE)
    for number in range(20):
        ReferenceEdition.objects.create(
            dataset=Dataset.IDCC, state="ecartee", name="x", as_of="x", source="x", row_count=1, digest=str(number)
        )
    assert (count(IDCC), count(PAGE)) == before
