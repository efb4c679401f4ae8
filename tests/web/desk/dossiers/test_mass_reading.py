"""Whoever opens more requests than anybody examines is slowed, and it is known."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from openopco.dossiers.models import Dossier, pieces_of
from openopco.dossiers.reading import READ, REFUSED, TOLD, tell_of_mass_reading
from openopco.journal.models import Entry, ReadAudit
from openopco.notifications.models import Notice
from openopco.opco import parameters
from openopco.opco.models import Parameter
from openopco.rights import Actor
from tests.dossiers.factories import NOW, garage, sent
from tests.habilitations.factories import employer
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import text_of, url

LIMIT = 4


@pytest.fixture(autouse=True)
def _limit(db: None) -> None:
    Parameter.objects.create(code="mass_reading_limit", value=LIMIT, starts_on=date(2026, 1, 1), source="Essai")
    parameters.forget()


@pytest.fixture
def dossiers(db: None) -> list[Dossier]:
    place = garage()
    actor = employer(place)
    return [sent(actor, place) for _ in range(LIMIT + 2)]


def test_beyond_the_limit_one_waits_and_the_others_do_not(
    desk: Client, other_desk: Client, dossiers: list[Dossier], clock: time_machine.Traveller
) -> None:
    for dossier in dossiers[:LIMIT]:
        assert desk.get(url(dossier)).status_code == 200
    refused = desk.get(url(dossiers[LIMIT]))
    assert refused.status_code == 429
    assert "Réessayez dans dix minutes" in text_of(refused)
    assert other_desk.get(url(dossiers[LIMIT])).status_code == 200
    clock.shift(601)
    assert desk.get(url(dossiers[LIMIT])).status_code == 200


@pytest.mark.parametrize("page", ["", "envoyee/", "accuse-reception.pdf"])
def test_the_employer_s_pages_are_no_way_round(desk: Client, dossiers: list[Dossier], page: str) -> None:
    for dossier in dossiers[:LIMIT]:
        assert desk.get(f"/demandes/{dossier.number}/{page}").status_code == (200 if page else 302)
    assert ReadAudit.objects.filter(what=READ).values("subject_id").distinct().count() == LIMIT
    assert desk.get(f"/demandes/{dossiers[LIMIT].number}/{page}").status_code == 429


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("echanges/message/", {"body": ""}),
        ("echanges/note/", {"body": ""}),
        ("corrections/", {"ajouter": "x"}),
        ("accorder/", {"apercu": "1"}),
    ],
)
def test_a_refused_post_is_no_way_round(
    desk: Client, dossiers: list[Dossier], page: str, typed: dict[str, str]
) -> None:
    for dossier in dossiers[:LIMIT]:
        assert desk.post(url(dossier, page), typed).status_code != 429
    assert ReadAudit.objects.filter(what=READ).values("subject_id").distinct().count() == LIMIT
    assert desk.post(url(dossiers[LIMIT], page), typed).status_code == 429


def test_an_officer_does_not_write_on_the_employer_s_side(desk: Client, dossiers: list[Dossier]) -> None:
    number = dossiers[0].number
    assert desk.post(f"/demandes/{number}/messages/", {"message": ""}).status_code == 404
    assert ReadAudit.objects.filter(what=READ).count() == 1


def test_a_piece_read_by_its_own_address_counts_as_its_request(desk: Client, dossiers: list[Dossier]) -> None:
    addresses = [f"/documents/{pieces_of(dossier.pk).get().key}/?apercu" for dossier in dossiers]
    answers = [desk.get(each).status_code for each in [*addresses[:LIMIT], addresses[0]]]
    assert 429 not in answers, "the same request again is no other one"
    assert desk.get(addresses[LIMIT]).status_code == 429
    assert desk.get(url(dossiers[LIMIT])).status_code == 429


def test_an_employer_opens_his_own_freely(dossiers: list[Dossier], clock: time_machine.Traveller) -> None:
    client = browser_of(employer(dossiers[0].establishment))
    assert [client.get(f"/demandes/{each.number}/").status_code for each in dossiers] == [200] * len(dossiers)
    assert not ReadAudit.objects.exists()


@pytest.mark.parametrize("page", ["echanges/", "historique/", "accorder/", "corrections/"])
def test_every_page_of_a_request_counts(desk: Client, dossiers: list[Dossier], page: str) -> None:
    for dossier in dossiers[:LIMIT]:
        desk.get(url(dossier, page))
    assert desk.get(url(dossiers[LIMIT])).status_code == 429


def test_the_same_request_counts_once(desk: Client, olga: Actor, dossiers: list[Dossier]) -> None:
    for _ in range(LIMIT + 5):
        assert desk.get(url(dossiers[0])).status_code == 200
    assert ReadAudit.objects.filter(actor_id=olga.user_id, what="dossier.read").count() == 1


def test_what_is_open_already_stays_open(desk: Client, dossiers: list[Dossier]) -> None:
    for dossier in dossiers[: LIMIT + 1]:
        desk.get(url(dossier))
    assert desk.get(url(dossiers[0])).status_code == 200


def test_administrators_are_told_once_and_the_journal_keeps_it(
    desk: Client, ada: Actor, olga: Actor, dossiers: list[Dossier]
) -> None:
    for dossier in dossiers:
        desk.get(url(dossier))
    assert ReadAudit.objects.filter(actor_id=olga.user_id, what=REFUSED).count() == 1
    assert tell_of_mass_reading() == 1
    assert tell_of_mass_reading() == 0
    entry = Entry.objects.get(event=TOLD)
    assert (entry.subject_kind, entry.subject_id) == ("user", olga.user_id)
    assert Notice.objects.get(kind="dossier.too_many").user_id == ada.user_id


def test_nothing_is_told_where_nobody_was_slowed(desk: Client, ada: Actor, dossiers: list[Dossier]) -> None:
    desk.get(url(dossiers[0]))
    assert tell_of_mass_reading() == 0
    assert not Notice.objects.filter(kind="dossier.too_many").exists()


def test_employers_read_their_own_freely_and_leave_no_trace(dossiers: list[Dossier]) -> None:
    from openopco.dossiers.reading import open_request
    from openopco.habilitations.queries import actor_for

    author = dossiers[0].created_by
    for dossier in dossiers:
        open_request(actor=actor_for(author), dossier=dossier)
    assert not ReadAudit.objects.filter(actor_id=author.pk).exists()


def test_the_shipped_limit_is_three_hundred() -> None:
    Parameter.objects.all().delete()
    parameters.forget()
    assert parameters.value("mass_reading_limit", on=NOW.date()) == 300


def test_acts_are_not_readings(olga: Actor, dossiers: list[Dossier]) -> None:
    client = browser_of(olga)
    for dossier in dossiers:
        client.post(url(dossier, "prendre/"), {"version": dossier.version, "depuis": "liste"})
    assert not ReadAudit.objects.filter(actor_id=olga.user_id).exists()
