"""Pages for what goes wrong, each with what to do next. Named by `config.urls` and the settings."""

from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import ERROR_500_TEMPLATE_NAME

from openopco.kernel.errors import Conflict, Forbidden, InvalidValue, OpenOpcoError, TooMany, Unavailable

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
STATUS_OF: tuple[tuple[type[OpenOpcoError], HTTPStatus], ...] = (
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidValue, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says: what happened, and what to do."""

    title: str
    text: str
    advice: str = ""


WORDS = {
    HTTPStatus.BAD_REQUEST: Words(
        "Cette demande n'a pas pu être lue",
        "Ce que votre navigateur a envoyé est incomplet ou abîmé.",
        "Revenez à la page précédente et recommencez. Votre brouillon est conservé.",
    ),
    HTTPStatus.FORBIDDEN: Words(
        "Vous n'avez pas accès à cette page",
        "Elle est réservée à d'autres personnes, ou vos habilitations ont changé.",
        "Si vous pensez y avoir droit, regardez « Mes habilitations » ou écrivez-nous.",
    ),
    HTTPStatus.NOT_FOUND: Words(
        "Cette page n'existe pas",
        "L'adresse est peut-être mal recopiée, ou la page a été déplacée.",
        "Si vous suiviez un lien vers une demande, vérifiez que vous êtes connecté avec le bon compte.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: Words(
        "Cette adresse ne s'ouvre pas ainsi",
        "Elle sert à enregistrer une action et ne se consulte pas directement.",
        "Revenez à la page précédente et utilisez le bouton prévu.",
    ),
    HTTPStatus.CONFLICT: Words(
        "Les informations ont changé entre-temps",
        "Quelqu'un d'autre, ou vous-même dans un autre onglet, est passé avant.",
        "Rouvrez la page pour voir où en sont les choses, puis recommencez si besoin.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words(
        "L'envoi est trop volumineux",
        "Un fichier doit peser 10 Mo au plus.",
        "Réduisez-le ou partagez-le en plusieurs fichiers, puis recommencez. Le reste de votre demande est conservé.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Words(
        "Cette action n'a pas pu être faite",
        "Une des informations envoyées ne convient pas.",
        "Revenez à la page précédente pour la corriger.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Words(
        "Un instant, s'il vous plaît",
        "Trop d'essais ont été faits en peu de temps. Par sécurité, nous attendons un peu.",
        "Réessayez dans quelques minutes.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Words(
        "Ce service ne répond pas pour le moment",
        "Un service dont nous avons besoin est en panne ou trop lent.",
        "Réessayez dans quelques minutes. Ce que vous avez enregistré est conservé.",
    ),
}
EXPIRED = Words(
    "Cette page est restée ouverte trop longtemps",
    "Par sécurité, l'action n'a pas été faite.",
    "Revenez à la page précédente, rechargez-la, puis recommencez. Votre navigateur doit accepter les cookies.",
)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_big = isinstance(exception, TOO_BIG)
    return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_big else HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, HTTPStatus.FORBIDDEN)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, HTTPStatus.NOT_FOUND)


@requires_csrf_token
def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, HTTPStatus.TOO_MANY_REQUESTS)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`reason` is for developers: people are told what to do instead."""
    return error_page(request, HTTPStatus.FORBIDDEN, words=EXPIRED)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs nothing: no frame, no query, no sheet of style that might be what is broken."""
    return HttpResponse(loader.get_template(ERROR_500_TEMPLATE_NAME).render(), status=500)


def refusal(request: HttpRequest, error: OpenOpcoError) -> HttpResponse:
    """The page for an error that a view did not word itself: the room's own sentence."""
    status = next((code for kind, code in STATUS_OF if isinstance(error, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)
    known = WORDS[status]
    return error_page(request, status, words=Words(known.title, error.message, known.advice))


def error_page(request: HttpRequest, status: HTTPStatus, *, words: Words | None = None) -> HttpResponse:
    """One page for all of them. Those who are signed in find the way back to their dashboard."""
    context = {"status": status.value, "words": words or WORDS[status]}
    return render(request, "errors/error.html", context, status=status)
