"""A draft saved field by field as one types: what is answered, what two windows are told, where a NIR goes and doesn't."""

import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from openopco.dossiers.actions import drafts
from openopco.dossiers.models import Dossier, DraftRow
from openopco.organisations.models import Establishment
from openopco.reference.models import Commune, CommunePostalCode
from openopco.rights import Actor
from openopco.trainees.models import NirSecret
from openopco.training.fields import TRAINEE
from tests.dossiers.factories import NIR, NOW, OTHER_NIR, PERSON, complete_draft, empty_draft, sent
from tests.web.portal.drafting import rows_of, step_of, stored, trainee_of
from tests.web.portal.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
WRONG_NIR = "295019912611100"


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return empty_draft(alice, place)


@pytest.fixture
def row(alice: Actor, draft: Dossier) -> str:
    """A trainee of the draft of whom nothing is known."""
    return drafts.add_row(actor=alice, key=str(draft.key), row_kind=TRAINEE).key


def save(client: Client, draft: Dossier, name: str, value: str, revision: int | str = 0, row: str = "") -> Any:
    url = reverse("portal:autosave", args=[draft.key]) + (f"?ligne={row}" if row else "")
    typed = {"name": name, "value": value, "revision": str(revision)}
    return client.post(url, typed, headers={"Accept": "application/json"})


# --- a field ---------------------------------------------------------------------------------------------------------


def test_what_is_kept_comes_with_its_revision_and_hour(as_alice: Client, draft: Dossier) -> None:
    answer = save(as_alice, draft, "title", "Freins")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"revision", "saved_at", "error", "warnings_html", "beside_html", "missing_html"}
    assert (told["revision"], told["error"]) == (1, "")
    assert datetime.fromisoformat(told["saved_at"]) == NOW
    assert stored(draft, "title") == "Freins"


def test_revisions_follow_one_another(as_alice: Client, draft: Dossier) -> None:
    revisions = [save(as_alice, draft, "title", text, at).json()["revision"] for at, text in enumerate("abc")]
    assert revisions == [1, 2, 3]


def test_the_panel_comes_back_as_it_stands(as_alice: Client, draft: Dossier) -> None:
    before = save(as_alice, draft, "hours", "14").json()["missing_html"]
    after = save(as_alice, draft, "title", "Freins").json()["missing_html"]
    assert "Donner l&#x27;intitulé" in before
    assert "Donner l&#x27;intitulé" not in after
    assert "data-missing" in after
    assert after in as_alice.get(step_of(draft, "formation")).content.decode()


def test_what_cannot_be_read_is_kept_and_told(as_alice: Client, draft: Dossier) -> None:
    told = save(as_alice, draft, "starts_on", "31/02/2027").json()
    assert told["error"] == "Le 31/02/2027 n'existe pas."
    assert stored(draft, "starts_on") == "31/02/2027"


def test_what_is_empty_is_no_error(as_alice: Client, draft: Dossier) -> None:
    save(as_alice, draft, "title", "Freins")
    assert save(as_alice, draft, "title", "", 1).json()["error"] == ""


def test_what_is_odd_is_told_beside_the_page(as_alice: Client, draft: Dossier) -> None:
    told = save(as_alice, draft, "starts_on", "12/01/2026").json()
    assert told["error"] == ""
    assert "La formation a déjà commencé (12/01/2026)" in told["warnings_html"]
    assert "hidden" in save(as_alice, draft, "starts_on", "12/01/2027", 1).json()["warnings_html"]


def test_a_city_of_another_postal_code_is_told_by_its_field(as_alice: Client, draft: Dossier) -> None:
    commune = Commune.objects.create(
        insee_code="68224", name="Mulhouse", folded_name="mulhouse", department="68", zone="metro"
    )
    CommunePostalCode.objects.create(commune=commune, postal_code="68100")
    save(as_alice, draft, "place_postal_code", "68100")
    told = save(as_alice, draft, "place_city", "Illzach").json()
    said = "celui de Mulhouse, pas de Illzach"
    assert said in told["beside_html"]
    assert said not in told["warnings_html"]
    page = as_alice.get(step_of(draft, "formation")).content.decode()
    assert page.count(said) == 1
    assert page.index('id="id_place_city"') < page.index(said)


def test_a_field_of_a_trainee_names_his_row(as_alice: Client, draft: Dossier, row: str) -> None:
    told = save(as_alice, draft, "birth_date", "05/01/2095", row=row).json()
    assert told["error"] == "Cette date de naissance ne peut pas être celle d'un salarié : vérifiez l'année."
    assert "Indiquer le nom (stagiaire 1)" in told["missing_html"]
    assert (stored(draft, "birth_date", row), stored(draft, "birth_date")) == ("05/01/2095", "")


# --- two windows -----------------------------------------------------------------------------------------------------


def test_another_window_s_value_comes_with_whose_and_when(
    as_alice: Client, as_bob: Client, bob: Actor, draft: Dossier
) -> None:
    save(as_bob, draft, "title", "Celui de Bob")
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        answer = save(as_alice, draft, "title", "Celui d'Alice")
    assert answer.status_code == 409
    assert answer.json() == {"current": "Celui de Bob", "revision": 1, "by": bob.label, "at": NOW.isoformat()}
    assert stored(draft, "title") == "Celui de Bob"


def test_on_the_revision_told_ones_own_value_stands(as_alice: Client, as_bob: Client, draft: Dossier) -> None:
    save(as_bob, draft, "title", "Celui de Bob")
    revision = save(as_alice, draft, "title", "Celui d'Alice").json()["revision"]
    assert save(as_alice, draft, "title", "Celui d'Alice", revision).json()["revision"] == 2
    assert stored(draft, "title") == "Celui d'Alice"


def test_a_page_left_as_it_came_disagrees_with_nobody(as_alice: Client, draft: Dossier) -> None:
    assert save(as_alice, draft, "comment", "").json()["revision"] == 0
    assert save(as_alice, draft, "modality", "presentiel").json()["revision"] == 0
    assert save(as_alice, draft, "modality", "mixte").json()["revision"] == 1


# --- refused ---------------------------------------------------------------------------------------------------------


def test_a_text_without_end_is_refused_in_words(as_alice: Client, draft: Dossier) -> None:
    answer = save(as_alice, draft, "comment", "a" * 5001)
    assert (answer.status_code, answer.json()) == (422, {"error": "Ce texte est trop long : 2000 caractères au plus."})


def test_once_sent_nothing_moves(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    answer = save(as_alice, dossier, "title", "Autre", 1)
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        "Ce champ ne peut plus être modifié : la demande est envoyée.",
    )


@pytest.mark.parametrize("name", ["", "nir", "mot_de_passe", "title\x00", "last_name", "x" * 5000])
def test_a_field_that_is_none_is_not_found(name: str, as_alice: Client, draft: Dossier) -> None:
    assert save(as_alice, draft, name, "1").status_code == 404


@pytest.mark.parametrize("row", ["ffffffff", "%00", "a" * 300, "..%2F", "é"])
def test_a_row_that_is_none_is_not_found(row: str, as_alice: Client, draft: Dossier) -> None:
    assert save(as_alice, draft, "last_name", "Petit", row=row).status_code == 404
    assert save(as_alice, draft, "nir", NIR, row=row).status_code == 404
    assert not NirSecret.objects.exists()


def test_a_row_of_another_draft_is_not_found(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier
) -> None:
    theirs = rows_of(complete_draft(alice, place))[0]
    assert save(as_alice, draft, "last_name", "Petit", row=theirs).status_code == 404


def test_strangers_find_nothing(
    as_charlie: Client, as_olga: Client, as_newcomer: Client, draft: Dossier, row: str
) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert save(client, draft, "title", "Volé").status_code == 404
        assert save(client, draft, "nir", NIR, row=row).status_code == 404
    assert stored(draft, "title") == ""
    assert not NirSecret.objects.exists()


def test_a_get_is_refused(as_alice: Client, draft: Dossier) -> None:
    assert as_alice.get(reverse("portal:autosave", args=[draft.key])).status_code == 405


# --- the NIR ---------------------------------------------------------------------------------------------------------


def everything_written() -> Iterator[tuple[str, str]]:
    """Every value of every table, as text without spaces."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            for value in itertools.chain.from_iterable(cursor.fetchall()):
                text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                yield model._meta.db_table, "".join(text.split())


def holds_nir(draft: Dossier, row: str) -> bool:
    return DraftRow.objects.get(dossier=draft, key=row).nir_id is not None


class TestNir:
    def test_a_wrong_one_is_told_and_kept_nowhere(self, as_alice: Client, draft: Dossier, row: str) -> None:
        told = save(as_alice, draft, "nir", WRONG_NIR, row=row).json()
        assert told == {"error": "La clé du NIR ne correspond pas : vérifiez les 15 chiffres.", "unsaved": True}
        assert not NirSecret.objects.exists()
        assert all(WRONG_NIR[:10] not in text for _, text in everything_written())

    def test_one_too_short_says_how_much(self, as_alice: Client, draft: Dossier, row: str) -> None:
        told = save(as_alice, draft, "nir", NIR[:13], row=row).json()
        assert told["error"] == "Un NIR compte 15 chiffres : il en manque 2, sans doute la clé."

    def test_a_right_one_goes_to_the_vault_alone(self, as_alice: Client, draft: Dossier, row: str) -> None:
        told = save(as_alice, draft, "nir", "2 95 01 99 126 111 46", row=row).json()
        assert told["error"] == ""
        assert datetime.fromisoformat(told["saved_at"]) == NOW
        assert NIR not in json.dumps(told)
        assert holds_nir(draft, row)
        assert all(NIR[:10] not in text for _, text in everything_written())

    def test_its_page_then_shows_the_mask(self, as_alice: Client, draft: Dossier, row: str) -> None:
        save(as_alice, draft, "nir", NIR, row=row)
        page = as_alice.get(trainee_of(draft, row))
        assert "NIR 2 95 •• •• ••• ••• •• enregistré, chiffré" in text_of(page)
        assert NIR[1:8] not in page.content.decode()

    def test_it_leaves_the_panel(self, as_alice: Client, draft: Dossier, row: str) -> None:
        before = save(as_alice, draft, "sex", "F", row=row).json()["missing_html"]
        after = save(as_alice, draft, "nir", NIR, row=row).json()["missing_html"]
        assert ("Saisir le NIR" in before, "Saisir le NIR" in after) == (True, False)

    def test_it_is_replaced(self, as_alice: Client, draft: Dossier, row: str) -> None:
        save(as_alice, draft, "nir", NIR, row=row)
        save(as_alice, draft, "nir", OTHER_NIR, 1, row=row)
        assert "1 88 •• ••" in text_of(as_alice.get(trainee_of(draft, row)))

    def test_a_wrong_one_leaves_the_one_that_stands(self, as_alice: Client, draft: Dossier, row: str) -> None:
        save(as_alice, draft, "nir", NIR, row=row)
        save(as_alice, draft, "nir", WRONG_NIR, 1, row=row)
        assert save(as_alice, draft, "nir", "", 1, row=row).json() == {"error": ""}
        assert holds_nir(draft, row)

    def test_emptied_on_the_page_that_brought_it_it_is_taken_off(
        self, as_alice: Client, draft: Dossier, row: str
    ) -> None:
        revision = save(as_alice, draft, "nir", NIR, row=row).json()["revision"]
        save(as_alice, draft, "nir", "", revision, row=row)
        assert not holds_nir(draft, row)

    def test_the_same_for_two_people_is_told(self, as_alice: Client, alice: Actor, draft: Dossier, row: str) -> None:
        save(as_alice, draft, "nir", NIR, row=row)
        other = drafts.add_row(actor=alice, key=str(draft.key), row_kind=TRAINEE).key
        told = save(as_alice, draft, "nir", NIR, row=other).json()
        assert told["error"] == "Ce NIR est aussi celui de stagiaire 1 : vérifiez les deux."

    def test_what_contradicts_it_is_told(self, as_alice: Client, alice: Actor, draft: Dossier) -> None:
        added = drafts.add_row(
            actor=alice, key=str(draft.key), row_kind=TRAINEE, values={**PERSON, "sex": "M", "birth_date": "05/01/1996"}
        )
        told = save(as_alice, draft, "nir", NIR, row=added.key).json()
        assert "Le sexe indiqué ne correspond pas au NIR" in told["warnings_html"]
        assert "L&#x27;année de naissance ne correspond pas au NIR" in told["warnings_html"]
