"""« Mes listes », the default one, and the shortcuts' page."""

from typing import Any

import pytest
from django.test import Client

from openopco.dossiers.actions import lists
from openopco.dossiers.enums import State
from openopco.dossiers.errors import BadListName, NothingNarrowed, TooManyLists, UnknownList
from openopco.dossiers.models import SavedFilter
from openopco.kernel.errors import Forbidden
from openopco.kernel.nir import NirInText
from openopco.rights import Actor
from tests.dossiers.factories import NIR, DossierFactory
from tests.web.desk.dossiers.reading import found, text_of

LIST = "/gestion/"


def kept(actor: Actor, name: str = "Grand Est", **given: Any) -> SavedFilter:
    return lists.save_list(actor=actor, name=name, address="vue=ouverts&region=44", **given)


class TestKeeping:
    def test_names_are_ones_own_and_each_once(self, olga: Actor, omar: Actor) -> None:
        kept(olga)
        kept(omar)
        with pytest.raises(BadListName, match="déjà une liste"):
            kept(olga, "grand est ")
        for name in ("", "  ", "x" * 41):
            with pytest.raises(BadListName):
                kept(olga, name)
        with pytest.raises(NirInText):
            kept(olga, NIR)
        assert SavedFilter.objects.count() == 2

    def test_one_alone_is_the_default(self, olga: Actor) -> None:
        first, second = kept(olga, is_default=True), kept(olga, "Autre", is_default=True)
        assert list(SavedFilter.objects.filter(is_default=True)) == [second]
        lists.make_default(actor=olga, list_id=first.pk)
        assert SavedFilter.objects.get(is_default=True) == first
        lists.make_default(actor=olga, list_id=first.pk, is_default=False)
        assert not SavedFilter.objects.filter(is_default=True).exists()

    def test_nobody_touches_anothers(self, olga: Actor, omar: Actor, alice: Actor) -> None:
        hers = kept(olga)
        for act in (lists.delete_list, lists.make_default):
            with pytest.raises(UnknownList):
                act(actor=omar, list_id=hers.pk)
        with pytest.raises(UnknownList):
            lists.rename_list(actor=omar, list_id=hers.pk, name="À moi")
        with pytest.raises(Forbidden):
            kept(alice)

    def test_twenty_are_enough(self, olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openopco.dossiers.actions.lists.MOST_LISTS", 1)
        kept(olga)
        with pytest.raises(TooManyLists):
            kept(olga, "Autre")


def test_a_narrowed_list_is_kept_and_found_again(desk: Client, olga: Actor) -> None:
    DossierFactory.create(region="44")
    address = f"{LIST}?vue=ouverts&region=44&min=10"
    [link] = found(desk.get(address), "//a[text()='Enregistrer cette liste']/@href")
    assert "région : Grand Est · coût HT de : 10" in text_of(desk.get(link))
    refused = desk.post(link, {"name": "", "defaut": "1"})
    assert refused.status_code == 422
    assert "Donnez un nom" in text_of(refused)
    assert found(refused, "//input[@name='defaut']/@checked")
    assert desk.post(link, {"name": "Alsace", "defaut": "1"})["Location"].startswith(f"{LIST}?vue=ouverts")
    opened = desk.get(LIST)
    assert opened.status_code == 302
    page = desk.get(opened["Location"])
    assert found(page, "//nav[@aria-label='Mes listes']//a[@aria-current]")[0].text == "Alsace"
    assert len(found(page, "//tbody/tr")) == 1
    assert desk.get(f"{LIST}?vue=moi").status_code == 200


def test_a_list_is_renamed_deleted_and_no_longer_the_default(desk: Client, olga: Actor) -> None:
    one, other = kept(olga, is_default=True), kept(olga, "Autre")
    address = f"/gestion/listes/{one.pk}/"
    refused = desk.post(address, {"verbe": "renommer", "name": "autre"})
    assert refused.status_code == 422
    assert 'value="autre"' in refused.content.decode()
    desk.post(address, {"verbe": "renommer", "name": "Alsace et Lorraine"})
    assert "« Alsace et Lorraine »" in text_of(desk.get("/gestion/listes/"))
    desk.post(address, {"verbe": "sans-defaut"})
    assert desk.get(LIST).status_code == 200
    desk.post(address, {"verbe": "supprimer"})
    assert list(SavedFilter.objects.all()) == [other]
    assert desk.post(address, {"verbe": "supprimer"}).status_code == 404


def test_what_a_list_names_and_no_longer_exists_is_dropped(desk: Client, olga: Actor) -> None:
    lists.save_list(actor=olga, name="Vieille", address="vue=ouverts&region=99&etat=perdu", is_default=True)
    assert desk.get(LIST)["Location"] == f"{LIST}?vue=ouverts"


def test_the_plain_list_needs_no_name(desk: Client, olga: Actor) -> None:
    refused = desk.post("/gestion/listes/nouvelle/", {"name": "Tout", "defaut": "1"})
    assert refused.status_code == 422
    assert "choisissez d'abord un onglet ou un filtre" in text_of(refused)
    assert 'value="Tout"' in refused.content.decode()
    assert not SavedFilter.objects.exists()
    with pytest.raises(NothingNarrowed):
        lists.save_list(actor=olga, name="Tout", address="")


@pytest.mark.parametrize("address", ["", "region=99&etat=perdu&par=x"])
def test_a_default_that_names_nothing_any_more_opens_the_plain_list(desk: Client, olga: Actor, address: str) -> None:
    SavedFilter.objects.create(user_id=olga.user_id or 0, name="A", folded="a", address=address, is_default=True)
    assert desk.get(LIST).status_code == 200


def test_the_shortcuts_are_told(desk: Client, olga: Actor) -> None:
    DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
    [link] = found(desk.get(LIST), "//a[@data-shortcuts]/@href")
    page = desk.get(link)
    assert "Dossier suivant" in text_of(page)
    assert "sont actifs" in text_of(page)
    desk.post(link, {"actifs": "non"})
    assert "sont désactivés" in text_of(desk.get(link))
    assert not found(desk.get(LIST), "//a[@data-shortcuts]")
    desk.post(link, {"actifs": "oui"})
    assert found(desk.get(LIST), "//a[@data-shortcuts]")
