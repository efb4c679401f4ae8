"""News and followed requests, as the officer sees them in the list and on the request's page."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.dossiers.actions import talking, watching
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, Follow, News
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, DossierFactory, number_of, taken
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, text_of, url

LIST = "/gestion/"


def numbers(response: Any) -> list[str]:
    return [each.text for each in found(response, "//tbody//th/a")]


def badges(response: Any) -> list[str]:
    return [each.text for each in found(response, "//*[contains(@class, 'badge-news')]")]


def follow_button(desk: Client, dossier: Dossier) -> str:
    [button] = found(desk.get(url(dossier)), "//button[@data-key-follow]")
    return str(button.text_content()).strip()


def test_the_list_says_what_changed_until_one_opens_the_request(
    desk: Client, other_desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    talking.write_message(actor=alice, number=number_of(dossier), body="Voici.")
    page = desk.get(LIST)
    assert badges(page) == ["Nouveau message"]
    assert "Nouveautés 1" in text_of(page)
    assert numbers(desk.get(f"{LIST}?vue=nouveautes")) == [dossier.number]
    other_desk.get(url(dossier))
    assert badges(desk.get(LIST)) == ["Nouveau message"]
    assert badges(desk.get(url(dossier))) == ["Nouveau message"]
    assert badges(desk.get(url(dossier))) == []
    assert badges(desk.get(LIST)) == []
    assert "Rien de nouveau" in text_of(desk.get(f"{LIST}?vue=nouveautes"))


def test_looking_for_the_next_one_reads_nothing(desk: Client, olga: Actor, alice: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    talking.write_message(actor=alice, number=number_of(dossier), body="Voici.")
    desk.get(url(dossier, "suivant/"))
    assert badges(desk.get(LIST)) == ["Nouveau message"]


def test_one_follows_a_request_and_no_longer(desk: Client, olga: Actor, omar: Actor) -> None:
    dossier = DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=omar.user_id)
    assert follow_button(desk, dossier) == "Suivre ce dossier"
    answer = desk.post(found(desk.get(url(dossier)), "//form[.//button[@data-key-follow]]/@action")[0])
    assert answer["Location"] == url(dossier)
    assert follow_button(desk, dossier) == "Ne plus suivre"
    page = desk.get(f"{LIST}?vue=suivis")
    assert numbers(page) == [dossier.number]
    assert "Suivi" in [each.text_content() for each in found(page, "//*[@class='desk-star']")]
    assert "Suivis 1" in text_of(page)
    desk.post(found(desk.get(url(dossier)), "//form[.//button[@data-key-follow]]/@action")[0])
    assert not Follow.objects.exists()
    assert "Vous ne suivez aucun dossier" in text_of(desk.get(f"{LIST}?vue=suivis"))


def test_too_many_followed_is_said(desk: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("openopco.dossiers.actions.watching.MOST_FOLLOWED", 0)
    dossier = DossierFactory.create()
    desk.post(url(dossier, "suivre/"))
    assert "Vous suivez déjà 200 dossiers" in text_of(desk.get(LIST))


def test_the_one_before_and_the_one_after(desk: Client, olga: Actor) -> None:
    from datetime import date

    first, second, third = (
        DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id, due_on=date(2026, 12, day))
        for day in (1, 2, 3)
    )
    assert desk.get(url(second, "precedent/"))["Location"] == url(first)
    assert desk.get(url(second, "suivant/"))["Location"] == url(third)
    assert desk.get(url(first, "precedent/") + "?vue=moi")["Location"] == f"{url(third)}?vue=moi"


def test_more_filters_narrow_and_stay_open(desk: Client, olga: Actor, omar: Actor) -> None:
    hers = DossierFactory.create(
        state=State.EN_INSTRUCTION, holder_id=olga.user_id, idcc="1090", region="44", amount_asked=500
    )
    his = DossierFactory.create(
        state=State.EN_INSTRUCTION, holder_id=omar.user_id, idcc="0016", region="11", amount_asked=900
    )
    News.objects.create(dossier=his, reader_id=olga.user_id, kind="message", at=NOW)
    for address, expected in {
        "branche=1090": [hers],
        "branche=16": [his],
        "region=44": [hers],
        f"par={omar.user_id}": [his],
        "min=600": [his],
        "max=600": [hers],
        "min=100&max=2000": [hers, his],
        "nouv=avec": [his],
        "nouv=sans": [hers],
        "par=rien&region=99&nouv=x": [hers, his],
    }.items():
        assert set(numbers(desk.get(f"{LIST}?vue=ouverts&{address}"))) == {one.number for one in expected}, address
    assert found(desk.get(f"{LIST}?vue=ouverts&region=44"), "//details[@class='desk-filter-more']/@open")
    assert not found(desk.get(f"{LIST}?vue=ouverts"), "//details[@class='desk-filter-more']/@open")


def test_what_cannot_be_read_is_said_by_its_field(desk: Client) -> None:
    page = desk.get(f"{LIST}?branche=abc&min=50&max=10")
    assert "Un code IDCC compte 4 chiffres" in text_of(page)
    assert "Ce montant est inférieur au premier." in text_of(page)
    assert 'value="abc"' in page.content.decode()
    assert found(page, "//input[@id='id_max' and @aria-invalid='true']")


def test_badges_cost_one_question_however_many_rows(desk: Client, olga: Actor) -> None:
    for _ in range(30):
        dossier = DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
        News.objects.create(dossier=dossier, reader_id=olga.user_id, kind="message", at=NOW)
        watching.follow(actor=olga, number=number_of(dossier))
    with CaptureQueriesContext(connection) as context:
        page = desk.get(LIST)
    assert len(badges(page)) == 25
    assert len([query for query in context.captured_queries if "by_label" in query["sql"]]) == 1
    assert len(context) <= 12


def test_followers_see_nothing_of_others(other_desk: Client, omar: Actor, olga: Actor) -> None:
    dossier = DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
    watching.follow(actor=olga, number=number_of(dossier))
    News.objects.create(dossier=dossier, reader_id=olga.user_id, kind="message", at=NOW)
    page = browser_of(omar).get(f"{LIST}?vue=ouverts")
    assert badges(page) == []
    assert not found(page, "//*[@class='desk-star']")
    assert Dossier.objects.count() == 1
