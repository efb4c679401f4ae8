"""« Service fait »: invoices and refund claims to be checked, and the check of one, its agreement beside it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openopco.billing.actions import checking
from openopco.billing.actions.checking import Found
from openopco.billing.drafting import INVOICE
from openopco.billing.einvoice.keeping import from_json
from openopco.billing.enums import ClaimState, Origin
from openopco.billing.errors import NotClaimable, UnknownClaim
from openopco.billing.matching import Difference, differences
from openopco.billing.models import Claim, ServiceCheck
from openopco.billing.queries import (
    agreed_of,
    claims_to_check,
    expected_of,
    find_to_check,
    subject_to_check,
)
from openopco.billing.rules import Result, minutes_of
from openopco.billing.wording import title_of
from openopco.funding.enums import Base, Payee
from openopco.funding.models import Commitment
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError
from openopco.kernel.money import format_hours, parse_amount, parse_hours
from openopco.rights import Permission, may
from openopco.web.admin.access import needs
from openopco.web.billing.previews import Preview, preview_of
from openopco.web.billing.views.claims import contents
from openopco.web.components.raw import RawField
from openopco.web.portal.presenting import ErrorLink

MOST_FORMER = 5
STATES = {
    ClaimState.DEPOSEE: "À contrôler",
    ClaimState.A_COMPLETER: "Pièces demandées",
    ClaimState.VALIDEE: "Service fait",
    ClaimState.REFUSEE: "Refusées",
}


@require_safe
@needs(Permission.SERVICE_CHECK)
def claims(request: PersonRequest) -> HttpResponse:
    """Those that wait, the most pressing first."""
    state = state_to_check(request)
    page = claims_to_check(actor=request.actor, state=state, after=request.GET.get("after"))
    context = {
        "page": page,
        "lines": [(claim, title_of(claim)) for claim in page.items],
        "chips": [(label, f"?etat={code.value}", code == state) for code, label in STATES.items()],
        "waits": state in (ClaimState.DEPOSEE, ClaimState.A_COMPLETER),
        "state": state.value,
    }
    return render(request, "desk/claims/list.html", context)


def state_to_check(request: PersonRequest) -> ClaimState:
    """The state that the address asks for, else those that wait."""
    asked = request.GET.get("etat", "")
    return ClaimState(asked) if asked in set(STATES) else ClaimState.DEPOSEE


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DESK_READ)
def claim(request: PersonRequest, claim_id: int) -> HttpResponse:
    """The claim, the agreement and the certificates side by side; the controller concludes."""
    try:
        found = find_to_check(actor=request.actor, claim_id=claim_id)
    except UnknownClaim as error:
        raise Http404 from error
    if request.method != "POST":
        return _page(request, found)
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    errors = _concluded(request, found, typed)
    if errors is None:
        return redirect("desk:claims")
    return _page(request, found, typed=typed, errors=errors)


def _concluded(request: PersonRequest, found: Claim, typed: dict[str, str]) -> dict[str, str] | None:
    """None once it is done; else sentences by field."""
    act, words = typed.get("conclure", ""), typed.get("words", "")
    minutes, amounts, errors = _read(found, typed)
    if errors and act in ("fait", "calculer"):
        return errors
    try:
        match act:
            case "fait":
                told = Found(minutes=minutes, amounts=amounts, words=words)
                check = checking.accept_claim(actor=request.actor, claim_id=found.pk, found=told)
                messages.success(request, f"{title_of(found)} : {check.get_outcome_display().lower()}.")
            case "pieces":
                checking.ask_for_pieces(actor=request.actor, claim_id=found.pk, words=words)
                messages.success(request, "Les pièces sont demandées : le bénéficiaire est prévenu.")
            case "refuser":
                checking.refuse_claim(actor=request.actor, claim_id=found.pk, words=words)
                messages.success(request, "C'est refusé : le bénéficiaire lit pourquoi.")
            case _:
                return {}
    except Conflict as error:
        messages.warning(request, error.message)
        return {}
    except OpenOpcoError as error:
        return {"words": error.message}
    return None


def _read(
    found: Claim, typed: dict[str, str], *, told: dict[str, Any] | None = None
) -> tuple[dict[str, int], dict[Base, Decimal], dict[str, str]]:
    minutes: dict[str, int] = {}
    amounts: dict[Base, Decimal] = {}
    errors: dict[str, str] = {}
    told = told or {"certificates": found.certificates.all(), "lines": found.lines.all()}
    for certificate in told["certificates"]:
        name = f"hours-{certificate.row}"
        try:
            hours = parse_hours(typed[name]) if typed.get(name, "").strip() else certificate.hours
        except InvalidValue as error:
            errors[name] = error.message
            continue
        minutes[certificate.row] = minutes_of(hours)
        if minutes[certificate.row] > certificate.minutes:
            errors[name] = f"Le certificat atteste {format_hours(certificate.hours)}."
    for line in told["lines"]:
        name = f"amount-{line.base}"
        try:
            amounts[Base(line.base)] = parse_amount(typed[name]) if typed.get(name, "").strip() else line.amount
        except InvalidValue as error:
            errors[name] = error.message
    return minutes, amounts, errors


def _page(
    request: PersonRequest,
    found: Claim,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    waits = found.state == ClaimState.DEPOSEE
    allowed = waits or found.state == ClaimState.A_COMPLETER
    allowed = allowed and may(request.actor, Permission.SERVICE_CHECK, subject_to_check(found))
    can, can_refuse_only = waits and allowed, not waits and allowed
    prefetch_related_objects([found.dossier], "enrolments")
    checks = list(ServiceCheck.objects.filter(claim__dossier=found.dossier_id).order_by("-id"))
    told = contents(found, checks=[check for check in checks if check.claim_id == found.pk])
    lines = list(Commitment.objects.filter(dossier=found.dossier_id, payee=found.payee).order_by("rank", "id"))
    context: dict[str, Any] = {
        **told,
        # What earlier controls of this request concluded: what was cut once may come back.
        "former": [check for check in checks if check.claim_id != found.pk][:MOST_FORMER] if waits else [],
        "can": can,
        "can_refuse_only": can_refuse_only,
        "own": waits and not can and may(request.actor, Permission.SERVICE_CHECK),
        "differences": _differences(found, told, lines),
        "preview": _preview(request, found, told),
        "errors": [ErrorLink(f"id_{name}", sentence) for name, sentence in (errors or {}).items()],
    }
    if can:
        context |= _to_conclude(found, told, lines, typed or {}, errors or {})
    else:
        context["words"] = _words(typed or {}, errors or {})
    return render(request, "desk/claims/claim.html", context, status=422 if errors else 200)


def _to_conclude(
    found: Claim, told: dict[str, Any], lines: list[Commitment], typed: dict[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    minutes, amounts, _ = _read(found, typed, told=told)
    result = checking.reckoned(found, lines, minutes, amounts, claimed=told["lines"])
    return {
        "hours": [
            RawField(
                f"hours-{each.row}",
                each.trainee,
                value=typed.get(f"hours-{each.row}", format_hours(each.hours).replace("\u202f", " ")),
                error=errors.get(f"hours-{each.row}", ""),
                hint=f"Attesté : {format_hours(each.hours)} sur {format_hours(each.planned_hours)}.",
                kind="hours",
                suffix=" ",
                revision=None,
                max_length=20,
            )
            for each in told["certificates"]
        ],
        "amounts": [
            RawField(
                f"amount-{line.base}",
                f"{line.get_base_display()} retenu",
                value=typed.get(f"amount-{line.base}", f"{line.amount:.2f}".replace(".", ",")),
                error=errors.get(f"amount-{line.base}", ""),
                kind="amount",
                revision=None,
                max_length=30,
            )
            for line in told["lines"]
        ],
        "words": _words(typed, errors),
        "result": result,
        "is_cut": result.total != found.net,
        "engaged": _engaged(lines),
        **_why_cut(result),
    }


def _engaged(lines: list[Commitment]) -> dict[str, Decimal]:
    zero = Decimal(0)
    return {
        "amount": sum((line.amount for line in lines), zero),
        "invoiced": sum((line.invoiced for line in lines), zero),
    }


def _why_cut(result: Result) -> dict[str, Any]:
    return {"cuts": [line for line in result.lines if line.cut > 0]}


def _words(typed: dict[str, str], errors: dict[str, str]) -> RawField:
    return RawField(
        "words",
        "Votre conclusion",
        value=typed.get("words", ""),
        error=errors.get("words", ""),
        hint="Le bénéficiaire la lira. Nécessaire dès que tout n'est pas réglé comme demandé.",
        kind="textarea",
        revision=None,
        max_length=2000,
    )


def _preview(request: PersonRequest, found: Claim, told: dict[str, Any]) -> Preview | None:
    """The invoice that was deposited, beside the figures keyed or read of it."""
    if found.invoice is None or found.invoice.origin == Origin.GENEREE:
        return None
    return preview_of(found, told["documents"].get(INVOICE, []), request.actor)


def _differences(found: Claim, told: dict[str, Any], lines: list[Commitment]) -> list[Difference]:
    """The invoice beside its agreement, where a program could read it."""
    invoice = found.invoice
    if (
        invoice is None
        or invoice.origin == Origin.GENEREE
        or found.state not in (ClaimState.DEPOSEE, ClaimState.A_COMPLETER)
    ):
        return []
    try:
        agreed = agreed_of(found.dossier, Payee(found.payee), lines=lines, bills=False)
    except NotClaimable:
        return []
    certified = sum(each.minutes for each in told["certificates"])
    expected = expected_of(found.dossier, agreed, certified=certified or None)
    # As the invoice's issuer would be told: the controller is neither.
    every = differences(from_json(invoice.content), replace(expected, is_issuer=True))
    return [each for each in every if each.field != "iban" or agreed.payee is Payee.ORGANISME]
