"""« Trop-perçus »: what payees have to give back, their letter, what came back; and the credit that makes one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openopco.billing.models import Due
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.kernel.nir import NirInText
from openopco.opco.texts.letters import typeset
from openopco.payments import queries
from openopco.payments.actions import credit_due, record_recovery
from openopco.payments.enums import OverpaymentState
from openopco.payments.errors import UnknownReference
from openopco.payments.models import Overpayment
from openopco.rights import Permission, may, require
from openopco.web.admin.access import needs
from openopco.web.finance.forms import CreditForm, RecoveryForm
from openopco.web.finance.wording import OVERPAYMENT_TONES, Line


@require_safe
@needs(Permission.PAYMENT_READ)
def overpayments(request: PersonRequest) -> HttpResponse:
    only_open = is_open_only(request)
    page = queries.overpayments(request.actor, request.GET.get("after"), only_open=only_open)
    context = {"page": page, "lines": [_line(each) for each in page.items], "only_open": only_open}
    return render(request, "finance/overpayments.html", context)


def is_open_only(request: PersonRequest) -> bool:
    """Whether the address asks for what is still to be given back."""
    return "ouverts" in request.GET


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_READ)
def overpayment(request: PersonRequest, overpayment_id: int) -> HttpResponse:
    found = _found(request, overpayment_id)
    form = RecoveryForm(request.POST) if request.method == "POST" else RecoveryForm()
    if form.is_bound and _recovered(request, found, form):
        messages.success(request, "Le remboursement est noté.")
        return redirect("finance:overpayment", found.pk)
    context = {
        "overpayment": found,
        "order": found.line.order,
        "dossier": found.line.due.claim.dossier,
        "line": _line(found),
        "recoveries": list(found.recoveries.order_by("pk")),
        "form": form,
        "may_record": may(request.actor, Permission.PAYMENT_RECORD) and found.state == OverpaymentState.A_REMBOURSER,
    }
    return render(request, "finance/overpayment.html", context, status=422 if form.errors else 200)


def _recovered(request: PersonRequest, found: Overpayment, form: RecoveryForm) -> bool:
    require(request.actor, Permission.PAYMENT_RECORD)
    form.is_valid()
    amount, received_on = form.amount_of("amount"), form.day_of("received_on")
    if form.errors or amount is None or received_on is None:
        return False
    try:
        record_recovery(
            actor=request.actor,
            overpayment_id=found.pk,
            amount=amount,
            received_on=received_on,
            reference=form.cleaned_data["reference"],
        )
    except OpenOpcoError as error:
        form.add_error(
            "reference" if isinstance(error, NirInText) or "référence" in error.message else "amount", error.message
        )
        return False
    return True


@require_safe
@needs(Permission.PAYMENT_READ)
def letter(request: PersonRequest, overpayment_id: int) -> HttpResponse:
    """The refund order as a tagged PDF, made of what was kept of it."""
    found = _found(request, overpayment_id)
    answer = HttpResponse(typeset(found.content), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="ordre-de-reversement-{found.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_RECORD)
def credit(request: PersonRequest, due_id: int) -> HttpResponse:
    """Takes back some of what is due: where it is paid, it becomes an overpayment."""
    due = (
        Due.objects.select_related("claim__dossier", "claim__invoice", "provider", "establishment")
        .filter(pk=due_id)
        .first()
    )
    if due is None:
        raise Http404
    form = CreditForm(request.POST) if request.method == "POST" else CreditForm()
    if form.is_bound and form.is_valid():
        amount = form.amount_of("amount")
        if amount is not None and (done := _credited(request, due, form)):
            return done
    return render(request, "finance/credit.html", {"form": form, "due": due}, status=422 if form.errors else 200)


def _credited(request: PersonRequest, due: Due, form: CreditForm) -> HttpResponse | None:
    amount = form.amount_of("amount")
    assert amount is not None
    try:
        made = credit_due(actor=request.actor, due_id=due.pk, amount=amount, reason=form.cleaned_data["reason"])
    except OpenOpcoError as error:
        form.add_error(
            "reason" if isinstance(error, NirInText) or "pourquoi" in error.message else "amount", error.message
        )
        return None
    if made is None:
        messages.success(request, "La somme due est diminuée.")
        return redirect("finance:dossier", due.claim.dossier.number)
    messages.success(request, f"Le trop-perçu {made.number} est noté : envoyez la lettre au bénéficiaire.")
    return redirect("finance:overpayment", made.pk)


def _found(request: PersonRequest, overpayment_id: int) -> Overpayment:
    try:
        return queries.overpayment(request.actor, overpayment_id)
    except UnknownReference as error:
        raise Http404 from error


def _line(each: Overpayment) -> Line:
    return Line(each, OVERPAYMENT_TONES[OverpaymentState(each.state)], each.line.order.payee.name)
