"""Gives a document back: as a download, or shown by the browser for PDF and pictures; never as a page of the site."""

from django.http import FileResponse, Http404, HttpResponse

from openopco.documents.enums import ContentType, State
from openopco.documents.models import Document
from openopco.documents.pictures import DRAWABLE, PICTURE_TYPE, draw_pages
from openopco.documents.queries import may_fetch
from openopco.documents.rules import LIMITS
from openopco.documents.storage import open_content, read_content
from openopco.journal.actions import audit_read
from openopco.kernel.errors import Conflict
from openopco.rights import Actor

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class NotServed(Conflict):
    """The document can't be given to this reader now; doors answer 409 with the message."""

    message = (
        "Ce fichier est en cours de contrôle par l'antivirus : il sera disponible dès que le contrôle sera terminé."
    )


def serve(document: Document, *, viewer: Actor, inline: bool = False) -> FileResponse:
    """The content as an answer. The caller has checked that `viewer` may see the owner of the document.

    Raises `NotServed` (409) until the antivirus has called it safe, but for its uploader; `Unavailable`."""
    _let(viewer, document)
    # The type is one of those that we know; nothing else can be in the column.
    content_type = ContentType(document.content_type).value
    is_shown = inline and content_type != ContentType.XML
    response = FileResponse(
        open_content(document), as_attachment=not is_shown, filename=document.name, content_type=content_type
    )
    response["Content-Length"] = str(document.size)
    for name, value in _HEADERS.items():
        response[name] = value
    return response


# Seconds that a picture waits for its turn: those who look at a page hold a thread of the portal.
AT_A_LOOK = 1.0


def serve_page(document: Document, *, viewer: Actor, number: int) -> HttpResponse:
    """One of the first pages as a picture, to whoever the file itself would be given.

    Raises as `serve`, and `Http404` for a page that is not there or can't be drawn."""
    if document.content_type not in DRAWABLE or not 1 <= number <= LIMITS.picture_pages:
        raise Http404
    _let(viewer, document)
    drawn = draw_pages(read_content(document), first=number, most=1, patience=AT_A_LOOK)
    if not drawn:
        raise Http404
    return HttpResponse(drawn[0], content_type=PICTURE_TYPE, headers={**_HEADERS, "Content-Disposition": "inline"})


def _let(viewer: Actor, document: Document) -> None:
    """Keeps that the OPCO's people read it. Raises `NotServed`."""
    if not may_fetch(document, viewer):
        raise NotServed(_why_not(document))
    if viewer.is_opco:
        audit_read(actor=viewer, subject_kind="document", subject_id=document.pk, what="document.read")


def _why_not(document: Document) -> str | None:
    if document.state == State.INFECTED:
        return "Ce fichier contenait un contenu dangereux : il a été détruit."
    if document.state == State.ERROR:
        return (
            "L'antivirus n'a pas pu contrôler ce fichier : demandez-en une nouvelle copie à la personne qui l'a déposé."
        )
    return None
