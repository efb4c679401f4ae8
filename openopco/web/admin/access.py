"""Who comes through the administrators' door."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from openopco.habilitations.http import PersonRequest
from openopco.rights import Permission, may

P = ParamSpec("P")
View = Callable[Concatenate[PersonRequest, P], HttpResponse]


def needs(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Lets in those who hold the permission; the others get 403. The action asks again for itself."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not may(request.actor, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
