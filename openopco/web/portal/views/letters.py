"""A letter of the OPCO, as it was issued: for both sides, on the same address."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from openopco.dossiers.enums import LETTER_WORDS, LetterKind
from openopco.dossiers.issuing import pdf_of
from openopco.dossiers.letters import letter_of
from openopco.habilitations.http import PersonRequest
from openopco.kernel.text import fold
from openopco.web.portal.access import dossier_or_404


@require_safe
def letter(request: PersonRequest, number: str, letter_id: int) -> HttpResponse:
    """The PDF of one letter. Whoever sees the request reads its letters."""
    dossier = dossier_or_404(request, number)
    found = letter_of(dossier, letter_id)
    if found is None:
        raise Http404
    name = f"{fold(LETTER_WORDS[LetterKind(found.kind)]).replace(' ', '-')}-{dossier.number}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(pdf_of(found), content_type="application/pdf", headers=headers)
