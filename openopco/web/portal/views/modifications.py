"""« Signaler une modification »: written, compared, sent, taken back. An officer told by telephone writes it here too."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openopco.documents.rules import ACCEPT, limits_in_words
from openopco.dossiers import kinds
from openopco.dossiers.actions import joining, modifying
from openopco.dossiers.actions.joining import Joining
from openopco.dossiers.actions.modification_pieces import MOST_PIECES
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.changes import NIR, row_kind_of
from openopco.dossiers.draft import StoredValue
from openopco.dossiers.enums import Audience
from openopco.dossiers.errors import (
    AlreadyAnswered,
    BadModification,
    ModificationOpen,
    NotModifiable,
    TooManyRows,
    UnknownField,
)
from openopco.dossiers.fields import YES, FieldSpec
from openopco.dossiers.models import Dossier, pieces_of_modification
from openopco.dossiers.notices import path_for
from openopco.dossiers.queries.modifications import (
    items_of,
    open_modification,
    prepared_by,
    standing_draft,
    why_not_modifiable,
)
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden, InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.nir import NirInText, find_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.organisations.actions.providers import find_or_create_provider
from openopco.organisations.errors import NotFound
from openopco.organisations.models import Provider
from openopco.rights import Permission
from openopco.trainees import queries as directory
from openopco.trainees.models import Trainee
from openopco.web import modifications as showing
from openopco.web.portal.access import dossier_to_act_on
from openopco.web.portal.posted import number_in
from openopco.web.portal.presenting import error_links, raw_field
from openopco.web.portal.views.choosing import LONGEST_SEARCH, values_of
from openopco.web.portal.zones import shown

WRITE_METHODS = ["GET", "HEAD", "POST"]
SIRET = "provider_siret"


def _page_of(request: PersonRequest, dossier: Dossier) -> str:
    return path_for(dossier, Audience.OPCO if request.user.is_opco else Audience.EMPLOYEUR)


def _closed(request: PersonRequest, dossier: Dossier) -> HttpResponse | None:
    """Back to the request, saying why it can't be modified now; None while it can."""
    why = why_not_modifiable(dossier, today=paris_today(timezone.now()))
    if not why and open_modification(dossier):
        why = ModificationOpen.message
    if not why:
        return None
    messages.info(request, why)
    return redirect(_page_of(request, dossier))


# --- the form --------------------------------------------------------------------------------------------------------


@require_http_methods(WRITE_METHODS)
def modify(request: PersonRequest, number: str) -> HttpResponse:
    """What changes, since when, why. POST keeps it all, right or wrong, then leads to « avant / après »."""
    dossier = dossier_to_act_on(request, number, Permission.MODIFICATION_PROPOSE)
    if closed := _closed(request, dossier):
        return closed
    return _keep(request, dossier) if request.method == "POST" else _form(request, dossier)


def _keep(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    number = str(dossier.number)
    wrong: dict[str, str] = {}
    wanted = _wanted(request, dossier, _provider(request, wrong))
    try:
        modification = modifying.prepare(actor=request.actor, number=number, wanted=wanted)
    except (NotModifiable, UnknownField) as error:
        messages.error(request, error.message)
        return redirect(_page_of(request, dossier))
    except InvalidValue as error:
        return _form(request, dossier, wrong | {_field_of(error, wanted): error.message}, typed=wanted)
    if "ajouter" in request.POST and not wrong:
        return redirect("portal:modification_person", number)
    if row := request.POST.get("retirer", ""):
        joining.unjoin_person(actor=request.actor, number=number, row=row)
        return _form(request, dossier, wrong) if wrong else redirect("portal:modify", number)
    wrong |= modifying.problems_of(dossier, modification, today=paris_today(timezone.now()))
    return _form(request, dossier, wrong) if wrong else redirect("portal:modification_review", number)


def _field_of(error: InvalidValue, wanted: Wanted) -> str:
    """The control that holds the NIR; the reason is alone in being too long."""
    typed = {**wanted.values, "known_on": wanted.known_typed}
    held = (name for name, value in typed.items() if isinstance(error, NirInText) and find_nir(clean_text(value)))
    return next(held, "reason")


def _wanted(request: PersonRequest, dossier: Dossier, provider: Provider | None) -> Wanted:
    posted = request.POST
    names = [spec.name for spec in kinds.get(dossier.kind).modifiable if spec.name in posted]
    return Wanted(
        values={name: posted[name] for name in names},
        gone=frozenset(posted.getlist("part")),
        provider=provider,
        cancelled=posted.get("cancelled") == YES,
        known_typed=posted.get("known_on", ""),
        reason=posted.get("reason", ""),
    )


def _provider(request: PersonRequest, wrong: dict[str, str]) -> Provider | None:
    """The provider of the SIRET typed, if one was; what is wrong with it is written down."""
    siret = request.POST.get(SIRET, "")
    if not siret.strip():
        return None
    try:
        return find_or_create_provider(actor=request.actor, siret=siret)
    except NotFound:
        wrong[SIRET] = "Aucun organisme n'a ce SIRET : vérifiez-le auprès de votre organisme de formation."
    except Unavailable:
        wrong[SIRET] = "Le registre ne répond pas pour le moment : réessayez, ou écrivez au gestionnaire."
    except OpenOpcoError as error:
        wrong[SIRET] = error.message
    return None


def _form(
    request: PersonRequest, dossier: Dossier, wrong: Mapping[str, str] | None = None, *, typed: Wanted | None = None
) -> HttpResponse:
    modification = prepared_by(dossier, request.actor)
    today = paris_today(timezone.now())
    form = showing.form_of(
        dossier,
        standing_draft(dossier),
        modification,
        items_of(modification) if modification else (),
        typed_siret=request.POST.get(SIRET, ""),
        wrong=wrong,
    )
    if typed is not None:
        form = showing.holding(form, typed)
    context = _context(request, dossier) | {
        "form": form,
        "errors": form.errors,
        "prepared": modification,
        "notice": showing.notice_of(form.known_on.value, today),
        "notice_days": parameters.value("change_notice_days", on=today),
        "has_provider": kinds.get(dossier.kind).heading(standing_draft(dossier)).has_provider,
    }
    return render(request, "portal/modification/form.html", context, status=422 if wrong else 200)


def _context(request: PersonRequest, dossier: Dossier) -> dict[str, Any]:
    return {"dossier": dossier, "page_url": _page_of(request, dossier), "by_telephone": request.user.is_opco}


# --- who joins -------------------------------------------------------------------------------------------------------


@require_http_methods(WRITE_METHODS)
def person(request: PersonRequest, number: str) -> HttpResponse:
    """Somebody who joins: chosen among the employer's people, or described."""
    dossier = dossier_to_act_on(request, number, Permission.MODIFICATION_PROPOSE)
    if closed := _closed(request, dossier):
        return closed
    if request.method != "POST":
        return _person(request, dossier)
    wanted = _chosen(request, dossier) or _described(request, dossier)
    try:
        joining.join_person(actor=request.actor, number=number, joining=wanted)
    except BadModification as error:
        return _person(request, dossier, error.problems, wanted)
    except (TooManyRows, InvalidValue) as error:
        return _person(request, dossier, {"last_name": error.message}, wanted)
    return redirect("portal:modify", number)


def _chosen(request: PersonRequest, dossier: Dossier) -> Joining | None:
    wanted = number_in(request.POST.get("salarie", ""))
    found = directory.find_trainees(request.actor, dossier.establishment_id, [wanted]) if wanted else []
    return _joining(request, found[0]) if found else None


def _joining(request: PersonRequest, known: Trainee) -> Joining:
    usable = directory.usable_nirs(request.actor, [known])
    return Joining(values_of(known), nir_id=known.nir_id if known.nir_id in usable else None, trainee_id=known.pk)


def _specs(dossier: Dossier) -> tuple[FieldSpec, ...]:
    kind = kinds.get(dossier.kind)
    return kind.row_fields(row_kind_of(kind))


def _described(request: PersonRequest, dossier: Dossier) -> Joining:
    typed = {spec.name: request.POST.get(spec.name, "") for spec in _specs(dossier) if spec.kind != NIR}
    return Joining(typed, nir=request.POST.get(NIR, ""))


def _person(
    request: PersonRequest, dossier: Dossier, wrong: Mapping[str, str] | None = None, joining: Joining | None = None
) -> HttpResponse:
    wrong = wrong or {}
    values = joining.values if joining else {}
    searched = request.GET.get("nom", "")[:LONGEST_SEARCH]
    people = directory.directory(request.actor, dossier.establishment_id, searched, request.GET.get("after"))
    fields = {
        spec.name: raw_field(spec, StoredValue(values.get(spec.name, "")), error=wrong.get(spec.name, ""))
        for spec in _specs(dossier)
    }
    context = _context(request, dossier) | {
        "fields": fields,
        "errors": error_links(wrong),
        "typed_nir": joining.nir if joining else "",
        "people": people.items,
        "page": people,
        "searched": searched,
    }
    return render(request, "portal/modification/person.html", context, status=422 if wrong else 200)


# --- sent, taken back ------------------------------------------------------------------------------------------------


@require_http_methods(WRITE_METHODS)
def review(request: PersonRequest, number: str) -> HttpResponse:
    """« Avant / après », then it goes."""
    dossier = dossier_to_act_on(request, number, Permission.MODIFICATION_PROPOSE)
    if closed := _closed(request, dossier):
        return closed
    modification = prepared_by(dossier, request.actor)
    if modification is None:
        return redirect("portal:modify", number)
    if request.method == "POST":
        return _send(request, dossier)
    items, today = items_of(modification), paris_today(timezone.now())
    if modifying.problems_of(dossier, modification, today=today):
        return redirect("portal:modify", number)
    context = _context(request, dossier) | {
        "lines": showing.lines_of(dossier, items),
        "modification": modification,
        "notice": showing.notice_of(modification.known_typed, today),
        "files": [shown(piece) for piece in pieces_of_modification(modification.pk)],
        "limits": limits_in_words(MOST_PIECES),
        "accept": ACCEPT,
    }
    return render(request, "portal/modification/review.html", context)


def _send(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    try:
        modifying.propose(actor=request.actor, number=str(dossier.number))
    except BadModification as error:
        return _form(request, dossier, error.problems)
    except (NotModifiable, ModificationOpen) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La modification est enregistrée. Un gestionnaire va y répondre.")
    return redirect(_page_of(request, dossier))


@require_POST
def withdraw(request: PersonRequest, number: str) -> HttpResponse:
    """Takes back what waits for an answer; what was only prepared is thrown away (« abandonner »)."""
    dossier = dossier_to_act_on(request, number, Permission.MODIFICATION_PROPOSE)
    try:
        if "abandonner" in request.POST:
            modifying.abandon(actor=request.actor, number=number)
            messages.success(request, "Rien n'a été envoyé : la modification préparée est effacée.")
        else:
            modifying.withdraw(actor=request.actor, number=number)
            messages.success(request, "La modification est retirée : la demande reste comme elle était.")
    except (AlreadyAnswered, Forbidden) as error:
        messages.error(request, error.message)
    return redirect(_page_of(request, dossier))
