"""A draft as a whole: thrown away, its course kept as a model, another copied from it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers.actions import drafts
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue
from openopco.training import templates
from openopco.training.fields import NOT_COPIED, TEMPLATE_FIELDS
from openopco.training.rules import TRAINING
from openopco.web.portal.access import dossier_or_404, draft_or_404, open_draft_or_404, page_of, view_of
from openopco.web.portal.posted import new_key, number_in
from openopco.web.portal.presenting import step_url


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PersonRequest, key: UUID) -> HttpResponse:
    """Asks, then throws the draft away."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect(page_of(request, dossier))
    if request.method == "POST":
        drafts.delete_draft(actor=request.actor, key=str(key))
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("desk:papers" if request.actor.is_opco else "portal:requests")
    return render(request, "portal/draft/delete.html", {"dossier": dossier})


@require_http_methods(["GET", "HEAD", "POST"])
def course_templates(request: PersonRequest, key: UUID) -> HttpResponse:
    """« Sélectionner ou créer un modèle de formation »: uses one, forgets one, or keeps the course in hand."""
    dossier = open_draft_or_404(request, key)
    if request.method == "POST":
        return _act(request, dossier)
    models = templates.templates_of(actor=request.actor, establishment_id=dossier.establishment_id)
    context = {"dossier": dossier, "templates": models[: templates.MOST]}
    return render(request, "portal/draft/templates.html", context)


def _act(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    if "oublier" in request.POST:
        return _forget(request, dossier)
    try:
        done = _use(request, dossier) if "modele" in request.POST else _keep(request, dossier)
    except InvalidValue as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(step_url(dossier, TRAINING))


def _forget(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    template_id = number_in(request.POST["oublier"])
    templates.forget_template(actor=request.actor, establishment_id=dossier.establishment_id, template_id=template_id)
    messages.success(request, "Le modèle est supprimé.")
    return redirect("portal:templates", dossier.key)


def _use(request: PersonRequest, dossier: Dossier) -> str:
    template_id = number_in(request.POST["modele"])
    templates.use_template(actor=request.actor, key=str(dossier.key), template_id=template_id)
    return "Le modèle a rempli la formation. Il reste à donner les dates."


def _keep(request: PersonRequest, dossier: Dossier) -> str:
    draft = view_of(request.actor, dossier)
    values = {name: draft.raw(name) for name in TEMPLATE_FIELDS}
    kept = templates.keep_as_template(actor=request.actor, key=str(dossier.key), values=values)
    return f"« {kept.name} » est gardé comme modèle."


@require_POST
def copy(request: PersonRequest, number: str) -> HttpResponse:
    """« Reprendre » a closed request, or duplicate any: a new draft, to date and attest anew."""
    source, key = dossier_or_404(request, number), new_key(request)
    try:
        draft = drafts.resume(actor=request.actor, source=source, key=key, without=NOT_COPIED)
    except UnknownDossier as error:
        raise Http404 from error
    messages.success(request, f"Nouveau brouillon d'après {source.number} : il reste à le dater et à l'attester.")
    return redirect("portal:step", draft.key, TRAINING)
