"""A NIR is shown to an officer who says why: once, to him, and it is known."""

import pytest
from django.test import Client

from openopco.dossiers.models import Dossier, DraftRow
from openopco.journal.models import Entry, ReadAudit
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NIR, OTHER_NIR, PERSON, taken
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import text_of, url

REASON = "Contrôle d'un homonyme"


@pytest.fixture
def dossier(alice: Actor, place: Establishment, olga: Actor) -> Dossier:
    return taken(alice, place, olga, people=(PERSON, {**PERSON, "first_name": "Léa"}))


def address(dossier: Dossier, rank: int = 0) -> str:
    rows = DraftRow.objects.filter(dossier=dossier).order_by("position")
    return url(dossier, f"stagiaires/{rows[rank].key}/nir/")


def digits(response: object) -> str:
    return "".join(character for character in text_of(response) if character.isdigit())


def test_the_page_asks_why_before_it_shows(desk: Client, dossier: Dossier) -> None:
    page = desk.get(address(dossier))
    assert "Pourquoi avez-vous besoin de ce numéro" in text_of(page)
    assert NIR not in digits(page)


def test_the_number_is_on_the_answer_alone_and_nothing_keeps_it(desk: Client, olga: Actor, dossier: Dossier) -> None:
    answer = desk.post(address(dossier), {"reason": REASON})
    assert answer.status_code == 200
    assert NIR in digits(answer)
    assert "no-store" in answer["Cache-Control"]
    assert NIR not in digits(desk.get(address(dossier)))
    entry = Entry.objects.get(event="nir.revealed")
    assert (entry.actor_id, entry.payload) == (olga.user_id, {"reason": REASON})
    assert ReadAudit.objects.filter(what="nir", actor_id=olga.user_id, reason=REASON).count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "ok"])
def test_no_reason_no_number(desk: Client, dossier: Dossier, reason: str) -> None:
    answer = desk.post(address(dossier), {"reason": reason})
    assert answer.status_code == 422
    assert NIR not in digits(answer)
    assert "la raison est gardée" in text_of(answer)
    assert not Entry.objects.filter(event="nir.revealed").exists()


def test_too_many_are_slowed_and_the_reason_typed_stays(desk: Client, dossier: Dossier) -> None:
    for _ in range(10):
        assert desk.post(address(dossier), {"reason": REASON}).status_code == 200
    answer = desk.post(address(dossier), {"reason": REASON})
    assert answer.status_code == 429
    assert NIR not in digits(answer)
    assert REASON in text_of(answer)


def test_who_is_no_officer_gets_nothing(dossier: Dossier, alice: Actor, ada: Actor, ended: Actor) -> None:
    for stranger in (alice, ada, ended):
        assert browser_of(stranger).post(address(dossier), {"reason": REASON}).status_code == 403
    assert not Entry.objects.filter(event="nir.revealed").exists()


def test_a_trainee_without_number_and_one_of_another_request_are_not_found(
    desk: Client, alice: Actor, place: Establishment, olga: Actor, dossier: Dossier
) -> None:
    other = taken(alice, place, olga, nir=OTHER_NIR)
    elsewhere = address(other).replace(str(other.number), str(dossier.number))
    for wrong in (address(dossier, 1), elsewhere):
        assert desk.get(wrong).status_code == 404
        assert desk.post(wrong, {"reason": REASON}).status_code == 404
