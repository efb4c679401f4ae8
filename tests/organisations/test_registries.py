"""The registries behind their one interface: the embedded file, and services that are down, slow or lie."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from openopco.kernel.errors import InvalidValue, Unavailable
from openopco.kernel.identifiers import parse_idcc, parse_naf, parse_nda, parse_postal_code, parse_siret
from openopco.opco.table import OPCOS
from openopco.organisations.errors import NotFound
from openopco.organisations.registries import OpcoFacts, Qualiopi, lookup_company, lookup_provider, opco_of
from openopco.organisations.registries.embedded import EmbeddedRegistry, demo_sirets
from tests.organisations import answers
from tests.organisations.factories import ACTIF_AUTO, AXEPT, siret
from tests.organisations.servers import Service, query_of

LIST = "/api/records/1.0/search/"


def test_the_embedded_registry_knows_the_employer_of_the_walk() -> None:
    facts = lookup_company("831 352 976 00011")
    assert facts.name == "ACTIF AUTO CONTROLE"
    assert (facts.address, facts.postal_code, facts.city) == ("24 AVE DE HOLLANDE", "68110", "ILLZACH")
    assert (facts.naf, facts.idccs, facts.headcount_band) == ("7120A", ("1090",), "02")
    assert opco_of(ACTIF_AUTO) == OpcoFacts("mobilites", "1090")


def test_the_embedded_registry_knows_the_provider_of_the_walk() -> None:
    facts = lookup_provider(AXEPT)
    assert facts.company.name == "AXEPT"
    assert facts.declaration is not None
    assert facts.declaration.nda == "99999999999"
    assert facts.declaration.qualiopi == Qualiopi(actions=True)


@pytest.mark.parametrize("number", demo_sirets())
def test_every_embedded_company_is_well_formed(number: str) -> None:
    registry = EmbeddedRegistry()
    facts = registry.company(number)
    assert parse_siret(number) == number
    assert parse_postal_code(facts.postal_code) == facts.postal_code
    assert parse_naf(facts.naf) == facts.naf
    assert all(parse_idcc(code) == code for code in facts.idccs)
    assert registry.opco(number).slug in {"", *OPCOS}
    with contextlib.suppress(NotFound):
        assert parse_nda(registry.declaration(number).nda)


def test_the_embedded_registry_has_closed_and_foreign_companies_too() -> None:
    registry = EmbeddedRegistry()
    known = demo_sirets()
    assert len(known) >= 30
    assert any(not registry.company(number).is_active for number in known)
    assert {"mobilites", "constructys", ""} <= {registry.opco(number).slug for number in known}


def test_an_unknown_siret_is_not_found() -> None:
    with pytest.raises(NotFound, match="inconnu"):
        lookup_company(siret(1))
    assert opco_of(siret(1)) == OpcoFacts()


def test_a_wrong_siret_is_never_asked() -> None:
    with pytest.raises(InvalidValue):
        lookup_company("83135297600012")


def test_a_company_off_the_list_of_providers_is_not_declared() -> None:
    facts = lookup_provider(ACTIF_AUTO)
    assert facts.declaration is not None
    assert not facts.declaration.is_there


def test_the_services_are_asked_by_siret(public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place()))
    public_services.says("/api/opcos/", answers.opco())
    assert lookup_company(ACTIF_AUTO).name == "ACTIF AUTO CONTROLE"
    assert opco_of(ACTIF_AUTO).slug == "mobilites"
    assert query_of(public_services.asked[0])["q"] == [ACTIF_AUTO]
    assert query_of(public_services.asked[1])["siret"] == [ACTIF_AUTO]


def test_a_provider_takes_both_services(public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    public_services.says(LIST, answers.provider_list(answers.line(AXEPT, "44680123456", actionsdeformation=True)))
    facts = lookup_provider(AXEPT)
    assert facts.declaration is not None
    assert facts.declaration.nda == "44680123456"
    assert query_of(public_services.asked[1])["q"] == [AXEPT[:9]]


def test_a_provider_is_known_without_the_list_when_only_the_list_is_down(public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    public_services.says(LIST, {}, status=503)
    facts = lookup_provider(AXEPT)
    assert facts.company.siret == AXEPT
    assert facts.declaration is None


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_service_that_fails_is_unavailable(public_services: Service, status: int) -> None:
    public_services.says("/search", {}, status=status)
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)


def test_a_404_is_an_unknown_siret(public_services: Service) -> None:
    public_services.says("/search", {}, status=404)
    with pytest.raises(NotFound):
        lookup_company(ACTIF_AUTO)


def test_a_service_that_is_down_is_unavailable(public_services: Service, settings: Any) -> None:
    settings.OUTBOUND["sirene"]["base_url"] = "http://127.0.0.1:1"
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)


def test_a_service_that_never_ends_is_unavailable(public_services: Service, settings: Any) -> None:
    released = threading.Event()
    settings.OUTBOUND["sirene"]["timeout"] = 0.2

    def hang(handler: BaseHTTPRequestHandler) -> None:
        released.wait(5)

    public_services.does("/search", hang)
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)
    released.set()


def test_garbage_is_unavailable(public_services: Service) -> None:
    public_services.says("/search", b"<html>maintenance</html>")
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)


def test_an_enormous_answer_is_unavailable(public_services: Service) -> None:
    public_services.says("/search", b'{"results": "' + b"x" * 400_000 + b'"}')
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)


def test_a_redirect_is_not_followed(public_services: Service) -> None:
    public_services.says("/search", {}, status=302, Location="/ailleurs")
    public_services.says("/ailleurs", answers.company(answers.place()))
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)
    assert len(public_services.asked) == 1


def test_an_answer_about_another_siret_is_not_believed(public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(siret(4))))
    with pytest.raises(NotFound):
        lookup_company(ACTIF_AUTO)


def test_no_other_host_is_spoken_to(public_services: Service, settings: Any) -> None:
    settings.OUTBOUND["sirene"]["hosts"] = ["recherche-entreprises.api.gouv.fr"]
    with pytest.raises(Unavailable):
        lookup_company(ACTIF_AUTO)
    assert public_services.asked == []
