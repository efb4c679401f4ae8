"""« Entreprises et organismes »: who asks and who teaches, with all that the house knows of them."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openopco.dossiers.queries import figures_of, history_of
from openopco.funding.queries import CompanyFunding, company_funding
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.habilitations.queries import colleagues
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.organisations import queries
from openopco.organisations.actions import note_on_company, note_on_provider, record_contributions
from openopco.organisations.errors import InvalidFields
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk import checked, sheeting
from openopco.web.desk.lines import checks_html, facts_html
from openopco.web.desk.sheeting import ContributionsForm
from openopco.web.organisations import place


@require_safe
@needs(Permission.ORGANISATION_READ)
def companies(request: PersonRequest) -> HttpResponse:
    """Employers by name, or those that hold what was typed."""
    typed = _typed(request)
    page = queries.find_establishments(request.actor, typed, request.GET.get("after"))
    return _list(request, page, typed, ("desk:companies", "desk:company", "entreprises"))


@require_safe
@needs(Permission.ORGANISATION_READ)
def known_providers(request: PersonRequest) -> HttpResponse:
    """Providers by name, or those that hold what was typed."""
    typed = _typed(request)
    page = queries.find_providers(request.actor, typed, request.GET.get("after"))
    return _list(request, page, typed, ("desk:known_providers", "desk:provider_sheet", "organismes-connus"))


@require_safe
@needs(Permission.ORGANISATION_READ)
def company(request: PersonRequest, establishment_id: int) -> HttpResponse:
    return _company(request, _establishment(request, establishment_id))


@require_safe
@needs(Permission.ORGANISATION_READ)
def provider(request: PersonRequest, provider_id: int) -> HttpResponse:
    return _provider_page(request, _provider(request, provider_id))


@require_POST
@needs(Permission.NOTE_WRITE)
def company_note(request: PersonRequest, establishment_id: int) -> HttpResponse:
    found, body = _establishment(request, establishment_id), request.POST.get("body", "")
    try:
        note_on_company(actor=request.actor, company_id=found.company_id, body=body)
    except InvalidValue as error:
        return _company(request, found, note=(body, error.message))
    messages.success(request, "Votre note est gardée.")
    return redirect("desk:company", found.pk)


@require_POST
@needs(Permission.NOTE_WRITE)
def provider_note(request: PersonRequest, provider_id: int) -> HttpResponse:
    found, body = _provider(request, provider_id), request.POST.get("body", "")
    try:
        note_on_provider(actor=request.actor, provider_id=found.pk, body=body)
    except InvalidValue as error:
        return _provider_page(request, found, note=(body, error.message))
    messages.success(request, "Votre note est gardée.")
    return redirect("desk:provider_sheet", found.pk)


@require_POST
@needs(Permission.ESTABLISHMENT_VERIFY)
def contributions(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """What an officer read of the company's contributions, with what was typed kept where it is refused."""
    found, form = _establishment(request, establishment_id), ContributionsForm(request.POST)
    if form.is_valid():
        try:
            record_contributions(
                actor=request.actor,
                company_id=found.company_id,
                paid=form.answer,
                on=form.cleaned_data["on"],
                source=form.cleaned_data["source"],
            )
        except InvalidFields as error:
            place(form, error)
        except InvalidValue as error:
            form.add_error("source", error.message)
    if form.errors:
        return _company(request, found, form=form)
    messages.success(request, "C'est noté : les gestionnaires le liront dans les contrôles de ses demandes.")
    return redirect("desk:company", found.pk)


def _typed(request: PersonRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def _list(request: PersonRequest, page: Any, typed: str, leads: tuple[str, str, str]) -> HttpResponse:
    """`leads`: to the list, to one sheet, to the file."""
    route, sheet, export = leads
    context = {"page": page, "typed": typed, "tabs": sheeting.tabs(route), "route": route, "sheet": sheet}
    context["export"] = export
    return render(request, "desk/sheets/list.html", context)


Note = tuple[str, str]
NO_NOTE: Note = ("", "")


def _company(
    request: PersonRequest, found: Establishment, *, note: Note = NO_NOTE, form: ContributionsForm | None = None
) -> HttpResponse:
    today = paris_today(timezone.now())
    context = {
        "establishment": found,
        "rows": sheeting.identity_rows(found, request.actor),
        "people": colleagues(request.actor, Place(found.pk)),
        "sisters": sheeting.sister_lines(queries.sister_establishments(found)),
        "contributions": sheeting.contributions_of(found.company),
        "form": form or ContributionsForm(),
        "notes": queries.notes_on(found.company),
        "checks": checks_html(checked.company_checks(found, reader=request.actor, today=today)),
        "money": facts_html(checked.money_lines(_funding(request, found, today))),
        **_history(request, establishment_id=found.pk),
        **_typed_note(note),
    }
    return render(request, "desk/sheets/company.html", context, status=422 if note[1] or form else 200)


def _funding(request: PersonRequest, found: Establishment, today: date) -> CompanyFunding:
    return company_funding(request.actor, found.company, idcc=found.idcc, year=today.year)


def _provider_page(request: PersonRequest, found: Provider, *, note: Note = NO_NOTE) -> HttpResponse:
    context = {
        "provider": found,
        "rows": sheeting.provider_rows(found),
        "notes": queries.notes_on(found),
        "checks": checks_html(checked.provider_checks(found, reader=request.actor, today=paris_today(timezone.now()))),
        **_history(request, provider_id=found.pk),
        **_typed_note(note),
    }
    return render(request, "desk/sheets/provider.html", context, status=422 if note[1] else 200)


def _typed_note(note: Note) -> dict[str, str]:
    return {"note_typed": note[0], "note_error": note[1]}


def _history(request: PersonRequest, *, establishment_id: int | None = None, provider_id: int | None = None) -> Any:
    whose, state = {"establishment_id": establishment_id, "provider_id": provider_id}, request.GET.get("etat", "")
    page = history_of(actor=request.actor, state=state, after=request.GET.get("after"), **whose)
    figures = figures_of(actor=request.actor, **whose)
    return {
        "page": page,
        "history": sheeting.history_lines(page.items),
        "figures": sheeting.figure_lines(figures, state),
    }


def _establishment(request: PersonRequest, establishment_id: int) -> Establishment:
    if found := queries.establishment_for_desk(request.actor, establishment_id):
        return found
    raise Http404


def _provider(request: PersonRequest, provider_id: int) -> Provider:
    if found := queries.provider_for_desk(request.actor, provider_id):
        return found
    raise Http404
