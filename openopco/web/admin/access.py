"""Who comes through the administrators' door."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from openopco.habilitations.http import PersonRequest
from openopco.rights import Permission, may

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[PersonRequest, P], R]


def needs(permission: Permission) -> Callable[[View[P, R]], View[P, R]]:
    """Lets in those who hold the permission; the others get 403. The action asks again for itself."""

    def guard(view: View[P, R]) -> View[P, R]:
        @functools.wraps(view)
        def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not may(request.actor, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
