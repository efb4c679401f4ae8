"""What each page asks the database, in order: an N+1 is a readable difference, and no page asks more for more rows."""

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.reference import queries as reference
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.dossiers.factories import PERSON, DossierFactory, asked, complete_draft, piece, sent, taken
from tests.web.portal.people import browser_of, queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
FRAME = ["django_session", "accounts_user"]
MEMBERSHIPS = "habilitations_membership"
MOST = 12
STATES = [state for state in State if state is not State.CADUQUE]


@pytest.fixture(autouse=True)
def _a_known_agreement(db: None) -> None:
    Idcc.objects.create(code="1090", label="Services de l'automobile", search="services de l automobile")


def asked_of_database(client: Client, page: str) -> list[str]:
    """The tables that a page reads, once the process knows the nomenclatures and the parameters."""
    client.get(page)
    with queries() as tables:
        assert client.get(page).status_code == 200
    return tables


def fill(place: Establishment, alice: Actor, count: int) -> None:
    owner = User.objects.get(pk=alice.user_id)
    for rank in range(count):
        DossierFactory.create(establishment=place, created_by=owner, state=STATES[rank % len(STATES)])


@pytest.mark.parametrize(
    "path", ["/demandes/", "/demandes/?q=formation&etat=accordee&tri=echeance", "/demandes/action-de-formation/"]
)
def test_the_list(path: str, as_alice: Client, alice: Actor, place: Establishment) -> None:
    fill(place, alice, 3)
    few = asked_of_database(as_alice, path)
    fill(place, alice, 57)
    many = asked_of_database(as_alice, path)
    assert few == many
    assert many == [*FRAME, MEMBERSHIPS, "dossiers_dossier", "dossiers_dossier"]


def test_a_search_of_several_pages_is_counted(as_alice: Client, alice: Actor, place: Establishment) -> None:
    fill(place, alice, 60)
    asked = asked_of_database(as_alice, "/demandes/?q=formation")
    assert asked == [*FRAME, MEMBERSHIPS, *["dossiers_dossier"] * 3]


def test_the_dashboard(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    asked(alice, place, olga)
    complete_draft(alice, place)
    fill(place, alice, len(STATES))
    few = asked_of_database(as_alice, "/tableau-de-bord/")
    for _ in range(4):
        complete_draft(alice, place, people=(PERSON, PERSON))
        asked(alice, place, olga)
    fill(place, alice, 50)
    many = asked_of_database(as_alice, "/tableau-de-bord/")
    dossiers = "dossiers_dossier"
    drafts = ["dossiers_draftfield", "dossiers_draftrow", "documents_document"]
    points = "dossiers_correctionitem"
    assert few == [*FRAME, MEMBERSHIPS, *[dossiers] * 2, "billing_claim", *drafts, points, dossiers]
    assert len(many) <= len(few) <= MOST


def test_the_page_of_a_request(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    few = asked_of_database(as_alice, f"/demandes/{sent(alice, place).number}/")
    people = tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(40))
    large = taken(alice, place, olga, people=people)
    for rank in range(10):
        piece(large, by=alice, name=f"{rank}.pdf")
    many = asked_of_database(as_alice, f"/demandes/{large.number}/")
    assert many == few
    assert few == [
        *FRAME,
        "dossiers_dossier",
        MEMBERSHIPS,
        "dossiers_draftfield",
        "dossiers_draftrow",
        "documents_document",
        "dossiers_letter",
        "dossiers_message",
        "journal_entry",
    ]


def test_it_costs_a_colleague_one_more_for_what_he_may_not_see(
    as_bob: Client, alice: Actor, place: Establishment
) -> None:
    people = tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(5))
    tables = asked_of_database(as_bob, f"/demandes/{sent(alice, place, people=people).number}/")
    assert tables.count("trainees_nirsecret") == 1
    assert len(tables) <= MOST


def test_the_answer(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    one = asked(alice, place, olga, Point(ItemKind.CHAMP, "cost", "?"), Point(ItemKind.PIECE, "programme", "?"))
    points = [
        Point(ItemKind.CHAMP, name, "?") for name in ("cost", "hours", "title", "starts_on", "ends_on", "modality")
    ]
    many = asked(alice, place, olga, *points, *(Point(ItemKind.PIECE, zone, "?") for zone in ("programme", "divers")))
    pages = [asked_of_database(as_alice, f"/demandes/{dossier.number}/repondre/") for dossier in (one, many)]
    assert pages[0] == pages[1]
    assert len(pages[0]) <= MOST


def test_the_first_visit_of_a_process_stays_within_bounds(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    """Nomenclatures are read once in a process, and which edition is in force each 30 seconds; even then no page goes beyond
    what is allowed by much."""
    dossier = asked(alice, place, olga)
    browser = browser_of(alice)
    reference.forget()
    with queries() as tables:
        browser.get(f"/demandes/{dossier.number}/")
    assert len(tables) <= MOST + 3
    assert Dossier.objects.count() == 1


@pytest.mark.parametrize(("path", "most"), [("/aide/", 4), ("/nouveautes/", 4), ("/notifications/", 5)])
def test_the_other_pages(path: str, most: int, as_alice: Client) -> None:
    assert len(asked_of_database(as_alice, path)) <= most


def test_pages_stay_light(as_alice: Client, alice: Actor, place: Establishment) -> None:
    fill(place, alice, 60)
    dossier = sent(alice, place)
    for page in ("/demandes/", "/tableau-de-bord/", f"/demandes/{dossier.number}/"):
        assert len(as_alice.get(page).content) < 60_000
