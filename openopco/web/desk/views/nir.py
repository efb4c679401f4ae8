"""A trainee's NIR, shown once to an officer who says why. Nothing keeps the answer: no redirect, no cache."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from openopco.dossiers import queries
from openopco.dossiers.draft import RowView
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.nir import NirInText
from openopco.rights import Permission
from openopco.trainees import vault
from openopco.trainees.errors import ReasonNeeded, TooManyReveals
from openopco.training.rules import name_of
from openopco.web.admin.access import needs
from openopco.web.desk import showing
from openopco.web.desk.access import found
from openopco.web.desk.pages import frame_of
from openopco.web.desk.typed import Typed, text_area
from openopco.web.desk.views.deciding import WRITE_METHODS


@require_http_methods(WRITE_METHODS)
@needs(Permission.NIR_REVEAL)
def nir(request: PersonRequest, number: str, row: str) -> HttpResponse:
    """Asks why, then shows the number on the very answer to the POST."""
    dossier = found(request, number)
    person = showing.read(dossier, request.actor).draft.row(row)
    secret_id = queries.nir_of_row(dossier, row)
    if person is None or secret_id is None:
        raise Http404
    hint = "La raison est gardée dans le journal, avec votre nom. Par exemple : contrôle d'un homonyme."
    typed = Typed({"reason": text_area("reason", "Pourquoi avez-vous besoin de ce numéro ?", hint=hint, required=True)})
    if request.method != "POST":
        return _show(request, dossier, person, typed)
    typed = typed.holding(request.POST.dict())
    try:
        number_shown = vault.reveal(actor=request.actor, secret_id=secret_id, reason=typed.value("reason"))
    except (ReasonNeeded, NirInText) as error:
        return _show(request, dossier, person, typed.wrong({"reason": error.message}), status=422)
    except TooManyReveals as error:
        return _show(request, dossier, person, typed.refused(error.message), status=429)
    return _show(request, dossier, person, typed, shown=number_shown)


def _show(
    request: PersonRequest, dossier: Dossier, person: RowView, typed: Typed, *, shown: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"person": name_of(person), "mask": person.nir_mask, "typed": typed, "shown": shown}
    response = render(request, "desk/nir.html", frame_of(request, dossier) | context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
