"""« IBAN à vérifier »: what payees proposed; an accountant compares with the RIB, calls back, confirms or refuses."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.documents.serving import serve
from openopco.habilitations.http import PersonRequest
from openopco.journal.actions import audit_read
from openopco.kernel.banking import format_iban
from openopco.kernel.errors import Conflict, OpenOpcoError
from openopco.organisations.accounts import account_to_check, accounts_to_check, elsewhere, number_of
from openopco.organisations.actions import confirm_account, end_account, refuse_account
from openopco.organisations.enums import AccountState
from openopco.organisations.models import BankAccount
from openopco.rights import Permission, Subject, may
from openopco.web.admin.access import needs
from openopco.web.bank_accounts import ReceivedForm, WordsForm, line_of, lines_of, payee_of, proposed

CONFIRM = {
    "label": "Comment vous avez vérifié",
    "hint": "Par exemple : RIB comparé, gérant rappelé le 12/01 au numéro déjà connu. Jamais au numéro du courrier reçu.",
}
REFUSE = {"label": "Motif du refus", "hint": "Le bénéficiaire le lira : dites ce qui manque et ce qu'il peut faire."}


@require_safe
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def bank_accounts(request: PersonRequest) -> HttpResponse:
    """Those that wait, oldest first."""
    return render(
        request, "desk/bank_accounts/list.html", {"page": accounts_to_check(request.actor, request.GET.get("after"))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def new(request: PersonRequest) -> HttpResponse:
    """One that came by letter: typed here, checked by a colleague."""
    form = ReceivedForm(request.POST, request.FILES) if request.method == "POST" else ReceivedForm()
    if form.is_bound and form.is_valid() and (payee := payee_of(form)) and proposed(request, payee, form):
        messages.success(request, f"{payee.name} : l'IBAN est enregistré, un collègue doit le vérifier.")
        return redirect("desk:bank_accounts")
    return render(request, "desk/bank_accounts/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def bank_account(request: PersonRequest, account_id: int) -> HttpResponse:
    """The whole number, beside its RIB: that somebody read it is kept."""
    return _page(request, _found(request, account_id))


@require_safe
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def proof(request: PersonRequest, account_id: int) -> HttpResponseBase:
    found = _found(request, account_id)
    if found.proof is None:
        raise Http404
    return serve(found.proof, viewer=request.actor, inline="apercu" in request.GET)


@require_POST
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def confirm(request: PersonRequest, account_id: int) -> HttpResponse:
    found, form = _found(request, account_id), WordsForm(request.POST, **CONFIRM)
    if _done(form, lambda words: confirm_account(actor=request.actor, account_id=found.pk, words=words), request):
        messages.success(request, f"{found.payee.name} : l'IBAN est vérifié, le bénéficiaire est prévenu.")
        return redirect("desk:bank_accounts")
    return _page(request, found, confirming=form) if form.errors else redirect("desk:bank_account", found.pk)


@require_POST
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def refuse(request: PersonRequest, account_id: int) -> HttpResponse:
    found, form = _found(request, account_id), WordsForm(request.POST, **REFUSE, prefix="refus")
    if _done(form, lambda words: refuse_account(actor=request.actor, account_id=found.pk, words=words), request):
        messages.success(request, f"{found.payee.name} : l'IBAN est refusé, le bénéficiaire est prévenu.")
        return redirect("desk:bank_accounts")
    return _page(request, found, refusing=form) if form.errors else redirect("desk:bank_account", found.pk)


@require_POST
@needs(Permission.BANK_ACCOUNT_CONFIRM)
def end(request: PersonRequest, account_id: int) -> HttpResponse:
    """Nothing is paid to it any more."""
    found = _found(request, account_id)
    try:
        end_account(actor=request.actor, account_id=found.pk)
        messages.success(request, "Ce compte ne sert plus : aucun virement n'y sera fait.")
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect("desk:bank_account", found.pk)


def _done(form: WordsForm, act: Callable[[str], object], request: PersonRequest) -> bool:
    """False where it was refused: beside the field, or above the page where somebody else was first."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data["words"])
    except Conflict as error:
        messages.warning(request, error.message)
        return False
    except OpenOpcoError as error:
        form.add_error("words", error.message)
        return False
    return True


def _page(
    request: PersonRequest,
    found: BankAccount,
    *,
    confirming: WordsForm | None = None,
    refusing: WordsForm | None = None,
) -> HttpResponse:
    audit_read(actor=request.actor, subject_kind="bank_account", subject_id=found.pk, what="bank_account.read")
    subject = Subject(typed_by=found.proposed_by_id)
    context = {
        "account": found,
        "payee": found.payee,
        "line": line_of(found),
        "number": format_iban(number_of(found)),
        "elsewhere": elsewhere(found),
        "others": [line for line in lines_of(found.payee) if line.account.pk != found.pk],
        "is_waiting": found.state == AccountState.PROPOSED,
        "may_decide": may(request.actor, Permission.BANK_ACCOUNT_CONFIRM, subject),
        "confirming": confirming or WordsForm(**CONFIRM),
        "refusing": refusing or WordsForm(**REFUSE, prefix="refus"),
        "failed": confirming or refusing,
    }
    return render(request, "desk/bank_accounts/one.html", context, status=422 if context["failed"] else 200)


def _found(request: PersonRequest, account_id: int) -> BankAccount:
    found = account_to_check(request.actor, account_id)
    if found is None:
        raise Http404
    return found
