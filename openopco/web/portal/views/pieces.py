"""Step 4, and every piece's own address: joined, taken off, served to those who may read its request."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from openopco.documents.models import Document
from openopco.documents.serving import serve
from openopco.dossiers import queries
from openopco.dossiers.actions import pieces
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier, UnknownField
from openopco.dossiers.models import Dossier
from openopco.dossiers.reading import count_opening
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.training.rules import PIECES
from openopco.web.portal.access import draft_or_404
from openopco.web.portal.joining import tell_left_out, tell_refused
from openopco.web.portal.opened import open_draft
from openopco.web.portal.panel import render_panel
from openopco.web.portal.presenting import step_url
from openopco.web.portal.zones import shown

MOST_AT_ONCE = 20


@require_POST
def join(request: PersonRequest, key: UUID, zone: str) -> HttpResponse:
    """Joins files to a zone. The page's script sends them one by one and gets JSON; a plain form sends them together."""
    dossier = draft_or_404(request, key)
    if "remove" in request.POST:
        return _take_off(request, dossier, request.POST["remove"])
    files = request.FILES.getlist("file")
    if request.headers.get("Accept", "").startswith("application/json"):
        return _join_one(request, dossier, zone, files)
    if not files:
        messages.error(request, "Choisissez d'abord un fichier, puis le bouton.")
    for file in files[:MOST_AT_ONCE]:
        try:
            _keep(request, dossier, zone, file)
        except (UnknownField, UnknownDossier) as error:
            raise Http404 from error
        except OpenOpcoError as error:
            tell_refused(request, file, error.message)
    tell_left_out(request, files, MOST_AT_ONCE)
    return redirect(back_url(dossier) + f"#zone-{zone}")


def _join_one(request: PersonRequest, dossier: Dossier, zone: str, files: list[Any]) -> HttpResponse:
    if len(files) != 1:
        return JsonResponse({"message": "Choisissez un fichier."}, status=400)
    try:
        piece = _keep(request, dossier, zone, files[0])
    except (UnknownField, UnknownDossier) as error:
        raise Http404 from error
    except OpenOpcoError as error:
        return JsonResponse({"message": error.message}, status=422)
    item = render_to_string("components/file.html", {"file": shown(piece)})
    return JsonResponse({"html": item, **_panel(request, dossier)}, status=201)


def _keep(request: PersonRequest, dossier: Dossier, zone: str, file: "UploadedFile[Any]") -> Document:
    """Joins the file, or puts it in the place of the piece named by `replace`."""
    key, old = str(dossier.key), request.POST.get("replace", "")
    if old:
        return pieces.replace_piece(actor=request.actor, key=key, document_key=old, upload=file)
    return pieces.join_piece(actor=request.actor, key=key, zone=zone, upload=file)


def _panel(request: PersonRequest, dossier: Dossier) -> dict[str, str]:
    if dossier.state != State.BROUILLON:
        return {}
    return {"missing_html": render_panel(open_draft(request, dossier), PIECES)}


def _take_off(request: PersonRequest, dossier: Dossier, document: str) -> HttpResponse:
    try:
        pieces.take_off_piece(actor=request.actor, key=str(dossier.key), document_key=str(UUID(document)))
    except (UnknownDossier, ValueError) as error:
        raise Http404 from error
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La pièce est retirée.")
    return redirect(back_url(dossier))


def back_url(dossier: Dossier) -> str:
    """Where pieces are shown: the step of a draft, the answer to a correction afterwards."""
    if dossier.state == State.BROUILLON:
        return step_url(dossier, "pieces")
    return f"/demandes/{dossier.number}/repondre/"


@require_GET
def document(request: PersonRequest, key: UUID) -> HttpResponseBase:
    """A piece, to those who may read its request. « ?apercu » shows PDF and images in the browser's own viewer."""
    return serve(_document_or_404(request, key), viewer=request.actor, inline="apercu" in request.GET)


def _document_or_404(request: PersonRequest, key: UUID) -> Document:
    try:
        found, dossier = queries.document_for(actor=request.actor, key=str(key))
    except UnknownDossier as error:
        raise Http404 from error
    # A piece read by its own address is a request read.
    count_opening(actor=request.actor, dossier=dossier)
    return found
