"""Establishments and providers that people keyed by hand: an officer asks the registry again, or vouches for them."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError, Unavailable
from openopco.organisations import fields, queries
from openopco.organisations.actions import (
    recheck_establishment,
    recheck_provider,
    verify_establishment,
    verify_provider,
)
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.verifying import ProviderForm, VouchForm, provider_values, tabs
from openopco.web.organisations import check, place, posted, typed, values_of

SILENT = "Le répertoire officiel ne répond pas pour le moment : réessayez plus tard, ou vérifiez vous-même."
UNKNOWN = "Le répertoire officiel ne connaît pas ce SIRET : vérifiez-le autrement."


@require_safe
@needs(Permission.ESTABLISHMENT_VERIFY)
def establishments(request: PersonRequest) -> HttpResponse:
    page = queries.establishments_to_verify(request.actor, request.GET.get("after"))
    context = {"page": page, "tabs": tabs("desk:establishments"), "route": "desk:establishment"}
    return render(request, "desk/identities/establishments.html", context)


@require_safe
@needs(Permission.ESTABLISHMENT_VERIFY)
def providers(request: PersonRequest) -> HttpResponse:
    page = queries.providers_to_verify(request.actor, request.GET.get("after"))
    context = {"page": page, "tabs": tabs("desk:providers"), "route": "desk:provider"}
    return render(request, "desk/identities/providers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ESTABLISHMENT_VERIFY)
def establishment(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """What is kept, to be corrected and vouched for."""
    found = _establishment(establishment_id)
    form = VouchForm(posted(request), initial={**values_of(found), "opco_slug": found.opco_slug})
    if form.is_bound and form.is_valid() and _vouched(request, found, form):
        messages.success(request, f"{found.name} est vérifié.")
        return redirect("desk:establishments")
    context = {"establishment": found, "form": form}
    return render(request, "desk/identities/establishment.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ESTABLISHMENT_VERIFY)
def provider(request: PersonRequest, provider_id: int) -> HttpResponse:
    """What is kept, to be corrected and vouched for, with what it is certified for."""
    found = _provider(provider_id)
    form = ProviderForm(posted(request), initial=provider_values(found))
    if form.is_bound and form.is_valid() and _provider_vouched(request, found, form):
        messages.success(request, f"{found.name} est vérifié.")
        return redirect("desk:providers")
    context = {"provider": found, "form": form}
    return render(request, "desk/identities/provider.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.ESTABLISHMENT_VERIFY)
def ask_again(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """Asks the registry once more, outside any transaction."""
    found = _establishment(establishment_id)
    try:
        is_told = recheck_establishment(found.pk)
    except Unavailable:
        messages.error(request, SILENT)
    else:
        _say_told(request, is_told)
    return redirect("desk:establishment", found.pk)


@require_POST
@needs(Permission.ESTABLISHMENT_VERIFY)
def ask_provider_again(request: PersonRequest, provider_id: int) -> HttpResponse:
    """Asks the registry and the public list of providers once more, outside any transaction."""
    found = _provider(provider_id)
    try:
        is_told = recheck_provider(found.pk)
    except Unavailable:
        messages.error(request, SILENT)
    else:
        _say_told(request, is_told)
    return redirect("desk:provider", found.pk)


def _say_told(request: PersonRequest, is_told: bool) -> None:
    if is_told:
        messages.success(request, "Le répertoire officiel a répondu : relisez ce qu'il dit.")
    else:
        messages.warning(request, UNKNOWN)


def _vouched(request: PersonRequest, found: Establishment, form: VouchForm) -> bool:
    check(form, fields.IDENTITY | fields.COMPLETION)
    return not form.errors and _done(
        form,
        lambda: verify_establishment(
            actor=request.actor,
            establishment_id=found.pk,
            opco_slug=form.cleaned_data["opco_slug"],
            **typed(form),
        ),
    )


def _provider_vouched(request: PersonRequest, found: Provider, form: ProviderForm) -> bool:
    check(form, fields.PROVIDER)
    return not form.errors and _done(
        form,
        lambda: verify_provider(actor=request.actor, provider_id=found.pk, certified=form.certified(), **typed(form)),
    )


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    try:
        act()
    except OpenOpcoError as error:
        place(form, error)
    return not form.errors


def _establishment(establishment_id: int) -> Establishment:
    found = Establishment.objects.select_related("company").filter(pk=establishment_id).first()
    if found is None:
        raise Http404
    return found


def _provider(provider_id: int) -> Provider:
    found = Provider.objects.filter(pk=provider_id).first()
    if found is None:
        raise Http404
    return found
