"""« Sélectionner un organisme de formation »: found, unknown, out of reach, closed, keyed by hand; and postal codes."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from openopco.dossiers.actions import drafts
from openopco.dossiers.models import Dossier
from openopco.kernel.errors import Unavailable
from openopco.organisations.enums import Source
from openopco.organisations.errors import TooMany
from openopco.organisations.models import Establishment, Provider
from openopco.reference.models import Commune, CommunePostalCode
from openopco.rights import Actor
from tests.dossiers.factories import complete_draft, empty_draft, school, sent
from tests.organisations.factories import AXEPT, siret
from tests.web.portal.drafting import send_back, step_of, stored
from tests.web.portal.people import text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
CLOSED, UNKNOWN = "00077100600012", siret(7777)
REGISTRY = "openopco.organisations.registries"


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return empty_draft(alice, place)


@pytest.fixture
def _silent_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(f"{REGISTRY}.lookup_provider", fail)


def dialog_of(draft: Dossier) -> str:
    return reverse("portal:provider", args=[draft.key])


def ask(client: Client, draft: Dossier, gesture: str, number: str, **more: str) -> HttpResponse:
    return client.post(dialog_of(draft), {"geste": gesture, "siret": number, **more})


def provider_of(draft: Dossier) -> Provider | None:
    return Dossier.objects.select_related("provider").get(pk=draft.pk).provider


def test_it_has_the_words_of_the_walk(as_alice: Client, draft: Dossier) -> None:
    page = as_alice.get(dialog_of(draft))
    for words in (
        "Sélectionner un organisme de formation",
        "Rechercher un organisme de formation",
        "SIRET (complet)",
        "CHERCHER",
        "Créer un organisme de formation",
        "CRÉER L'ÉTABLISSEMENT",
        "FERMER",
    ):
        assert words in text_of(page), words
    assert "data-dialog-content" in page.content.decode()
    assert page.content.decode().count("<h1") == 1


@pytest.mark.parametrize("gesture", ["chercher", "creer", "", "autre"])
def test_one_that_the_registry_knows_is_chosen(gesture: str, as_alice: Client, draft: Dossier) -> None:
    answer = ask(as_alice, draft, gesture, "834 267 023 00028")
    assert answer["Location"] == step_of(draft, "formation")
    text = text_of(as_alice.get(answer["Location"]))
    assert "Organisme de formation : AXEPT." in text
    assert "Raison sociale * AXEPT SIRET 834 267 023 00028" in text
    assert "Qualiopi : actions de formation" in text


@pytest.mark.usefixtures("_silent_registry")
def test_one_already_known_asks_no_registry(as_alice: Client, draft: Dossier) -> None:
    known = school(name="ÉCOLE DES FREINS")
    assert ask(as_alice, draft, "chercher", known.siret).status_code == 302
    assert provider_of(draft) == known
    assert Provider.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("", "Indiquez un SIRET (14 chiffres)."),
        ("123", "Un SIRET compte 14 chiffres : il en manque 11."),
        ("83426702300029", "La clé du SIRET ne correspond pas : vérifiez les 14 chiffres."),
        (CLOSED, "Cet organisme est fermé d'après le répertoire officiel."),
        (UNKNOWN, "Aucun organisme n'a ce SIRET : vous pouvez le créer."),
    ],
)
def test_a_search_that_fails_says_why_beside_what_was_typed(
    number: str, told: str, as_alice: Client, draft: Dossier
) -> None:
    page = ask(as_alice, draft, "chercher", number)
    html = page.content.decode()
    assert page.status_code == 200
    assert told in text_of(page)
    assert title_of(page).startswith("Erreur : ")
    assert '<a href="#id_siret_search">' in html
    assert f'id="id_siret_search" name="siret" value="{number}"' in html
    assert html.count('aria-invalid="true"') == 1
    assert provider_of(draft) is None


@pytest.mark.usefixtures("_silent_registry")
def test_while_the_registry_is_silent_one_is_told_to_create(as_alice: Client, draft: Dossier) -> None:
    page = ask(as_alice, draft, "chercher", AXEPT)
    assert "Le registre ne répond pas pour le moment : vous pouvez le créer." in text_of(page)


@pytest.mark.usefixtures("_silent_registry")
def test_creating_while_the_registry_is_silent_leads_to_typing(as_alice: Client, draft: Dossier) -> None:
    page = ask(as_alice, draft, "creer", AXEPT)
    assert "Le registre ne répond pas : saisissez l'organisme, nous le vérifierons ensuite." in text_of(page)
    assert f'id="id_siret" name="siret" value="{AXEPT}"' in page.content.decode()
    assert not title_of(page).startswith("Erreur")


def test_creating_one_that_the_registry_ignores_leads_to_typing(as_alice: Client, draft: Dossier) -> None:
    assert "Ce SIRET n'est pas au registre : saisissez l'organisme" in text_of(ask(as_alice, draft, "creer", UNKNOWN))


def test_a_mistyped_number_is_told_beside_the_field_it_was_typed_in(as_alice: Client, draft: Dossier) -> None:
    page = ask(as_alice, draft, "creer", "123").content.decode()
    assert '<a href="#id_siret_create">' in page
    assert 'id="id_siret_create" name="siret" value="123"' in page


class TestByHand:
    TYPED = {"name": "ÉCOLE NEUVE", "postal_code": "68100", "city": "MULHOUSE", "email": "ecole@exemple.fr"}

    def test_one_typed_is_chosen_and_to_verify(self, as_alice: Client, draft: Dossier) -> None:
        answer = ask(as_alice, draft, "saisir", UNKNOWN, **self.TYPED)
        assert answer["Location"] == step_of(draft, "formation")
        made = provider_of(draft)
        assert made
        assert (made.name, made.siret, made.source, made.verified) == ("ÉCOLE NEUVE", UNKNOWN, Source.HAND, False)
        assert "À vérifier" in text_of(as_alice.get(answer["Location"]))

    def test_all_that_is_wrong_is_told_at_once_and_nothing_is_lost(self, as_alice: Client, draft: Dossier) -> None:
        typed = {"name": "", "postal_code": "6810", "nda": "12", "phone": "03 89", "email": "école", "city": "MULHOUSE"}
        page = ask(as_alice, draft, "saisir", UNKNOWN, **typed)
        html = page.content.decode()
        assert title_of(page).startswith("Erreur : ")
        for name in ("name", "postal_code", "nda", "phone", "email"):
            assert f'<a href="#id_{name}">' in html, name
            assert f'id="id_{name}_error"' in html, name
        for name, value in {**typed, "siret": UNKNOWN}.items():
            assert f'name="{name}" value="{value}"' in html, name
        assert not Provider.objects.exists()

    def test_a_wrong_siret_is_told_beside_it(self, as_alice: Client, draft: Dossier) -> None:
        page = ask(as_alice, draft, "saisir", "123", **self.TYPED)
        html = page.content.decode()
        assert '<a href="#id_siret">' in html
        assert 'name="name" value="ÉCOLE NEUVE"' in html

    def test_one_already_known_is_chosen_as_it_is(self, as_alice: Client, draft: Dossier) -> None:
        known = school(name="ÉCOLE DES FREINS")
        assert ask(as_alice, draft, "saisir", known.siret, **self.TYPED).status_code == 302
        assert provider_of(draft) == known
        known.refresh_from_db()
        assert known.name == "ÉCOLE DES FREINS"

    def test_too_many_in_a_day_are_refused_in_words(
        self, as_alice: Client, draft: Dossier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise TooMany

        monkeypatch.setattr("openopco.web.portal.views.providers.create_provider_by_hand", refuse)
        assert "Réessayez demain" in text_of(ask(as_alice, draft, "saisir", UNKNOWN, **self.TYPED))


class TestByName:
    def test_known_ones_are_found_and_chosen(self, as_alice: Client, draft: Dossier) -> None:
        known = school(name="ÉCOLE DES FREINS", city="COLMAR")
        school(name="AUTRE")
        page = as_alice.get(dialog_of(draft), {"nom": "ecole freins"})
        assert "ÉCOLE DES FREINS" in text_of(page)
        assert "AUTRE" not in text_of(page)
        assert f'<input type="hidden" name="siret" value="{known.siret}">' in page.content.decode()

    @pytest.mark.parametrize("name", ["zzzz", "ab", "\x00\x00\x00", "x" * 5000])
    def test_none_says_so(self, name: str, as_alice: Client, draft: Dossier) -> None:
        assert "Aucun organisme connu ne porte ce nom" in text_of(as_alice.get(dialog_of(draft), {"nom": name}))


class TestInternal:
    def test_choosing_a_provider_unticks_it(self, as_alice: Client, draft: Dossier) -> None:
        send_back(as_alice, step_of(draft, "formation"), internal="oui")
        ask(as_alice, draft, "chercher", AXEPT)
        assert stored(draft, "internal") == ""
        text = text_of(as_alice.get(step_of(draft, "synthese")))
        assert "Raison sociale AXEPT" in text

    def test_the_provider_is_taken_off_to_teach_in_the_company(
        self, as_alice: Client, alice: Actor, place: Establishment
    ) -> None:
        draft = complete_draft(alice, place)
        name = provider_of(draft).name  # type: ignore[union-attr]
        assert f"Retirer {name}" in text_of(as_alice.get(dialog_of(draft)))
        answer = as_alice.post(reverse("portal:remove_provider", args=[draft.key]))
        assert answer["Location"] == step_of(draft, "formation")
        assert provider_of(draft) is None
        assert "Formation interne" in text_of(as_alice.get(answer["Location"]))


def test_nobody_else_reaches_it(draft: Dossier, as_charlie: Client, as_olga: Client, as_newcomer: Client) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.get(dialog_of(draft)).status_code == 404
        assert ask(client, draft, "chercher", AXEPT).status_code == 404
        assert client.post(reverse("portal:remove_provider", args=[draft.key])).status_code == 404
    assert provider_of(draft) is None
    assert not Provider.objects.exists()


def test_once_sent_it_is_gone(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert as_alice.get(dialog_of(dossier)).status_code == 404
    assert as_alice.post(reverse("portal:remove_provider", args=[dossier.key])).status_code == 404


def test_a_provider_that_closed_since_is_told_on_the_step(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier
) -> None:
    gone = school(name="ÉCOLE FERMÉE", status="FERME")
    drafts.choose_provider(actor=alice, key=str(draft.key), provider=gone)
    text = text_of(as_alice.get(f"{step_of(draft, 'formation')}?verifier"))
    assert "ÉCOLE FERMÉE n'est plus actif : choisissez un autre organisme." in text


# --- « Recherche par code postal » -----------------------------------------------------------------------------------


class TestCommunes:
    @pytest.fixture(autouse=True)
    def _illzach(self) -> None:
        for code, name in (("68154", "Illzach"), ("68224", "Mulhouse")):
            commune = Commune.objects.create(
                insee_code=code, name=name, folded_name=name.lower(), department="68", zone="metro"
            )
            CommunePostalCode.objects.create(commune=commune, postal_code="68110" if code == "68154" else "68100")

    def communes(self, client: Client, code: str) -> list[dict[str, str]]:
        answer = client.get(reverse("portal:communes"), {"code": code})
        assert answer.status_code == 200
        found: list[dict[str, str]] = answer.json()["communes"]
        return found

    def test_a_whole_postal_code_gives_its_communes(self, as_alice: Client) -> None:
        assert self.communes(as_alice, "68110") == [{"name": "Illzach", "insee_code": "68154", "postal_code": "68110"}]
        assert self.communes(as_alice, " 68 100 ")[0]["name"] == "Mulhouse"

    @pytest.mark.parametrize("code", ["", "6", "68", "99999", "abcde", "\x00", "6" * 5000])
    def test_anything_else_gives_none(self, code: str, as_alice: Client) -> None:
        assert self.communes(as_alice, code) == []

    def test_it_may_be_kept_by_the_browser_alone(self, as_alice: Client) -> None:
        header = as_alice.get(reverse("portal:communes"), {"code": "68110"})["Cache-Control"]
        assert "private" in header
        assert "max-age=86400" in header

    def test_one_signs_in_first(self, client: Client) -> None:
        assert client.get(reverse("portal:communes"), {"code": "68110"}).status_code == 302
