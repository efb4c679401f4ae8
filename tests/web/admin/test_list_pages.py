"""« Listes et phrases »: entries read, added, changed and taken back on their pages."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.opco import lists
from openopco.opco.models import ListVersion
from openopco.opco.shipped_lists import LISTS
from tests.opco.factories import ListVersionFactory

LISTS_PAGE = "/administration/listes/"
CSP = f"{LISTS_PAGE}csp/"
CADRE = f"{CSP}entrees/CAD/"
CHANGE = {"label": "Cadre", "rank": "5", "offered": "oui", "starts_on": "01/01/2027", "revision": "0"}
ADD = {"code": "APP", "label": "Apprenti", "rank": "7", "starts_on": "01/01/2027"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    lists.forget()
    with time_machine.travel("2026-11-30 10:00:00+01:00", tick=False):
        yield
    lists.forget()


def _page(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_every_list_is_there_with_how_many_it_offers_and_what_changes(administrator: Client) -> None:
    ListVersionFactory(is_open=False)
    page = _page(administrator.get(LISTS_PAGE))
    for kind in LISTS.values():
        assert kind.label in page
    assert "Catégories socioprofessionnelles 6 entrées proposées. 1 changement à venir" in page


def test_a_list_shows_its_entries_in_order_with_their_state(administrator: Client) -> None:
    ListVersionFactory(code="DIR", starts_on=date(2026, 1, 1), label="Dirigeant", rank=1, is_open=False)
    ListVersionFactory(code="APP", label="Apprenti", rank=9)
    page = _page(administrator.get(CSP))
    assert re.search(r"Ouvrier non qualifié ONQ 1 01/04/2019 Proposée", page)
    assert re.search(r"Dirigeant DIR 1 01/01/2026 Fermée", page)
    assert re.search(r"Apprenti APP 9 01/01/2027 À venir Change le 01/01/2027", page)


def test_an_entry_is_changed_from_a_day_on(administrator: Client) -> None:
    answer = administrator.post(CADRE, CHANGE, follow=True)
    page = _page(answer)
    assert "« Cadre » change à partir du 01/01/2027." in page
    assert re.search(
        r"Cadre , à partir du 01/01/2027 Denis Roux.*À venir.*Ingénieur, cadre , à partir du 01/04/2019", page
    )
    assert ListVersion.objects.get().is_open


def test_an_entry_is_closed(administrator: Client) -> None:
    administrator.post(CADRE, {**CHANGE, "offered": "non"})
    assert not ListVersion.objects.get().is_open


def test_an_entry_is_added(administrator: Client) -> None:
    assert administrator.get(f"{CSP}nouvelle/").context["form"]["rank"].value() == 7
    answer = administrator.post(f"{CSP}nouvelle/", ADD, follow=True)
    assert "« Apprenti » est proposé à partir du 01/01/2027." in _page(answer)
    assert ListVersion.objects.get().code == "APP"


def test_a_phrase_has_its_text_and_its_natures(administrator: Client) -> None:
    given = {**ADD, "code": "autre", "text": "Un texte.", "natures": ["vae"], "starts_on": "30/11/2026"}
    administrator.post(f"{LISTS_PAGE}refus/nouvelle/", given)
    row = ListVersion.objects.get()
    assert (row.text, row.natures, row.starts_on) == ("Un texte.", ["vae"], date(2026, 11, 30))
    assert "Un texte. Denis Roux" in _page(administrator.get(f"{LISTS_PAGE}refus/entrees/autre/"))


@pytest.mark.parametrize(
    ("path", "given", "field", "sentence"),
    [
        ("nouvelle/", {**ADD, "code": "CAD"}, "code", "Ce code existe déjà"),
        ("nouvelle/", {**ADD, "code": "appr"}, "code", "Une à trois majuscules"),
        ("nouvelle/", {**ADD, "starts_on": "30/11/2026"}, "starts_on", "à partir du 01/12/2026"),
        ("nouvelle/", {**ADD, "rank": "mille"}, "rank", "de 0 à 999"),
        ("entrees/CAD/", {**CHANGE, "label": ""}, "label", "Écrivez un libellé"),
        ("entrees/CAD/", {**CHANGE, "label": "1 84 12 76 451 089 46"}, "label", "numéro de sécurité sociale"),
        ("entrees/CAD/", {**CHANGE, "offered": "peut-être"}, "offered", "Choisissez oui ou non."),
        ("entrees/CAD/", {**CHANGE, "starts_on": ""}, "starts_on", "Indiquez une date"),
        ("entrees/CAD/", {**CHANGE, "revision": "7"}, "__all__", "Quelqu'un a modifié"),
        ("entrees/CAD/", {**CHANGE, "revision": "x"}, "__all__", "Quelqu'un a modifié"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    administrator: Client, path: str, given: dict[str, str], field: str, sentence: str
) -> None:
    answer = administrator.post(CSP + path, given)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["starts_on"].value() == given["starts_on"]
    assert not ListVersion.objects.exists()


def test_what_is_planned_is_taken_back(administrator: Client) -> None:
    row = ListVersionFactory()
    url = f"{CADRE}retirer/"
    page = _page(administrator.post(url, {"starts_on": "2027-01-01", "revision": row.revision}, follow=True))
    assert "Le changement prévu le 01/01/2027 est retiré." in page
    assert ListVersion.objects.filter(withdrawn=True).count() == 1
    for given in ({"starts_on": "hier"}, {"starts_on": "2027-01-01", "revision": 2}):
        administrator.post(url, given)
    assert ListVersion.objects.count() == 2


@pytest.mark.parametrize("path", ["couleurs/", "csp/entrees/ROI/", "couleurs/nouvelle/"])
def test_what_is_not_there_is_not_found(administrator: Client, path: str) -> None:
    assert administrator.get(LISTS_PAGE + path).status_code == 404


def test_pages_cost_the_same_whatever_their_history(administrator: Client) -> None:
    administrator.get(CADRE)
    counts = []
    for year in (2030, 2031, 2032):
        with CaptureQueriesContext(connection) as queries:
            for page in (LISTS_PAGE, CSP, CADRE):
                administrator.get(page)
        counts.append(len(queries))
        ListVersionFactory(starts_on=date(year, 1, 1), revision=year)
    assert len(set(counts)) == 1
