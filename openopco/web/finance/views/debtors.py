"""« Comptes débiteurs »: the OPCO's own accounts, each checked by a second accountant."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.habilitations.http import PersonRequest
from openopco.kernel.banking import format_iban, mask_iban
from openopco.kernel.errors import OpenOpcoError
from openopco.payments import queries
from openopco.payments.actions import confirm_debtor, end_debtor, set_debtor
from openopco.payments.errors import InvalidFields
from openopco.payments.models import DebtorAccount
from openopco.rights import Actor, Permission, Subject, may, require
from openopco.web.admin.access import needs
from openopco.web.finance.forms import DebtorForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_READ)
def debtors(request: PersonRequest) -> HttpResponse:
    form = DebtorForm(request.POST) if request.method == "POST" else DebtorForm()
    if form.is_bound and _set(request, form):
        messages.success(request, "Le compte est enregistré : un collègue doit le vérifier.")
        return redirect("finance:debtors")
    lines = [_line(each, request.actor) for each in queries.debtors(request.actor)]
    context = {"form": form, "lines": lines, "may_set": may(request.actor, Permission.PAYMENT_PREPARE)}
    return render(request, "finance/debtors.html", context, status=422 if form.errors else 200)


def _set(request: PersonRequest, form: DebtorForm) -> bool:
    require(request.actor, Permission.PAYMENT_PREPARE)
    if not form.is_valid():
        return False
    try:
        set_debtor(actor=request.actor, **form.cleaned_data)
    except InvalidFields as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True


def _line(account: DebtorAccount, actor: Actor) -> dict[str, object]:
    """Its whole number is for those who check it."""
    prepares = may(actor, Permission.PAYMENT_PREPARE)
    word, tone = ("En service", "ok") if account.is_in_force else ("À vérifier", "wait")
    if account.ended_at:
        word, tone = "Ancien", "off"
    return {
        "row": account,
        "number": format_iban(account.iban) if prepares else mask_iban(account.iban),
        "word": word,
        "tone": tone,
        "may_confirm": account.is_waiting
        and may(actor, Permission.PAYMENT_RELEASE, Subject(typed_by=account.set_by_id)),
        "may_end": prepares and account.ended_at is None,
    }


@require_POST
@needs(Permission.PAYMENT_RELEASE)
def confirm(request: PersonRequest, account_id: int) -> HttpResponse:
    return _done(
        request,
        lambda: confirm_debtor(actor=request.actor, account_id=account_id),
        "Le compte est vérifié : il sert dès maintenant.",
    )


@require_POST
@needs(Permission.PAYMENT_PREPARE)
def end(request: PersonRequest, account_id: int) -> HttpResponse:
    return _done(request, lambda: end_debtor(actor=request.actor, account_id=account_id), "Ce compte ne sert plus.")


def _done(request: PersonRequest, act: Callable[[], object], sentence: str) -> HttpResponse:
    try:
        act()
        messages.success(request, sentence)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect("finance:debtors")
