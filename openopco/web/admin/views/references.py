"""« Données de référence »: the edition in force of each nomenclature, those that wait, what they would change."""

import gzip
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError
from openopco.reference import queries
from openopco.reference.actions import deposit_edition, discard_edition, restore_edition, validate_edition
from openopco.reference.applying import kept_rows
from openopco.reference.enums import Dataset, EditionState
from openopco.reference.errors import BadFile, DayOutOfReach, EditionFromTheFuture, MissingEditionSource
from openopco.reference.models import ReferenceEdition
from openopco.reference.shapes import SHAPES, pack
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.admin.editions import USES, EditionForm, ValidationForm, comparison_words, edition_words

WRITE_METHODS = ["GET", "HEAD", "POST"]
FIELD_OF: dict[type[OpenOpcoError], str] = {EditionFromTheFuture: "published_on", MissingEditionSource: "source"}


@require_safe
@needs(Permission.REFERENCE_MANAGE)
def listing(request: PersonRequest) -> HttpResponse:
    """Each nomenclature with its edition in force, and what waits."""
    known = queries.current_and_pending()
    return render(request, "admin/reference/list.html", {"rows": [_row(dataset, known) for dataset in Dataset]})


def _row(dataset: Dataset, known: list[ReferenceEdition]) -> dict[str, Any]:
    own = [edition for edition in known if edition.dataset == dataset]
    current = next((each for each in own if each.state == EditionState.IN_FORCE), None)
    waiting = [edition_words(each) for each in own if each.is_pending]
    return {"dataset": dataset, "uses": USES[dataset], "current": current, "waiting": waiting}


@require_safe
@needs(Permission.REFERENCE_MANAGE)
def one(request: PersonRequest, dataset: str) -> HttpResponse:
    """One nomenclature: in force, waiting, history."""
    kind = _kind(dataset)
    history = queries.history(kind)
    context = {
        "dataset": kind,
        "uses": USES[kind],
        "current": next((edition_words(each) for each in history if each.state == EditionState.IN_FORCE), None),
        "waiting": [edition_words(each) for each in history if each.is_pending],
        "past": [edition_words(each) for each in history if not each.is_pending],
        "previous": queries.previous(kind),
    }
    return render(request, "admin/reference/one.html", context)


@require_http_methods(WRITE_METHODS)
@needs(Permission.REFERENCE_MANAGE)
def deposit(request: PersonRequest, dataset: str) -> HttpResponse:
    """« Déposer une édition »: read whole, or refused with the lines at fault."""
    kind = _kind(dataset)
    form = EditionForm(request.POST, request.FILES) if request.method == "POST" else EditionForm()
    context = {"dataset": kind, "form": form, "columns": SHAPES[kind].columns, "header": ";".join(SHAPES[kind].columns)}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            edition = deposit_edition(
                actor=request.actor,
                dataset=kind,
                published_on=given["published_on"],
                source=given["source"],
                data=given["file"].read(),
            )
        except (InvalidValue, Conflict) as error:
            form.add_error(FIELD_OF.get(type(error), "file"), error.message)
            context["fault"] = error if isinstance(error, BadFile) else None
        else:
            messages.success(request, "L'édition est déposée. Elle ne change rien tant qu'elle n'est pas validée.")
            return redirect("admin_opco:edition", kind, edition.pk)
    return render(request, "admin/reference/deposit.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITE_METHODS)
@needs(Permission.REFERENCE_MANAGE)
def edition(request: PersonRequest, dataset: str, edition_id: int) -> HttpResponse:
    """What the edition changes; a POST validates it."""
    found = _edition(dataset, edition_id)
    form = ValidationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            validated = validate_edition(
                actor=request.actor,
                edition_id=found.pk,
                against_id=_seen(request, "against"),
                starts_on=form.cleaned_data["starts_on"],
            )
        except DayOutOfReach as error:
            form.add_error("starts_on", error.message)
        except OpenOpcoError as error:
            messages.error(request, error.message)
            return redirect("admin_opco:edition", found.dataset, found.pk)
        else:
            messages.success(request, _validated(validated))
            return redirect("admin_opco:edition", found.dataset, found.pk)
    context = {
        "dataset": Dataset(found.dataset),
        "words": edition_words(found),
        "edition": found,
        "comparison": comparison_words(found),
        "may_validate": queries.may_validate(request.actor, found),
        "is_taking_effect": found.state == EditionState.VALIDATED and found.starts_on == paris_today(timezone.now()),
        "form": form,
    }
    return render(request, "admin/reference/edition.html", context, status=422 if form.errors else 200)


def _validated(edition: ReferenceEdition) -> str:
    return f"L'édition est validée : elle prend effet le {format_date(edition.starts_on)}." if edition.starts_on else ""


@require_http_methods(WRITE_METHODS)
@needs(Permission.REFERENCE_MANAGE)
def discard(request: PersonRequest, dataset: str, edition_id: int) -> HttpResponse:
    """« Êtes-vous sûr ? », then the edition is given up."""
    found = _edition(dataset, edition_id)
    if request.method != "POST":
        if not found.is_pending:
            raise Http404
        return render(request, "admin/reference/discard.html", {"dataset": Dataset(dataset), "edition": found})
    try:
        discard_edition(actor=request.actor, edition_id=found.pk)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "L'édition est écartée : rien ne change.")
    return redirect("admin_opco:reference", dataset)


@require_http_methods(WRITE_METHODS)
@needs(Permission.REFERENCE_MANAGE)
def restore(request: PersonRequest, dataset: str) -> HttpResponse:
    """« Revenir à l'édition précédente ? »"""
    kind = _kind(dataset)
    current, previous = queries.in_force(kind), queries.previous(kind)
    if request.method != "POST":
        if current is None or previous is None:
            raise Http404
        undone = comparison_words(current) if current.against_id == previous.pk else None
        context = {
            "dataset": kind,
            "current": current,
            "previous": previous,
            "undone": undone,
            "title": edition_words(previous).title,
        }
        return render(request, "admin/reference/restore.html", context)
    try:
        restored = restore_edition(actor=request.actor, dataset=kind, in_force_id=_seen(request, "current") or 0)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, f"Retour à l'édition précédente ({restored.as_of}) : elle prend effet dans un instant."
        )
    return redirect("admin_opco:reference", dataset)


@require_safe
@needs(Permission.REFERENCE_MANAGE)
def file(request: PersonRequest, dataset: str, edition_id: int) -> HttpResponse:
    """The rows of an edition as a CSV, to be kept or to begin the next one from."""
    found = _edition(dataset, edition_id)
    if found.state == EditionState.DISCARDED:
        raise Http404
    answer = HttpResponse(gzip.decompress(pack(dataset, kept_rows(found))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{dataset}-{found.pk}.csv"'
    return answer


def _kind(dataset: str) -> Dataset:
    if dataset not in Dataset.values:
        raise Http404
    return Dataset(dataset)


def _edition(dataset: str, edition_id: int) -> ReferenceEdition:
    found = ReferenceEdition.objects.filter(pk=edition_id, dataset=_kind(dataset)).first()
    if found is None:
        raise Http404
    return found


def _seen(request: PersonRequest, name: str) -> int | None:
    """The number of the edition that the page showed."""
    raw = request.POST.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None
