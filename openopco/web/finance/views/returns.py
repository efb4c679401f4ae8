"""« Retours de banque »: a file deposited, what it changed, what somebody has to look at."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openopco.documents.rules import LIMITS
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.payments import queries
from openopco.payments.actions import hand_back_refund, mark_seen, read_bank_file
from openopco.payments.enums import TO_SEE, Outcome
from openopco.payments.errors import UnknownReference
from openopco.payments.models import BankEvent, BankFile
from openopco.rights import Permission, may, require
from openopco.web.admin.access import needs
from openopco.web.finance.forms import FileForm, RefundForm, WordsForm
from openopco.web.finance.wording import OUTCOME_TONES, Line

SEEN = {"label": "Ce qui a été fait", "hint": "Par exemple : remboursement noté, banque appelée le 12/01."}
TOO_LARGE = "Ce fichier dépasse 10 Mo : demandez à l'exploitant de le lire (commande « read_bank_file »)."


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_READ)
def returns(request: PersonRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and (file := _read(request, form)):
        plural = "s" if file.applied > 1 else ""
        messages.success(
            request,
            f"Fichier lu : {file.applied} fait{plural} appliqué{plural}.",
        )
        return redirect("finance:bank_file", file.pk)
    context = {
        "form": form,
        "page": queries.bank_files(request.actor, request.GET.get("after")),
        "to_see": queries.count_to_see(request.actor),
        "may_record": may(request.actor, Permission.PAYMENT_RECORD),
    }
    return render(request, "finance/returns.html", context, status=422 if form.errors else 200)


def _read(request: PersonRequest, form: FileForm) -> BankFile | None:
    require(request.actor, Permission.PAYMENT_RECORD)
    upload = request.FILES.get("file")
    if not form.is_valid() or upload is None:
        form.add_error("file", "Choisissez le fichier que la banque vous a donné.")
        return None
    if (upload.size or 0) > LIMITS.file_bytes:
        form.add_error("file", TOO_LARGE)
        return None
    try:
        return read_bank_file(actor=request.actor, content=upload, name=upload.name or "")  # type: ignore[arg-type]
    except OpenOpcoError as error:
        form.add_error("file", error.message)
        return None


@require_safe
@needs(Permission.PAYMENT_READ)
def to_see(request: PersonRequest) -> HttpResponse:
    page = queries.events_to_see(request.actor, request.GET.get("after"))
    context = {"page": page, "lines": [_line(each) for each in page.items]}
    return render(
        request, "finance/to_see.html", {**context, "may_record": may(request.actor, Permission.PAYMENT_RECORD)}
    )


@require_safe
@needs(Permission.PAYMENT_READ)
def bank_file(request: PersonRequest, file_id: int) -> HttpResponse:
    try:
        found = queries.bank_file(request.actor, file_id)
    except UnknownReference as error:
        raise Http404 from error
    page = queries.events_of(request.actor, found, request.GET.get("after"))
    context = {
        "file": found,
        "page": page,
        "lines": [_line(each) for each in page.items],
        "may_record": may(request.actor, Permission.PAYMENT_RECORD),
    }
    return render(request, "finance/bank_file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_RECORD)
def event(request: PersonRequest, event_id: int) -> HttpResponse:
    """One fact to look at: what was done of it."""
    found = _to_see(event_id)
    form = WordsForm(request.POST, **SEEN) if request.method == "POST" else WordsForm(**SEEN)
    if form.is_bound and form.is_valid():
        try:
            mark_seen(actor=request.actor, event_id=found.pk, words=form.cleaned_data["words"])
        except OpenOpcoError as error:
            form.add_error("words", error.message)
        else:
            messages.success(request, "C'est noté.")
            return redirect("finance:to_see")
    context = {"form": form, "line": _line(found), "refunded": queries.refunded_before(request.actor, found)}
    return render(request, "finance/event.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_RECORD)
def refund(request: PersonRequest, event_id: int) -> HttpResponse:
    """A transfer that came back though its payee had refunded some of it: the OPCO has given him back his refund."""
    found = _to_see(event_id)
    refunded = queries.refunded_before(request.actor, found)
    if not refunded:
        return redirect("finance:event", found.pk)
    form = RefundForm(request.POST) if request.method == "POST" else RefundForm()
    if form.is_bound and _handed_back(request, found, form):
        messages.success(request, "C'est noté : le virement est rendu, ce qui reste dû sera dans un prochain lot.")
        return redirect("finance:to_see")
    context = {"form": form, "event": found, "refunded": refunded}
    return render(request, "finance/refund.html", context, status=422 if form.errors else 200)


def _handed_back(request: PersonRequest, event: BankEvent, form: RefundForm) -> bool:
    given_on = form.day_of("given_on") if form.is_valid() else None
    if given_on is None:
        return False
    try:
        hand_back_refund(
            actor=request.actor, event_id=event.pk, given_on=given_on, reference=form.cleaned_data["reference"]
        )
    except OpenOpcoError as error:
        form.add_error("given_on" if "jour" in error.message else "reference", error.message)
        return False
    return True


def _to_see(event_id: int) -> BankEvent:
    found = BankEvent.objects.select_related("file", "order").filter(pk=event_id, outcome__in=sorted(TO_SEE)).first()
    if found is None:
        raise Http404
    return found


def _line(event: BankEvent) -> Line:
    return Line(event, OUTCOME_TONES[Outcome(event.outcome)])
