"""« Accorder », « Refuser », « Classer sans suite », « Lever la caducité », « Retirer la demande de complément »."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.dossiers import queries
from openopco.dossiers.actions import agreements, corrections, deciding
from openopco.dossiers.enums import LetterKind
from openopco.dossiers.errors import MissingReason, NotDecidable, NotPossibleNow
from openopco.dossiers.funds import NOT_AGAIN, why_no_more
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today, parse_date
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.kernel.money import parse_amount
from openopco.kernel.nir import NirInText
from openopco.opco import shipped_lists
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.components.letters import Shown
from openopco.web.components.raw import RawField
from openopco.web.desk import showing
from openopco.web.desk.access import found, shown_version
from openopco.web.desk.acting import Possible, possible_for, why_not
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.phrases import INSERT, Shelf, shelf
from openopco.web.desk.previewing import decision_letter
from openopco.web.desk.typed import Typed, text_area
from openopco.web.desk.views.holding import CONFLICT, OWN
from openopco.web.funding import shown_estimate
from openopco.web.menu import address_of

WRITE_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Act:
    """A page that ends something: its words, its fields, what it does, and whether it is possible now. `phrases` names the
    list of its standard reasons."""

    title: str
    lead: str
    button: str
    done: str
    fields: Callable[[showing.Reading | None], Typed]
    run: Callable[[PersonRequest, str, Typed], object]
    is_possible: Callable[[Possible], bool]
    danger: bool = False
    with_checks: bool = False
    needs_filer: bool = False
    value_field: str = "amount"
    phrases: str = ""
    letter: LetterKind | None = None


# --- the fields ------------------------------------------------------------------------------------------------------


def _grant_fields(reading: showing.Reading | None) -> Typed:
    # What is asked, or less where it was rectified; once posted, what was typed stands.
    standing = _proposed(reading) if reading else None
    asked = "" if standing is None else f"{standing:.2f}".replace(".", ",")
    hint = "Au plus ce que permettent les règles et ce qui est demandé. Moins : dites pourquoi, l'employeur le lira."
    amount = RawField(
        "amount",
        "Montant accordé HT",
        asked,
        hint=hint,
        required=True,
        kind="amount",
        inputmode="decimal",
        revision=None,
        max_length=20,
    )
    reason = text_area("reason", "Pourquoi ce montant", hint="Obligatoire si vous accordez moins que demandé.")
    return Typed({"amount": amount, "reason": reason})


def _proposed(reading: showing.Reading) -> Decimal | None:
    """What the rules give of what stands; where nothing can be told, what is asked."""
    estimate = reading.estimate
    asked: Decimal | None = reading.kind.heading(reading.draft).amount
    if estimate.proposal is None or asked is None:
        return asked
    return min(asked, estimate.proposal.total)


def _reason_fields(reading: showing.Reading | None) -> Typed:
    hint = "L'employeur lira ce texte : dites ce qui a manqué, et ce qu'il peut faire."
    return Typed({"reason": text_area("reason", "Motif", hint=hint, required=True)})


def _lift_fields(reading: showing.Reading | None) -> Typed:
    until = RawField(
        "until",
        "Accord valable jusqu'au",
        hint="jj/mm/aaaa : un jour à venir, dans l'année. L'employeur est prévenu de cette échéance.",
        required=True,
        kind="date",
        inputmode="numeric",
        revision=None,
        max_length=20,
    )
    hint = "Le journal le garde, et l'employeur le lit."
    return Typed({"until": until, "reason": text_area("reason", "Motif", hint=hint, required=True)})


def _no_fields(reading: showing.Reading | None) -> Typed:
    return Typed({})


# --- what they do ----------------------------------------------------------------------------------------------------


def _grant(request: PersonRequest, number: str, typed: Typed) -> object:
    amount: Decimal = parse_amount(typed.value("amount"))
    version = shown_version(request)
    return deciding.grant(
        actor=request.actor,
        number=number,
        amount=amount,
        reason=typed.value("reason"),
        version=version,
        reason_code=_code(request),
    )


def _refuse(request: PersonRequest, number: str, typed: Typed) -> object:
    version = shown_version(request)
    return deciding.refuse(
        actor=request.actor, number=number, reason=typed.value("reason"), version=version, reason_code=_code(request)
    )


def _close(request: PersonRequest, number: str, typed: Typed) -> object:
    version = shown_version(request)
    return deciding.close(
        actor=request.actor, number=number, reason=typed.value("reason"), version=version, reason_code=_code(request)
    )


def _code(request: PersonRequest) -> str:
    """Of the standard reason inserted last, carried by the page."""
    return request.POST.get("code:reason", "")


def _lift(request: PersonRequest, number: str, typed: Typed) -> object:
    until, version = parse_date(typed.value("until")), shown_version(request)
    return agreements.lift_lapse(
        actor=request.actor, number=number, until=until, reason=typed.value("reason"), version=version
    )


def _withdraw(request: PersonRequest, number: str, typed: Typed) -> object:
    return corrections.withdraw(actor=request.actor, number=number, version=shown_version(request))


GRANT = Act(
    "Accorder",
    "L'employeur est prévenu aussitôt, par e-mail et dans son espace.",
    "Accorder la prise en charge",
    "La demande {number} est accordée.",
    _grant_fields,
    _grant,
    lambda possible: possible.grant,
    with_checks=True,
    phrases=shipped_lists.PARTIAL,
    letter=LetterKind.ACCORD,
)
REFUSE = Act(
    "Refuser",
    "L'employeur lit votre motif et peut reprendre sa demande dans une nouvelle.",
    "Refuser la demande",
    "La demande {number} est refusée.",
    _reason_fields,
    _refuse,
    lambda possible: possible.refuse,
    danger=True,
    needs_filer=True,
    phrases=shipped_lists.REFUSAL,
    letter=LetterKind.REFUS,
)
CLOSE = Act(
    "Classer sans suite",
    "Le dossier est fermé sans décision : l'employeur lit votre motif et peut reprendre sa demande.",
    "Classer sans suite",
    "Le dossier {number} est classé sans suite.",
    _reason_fields,
    _close,
    lambda possible: possible.close,
    danger=True,
    phrases=shipped_lists.CLOSING,
    letter=LetterKind.SANS_SUITE,
)
LIFT = Act(
    "Lever la caducité",
    "L'accord redevient valable, pour le même montant, jusqu'au jour que vous choisissez.",
    "Rendre l'accord valable",
    "L'accord du dossier {number} est de nouveau valable.",
    _lift_fields,
    _lift,
    lambda possible: possible.lift,
    value_field="until",
)
WITHDRAW = Act(
    "Retirer la demande de complément",
    "Plus rien n'est attendu de l'employeur : ce qu'il a commencé à corriger revient à ce qu'il avait envoyé, les pièces "
    "qu'il a ajoutées restent, et vous reprenez l'examen.",
    "Retirer la demande",
    "Rien n'est plus attendu de l'employeur sur le dossier {number}.",
    _no_fields,
    _withdraw,
    lambda possible: possible.withdraw,
)


# --- the pages -------------------------------------------------------------------------------------------------------


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_DECIDE)
def grant(request: PersonRequest, number: str) -> HttpResponse:
    return _page(request, number, GRANT)


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_DECIDE)
def refuse(request: PersonRequest, number: str) -> HttpResponse:
    return _page(request, number, REFUSE)


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_DECIDE)
def close(request: PersonRequest, number: str) -> HttpResponse:
    return _page(request, number, CLOSE)


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_INSTRUCT)
def withdraw(request: PersonRequest, number: str) -> HttpResponse:
    return _page(request, number, WITHDRAW)


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_REVIVE)
def lift(request: PersonRequest, number: str) -> HttpResponse:
    return _page(request, number, LIFT)


def _page(request: PersonRequest, number: str, act: Act) -> HttpResponse:
    dossier = found(request, number)
    if request.method != "POST":
        reading = showing.read(dossier, request.actor) if act.with_checks else None
        return _show(request, dossier, act, act.fields(reading), reading=reading)
    typed = act.fields(None).holding(request.POST.dict())
    if INSERT in request.POST and act.phrases:
        return _insert(request, dossier, act, typed)
    if act.letter and "apercu" in request.POST:
        return _preview(request, dossier, act, typed)
    try:
        act.run(request, number, typed)
    except (NotPossibleNow, NotDecidable, Conflict) as error:
        dossier = found(request, number)
        return _show(request, dossier, act, typed.refused(why_not(request.actor, dossier, error)), CONFLICT)
    except Forbidden as error:
        return _forbidden(request, dossier, act, typed, error)
    except InvalidValue as error:
        return _show(request, dossier, act, typed.wrong({_field_of(error, act): error.message}), 422)
    messages.success(request, act.done.format(number=number))
    return redirect(page_url(request, number))


def _preview(request: PersonRequest, dossier: Dossier, act: Act, typed: Typed) -> HttpResponse:
    """The page again, with the letter that its button would send."""
    assert act.letter
    try:
        letter = decision_letter(request.actor, dossier, act.letter, typed)
    except InvalidValue as error:
        return _show(request, dossier, act, typed.wrong({_field_of(error, act): error.message}), 422)
    return _show(request, dossier, act, typed, letter=letter)


def _field_of(error: InvalidValue, act: Act) -> str:
    """What cannot be read, or is too much, is the amount or the day; what is missing is the reason."""
    return "reason" if isinstance(error, MissingReason | NirInText) else act.value_field


def _shelf(request: PersonRequest, dossier: Dossier, act: Act, reading: showing.Reading | None = None) -> Shelf:
    nature = reading.draft.raw("nature") if reading else ""
    return shelf(act.phrases, nature or queries.nature_of(dossier), paris_today(timezone.now()), request.POST.dict())


def _insert(request: PersonRequest, dossier: Dossier, act: Act, typed: Typed) -> HttpResponse:
    """The page again with the phrase in the text: nothing is done yet."""
    shelved = _shelf(request, dossier, act)
    filled = typed.holding({"reason": shelved.text("reason", typed.value("reason"))})
    return _show(request, dossier, act, filled, 422 if shelved.picker("reason").error else 200)


def _forbidden(request: PersonRequest, dossier: Dossier, act: Act, typed: Typed, error: Forbidden) -> HttpResponse:
    own = possible_for(request.actor, dossier).is_own
    return _show(request, dossier, act, typed.refused(OWN if own else error.message), 403)


def _show(
    request: PersonRequest,
    dossier: Dossier,
    act: Act,
    typed: Typed,
    status: int = 200,
    reading: showing.Reading | None = None,
    letter: Shown | None = None,
) -> HttpResponse:
    frame = frame_of(request, dossier)
    reading = reading or showing.read(dossier, request.actor) if act.with_checks else None
    checks = showing.checks_of(reading) if reading else []
    blocking = [check for check in checks if check.blocks]
    no_funds = why_no_more(dossier, paris_today(timezone.now()), NOT_AGAIN) if act is LIFT else ""
    needs_filer = act.needs_filer and dossier.is_open and not queries.is_filer_accepted(dossier)
    context: dict[str, Any] = {
        "act": act,
        "letter": letter,
        "typed": typed,
        "blocking": blocking,
        "filer_unknown": deciding.FILER_UNKNOWN if needs_filer else "",
        "no_funds": no_funds,
        "memberships_url": address_of("desk:memberships"),
        "doubts": [check for check in checks if check.tone != "ok" and not check.blocks],
        "picker": _shelf(request, dossier, act, reading).picker("reason") if act.phrases else None,
        "funding": shown_estimate(reading.estimate) if reading and dossier.is_open else None,
        "can": act.is_possible(frame["possible"]) and not (blocking or needs_filer or no_funds),
    }
    return render(request, "desk/act.html", frame | context, status=status)
