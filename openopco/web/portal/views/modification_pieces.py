"""The pieces of a modification, on the page where one reads it again before sending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from openopco.dossiers.actions import modification_pieces as pieces
from openopco.dossiers.errors import UnknownDossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.rights import Permission
from openopco.web.portal.access import dossier_to_act_on
from openopco.web.portal.joining import tell_left_out, tell_refused
from openopco.web.portal.zones import shown


@require_POST
def join(request: PersonRequest, number: str) -> HttpResponse:
    """Joins files, or takes one off. The page's script sends them one by one and gets JSON; a plain form sends them together."""
    dossier_to_act_on(request, number, Permission.MODIFICATION_PROPOSE)
    if "remove" in request.POST:
        return _take_off(request, number, request.POST["remove"])
    files = request.FILES.getlist("file")
    if request.headers.get("Accept", "").startswith("application/json"):
        return _join_one(request, number, files)
    if not files:
        messages.error(request, "Choisissez d'abord un fichier, puis le bouton.")
    for file in files[: pieces.MOST_PIECES]:
        try:
            _keep(request, number, file)
        except UnknownDossier as error:
            raise Http404 from error
        except OpenOpcoError as error:
            tell_refused(request, file, error.message)
    tell_left_out(request, files, pieces.MOST_PIECES)
    return redirect("portal:modification_review", number)


def _join_one(request: PersonRequest, number: str, files: list[Any]) -> HttpResponse:
    if len(files) != 1:
        return JsonResponse({"message": "Choisissez un fichier."}, status=400)
    try:
        piece = _keep(request, number, files[0])
    except UnknownDossier as error:
        raise Http404 from error
    except OpenOpcoError as error:
        return JsonResponse({"message": error.message}, status=422)
    return JsonResponse({"html": render_to_string("components/file.html", {"file": shown(piece)})}, status=201)


def _keep(request: PersonRequest, number: str, file: Any) -> Any:
    old = request.POST.get("replace", "")
    return pieces.join_piece(actor=request.actor, number=number, upload=file, in_place_of=old)


def _take_off(request: PersonRequest, number: str, document: str) -> HttpResponse:
    try:
        pieces.take_off_piece(actor=request.actor, number=number, document_key=str(UUID(document)))
    except (UnknownDossier, ValueError) as error:
        raise Http404 from error
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La pièce est retirée.")
    return redirect("portal:modification_review", number)
