"""A draft as a whole: thrown away, its course kept as a model, another copied from it."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.enums import State
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue
from openopco.training import templates
from openopco.training.fields import NOT_COPIED, TEMPLATE_FIELDS
from openopco.web.portal.access import dossier_or_404, draft_or_404, view_of
from openopco.web.portal.presenting import step_url


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PersonRequest, key: UUID) -> HttpResponse:
    """Asks, then throws the draft away."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect("portal:dossier", dossier.number)
    if request.method == "POST":
        drafts.delete_draft(actor=request.actor, key=str(key))
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("portal:requests")
    return render(request, "portal/draft/delete.html", {"dossier": dossier})


@require_http_methods(["GET", "HEAD", "POST"])
def course_templates(request: PersonRequest, key: UUID) -> HttpResponse:
    """« Sélectionner ou créer un modèle de formation »."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        raise Http404
    if request.method == "POST":
        return _use_or_keep(request, key)
    models = templates.templates_of(actor=request.actor, establishment_id=dossier.establishment_id)
    context = {"dossier": dossier, "templates": models[: templates.MOST], "draft": view_of(request, dossier)}
    return render(request, "portal/draft/templates.html", context)


def _use_or_keep(request: PersonRequest, key: UUID) -> HttpResponse:
    dossier = draft_or_404(request, key)
    draft = view_of(request, dossier)
    try:
        if "modele" in request.POST:
            templates.use_template(actor=request.actor, key=str(key), template_id=_id(request.POST["modele"]))
            messages.success(request, "Le modèle a rempli la formation. Il reste à donner les dates.")
        elif "oublier" in request.POST:
            establishment_id = dossier.establishment_id
            template_id = _id(request.POST["oublier"])
            templates.forget_template(actor=request.actor, establishment_id=establishment_id, template_id=template_id)
            messages.success(request, "Le modèle est supprimé.")
            return redirect("portal:templates", key)
        else:
            values = {name: draft.raw(name) for name in TEMPLATE_FIELDS}
            kept = templates.keep_as_template(actor=request.actor, key=str(key), values=values)
            messages.success(request, f"« {kept.name} » est gardé comme modèle.")
    except InvalidValue as error:
        messages.error(request, error.message)
    return redirect(step_url(dossier, "formation"))


def _id(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0


@require_POST
def copy(request: PersonRequest, number: str) -> HttpResponse:
    """« Reprendre » a closed request, or duplicate any: a new draft, to date and attest anew."""
    source = dossier_or_404(request, number)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    draft = drafts.resume(actor=request.actor, source=source, key=key, without=NOT_COPIED)
    messages.success(request, f"Nouveau brouillon d'après {source.number} : il reste à le dater et à l'attester.")
    return redirect("portal:step", draft.key, kinds.get(draft.kind).steps[1].slug)
