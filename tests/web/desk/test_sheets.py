"""« Entreprises et organismes » at the desk."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from openopco.dossiers.enums import State
from openopco.funding.models import CompanyBudget, VoluntaryAccount
from openopco.organisations.models import Company, Establishment, Provider
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import NOW, DossierFactory, garage, school
from tests.habilitations.factories import MembershipFactory
from tests.organisations.factories import ACTIF_AUTO, EstablishmentFactory
from tests.web.visitors import client_of, member, officer_client, text_of

pytestmark = pytest.mark.django_db
LIST = "/gestion/entreprises/"
PROVIDERS = f"{LIST}organismes/"


@pytest.fixture
def desk(settings) -> Client:
    settings.OPENOPCO_MFA_REQUIRED = False
    return officer_client()


@pytest.fixture
def place() -> Establishment:
    return garage(name="GARAGE DU LAC")


@pytest.fixture
def provider() -> Provider:
    return school(name="ÉCOLE DU LAC")


def test_an_empty_list_says_why(desk: Client) -> None:
    assert "Aucune fiche pour le moment" in text_of(desk.get(LIST))


def test_a_search_finds_or_says_that_it_does_not(desk: Client, place: Establishment, provider: Provider) -> None:
    assert "GARAGE DU LAC" in text_of(desk.get(LIST, {"q": "lac"}))
    assert "ÉCOLE DU LAC" in text_of(desk.get(PROVIDERS, {"q": "ecole"}))
    missed = text_of(desk.get(LIST, {"q": "<b>rien</b>"}))
    assert "Aucune fiche ne contient « <b>rien</b> »" in missed


def test_a_sheet_shows_history_people_and_places(desk: Client, place: Establishment) -> None:
    twin = EstablishmentFactory.create(company=place.company, siret=ACTIF_AUTO, name="GARAGE DE LA GARE")
    member(place, first_name="Alice", last_name="Martin")
    MembershipFactory.create(establishment=place, user__last_name="Attend")
    granted = DossierFactory.create(establishment=place, state=State.ACCORDEE, title="Soudure")
    waiting = DossierFactory.create(establishment=place, title="Peinture")
    text = text_of(page := desk.get(f"{LIST}{place.pk}/"))
    for words in ("Alice Martin", "Attend", "À valider", "GARAGE DE LA GARE", "Soudure", "1 120,00", "500,00"):
        assert words in text.replace("\u202f", " "), words
    assert "Déclarant" in text
    assert f"/gestion/etablissements/{place.pk}/personnes/" in page.content.decode()
    assert f"{LIST}{twin.pk}/" in page.content.decode()
    narrowed = desk.get(f"{LIST}{place.pk}/", {"etat": "accordee"}).content.decode()
    assert granted.number in narrowed
    assert waiting.number not in narrowed


def test_a_sheet_costs_the_same_whatever_its_history(
    desk: Client, place: Establishment, django_assert_max_num_queries
) -> None:
    DossierFactory.create_batch(15, establishment=place)
    for _ in range(3):
        member(place)
    desk.get(f"{LIST}{place.pk}/")
    with django_assert_max_num_queries(12):
        desk.get(f"{LIST}{place.pk}/")


def test_a_sheet_says_what_was_verified_and_when(desk: Client, place: Establishment, provider: Provider) -> None:
    text = text_of(desk.get(f"{LIST}{place.pk}/")).replace("\u202f", " ").replace("’", "'")
    controls = text.split("Contrôles", 1)[1]
    for words in ("Identité", "OPCO", "Personne n'a noté si l'entreprise est à jour", "Effectif", "Pas de compte"):
        assert words in controls, words
    assert "Compte bancaire" not in controls
    taught = text_of(desk.get(f"{LIST}organismes/{provider.pk}/")).split("Contrôles", 1)[1]
    for words in ("Identité", "Déclaration d'activité", "Qualiopi"):
        assert words in taught.replace("’", "'"), words


@pytest.mark.funding_rules
@time_machine.travel(NOW, tick=False)
def test_a_sheet_tells_what_the_company_has_of_its_budgets_and_of_its_own(desk: Client, place: Establishment) -> None:
    Company.objects.filter(pk=place.company_id).update(headcount_exact=5, headcount_at="2026-11-01")
    CompanyBudget.objects.create(company=place.company, year=2026, budget="pdc", engaged=1200)
    person = UserFactory.create()
    VoluntaryAccount.objects.create(
        company=place.company, agreement="VV-1", signed_on="2026-01-01", paid_in=900, engaged=100, opened_by=person,
        opened_at=NOW,
    )  # fmt: skip
    text = text_of(desk.get(f"{LIST}{place.pk}/")).replace("\u202f", " ").replace("\xa0", " ")
    assert "1 200,00 € HT engagés sur 1 500,00 €, reste 300,00 €" in text
    assert "800,00 € HT de solde" in text
    assert "5, déclaré le 01/11/2026" in text


def test_a_note_is_kept_and_a_refused_one_stays_typed(desk: Client, place: Establishment) -> None:
    done = desk.post(f"{LIST}{place.pk}/note/", {"body": "Rappeler en mars."}, follow=True)
    assert "Votre note est gardée." in text_of(done)
    assert "Rappeler en mars." in text_of(done)
    refused = desk.post(f"{LIST}{place.pk}/note/", {"body": "Voir 2 55 08 14 168 025 38"})
    assert refused.status_code == 422
    assert "Voir 2 55 08 14 168 025 38" in text_of(refused)
    assert 'href="#id_note"' in refused.content.decode()


def test_a_provider_has_its_notes_and_its_history(desk: Client, provider: Provider) -> None:
    DossierFactory.create(provider=provider, employer_name="GARAGE DES TILLEULS")
    done = desk.post(f"{PROVIDERS}{provider.pk}/note/", {"body": "Convention-cadre signée."}, follow=True)
    text = text_of(done)
    assert "Convention-cadre signée." in text
    assert "GARAGE DES TILLEULS" in text
    assert desk.post(f"{PROVIDERS}{provider.pk}/note/", {"body": " "}).status_code == 422


def test_contributions_are_noted_and_read_on_the_requests(desk: Client, place: Establishment) -> None:
    given = {"paid": "non", "on": "20/11/2026", "source": "Attestation de vigilance de l'Urssaf"}
    done = text_of(desk.post(f"{LIST}{place.pk}/contributions/", given, follow=True))
    assert "Pas à jour" in done
    assert "Constaté le 20/11/2026" in done
    place.company.refresh_from_db()
    assert place.company.contributions_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"paid": ""}, "Dites si les contributions sont à jour."),
        ({"on": "32/13/2026"}, "n'existe pas"),
        ({"on": ""}, "Indiquez le jour où vous l'avez constaté."),
        ({"source": ""}, "Dites où vous l'avez lu"),
        ({"source": "2 55 08 14 168 025 38"}, "numéro de sécurité sociale"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Client, place: Establishment, changes, sentence) -> None:
    given = {"paid": "oui", "on": "20/11/2026", "source": "Urssaf", **changes}
    page = desk.post(f"{LIST}{place.pk}/contributions/", given)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert all(value in page.content.decode() for value in given.values())
    place.company.refresh_from_db()
    assert place.company.contributions_paid is None


def test_strangers_to_the_desk_are_turned_away(place: Establishment) -> None:
    alice = client_of(member(place))
    assert alice.get(f"{LIST}{place.pk}/").status_code == 403
    assert alice.post(f"{LIST}{place.pk}/note/", {"body": "x"}).status_code == 403


def test_what_does_not_exist_is_a_404(desk: Client) -> None:
    assert desk.get(f"{LIST}999999/").status_code == 404
    assert desk.post(f"{PROVIDERS}999999/note/", {"body": "x"}).status_code == 404


def test_an_answer_that_the_form_does_not_offer_is_told_in_our_words(desk: Client, place: Establishment) -> None:
    given = {"paid": "peut-être", "on": "20/11/2026", "source": "Urssaf"}
    page = desk.post(f"{LIST}{place.pk}/contributions/", given)
    assert page.status_code == 422
    assert "Choisissez oui ou non." in text_of(page)
    assert "choix valide" not in text_of(page)
