"""Controllers and accountants read what was sent, act on nothing and open no NIR."""

import pytest
from django.test import Client

from openopco.dossiers.enums import State
from openopco.dossiers.models import Note
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.queries import actor_for
from openopco.journal.models import ReadAudit
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import DossierFactory, asked, complete_draft, signalled, taken
from tests.habilitations.factories import StaffRoleFactory
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, now, post, text_of, url

LIST = "/gestion/"


@pytest.fixture
def nora(db: None) -> Actor:
    """A controller."""
    return actor_for(StaffRoleFactory.create(role=StaffRoleName.CONTROLEUR).user)


@pytest.fixture
def carl(db: None) -> Actor:
    """An accountant."""
    return actor_for(StaffRoleFactory.create(role=StaffRoleName.COMPTABLE).user)


@pytest.fixture(params=["nora", "carl"])
def reader(request: pytest.FixtureRequest) -> Client:
    return browser_of(request.getfixturevalue(request.param))


def test_their_home_is_the_list_of_all_that_was_sent(reader: Client) -> None:
    granted = DossierFactory.create(state=State.ACCORDEE)
    waiting = DossierFactory.create()
    DossierFactory.create(state=State.BROUILLON)
    assert reader.get("/tableau-de-bord/")["Location"] == LIST
    page = reader.get(LIST)
    shown = [each.text for each in found(page, "//tbody//th/a")]
    assert shown == [waiting.number, granted.number]
    assert [each.text_content() for each in found(page, "//div[@id='menu']//nav//a")][:1] == ["Dossiers"]
    assert found(page, "//input[@name='d']") == []
    assert "Prendre" not in text_of(page)


def test_they_search_and_filter_the_list(reader: Client) -> None:
    wanted = DossierFactory.create(title="Soudure aluminium", state=State.ACCORDEE)
    DossierFactory.create(title="Soudure acier")
    for address in ("?q=aluminium", "?vue=tout&etat=accordee", "?vue=moi&q=aluminium"):
        page = reader.get(LIST + address)
        assert [each.text for each in found(page, "//tbody//th/a")] == [wanted.number], address


def test_they_read_a_request_and_find_nothing_to_do_there(
    reader: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    page = reader.get(url(dossier))
    assert "Contrôle technique : mise à jour" in text_of(page)
    side = "//section[contains(@class, 'desk-standing')]"
    addresses = [*found(page, f"{side}//a/@href"), *found(page, f"{side}//form/@action")]
    assert [each.rstrip("/").rpartition("/")[2] for each in addresses] == ["precedent", "suivant"]
    assert ReadAudit.objects.filter(what="dossier.read", subject_id=dossier.pk).exists()


def test_they_see_that_there_is_a_nir_and_cannot_open_it(
    reader: Client, desk: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    [address] = found(desk.get(url(dossier)), "//a[contains(@href, '/nir/')]/@href")
    page = reader.get(url(dossier))
    assert found(page, "//a[contains(@href, '/nir/')]") == []
    assert "29501" not in text_of(page)
    assert reader.get(address).status_code == 403
    assert reader.post(address, {"reason": "Contrôle"}).status_code == 403


ACTS = ("prendre", "remettre", "confier", "corrections", "rectifier", "accorder", "refuser", "classer", "modification")


def test_no_act_is_theirs(reader: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = asked(alice, place, olga)
    before = now(dossier).version
    others = ("suivre", "ne-plus-suivre", "caducite", "echanges/message", "echanges/note", "corrections/retirer")
    for act in (*ACTS, *others):
        assert post(reader, dossier, f"{act}/", body="Bonjour", reason="Motif").status_code == 403, act
    assert reader.post("/gestion/lot/", {"d": dossier.number}).status_code == 403
    assert now(dossier).version == before


def test_a_modification_that_waits_is_told_without_a_button(
    reader: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    signalled(alice, dossier)
    page = reader.get(url(dossier))
    assert "Modification signalée" in text_of(page)
    assert "Examiner et décider" not in text_of(page)


def test_a_draft_stays_its_employer_s(reader: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place)
    assert reader.get(f"/brouillons/{draft.key}/").status_code == 404


def test_a_controller_reads_what_was_said_and_writes_nothing(
    nora: Actor, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    Note.objects.create(
        dossier=dossier, author_id=olga.user_id, author_label=olga.label, body="Devis vu.", created_at=dossier.sent_at
    )
    talk = browser_of(nora).get(url(dossier, "echanges/"))
    assert "Devis vu." in text_of(talk)
    assert found(talk, "//textarea") == []
    assert browser_of(nora).get(url(dossier, "historique/")).status_code == 200


def test_an_accountant_reads_no_internal_note(carl: Actor, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    browser = browser_of(carl)
    assert browser.get(url(dossier, "echanges/")).status_code == 403
    assert browser.get(url(dossier, "historique/")).status_code == 403
    assert "Échanges" not in text_of(browser.get(url(dossier)))


def test_the_employer_s_forms_do_not_open_for_them(
    reader: Client, desk: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    number = taken(alice, place, olga).number
    for page in ("modification", "debut", "annuler"):
        assert reader.get(f"/demandes/{number}/{page}/").status_code == 403, page
    assert desk.get(f"/demandes/{number}/modification/").status_code == 200
