"""« Mes demandes »: filters, search, order, pages, and who sees what."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.dossiers import overview
from openopco.dossiers.actions.funds import close_funds
from openopco.dossiers.enums import State
from openopco.dossiers.funds import closures
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import NOW, DossierFactory, empty_draft
from tests.web.portal.people import text_of, title_of

PAGE = "/demandes/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


def titles(client: Client, **asked: str) -> list[str]:
    html = client.get(PAGE, asked).content.decode()
    return re.findall(r'<td data-label="Formation">([^<]+)', html)


def rows(place: Establishment, *names: str, **given: object) -> None:
    for rank, name in enumerate(names):
        DossierFactory.create(
            establishment=place, title=name, updated_at=NOW - timedelta(hours=rank), provider_name="AXEPT", **given
        )


def test_newest_first_unless_asked_otherwise(as_alice: Client, place: Establishment) -> None:
    rows(place, "Un", "Deux", "Trois")
    assert titles(as_alice) == ["Un", "Deux", "Trois"]
    assert titles(as_alice, tri="ancien") == ["Trois", "Deux", "Un"]
    assert titles(as_alice, tri="nimporte") == ["Un", "Deux", "Trois"]


def test_what_is_due_soonest_may_come_first(as_alice: Client, place: Establishment) -> None:
    rows(place, "Plus tard", due_on=date(2026, 12, 20))
    rows(place, "Bientôt", due_on=date(2026, 12, 1))
    rows(place, "Jamais")
    assert titles(as_alice, tri="echeance") == ["Bientôt", "Plus tard", "Jamais"]


def test_drafts_are_there_and_lead_to_their_form(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = empty_draft(alice, place)
    response = as_alice.get(PAGE)
    assert f'<a class="figures" href="/brouillons/{draft.key}/">Brouillon</a>' in response.content.decode()
    assert "Formation sans intitulé" in text_of(response)
    assert "À compléter" in text_of(response)


def test_a_state_narrows_and_its_chip_says_how_many(as_alice: Client, place: Establishment) -> None:
    rows(place, "Accordée une", "Accordée deux", state=State.ACCORDEE)
    rows(place, "Refusée", state=State.REFUSEE)
    response = as_alice.get(PAGE, {"etat": "accordee"})
    assert titles(as_alice, etat="accordee") == ["Accordée une", "Accordée deux"]
    html = response.content.decode()
    assert '<a class="chip" href="?etat=accordee" aria-current="true">Accordée <b>2</b></a>' in html
    assert "Toutes 3" in text_of(response)
    assert "2 demandes" in text_of(response)


def test_what_waits_for_funds_says_so(as_alice: Client, admin: Actor, place: Establishment) -> None:
    rows(place, "En attente", idcc="1090")
    rows(place, "Déjà accordée", idcc="1090", state=State.ACCORDEE)
    assert "En attente de fonds" not in text_of(as_alice.get(PAGE))
    close_funds(actor=admin, idcc="", closed_on=NOW.date(), sentence="Budget engagé.", source="Conseil")
    closures.forget()
    assert as_alice.get(PAGE).content.decode().count('badge-wait">En attente de fonds</span>') == 1


def test_an_unknown_state_narrows_nothing(as_alice: Client, place: Establishment) -> None:
    rows(place, "Une")
    assert titles(as_alice, etat="perdue") == ["Une"]


@pytest.mark.parametrize("typed", ["élévateur", "ELEVATEUR pont", "AXEPT".lower(), "AF-2026-9"])
def test_search_finds_folded_words_wherever_they_stand(as_alice: Client, place: Establishment, typed: str) -> None:
    rows(place, "Pont élévateur", words="AXEPT")
    DossierFactory.create(establishment=place, number="AF-2027-000001", title="Autre")
    assert titles(as_alice, q=typed) == ["Pont élévateur"]


def test_a_search_keeps_the_state_and_the_chips_keep_the_search(as_alice: Client, place: Establishment) -> None:
    rows(place, "Freinage", state=State.ACCORDEE)
    html = as_alice.get(PAGE, {"etat": "accordee", "q": "frein", "du": "01/01/2027"}).content.decode()
    assert '<input type="hidden" name="etat" value="accordee">' in html
    assert 'href="?q=frein&amp;du=01%2F01%2F2027"' in html
    assert 'name="du" value="01/01/2027"' in html


def test_the_days_of_start_are_inclusive(as_alice: Client, place: Establishment) -> None:
    for day in (11, 12, 13):
        rows(place, f"Le {day}", starts_on=date(2027, 1, day), ends_on=date(2027, 1, 20))
    assert sorted(titles(as_alice, du="12/01/2027")) == ["Le 12", "Le 13"]
    assert sorted(titles(as_alice, au="12/01/2027")) == ["Le 11", "Le 12"]
    assert titles(as_alice, du="12/01/2027", au="12012027") == ["Le 12"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"du": "1/2/27"}, "Écrivez l'année avec quatre chiffres"),
        ({"au": "demain"}, "Cette date est illisible"),
        ({"du": "13/01/2027", "au": "12/01/2027"}, "La fin de la période précède son début."),
    ],
)
def test_a_wrong_day_is_said_kept_and_narrows_nothing(
    as_alice: Client, place: Establishment, asked: dict[str, str], said: str
) -> None:
    rows(place, "Une", starts_on=date(2027, 1, 14), ends_on=date(2027, 1, 20))
    response = as_alice.get(PAGE, asked)
    assert title_of(response).startswith("Erreur : Mes demandes")
    assert text_of(response).count(said) == 2
    for typed in asked.values():
        assert f'value="{typed}"' in response.content.decode()
    assert titles(as_alice, **asked) == ["Une"]


def test_nothing_found_leads_back_to_all(as_alice: Client, place: Establishment) -> None:
    rows(place, "Une")
    text = text_of(as_alice.get(PAGE, {"q": "introuvable"}))
    assert "Aucune demande ne correspond" in text
    assert "Tout afficher" in text


def test_without_any_request_the_page_says_how_to_begin(as_alice: Client) -> None:
    assert "Aucune demande pour le moment" in text_of(as_alice.get(PAGE))


def test_without_an_establishment_it_leads_to_attach_one() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    assert "Rattachez d'abord votre entreprise" in text_of(client.get(PAGE))


def test_pages_follow_one_another_without_loss(as_alice: Client, place: Establishment) -> None:
    rows(place, *(f"N {rank}" for rank in range(60)))
    seen, url = [], PAGE
    for _ in range(4):
        html = as_alice.get(url).content.decode()
        seen += re.findall(r'<td data-label="Formation">([^<]+)', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        if following is None:
            break
        url = PAGE + following[1].replace("&amp;", "&")
    assert seen == [f"N {rank}" for rank in range(60)]
    assert 'rel="prev"' in html


@pytest.mark.parametrize("after", ["x", "%00", "bnVsbA", "W10"])
def test_a_cursor_that_means_nothing_gives_the_first_page(as_alice: Client, place: Establishment, after: str) -> None:
    rows(place, "Une")
    assert titles(as_alice, after=after) == ["Une"]


@pytest.mark.parametrize("typed", ["%", "_", "'", '"', "\x00", "a" * 5000, "🚗", "--", "* OR"])
def test_hostile_searches_find_nothing_and_break_nothing(as_alice: Client, place: Establishment, typed: str) -> None:
    rows(place, "Zzz")
    assert as_alice.get(PAGE, {"q": typed}).status_code == 200


def test_beyond_a_thousand_the_count_says_so(
    as_alice: Client, place: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(place, "Une")
    monkeypatch.setattr(overview, "state_counts", lambda **_: {State.TRANSMISE: 4321})
    text = text_of(as_alice.get(PAGE))
    assert "Plus de 1 000 demandes" in text
    assert "4321" not in text


def test_of_thousands_a_search_is_counted_no_further_than_its_page(
    as_alice: Client, place: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(place, *[f"Soudure {rank}" for rank in range(26)], "Freins")
    assert "26 demandes" in text_of(as_alice.get(PAGE, {"q": "soudure"}))
    monkeypatch.setattr(overview, "state_counts", lambda **_: {State.TRANSMISE: 4321})
    assert "Plus de 25 demandes" in text_of(as_alice.get(PAGE, {"q": "soudure"}))
    assert "1 demande " in text_of(as_alice.get(PAGE, {"q": "freins"}))
    assert "Aucune demande" in text_of(as_alice.get(PAGE, {"q": "nacelle"}))


def test_one_kind_of_request_has_a_page_of_its_own(as_alice: Client, place: Establishment) -> None:
    rows(place, "Une AF")
    response = as_alice.get("/demandes/action-de-formation/")
    assert "Une AF" in text_of(response)
    assert title_of(response).startswith("Action de formation – Mes demandes")


def test_colleagues_see_them_strangers_and_officers_do_not(
    as_bob: Client, as_charlie: Client, as_olga: Client, place: Establishment
) -> None:
    rows(place, "La nôtre")
    assert titles(as_bob) == ["La nôtre"]
    assert titles(as_charlie) == []
    assert as_olga.get(PAGE).status_code == 302


def test_a_newcomer_sees_what_he_typed_alone(as_newcomer: Client, newcomer: Actor, place: Establishment) -> None:
    rows(place, "Celle d'une collègue")
    DossierFactory.create(establishment=place, title="La sienne", created_by=User.objects.get(pk=newcomer.user_id))
    assert titles(as_newcomer) == ["La sienne"]
    assert "Toutes 1" in text_of(as_newcomer.get(PAGE))
