"""« Dossiers à traiter »: whose, which, in what order, and at what cost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import TAB_CEILING
from openopco.rights import Actor
from tests.dossiers.factories import NOW, DossierFactory
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, holds, now, text_of, title_of

LIST = "/gestion/"


def numbers(response: Any) -> list[str]:
    return [each.text for each in found(response, "//tbody//th/a")]


def person(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def held(by: Actor, **given: Any) -> Dossier:
    return DossierFactory.create(state=State.EN_INSTRUCTION, holder=person(by), **given)


# --- who ---------------------------------------------------------------------------------------------------------------


def test_only_officers_have_a_list(alice: Actor, ada: Actor, ended: Actor, desk: Client) -> None:
    assert desk.get(LIST).status_code == 200
    for stranger in (alice, ada, ended):
        assert browser_of(stranger).get(LIST).status_code == 403
    assert Client().get(LIST)["Location"].startswith("/connexion/")


# --- which -------------------------------------------------------------------------------------------------------------


def test_one_opens_on_ones_own_requests_those_due_soonest_first(desk: Client, olga: Actor, omar: Actor) -> None:
    late = held(olga, due_on=date(2026, 12, 20))
    soon = held(olga, due_on=date(2026, 12, 1))
    held(omar)
    DossierFactory.create()
    assert numbers(desk.get(LIST)) == [soon.number, late.number]


def test_each_portfolio_shows_its_own(desk: Client, olga: Actor) -> None:
    free = DossierFactory.create(due_on=date(2026, 12, 1))
    mine = held(olga, due_on=date(2026, 12, 2))
    granted = DossierFactory.create(state=State.ACCORDEE)
    draft = DossierFactory.create(state=State.BROUILLON)
    assert numbers(desk.get(f"{LIST}?vue=libre")) == [free.number]
    assert numbers(desk.get(f"{LIST}?vue=ouverts")) == [free.number, mine.number]
    assert numbers(desk.get(f"{LIST}?vue=tout")) == [granted.number, mine.number, free.number]
    assert draft.title not in text_of(desk.get(f"{LIST}?vue=tout"))


def test_each_portfolio_is_counted_beside_its_tab(desk: Client, olga: Actor, monkeypatch: Any) -> None:
    held(olga)
    DossierFactory.create_batch(3, due_on=date(2026, 11, 20))
    shown = text_of(desk.get(LIST))
    assert "Mes dossiers 1" in shown
    assert "À prendre 3" in shown
    assert "Tous les dossiers ouverts 4" in shown
    assert TAB_CEILING == 99
    monkeypatch.setattr("openopco.dossiers.queries.counts.TAB_CEILING", 2)
    monkeypatch.setattr("openopco.web.desk.views.worklist.TAB_CEILING", 2)
    assert "À prendre plus de 2" in text_of(desk.get(LIST))


def test_what_is_late_can_be_kept_alone(desk: Client) -> None:
    late = DossierFactory.create(due_on=date(2026, 11, 20))
    DossierFactory.create(due_on=date(2026, 11, 23))
    page = desk.get(f"{LIST}?vue=libre&retard=1")
    assert numbers(page) == [late.number]
    assert "en retard de 3 j" in text_of(page)
    assert "En retard 1" in text_of(desk.get(f"{LIST}?vue=libre"))


def test_filters_narrow_by_state_words_and_days(desk: Client, olga: Actor) -> None:
    waits = DossierFactory.create(
        state=State.COMPLEMENT_DEMANDE, holder=person(olga), title="Peinture", starts_on=date(2027, 3, 1),
        ends_on=date(2027, 3, 2),
    )  # fmt: skip
    free = DossierFactory.create(words="zoé müller")
    assert numbers(desk.get(f"{LIST}?vue=ouverts&etat=complement_demande")) == [waits.number]
    assert numbers(desk.get(f"{LIST}?vue=ouverts&q=Peinture")) == [waits.number]
    assert numbers(desk.get(f"{LIST}?vue=ouverts&q=MULLER")) == [free.number]
    assert numbers(desk.get(f"{LIST}?vue=ouverts&du=01/02/2027&au=31/03/2027")) == [waits.number]
    assert numbers(desk.get(f"{LIST}?vue=ouverts&au=01/02/2027")) == [free.number]


def test_a_date_that_cannot_be_read_is_said_and_kept(desk: Client) -> None:
    free = DossierFactory.create()
    page = desk.get(f"{LIST}?vue=libre&du=32/01/2027")
    assert numbers(page) == [free.number]
    assert title_of(page).startswith("Erreur : ")
    assert 'value="32/01/2027"' in page.content.decode()
    assert 'href="#id_du"' in page.content.decode()
    assert "précède la première" in text_of(desk.get(f"{LIST}?vue=libre&du=02/02/2027&au=01/02/2027"))


def test_the_oldest_can_come_first(desk: Client) -> None:
    young = DossierFactory.create(due_on=date(2026, 12, 1))
    old = DossierFactory.create(due_on=date(2026, 12, 30), sent_at=NOW - timedelta(days=9))
    assert numbers(desk.get(f"{LIST}?vue=libre&tri=anciennete")) == [old.number, young.number]


@pytest.mark.parametrize(
    "address", ["?vue=rien", "?etat=brouillon", "?tri=x&after=%00", "?after=e30", "?q=%22%00%25_'"]
)
def test_an_address_one_made_up_shows_a_list(desk: Client, address: str) -> None:
    DossierFactory.create()
    assert desk.get(LIST + address).status_code == 200


def test_the_list_goes_on_page_by_page_with_its_filters(desk: Client) -> None:
    everything = {each.number for each in DossierFactory.create_batch(30)}
    first = desk.get(f"{LIST}?vue=libre")
    onward = found(first, "//a[@rel='next']")[0].get("href")
    assert "vue=libre" in onward
    second = desk.get(LIST + onward)
    assert len(numbers(first)) == 25
    assert set(numbers(first)) | set(numbers(second)) == everything


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Vous n'avez aucun dossier en cours"),
        ("?vue=libre", "Rien n'attend d'être pris"),
        ("?vue=ouverts", "Aucun dossier"),
        ("?vue=libre&q=rien", "Aucun dossier ne correspond"),
    ],
)
def test_an_empty_list_says_what_to_do(desk: Client, address: str, words: str) -> None:
    assert words in text_of(desk.get(LIST + address))


# --- taken from the list -------------------------------------------------------------------------------------------------


def test_one_takes_a_request_without_leaving_the_list(desk: Client, olga: Actor) -> None:
    free = DossierFactory.create()
    [button] = found(desk.get(f"{LIST}?vue=libre&q=Formation"), "//tbody//button[@formaction]")
    answer = desk.post(button.get("formaction"), {"depuis": "liste"})
    assert answer["Location"] == f"{LIST}?vue=libre&q=Formation"
    assert holds(olga, free)
    assert f"{free.number} est à vous" in text_of(desk.get(answer["Location"]))


def test_of_two_at_once_the_second_is_told_who_was_first(desk: Client, other_desk: Client, olga: Actor) -> None:
    free = DossierFactory.create()
    address = f"/gestion/dossiers/{free.number}/prendre/"
    desk.post(address, {"depuis": "liste"})
    answer = other_desk.post(address, {"depuis": "liste"})
    assert f"{person(olga).full_name} vient de prendre ce dossier" in text_of(other_desk.get(answer["Location"]))
    assert holds(olga, free)


def test_nobody_is_offered_what_he_filed(desk: Client, olga: Actor) -> None:
    own = DossierFactory.create(created_by=person(olga))
    page = desk.get(f"{LIST}?vue=libre")
    assert numbers(page) == [own.number]
    assert not found(page, "//tbody//button[@formaction]")
    answer = desk.post(f"/gestion/dossiers/{own.number}/prendre/", {"depuis": "liste"})
    assert "un collègue doit l'examiner" in text_of(desk.get(answer["Location"]))
    assert now(own).holder_id is None


# --- what it costs -------------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_however_long(desk: Client, olga: Actor) -> None:
    counts = []
    for more in (3, 57):
        for _ in range(more):
            held(olga)
        desk.get(f"{LIST}?vue=ouverts")
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(f"{LIST}?vue=ouverts")
        counts.append(len(queries))
        assert len(page.content) < 60_000
        asked = sorted(query["sql"] for query in queries)
        # Who asks, his notices, the rows with their holders, the counts: nothing for each row.
        assert not [sql for sql in asked if "organisations_" in sql or 'WHERE "accounts_user"."id" IN' in sql]
    assert counts[0] == counts[1] <= 10
