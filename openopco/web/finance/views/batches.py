"""« Lots de virements »: what waits, a batch prepared after its preview, released by somebody else, its file."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.funding.enums import Fund
from openopco.habilitations.http import PersonRequest
from openopco.journal.actions import audit_read
from openopco.kernel.calendar import add_working_days, format_date, paris_today
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.payments import queries
from openopco.payments.actions import cancel_batch, declare_unreceived, prepare_batch, release_batch, withdraw_order
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.errors import FileChanged, FileMissing, UnknownReference
from openopco.payments.files import open_file
from openopco.payments.models import PaymentBatch, PaymentOrder
from openopco.payments.rules import wrong_day
from openopco.rights import Permission, Subject, may
from openopco.web.admin.access import needs
from openopco.web.finance.forms import BatchForm, WordsForm
from openopco.web.finance.wording import batch_line, order_line

WITHDRAW = {"label": "Pourquoi ce virement est retiré", "hint": "La somme redevient due."}
UNRECEIVED = {
    "label": "Comment vous le savez",
    "hint": "Par exemple : la banque, appelée le 12/01, n'a aucun fichier de cette référence.",
}
TAKEN = "payment_batch.file"


@require_safe
@needs(Permission.PAYMENT_READ)
def batches(request: PersonRequest) -> HttpResponse:
    """What each fund has to pay, then the batches, the latest first."""
    page = queries.batches(request.actor, request.GET.get("after"))
    context = {
        "waiting": queries.waiting(request.actor),
        "page": page,
        "lines": [batch_line(each) for each in page.items],
        "may_prepare": may(request.actor, Permission.PAYMENT_PREPARE),
    }
    return render(request, "finance/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_PREPARE)
def prepare(request: PersonRequest) -> HttpResponse:
    """The fund and the day, what would be paid, who is left out and why; then the batch itself."""
    today = paris_today(timezone.now())
    first = {"fund": request.GET.get("fund", Fund.PDC), "day": format_date(add_working_days(today, 1))}
    form = BatchForm(request.POST or {**first, **request.GET.dict()})
    day = form.day_of("day") if form.is_valid() else None
    if day is not None and (why := wrong_day(day, today)):
        form.add_error("day", why)
    posted = request.method == "POST" and not form.errors and day is not None
    if posted and (batch := _prepared(request, form, day)):
        return redirect("finance:batch", batch.pk)
    context: dict[str, Any] = {"form": form, "preview": None}
    if not form.errors and day is not None:
        context["preview"] = queries.preview(request.actor, form.cleaned_data["fund"], day)
    return render(request, "finance/prepare.html", context, status=422 if form.errors else 200)


def _prepared(request: PersonRequest, form: BatchForm, day: date | None) -> PaymentBatch | None:
    assert day is not None
    try:
        made = prepare_batch(actor=request.actor, fund=form.cleaned_data["fund"], execution_date=day)
    except InvalidValue as error:
        form.add_error("day", error.message)
        return None
    except OpenOpcoError as error:
        form.add_error("fund", error.message)
        return None
    messages.success(request, f"Le lot {made.batch.message_id} est préparé : un collègue doit l'émettre.")
    return made.batch


@require_safe
@needs(Permission.PAYMENT_READ)
def batch(request: PersonRequest, batch_id: int) -> HttpResponse:
    return _page(request, _found(request, batch_id))


def _page(request: PersonRequest, found: PaymentBatch, problem: str = "") -> HttpResponse:
    state = request.GET.get("etat", "")
    page = queries.orders_of(request.actor, found, state, request.GET.get("after"))
    subject = Subject(typed_by=found.prepared_by_id)
    is_prepared = found.state == BatchState.PREPARE
    context = {
        "line": batch_line(found),
        "batch": found,
        "page": page,
        "lines": [order_line(each) for each in page.items],
        "state": state,
        "states": OrderState.choices,
        "is_prepared": is_prepared,
        "may_cancel": is_prepared and may(request.actor, Permission.PAYMENT_PREPARE),
        "may_release": is_prepared and may(request.actor, Permission.PAYMENT_RELEASE, subject),
        "may_declare": queries.may_be_unreceived(request.actor, found),
        "may_take": _has_file(found) and may(request.actor, Permission.PAYMENT_PREPARE),
        "problem": problem,
    }
    return render(request, "finance/batch.html", context, status=422 if problem else 200)


@require_POST
@needs(Permission.PAYMENT_RELEASE)
def release(request: PersonRequest, batch_id: int) -> HttpResponse:
    found = _found(request, batch_id)
    try:
        release_batch(actor=request.actor, batch_id=found.pk)
    except OpenOpcoError as error:
        return _page(request, _found(request, batch_id), error.message)
    messages.success(request, f"Le lot {found.message_id} est émis : son fichier s'écrit.")
    return redirect("finance:batch", found.pk)


@require_POST
@needs(Permission.PAYMENT_PREPARE)
def cancel(request: PersonRequest, batch_id: int) -> HttpResponse:
    found = _found(request, batch_id)
    try:
        cancel_batch(actor=request.actor, batch_id=found.pk)
    except OpenOpcoError as error:
        return _page(request, _found(request, batch_id), error.message)
    messages.success(request, f"Le lot {found.message_id} est annulé : ce qu'il payait est de nouveau dû.")
    return redirect("finance:batches")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_RELEASE)
def unreceived(request: PersonRequest, batch_id: int) -> HttpResponse:
    """« La banque n'a pas reçu ce fichier »: by somebody who did not release it."""
    found = _found(request, batch_id)
    form = WordsForm(request.POST, **UNRECEIVED) if request.method == "POST" else WordsForm(**UNRECEIVED)
    if form.is_bound and form.is_valid():
        try:
            declare_unreceived(actor=request.actor, batch_id=found.pk, reason=form.cleaned_data["words"])
        except OpenOpcoError as error:
            form.add_error("words", error.message)
        else:
            messages.success(
                request, f"Le lot {found.message_id} est déclaré non reçu : ce qu'il payait est de nouveau dû."
            )
            return redirect("finance:batch", found.pk)
    elif not form.is_bound and not queries.may_be_unreceived(request.actor, found):
        return redirect("finance:batch", found.pk)
    return render(
        request, "finance/unreceived.html", {"form": form, "batch": found}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_PREPARE)
def withdraw(request: PersonRequest, order_id: int) -> HttpResponse:
    """One transfer out of a batch that has not left."""
    order = PaymentOrder.objects.select_related("batch").filter(pk=order_id, state=OrderState.PREPARE).first()
    if order is None:
        raise Http404
    form = WordsForm(request.POST, **WITHDRAW) if request.method == "POST" else WordsForm(**WITHDRAW)
    if form.is_bound and form.is_valid():
        try:
            withdraw_order(actor=request.actor, order_id=order.pk, reason=form.cleaned_data["words"])
        except OpenOpcoError as error:
            form.add_error("words", error.message)
        else:
            messages.success(request, f"Le virement {order.end_to_end} est retiré du lot.")
            return redirect("finance:batch", order.batch_id)
    return render(request, "finance/withdraw.html", {"form": form, "order": order}, status=422 if form.errors else 200)


@require_safe
@needs(Permission.PAYMENT_PREPARE)
def file(request: PersonRequest, batch_id: int) -> HttpResponseBase:
    """The file for the bank; that somebody took it is kept."""
    found = _found(request, batch_id)
    if not _has_file(found):
        messages.info(request, FileMissing.message)
        return redirect("finance:batch", found.pk)
    try:
        content = open_file(found)
    except FileChanged as error:
        return _page(request, found, error.message)
    audit_read(actor=request.actor, subject_kind="payment_batch", subject_id=found.pk, what=TAKEN)
    answer = FileResponse(
        content, as_attachment=True, filename=f"{found.message_id}.xml", content_type="application/xml"
    )
    answer["Content-Length"] = str(found.size)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _has_file(batch: PaymentBatch) -> bool:
    """Whether it may be given to the bank: not once it was said that it never will be."""
    return bool(batch.storage_name) and batch.state == BatchState.EMIS


def _found(request: PersonRequest, batch_id: int) -> PaymentBatch:
    try:
        return queries.batch(request.actor, batch_id)
    except UnknownReference as error:
        raise Http404 from error
