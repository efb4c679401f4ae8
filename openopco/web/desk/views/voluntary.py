"""Companies' voluntary payments: their accounts, what was paid in, what it engaged. Accountants open and note, others read."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openopco.funding import queries
from openopco.funding.actions.accounts import open_account, record_payment
from openopco.funding.queries import AccountShown
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_siren
from openopco.kernel.money import parse_amount
from openopco.rights import Permission, may, require
from openopco.web.admin.access import needs
from openopco.web.admin.funding_forms import line, said

TO_COME = "Ce jour n'est pas encore venu."


def _past(raw: str) -> date:
    day: date = said(parse_date, raw)
    if day > paris_today(timezone.now()):
        raise forms.ValidationError(TO_COME)
    return day


class OpeningForm(forms.Form):
    agreement = line("Numéro de la convention", required="Indiquez le numéro de la convention.", maxlength="60")
    signed_on = line("Signée le", "jj/mm/aaaa", required="Indiquez le jour de la signature.", inputmode="numeric")
    pays_ancillary = forms.BooleanField(label="Elle paie aussi les frais annexes", required=False)
    pays_wages = forms.BooleanField(label="Elle paie aussi les salaires", required=False)

    def clean_signed_on(self) -> date:
        return _past(self.cleaned_data["signed_on"])


class PaymentForm(forms.Form):
    amount = line("Montant reçu", required="Indiquez le montant reçu.", inputmode="decimal")
    received_on = line("Reçu le", "jj/mm/aaaa, au relevé de banque.", required="Indiquez le jour.", inputmode="numeric")
    reference = line(
        "Référence du relevé", "La même ne compte qu'une fois.", required="Indiquez la référence.", maxlength="60"
    )

    def clean_amount(self) -> Decimal:
        amount: Decimal = said(parse_amount, self.cleaned_data["amount"])
        if amount <= 0:
            raise forms.ValidationError("Indiquez le montant reçu.")
        return amount

    def clean_received_on(self) -> date:
        return _past(self.cleaned_data["received_on"])


@require_safe
@needs(Permission.FUNDING_READ)
def accounts(request: PersonRequest) -> HttpResponse:
    """Every account; a SIREN typed leads to its company, which may have none yet."""
    typed, problem = request.GET.get("siren", "").replace("\0", "").strip()[:40], ""
    if typed:
        try:
            if company := queries.company_by_siren(request.actor, parse_siren(typed)):
                return redirect("desk:voluntary_account", company.pk)
            problem = "Aucune entreprise de ce SIREN n'est connue du portail."
        except InvalidValue as error:
            problem = error.message
    page = queries.voluntary_accounts(request.actor, request.GET.get("after"))
    context = {"page": page, "typed": typed, "problem": problem}
    return render(request, "desk/voluntary/list.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.FUNDING_READ)
def account(request: PersonRequest, company_id: int) -> HttpResponse:
    """One company's: its balance and movements, the form that notes a payment; or the one that opens it."""
    shown = queries.account_shown(request.actor, company_id)
    if shown is None:
        raise Http404
    if request.method != "POST":
        return _page(request, shown, _form(shown))
    require(request.actor, Permission.ACCOUNT_MANAGE)
    form = _form(shown, request.POST)
    if form.is_valid() and _done(request, shown, form):
        return redirect("desk:voluntary_account", company_id)
    return _page(request, shown, form)


def _form(shown: AccountShown, posted: Any = None) -> forms.Form:
    return PaymentForm(posted) if shown.account else OpeningForm(posted)


def _done(request: PersonRequest, shown: AccountShown, form: forms.Form) -> bool:
    """False once what is wrong stands beside its field."""
    try:
        if shown.account:
            record_payment(actor=request.actor, account_id=shown.account.pk, **form.cleaned_data)
            messages.success(request, "Le versement est noté : il peut servir aussitôt.")
        else:
            open_account(actor=request.actor, company_id=shown.company.pk, **form.cleaned_data)
            messages.success(request, "Le compte est ouvert. Notez-y les versements reçus.")
    except InvalidValue as error:
        form.add_error("reference" if shown.account else "agreement", error.message)
        return False
    return True


def _page(request: PersonRequest, shown: AccountShown, form: forms.Form) -> HttpResponse:
    context = {"shown": shown, "form": form, "may_manage": may(request.actor, Permission.ACCOUNT_MANAGE)}
    return render(request, "desk/voluntary/one.html", context, status=422 if form.errors else 200)
