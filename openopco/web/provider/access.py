"""Who comes through the door of training providers: those who now act for one."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpResponseBase
from django.shortcuts import redirect

from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import current_membership

P = ParamSpec("P")


def acting_for_provider(
    view: Callable[Concatenate[PersonRequest, Membership, P], HttpResponseBase],
) -> Callable[Concatenate[PersonRequest, P], HttpResponseBase]:
    """Gives the view the membership through which one acts for a provider; whoever acts for an employer, or works at the
    OPCO, is led to his own first page."""

    @functools.wraps(view)
    def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        membership = None if request.user.is_opco else current_membership(request)
        if membership is None or membership.provider_id is None:
            return redirect("portal:dashboard")
        return view(request, membership, *args, **kwargs)

    return guarded
