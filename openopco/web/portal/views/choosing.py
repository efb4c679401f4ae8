"""« Sélectionner ou créer le stagiaire »: people taken from the employer's directory."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openopco.dossiers.actions import drafts
from openopco.dossiers.fields import YES
from openopco.dossiers.models import Dossier, DraftRow
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date
from openopco.kernel.errors import InvalidValue
from openopco.trainees import queries as directory
from openopco.trainees.models import Trainee
from openopco.training import rules
from openopco.training.fields import TRAINEE
from openopco.web.portal.access import open_draft_or_404
from openopco.web.portal.posted import number_in, row_in
from openopco.web.portal.presenting import step_url

MOST_AT_ONCE = 200
LONGEST_SEARCH = 100


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PersonRequest, key: UUID) -> HttpResponse:
    """Several people at a time; `ligne` is the row that the first of them fills."""
    dossier = open_draft_or_404(request, key)
    if request.method == "POST":
        return _take_chosen(request, dossier)
    searched = request.GET.get("nom", "")[:LONGEST_SEARCH]
    page = directory.directory(request.actor, dossier.establishment_id, searched, request.GET.get("after"))
    context = {
        "dossier": dossier,
        "people": page.items,
        "page": page,
        "taken": _taken(dossier),
        "searched": searched,
        "line": row_in(request.GET.get("ligne", "")),
        "back_url": step_url(dossier, rules.TRAINEES),
    }
    return render(request, "portal/draft/choose_trainees.html", context)


def _taken(dossier: Dossier) -> set[int]:
    known = DraftRow.objects.filter(dossier=dossier, trainee__isnull=False).order_by("position", "id")
    return {trainee_id for trainee_id in known.values_list("trainee_id", flat=True) if trainee_id}


def _take_chosen(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    back = redirect(step_url(dossier, rules.TRAINEES))
    ticked = {number_in(raw) for raw in request.POST.getlist("stagiaire")[:MOST_AT_ONCE]}
    people = directory.find_trainees(request.actor, dossier.establishment_id, ticked - _taken(dossier))
    if not people:
        messages.error(request, "Cochez au moins une personne qui n'est pas encore dans la demande.")
        return back
    try:
        _add(request, dossier, people)
    except InvalidValue as error:
        messages.error(request, error.message)
        return back
    messages.success(request, "Un stagiaire ajouté." if len(people) == 1 else f"{len(people)} stagiaires ajoutés.")
    return back


def _add(request: PersonRequest, dossier: Dossier, people: Sequence[Trainee]) -> None:
    usable = directory.usable_nirs(request.actor, people)
    rows = [
        drafts.NewRow(
            values_of(person), trainee_id=person.pk, nir_id=person.nir_id if person.nir_id in usable else None
        )
        for person in people
    ]
    line = row_in(request.POST.get("ligne", ""))
    drafts.add_rows(actor=request.actor, key=str(dossier.key), row_kind=TRAINEE, rows=rows, instead_of=line)


def values_of(person: Trainee) -> dict[str, str]:
    """A person of the directory as raw values of a row."""
    return {
        "last_name": person.last_name,
        "birth_name": person.birth_name,
        "first_name": person.first_name,
        "birth_date": format_date(person.birth_date),
        "sex": person.sex,
        "postal_code": person.postal_code,
        "city": person.city,
        "employee_number": person.employee_number,
        "csp": person.csp,
        "contract_type": person.contract_type,
        "education_level": str(person.education_level),
        "rqth": YES if person.rqth else "",
        "nir_absent_reason": person.nir_absent_reason,
    }
