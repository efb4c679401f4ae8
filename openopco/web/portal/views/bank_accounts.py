"""« Coordonnées bancaires » of an establishment: where the OPCO pays it, proposed by those who administer it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.organisations.accounts import accounts_of, may_propose
from openopco.organisations.actions import end_account
from openopco.organisations.models import Establishment
from openopco.web.bank_accounts import AccountForm, lines_of, proposed
from openopco.web.portal.memberships import external_only


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def bank_account(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """The accounts known, and the form to propose another."""
    payee = _administered_or_404(request, establishment_id)
    form = AccountForm(request.POST, request.FILES) if request.method == "POST" else AccountForm()
    if form.is_bound and form.is_valid() and proposed(request, payee, form):
        messages.success(request, "Votre IBAN est enregistré : l'OPCO le vérifie avant le premier virement.")
        return redirect("portal:bank_account", payee.pk)
    context = {"establishment": payee, "lines": lines_of(payee), "form": form}
    return render(request, "portal/memberships/bank_account.html", context, status=422 if form.errors else 200)


@require_POST
@external_only
def end(request: PersonRequest, establishment_id: int, account_id: int) -> HttpResponse:
    """Withdraws the one that waits, or says that the one in use serves no more."""
    payee = _administered_or_404(request, establishment_id)
    if account_id not in {account.pk for account in accounts_of(payee)}:
        raise Http404
    try:
        end_account(actor=request.actor, account_id=account_id)
        messages.success(request, "Ce compte ne sert plus.")
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect("portal:bank_account", payee.pk)


def _administered_or_404(request: PersonRequest, establishment_id: int) -> Establishment:
    for membership in request.access.memberships:
        place = membership.establishment
        if place is not None and place.pk == establishment_id and may_propose(request.actor, place):
            return place
    raise Http404
