"""« Saisir une demande reçue »: from the employer's SIRET to the request at the desk, and who may come there."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from openopco.dossiers.actions import corrections, holding
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.models import Dossier, PaperFiling
from openopco.kernel.errors import Unavailable
from openopco.organisations import registries
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.answers import release
from tests.documents.hostile import pdf
from tests.dossiers.conftest import _files, _nothing_kept, alice, clock, olga, oscar, place
from tests.dossiers.test_papers import CALL, LETTER, filed, filled, opened
from tests.organisations.factories import ACTIF_AUTO
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.visitors import text_of, value_of

__all__ = ["_files", "_nothing_kept", "alice", "clock", "olga", "oscar", "place"]
pytestmark = pytest.mark.django_db
START = "/gestion/saisies/"
SAID = {"reception": "telephone", "received_on": "20/11/2026", "sender": "Mme Keller", "confirmed_by": "Mme Keller"}


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False


@pytest.fixture
def desk(olga: Actor) -> Client:
    return browser_of(olga)


def new_page(place: Establishment) -> str:
    return f"{START}employeur/{place.pk}/"


class TestWhichEmployer:
    def test_one_is_found_by_name(self, desk: Client, place: Establishment) -> None:
        assert new_page(place) in desk.get(START, {"q": place.name[:6]}).content.decode()
        assert "Aucun établissement connu" in text_of(desk.get(START, {"q": "<b>rien</b>"}))

    def test_a_siret_unknown_here_is_asked_of_the_registry(self, desk: Client) -> None:
        assert f'name="siret" value="{ACTIF_AUTO}"' in desk.get(START, {"q": ACTIF_AUTO}).content.decode()
        found = desk.post(f"{START}employeur/", {"siret": ACTIF_AUTO})
        assert found.headers["Location"] == new_page(Establishment.objects.get(siret=ACTIF_AUTO))

    def test_a_siret_that_cannot_be_is_said_and_kept(self, desk: Client) -> None:
        page = desk.post(f"{START}employeur/", {"siret": "123"})
        assert page.status_code == 422
        assert "14 chiffres" in text_of(page)
        assert value_of(page, "q") == "123"

    def test_the_registry_silent_one_keys_it_by_hand(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def silent(_: str) -> None:
            raise Unavailable

        monkeypatch.setattr(registries, "lookup_company", silent)
        page = desk.post(f"{START}employeur/", {"siret": ACTIF_AUTO})
        assert "ne répond pas" in text_of(page)
        assert value_of(page, "siret") == ACTIF_AUTO
        keyed = {"geste": "saisir", "siret": ACTIF_AUTO, "name": "", "city": "Illzach"}
        refused = desk.post(f"{START}employeur/", keyed)
        assert refused.status_code == 422
        assert value_of(refused, "city") == "Illzach"
        made = desk.post(f"{START}employeur/", {**keyed, "name": "GARAGE DU LAC"})
        assert made.headers["Location"] == new_page(Establishment.objects.get(name="GARAGE DU LAC"))

    def test_a_closed_establishment_has_no_page(self, desk: Client, place: Establishment) -> None:
        Establishment.objects.filter(pk=place.pk).update(is_active=False)
        assert desk.get(new_page(place)).status_code == 404


class TestHowItCame:
    def test_what_is_wrong_is_said_beside_each_field_and_kept(self, desk: Client, place: Establishment) -> None:
        sent = {"reception": "courrier", "received_on": "31/02/2026", "sender": "Mme Keller", "key": str(uuid.uuid4())}
        page = desk.post(new_page(place), sent)
        assert page.status_code == 422
        assert "Joignez le courrier numérisé" in text_of(page)
        assert value_of(page, "received_on") == "31/02/2026"
        assert value_of(page, "key") == sent["key"]
        assert not Dossier.objects.exists()

    def test_a_file_that_is_none_is_refused(self, desk: Client, place: Establishment) -> None:
        scan = SimpleUploadedFile("courrier.pdf", b"rien", "application/pdf")
        page = desk.post(new_page(place), {**SAID, "key": str(uuid.uuid4()), "scan": scan})
        assert page.status_code == 422
        assert not Dossier.objects.exists()

    def test_then_its_draft_opens(self, desk: Client, place: Establishment) -> None:
        scan = SimpleUploadedFile("courrier.pdf", pdf(), "application/pdf")
        given = {**SAID, "reception": "courrier", "key": str(uuid.uuid4()), "scan": scan}
        page = desk.post(new_page(place), given, follow=True)
        draft = Dossier.objects.get()
        assert page.redirect_chain[0][0] == reverse("portal:draft", args=[draft.key])
        assert "Saisie par" in text_of(page)
        assert "reçue par courrier le 20/11/2026" in text_of(page)
        assert draft.employer_name in text_of(desk.get(START))

    def test_it_can_be_corrected(self, desk: Client, olga: Actor, place: Establishment) -> None:
        draft = opened(olga, place)
        page = f"{START}{draft.key}/"
        assert value_of(desk.get(page), "sender") == LETTER.sender
        desk.post(page, {**SAID, "reception": "courrier", "received_on": "19/11/2026"})
        assert PaperFiling.objects.get().received_on.day == 19
        assert desk.post(page, {**SAID, "received_on": "hier"}).status_code == 422


class TestItsSteps:
    def test_they_are_the_employers_own_and_lead_to_the_desk(
        self, desk: Client, olga: Actor, place: Establishment
    ) -> None:
        draft = filled(olga, place, CALL)
        for slug in ("employeur", "formation", "stagiaires", "pieces"):
            page = desk.get(reverse("portal:step", args=[draft.key, slug]))
            assert f"Vous saisissez pour {place.name}" in text_of(page), slug
        closing = text_of(desk.get(reverse("portal:step", args=[draft.key, "synthese"])))
        assert closing.count("À cocher si c'est déclaré par Mme Keller, au téléphone le 20/11/2026") == 3
        sent = desk.post(reverse("portal:submit", args=[draft.key]), follow=True)
        draft.refresh_from_db()
        assert sent.redirect_chain == [(f"/gestion/dossiers/{draft.number}/", 302)]
        assert "Un collègue l'examinera" in text_of(sent)
        assert "Prendre ce dossier" not in text_of(sent)
        # A second click, or the draft's own address, leads to the same page.
        assert desk.post(reverse("portal:submit", args=[draft.key])).headers["Location"] == sent.redirect_chain[0][0]
        assert desk.get(reverse("portal:draft", args=[draft.key])).headers["Location"] == sent.redirect_chain[0][0]

    def test_thrown_away_one_is_back_at_the_start(self, desk: Client, olga: Actor, place: Establishment) -> None:
        draft = opened(olga, place, CALL)
        gone = desk.post(reverse("portal:delete_draft", args=[draft.key]))
        assert gone.headers["Location"] == START

    def test_nobody_else_comes_there(self, olga: Actor, oscar: Actor, alice: Actor, place: Establishment) -> None:
        draft = opened(olga, place)
        scan = PaperFiling.objects.get().scan
        assert scan is not None
        for other in (oscar, alice):
            for url in (reverse("portal:draft", args=[draft.key]), reverse("portal:document", args=[scan.key])):
                assert browser_of(other).get(url).status_code == 404
        assert browser_of(oscar).get(f"{START}{draft.key}/").status_code == 404
        assert browser_of(alice).get(START).status_code == 403
        served = browser_of(olga).get(reverse("portal:document", args=[scan.key]))
        assert served.status_code == 200
        release(served)


class TestTheRequest:
    def test_both_sides_read_how_it_came(self, olga: Actor, oscar: Actor, alice: Actor, place: Establishment) -> None:
        dossier = filed(olga, place)
        words = f"Saisie par {olga.label} pour l'employeur, reçue par courrier le 20/11/2026"
        mine, theirs = browser_of(alice), browser_of(oscar)
        for page in (theirs.get(f"/gestion/dossiers/{dossier.number}/"), mine.get(f"/demandes/{dossier.number}/")):
            assert words in text_of(page)
            assert "courrier.pdf" in text_of(page)
            assert LETTER.sender in text_of(page)
        assert str(dossier.number) in text_of(mine.get("/demandes/"))
        assert "Prendre ce dossier" in text_of(theirs.get(f"/gestion/dossiers/{dossier.number}/"))


class TestColleagues:
    def test_what_a_colleague_began_is_taken_over(self, desk: Client, oscar: Actor, place: Establishment) -> None:
        draft = filled(oscar, place)
        assert draft.employer_name not in text_of(desk.get(START))
        page = desk.get(START, {"vue": "collegues"})
        assert f'action="{START}{draft.key}/reprendre/"' in page.content.decode()
        assert PaperFiling.objects.get().recorded_by_label in text_of(page)
        assert desk.get(reverse("portal:draft", args=[draft.key])).status_code == 404
        taken = desk.post(f"{START}{draft.key}/reprendre/", follow=True)
        assert taken.redirect_chain[0][0] == reverse("portal:draft", args=[draft.key])
        assert draft.employer_name in text_of(desk.get(START))
        assert desk.post(f"{START}{uuid.uuid4()}/reprendre/").status_code == 404

    def test_the_answer_that_came_back_is_typed_by_who_does_not_examine_it(
        self, desk: Client, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        number = str(filed(olga, place).number)
        holding.take(actor=oscar, number=number)
        point = corrections.Point(ItemKind.CHAMP, "cost", "Le devis dit autre chose.")
        corrections.ask(actor=oscar, number=number, points=[point])
        page, address = f"/gestion/dossiers/{number}/", f"/demandes/{number}/repondre/"
        assert "Saisir la réponse reçue" in text_of(desk.get(page))
        assert "Saisir la réponse reçue" not in text_of(browser_of(oscar).get(page))
        assert browser_of(oscar).get(address).status_code == 404
        typed = {"cost": "900,00", "cost-revision": "1", "message": "Voici."}
        shown = desk.get(address)
        assert "Comment la réponse est arrivée" in text_of(shown)
        refused = desk.post(address, {**typed, "received_on": "20/11/2025"})
        assert refused.status_code == 422
        assert "Dites comment la réponse est arrivée." in text_of(refused)
        assert value_of(refused, "received_on") == "20/11/2025"
        done = desk.post(address, {**typed, "reception": "courriel", "received_on": "23/11/2026"}, follow=True)
        assert done.redirect_chain[-1][0] == page
        assert "Réponse de l'employeur, saisie pour lui" in text_of(desk.get(f"{page}historique/")).replace("’", "'")
