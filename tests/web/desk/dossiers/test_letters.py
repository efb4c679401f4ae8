"""The letter is read before one acts; both sides download what was issued."""

from typing import Any

import pytest
from django.test import Client

from openopco.dossiers.actions import deciding
from openopco.dossiers.models import Decision, Letter
from openopco.kernel.calendar import format_date
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.conftest import alice, bob, charlie, newcomer, olga, oscar, place
from tests.dossiers.factories import TODAY, asked, number_of, taken
from tests.web.portal.conftest import a_monday
from tests.web.portal.people import browser_of, text_of

__all__ = ["a_monday", "alice", "bob", "charlie", "newcomer", "olga", "oscar", "place"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
SHEET = "La lettre que l'entreprise recevra"


def act(client: Client, number: str, verb: str, **typed: str) -> Any:
    return client.post(f"/gestion/dossiers/{number}/{verb}/", typed)


def test_the_agreement_is_read_before_it_is_given(alice: Actor, olga: Actor, place: Establishment) -> None:
    number, client = number_of(taken(alice, place, olga)), browser_of(olga)
    page = act(client, number, "accorder", amount="500", reason="Budget pris.", apercu="1")
    said = text_of(page)
    assert page.status_code == 200
    for words in (SHEET, "500,00 € HT", "Pourquoi ce montant. Budget pris.", "Rien n'est encore envoyé."):
        assert words in said
    assert 'value="500"' in page.content.decode()
    assert not Decision.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("verb", "typed", "sentence"),
    [
        ("accorder", {"amount": "beaucoup", "reason": ""}, "Ce montant est illisible"),
        ("refuser", {"reason": " "}, "Écrivez le motif"),
        ("refuser", {"reason": "NIR 2 95 01 99 126 111 46"}, "numéro de sécurité sociale"),
    ],
)
def test_a_preview_that_can_not_be_made_says_why(
    alice: Actor, olga: Actor, place: Establishment, verb: str, typed: dict[str, str], sentence: str
) -> None:
    page = act(browser_of(olga), number_of(taken(alice, place, olga)), verb, apercu="1", **typed)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert SHEET not in text_of(page)


@pytest.mark.parametrize(("verb", "words"), [("refuser", "Refus de votre demande"), ("classer", "classée sans suite")])
def test_the_other_letters_too(alice: Actor, olga: Actor, place: Establishment, verb: str, words: str) -> None:
    page = act(browser_of(olga), number_of(taken(alice, place, olga)), verb, apercu="1", reason="<b>Hors critères</b>")
    assert words in text_of(page)
    assert "&lt;b&gt;Hors critères" in page.content.decode()
    assert not Decision.objects.exists()


def test_the_request_for_more_is_read_before_it_goes(alice: Actor, olga: Actor, place: Establishment) -> None:
    number, client = number_of(taken(alice, place, olga)), browser_of(olga)
    due = format_date(TODAY.replace(day=30))
    typed = {"point": "champ::cost", "motif:champ::cost": "Le devis dit 520 €.", "due_on": due, "message": "Merci."}
    page = client.post(f"/gestion/dossiers/{number}/corrections/", {**typed, "apercu": "1"})
    said = text_of(page)
    assert page.status_code == 200
    for words in (SHEET, "Le devis dit 520 €.", "30/11/2026", "Merci."):
        assert words in said
    assert not Letter.objects.exists()


def test_both_sides_find_the_letter_and_download_the_same(alice: Actor, olga: Actor, place: Establishment) -> None:
    number = number_of(asked(alice, place, olga))
    letter = Letter.objects.get()
    contents = []
    for client, page in (
        (browser_of(alice), f"/demandes/{number}/"),
        (browser_of(olga), f"/gestion/dossiers/{number}/"),
    ):
        shown = client.get(page)
        assert "Demande de complément du 23/11/2026 (PDF)" in text_of(shown)
        url = f"/demandes/{number}/lettres/{letter.pk}.pdf"
        assert f'href="{url}"' in shown.content.decode()
        answer = client.get(url)
        assert answer["Content-Disposition"] == f'attachment; filename="demande-de-complement-{number}.pdf"'
        contents.append(answer.content[:5])
    assert contents == [b"%PDF-", b"%PDF-"]


def test_a_letter_is_of_its_request_and_of_its_people(
    alice: Actor, charlie: Actor, olga: Actor, place: Establishment
) -> None:
    number, other = number_of(asked(alice, place, olga)), number_of(taken(alice, place, olga))
    letter = Letter.objects.get()
    assert browser_of(charlie).get(f"/demandes/{number}/lettres/{letter.pk}.pdf").status_code == 404
    assert browser_of(alice).get(f"/demandes/{other}/lettres/{letter.pk}.pdf").status_code == 404
    assert browser_of(alice).get(f"/demandes/{number}/lettres/{letter.pk + 1}.pdf").status_code == 404
    assert browser_of(alice).get(f"/demandes/{number}/lettres/99999999999999999999999.pdf").status_code == 404


def test_each_letter_of_a_request_is_listed_the_latest_first(alice: Actor, olga: Actor, place: Establishment) -> None:
    number = number_of(asked(alice, place, olga))
    deciding.close(actor=olga, number=number, reason="Plus besoin.")
    said = text_of(browser_of(alice).get(f"/demandes/{number}/"))
    assert said.index("Lettre de classement sans suite du") < said.index("Demande de complément du")
