"""An invoice taken back by a credit note."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.billing.actions import crediting
from openopco.billing.actions.crediting import Told
from openopco.billing.deposits import Deposited, open_credit_note
from openopco.billing.enums import ClaimState, Origin
from openopco.billing.errors import AlreadyInvoiced, InvalidField, NotCreditable
from openopco.billing.models import Claim
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.money import parse_amount
from openopco.web.billing.views.drafts import own_or_404
from openopco.web.components.raw import RawField
from openopco.web.portal.memberships import external_only
from openopco.web.portal.presenting import ErrorLink

LABELS = {"number": "Numéro de l'avoir", "issued_on": "Date de l'avoir", "net": "Montant hors taxe", "vat": "TVA"}
FILE = "file"
KINDS = {"number": "text", "issued_on": "date", "net": "amount", "vat": "amount"}


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def credit_note(request: PersonRequest, key: str) -> HttpResponse:
    claim = own_or_404(request, str(key))
    if claim.state != ClaimState.VALIDEE or claim.invoice is None:
        return redirect("billing:claim", claim.key)
    typed = {name: request.POST.get(name, "") for name in (*LABELS, "reason")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _done(request, claim, typed)
        if not errors:
            messages.success(request, "L'avoir est enregistré.")
            return redirect("billing:claim", claim.key)
    made = claim.invoice.origin == Origin.GENEREE
    context: dict[str, Any] = {
        "claim": claim,
        "invoice": claim.invoice,
        "is_made": made,
        "fields": [*([] if made else _fields(typed, errors)), _reason(typed, errors)],
        "failed": bool(errors),
        "file_error": errors.get(FILE, ""),
        "errors": [ErrorLink(f"id_{name}", sentence) for name, sentence in errors.items()],
    }
    return render(request, "billing/credit_note.html", context, status=422 if errors else 200)


def _fields(typed: dict[str, str], errors: dict[str, str]) -> list[RawField]:
    return [
        RawField(
            name,
            label,
            value=typed[name],
            error=errors.get(name, ""),
            kind=KINDS[name],
            revision=None,
            max_length=60,
        )
        for name, label in LABELS.items()
    ]


def _reason(typed: dict[str, str], errors: dict[str, str]) -> RawField:
    return RawField(
        "reason",
        "Pourquoi",
        value=typed["reason"],
        error=errors.get("reason", ""),
        kind="textarea",
        required=True,
        revision=None,
        max_length=500,
    )


def _done(request: PersonRequest, claim: Claim, typed: dict[str, str]) -> dict[str, str]:
    """Sentences by field where it was not done."""
    assert claim.invoice is not None
    key, reason = str(claim.key), typed["reason"]
    try:
        if claim.invoice.origin == Origin.GENEREE:
            crediting.credit_generated(actor=request.actor, claim_key=key, reason=reason)
            return {}
        deposited, errors = _deposited(request)
        told = crediting.told_by(deposited.read) if deposited and deposited.read else _told(typed, errors)
        if errors or told is None:
            return errors
        crediting.record_credit_note(actor=request.actor, claim_key=key, told=told, reason=reason, deposited=deposited)
    except AlreadyInvoiced as error:
        return {"number": error.message}
    except NotCreditable as error:
        return {"reason" if claim.invoice.origin == Origin.GENEREE else "net": error.message}
    except InvalidField as error:
        return {error.field: error.message}
    except OpenOpcoError as error:
        return {"reason": error.message}
    return {}


def _deposited(request: PersonRequest) -> tuple[Deposited | None, dict[str, str]]:
    """Its file, which must be there and be one."""
    upload = request.FILES.get(FILE)
    if upload is None:
        return None, {FILE: "Joignez l'avoir."}
    try:
        return open_credit_note(upload, at=timezone.now()), {}
    except (OpenOpcoError, Unavailable) as error:
        return None, {FILE: error.message}


def _told(typed: dict[str, str], errors: dict[str, str]) -> Told | None:
    """What was typed; `errors` grows by what can't be read."""
    read: dict[str, Any] = {}
    parsers: tuple[tuple[str, Callable[[str], Any]], ...] = (
        ("issued_on", parse_date),
        ("net", parse_amount),
        ("vat", parse_amount),
    )
    for name, parse in parsers:
        try:
            read[name] = parse(typed[name] or ("0" if name == "vat" else ""))
        except InvalidValue as error:
            errors[name] = error.message
    if not typed["number"].strip():
        errors["number"] = "Indiquez le numéro de l'avoir."
    return None if errors else Told(number=typed["number"], **read)
