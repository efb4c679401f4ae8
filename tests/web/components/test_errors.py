"""Whatever goes wrong, people read in French what happened and what to do, and nothing of the machine."""

from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.http import require_POST
from lxml import html

from openopco.kernel.errors import Conflict, Forbidden, InvalidValue, OpenOpcoError, Unavailable
from openopco.web.errors import WORDS, error_page

ERRORS: dict[str, Exception] = {
    "lisible": BadRequest("secret"),
    "gros": RequestDataTooBig("secret"),
    "interdit": PermissionDenied("secret"),
    "absent": Http404("secret"),
    "panne": RuntimeError("secret"),
    "droit": Forbidden("Vous n'êtes pas de ce dossier."),
    "conflit": Conflict("Claire l'a pris avant vous."),
    "valeur": InvalidValue("Ce SIRET est trop court."),
    "dehors": Unavailable("Le registre ne répond pas."),
    "autre": OpenOpcoError("Cette enveloppe est close."),
}


def broken(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


def busy(request: HttpRequest) -> HttpResponse:
    return error_page(request, HTTPStatus.TOO_MANY_REQUESTS)


broken.login_required = False  # type: ignore[attr-defined]
busy.login_required = False  # type: ignore[attr-defined]
only_post = require_POST(busy)
only_post.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    path("casse/<str:name>/", broken),
    path("trop/", busy),
    path("poste/", only_post),
    path("", include("config.urls")),
]
handler400 = "openopco.web.errors.bad_request"
handler403 = "openopco.web.errors.forbidden"
handler404 = "openopco.web.errors.not_found"
handler500 = "openopco.web.errors.server_error"
pytestmark = [pytest.mark.urls("tests.web.components.test_errors"), pytest.mark.django_db]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def h1(response: Any) -> str:
    document = html.fromstring(response.content)
    assert document.get("lang") == "fr"
    [heading] = document.xpath("//h1")
    return str(heading.text_content())


@pytest.mark.parametrize(
    ("name", "status", "title"),
    [
        ("lisible", 400, "Cette demande n'a pas pu être lue"),
        ("gros", 413, "L'envoi est trop volumineux"),
        ("interdit", 403, "Vous n'avez pas accès à cette page"),
        ("absent", 404, "Cette page n'existe pas"),
        ("panne", 500, "Un problème de notre côté"),
    ],
)
def test_each_error_has_a_page_that_tells_nothing_of_the_machine(
    visitor: Client, name: str, status: int, title: str
) -> None:
    response = visitor.get(f"/casse/{name}/")
    assert (response.status_code, h1(response)) == (status, title)
    assert b"secret" not in response.content


@pytest.mark.parametrize(
    ("name", "status"), [("droit", 403), ("conflit", 409), ("valeur", 422), ("dehors", 503), ("autre", 422)]
)
def test_a_rooms_refusal_is_told_in_its_own_sentence(visitor: Client, name: str, status: int) -> None:
    response = visitor.post(f"/casse/{name}/")
    assert response.status_code == status
    assert str(ERRORS[name]) in unescape(response.content.decode())


def test_a_script_is_told_the_sentence_alone(visitor: Client) -> None:
    response = visitor.post("/casse/conflit/", headers={"accept": "application/json"})
    assert (response.status_code, response.json()) == (409, {"message": "Claire l'a pris avant vous."})


def test_an_address_opened_the_wrong_way_says_so(visitor: Client) -> None:
    response = visitor.get("/poste/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert h1(response) == "Cette adresse ne s'ouvre pas ainsi"
    assert visitor.get("/poste/", headers={"accept": "application/json"}).content == b""


def test_too_many_attempts_are_asked_to_wait(visitor: Client) -> None:
    response = visitor.get("/trop/")
    assert response.status_code == 429
    assert "quelques minutes" in response.content.decode()


def test_a_form_without_its_token_is_told_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/connexion/", {"login": "a@example.fr"})
    assert response.status_code == 403
    assert h1(response) == "Cette page est restée ouverte trop longtemps"


def test_a_breakdown_needs_neither_frame_nor_database(visitor: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = visitor.get("/casse/panne/")
    document = html.fromstring(response.content)
    assert [each.get("href") for each in document.xpath("//link")] == ["/static/css/broken.css"]
    assert document.xpath("//style | //script") == []


@pytest.mark.parametrize("status", list(WORDS))
def test_every_page_says_what_happened_and_what_to_do(status: HTTPStatus) -> None:
    words = WORDS[status]
    assert all((words.title, words.text, words.advice))
    assert "!" not in words.title + words.text + words.advice
