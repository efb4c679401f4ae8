"""Puts `request.access` and `request.actor`, read from the database at their first use and no sooner."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from openopco.accounts.models import User
from openopco.habilitations.access import NOBODY, Access
from openopco.habilitations.queries import access_of


class ActorMiddleware:
    """`request.actor` is who acts, ANONYMOUS when nobody signed in. A page that never asks costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        access = SimpleLazyObject(lambda: _access(request))
        request.access = access  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: access.actor)  # type: ignore[attr-defined]
        return self.get_response(request)


def _access(request: HttpRequest) -> Access:
    return access_of(request.user) if isinstance(request.user, User) else NOBODY
