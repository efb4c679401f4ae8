"""« Rapprochement »: engaged ≥ invoiced ≥ ordered ≥ paid by fund and year, each figure opening on its lines; what a year leaves
open; the journal entries of a period."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openopco.base.keyset import paginate
from openopco.base.works import TooManyWorks, WorkAlreadyAsked
from openopco.funding.enums import Fund
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import OpenOpcoError
from openopco.kernel.text import clean_line
from openopco.payments import queries
from openopco.payments.actions import ask_entries
from openopco.payments.enums import OrderState
from openopco.payments.errors import InvalidFields, UnknownReference
from openopco.rights import Permission, may
from openopco.web.admin.access import needs
from openopco.web.finance.forms import EntriesForm
from openopco.web.finance.wording import ORDER_TONES, Line
from openopco.web.portal.works import key_of

FIGURES = {"engage": "Engagé", "facture": "Facturé", "ordonne": "Ordonné", "paye": "Payé"}
FIRST_YEAR, LAST_YEAR = 2019, 2100
LONGEST_NUMBER = 20


@require_safe
@needs(Permission.PAYMENT_READ)
def home(request: PersonRequest) -> HttpResponse:
    number = clean_line(request.GET.get("dossier", ""))[:LONGEST_NUMBER].upper()
    if number:
        try:
            found = queries.of_dossier(request.actor, number)
            return redirect("finance:dossier", found.dossier.number)
        except UnknownReference:
            messages.error(request, f"Aucun dossier ne porte le numéro {number}.")
    found_figures = queries.reconciled(request.actor)
    context = {"figures": found_figures.figures, "broken": found_figures.broken, "number": number}
    return render(request, "finance/reconciliation.html", context)


@require_safe
@needs(Permission.PAYMENT_READ)
def figure(request: PersonRequest, year: int, fund: str, figure: str) -> HttpResponse:
    """The lines behind one figure."""
    if fund not in Fund.values or figure not in FIGURES:
        raise Http404
    page = queries.commitments_of(request.actor, year=year, fund=fund, figure=figure, after=request.GET.get("after"))
    context = {"page": page, "year": year, "fund": Fund(fund).label, "figure": FIGURES[figure]}
    return render(request, "finance/figure.html", context)


@require_safe
@needs(Permission.PAYMENT_READ)
def dossier(request: PersonRequest, number: str) -> HttpResponse:
    try:
        found = queries.of_dossier(request.actor, number)
    except UnknownReference as error:
        raise Http404 from error
    context = {
        "found": found,
        "lines": [Line(each, ORDER_TONES[OrderState(each.order.state)]) for each in found.lines],
        "may_record": may(request.actor, Permission.PAYMENT_RECORD),
        "reads_dossier": may(request.actor, Permission.DESK_READ),
    }
    return render(request, "finance/dossier.html", context)


@require_safe
@needs(Permission.PAYMENT_READ)
def carried_over(request: PersonRequest) -> HttpResponse:
    """« Reste à liquider »: what 31 December leaves open."""
    this_year = paris_today(timezone.now()).year
    year = year_of(request)
    page = paginate(
        queries.carried_over(request.actor, year), keys=("id",), after=request.GET.get("after"), descending=True
    )
    context = {
        "years": [this_year, this_year - 1, this_year - 2],
        "may_export": may(request.actor, Permission.LIST_EXPORT),
    }
    return render(request, "finance/carried_over.html", {**context, "page": page, "year": year})


def year_of(request: PersonRequest) -> int:
    """The year that the address asks for, else the current one."""
    raw = request.GET.get("annee", "")
    year = int(raw) if raw.isascii() and raw.isdigit() and len(raw) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else paris_today(timezone.now()).year


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PAYMENT_READ)
def entries(request: PersonRequest) -> HttpResponse:
    """The period of the journal entries; the file is then made by a job."""
    form = EntriesForm(request.POST) if request.method == "POST" else EntriesForm()
    status = 422
    if form.is_bound and form.is_valid():
        first, last, key = form.day_of("first"), form.day_of("last"), key_of(request)
        if first is not None and last is not None:
            try:
                work = ask_entries(
                    actor=request.actor, first=first, last=last, format=form.cleaned_data["format"], key=key
                )
                return redirect("portal:work", work.key)
            except WorkAlreadyAsked:
                return redirect("portal:work", key)
            except InvalidFields as error:
                for name, sentence in error.errors.items():
                    form.add_error(name, sentence)
            except OpenOpcoError as error:
                status = 429 if isinstance(error, TooManyWorks) else status
                form.add_error(None, error.message)
    return render(
        request, "finance/entries.html", {"form": form, "key": uuid4()}, status=status if form.errors else 200
    )
