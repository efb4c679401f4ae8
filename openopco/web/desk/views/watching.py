"""« Suivre » and « Ne plus suivre »."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from openopco.dossiers.actions import watching
from openopco.dossiers.errors import TooManyFollowed
from openopco.habilitations.http import PersonRequest
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.access import found
from openopco.web.desk.pages import page_url


@require_POST
@needs(Permission.DOSSIER_TAKE)
def follow(request: PersonRequest, number: str) -> HttpResponse:
    found(request, number)
    try:
        watching.follow(actor=request.actor, number=number)
    except TooManyFollowed as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Vous suivez le dossier {number} : ce qui change s'affiche dans « Nouveautés ».")
    return redirect(page_url(request, number))


@require_POST
@needs(Permission.DOSSIER_TAKE)
def unfollow(request: PersonRequest, number: str) -> HttpResponse:
    found(request, number)
    watching.unfollow(actor=request.actor, number=number)
    messages.success(request, f"Vous ne suivez plus le dossier {number}.")
    return redirect(page_url(request, number))
