"""A modification at the desk: before and after side by side, the checks as they would read, the answer."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.dossiers import kinds, queries
from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.errors import MissingReason, NotDecidable, NotPossibleNow, UnknownDossier
from openopco.dossiers.funds import NO_MORE, why_no_more
from openopco.dossiers.models import Dossier, pieces_of_modification
from openopco.dossiers.queries.modifications import Told, changed_draft, modifications_of, versions_of
from openopco.dossiers.queries.twins import twins_of
from openopco.funding.estimating import Estimate, estimate_anew
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.kernel.money import parse_amount
from openopco.kernel.nir import NirInText
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.components.raw import RawField
from openopco.web.desk import showing
from openopco.web.desk.access import found, shown_version
from openopco.web.desk.acting import why_not
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.typed import Typed, text_area
from openopco.web.desk.views.holding import CONFLICT
from openopco.web.funding import FundingShown, shown_decision, shown_estimate
from openopco.web.modifications import shown
from openopco.web.portal.posted import number_in

ACCEPT, REFUSE = "accepter", "refuser"
AMOUNT, REASON, WHY = "amount", "reason", "why"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A modification that waits, with the request as it would read."""

    told: Told
    after: DraftView
    cost: Decimal | None
    estimate: Estimate | None = None

    @property
    def is_agreement(self) -> bool:
        return self.told.modification.dossier.state == State.ACCORDEE


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MODIFICATION_DECIDE)
def modification(request: PersonRequest, number: str) -> HttpResponse:
    """POST « geste »: accepter or refuser."""
    dossier = found(request, number)
    waiting = _waiting(request, dossier)
    if request.method != "POST":
        return (
            _gone(request, number) if waiting is None else _show(request, dossier, waiting, _fields(dossier, waiting))
        )
    return _answer(request, dossier, waiting)


def _waiting(request: PersonRequest, dossier: Dossier) -> Waiting | None:
    told = next((each for each in modifications_of(dossier, request.actor) if each.is_open), None)
    if told is None:
        return None
    day = paris_today(dossier.sent_at or timezone.now())
    draft = changed_draft(dossier, queries.load_draft(dossier, today=day, viewer=queries.DESK), told.items)
    after = replace(draft, twins=tuple(twins_of(dossier, draft, queries.DESK)))
    estimate = None
    if dossier.state == State.ACCORDEE and not told.is_cancellation:
        estimate = estimate_anew(dossier, after, today=paris_today(timezone.now()))
    return Waiting(told, after, kinds.get(dossier.kind).heading(after).amount, estimate)


def _gone(request: PersonRequest, number: str) -> HttpResponse:
    messages.info(request, "Aucune modification de ce dossier n'attend de réponse.")
    return redirect(page_url(request, number))


def _fields(dossier: Dossier, waiting: Waiting | None) -> Typed:
    fields = {
        REASON: text_area(REASON, "Un mot à l'employeur", hint="Obligatoire si vous accordez moins qu'avant."),
        WHY: text_area(WHY, "Motif du refus", hint="L'employeur le lira.", required=True),
    }
    if dossier.state != State.ACCORDEE or (waiting and waiting.told.is_cancellation):
        return Typed(fields)
    amount = RawField(
        AMOUNT,
        "Montant désormais accordé HT",
        _proposed(dossier, waiting),
        hint="Au plus le coût modifié, et ce que permettent les règles.",
        required=True,
        kind="amount",
        inputmode="decimal",
        revision=None,
        max_length=20,
    )
    return Typed({AMOUNT: amount, **fields})


def _proposed(dossier: Dossier, waiting: Waiting | None) -> str:
    """What stands, or less: the new cost, or what the rules give of it."""
    if waiting is None or waiting.cost is None or dossier.amount_granted is None:
        return ""
    least = min(waiting.cost, dossier.amount_granted)
    if waiting.estimate and waiting.estimate.proposal and waiting.estimate.proposal.unpublished is None:
        least = min(least, waiting.estimate.proposal.total)
    return f"{least:.2f}".replace(".", ",")


def _answer(request: PersonRequest, dossier: Dossier, waiting: Waiting | None) -> HttpResponse:
    number, gesture = str(dossier.number), request.POST.get("geste", "")
    typed = _fields(dossier, waiting).holding(request.POST.dict())
    try:
        _run(request, number, gesture, typed)
    except (NotPossibleNow, NotDecidable, Conflict, Forbidden, UnknownDossier) as error:
        dossier = found(request, number)
        said = typed.refused(why_not(request.actor, dossier, error))
        return _show(request, dossier, _waiting(request, dossier), said, CONFLICT)
    except InvalidValue as error:
        return _show(request, dossier, waiting, typed.wrong({_field_of(error, gesture): error.message}), 422)
    done = "refusée" if gesture == REFUSE else "acceptée"
    messages.success(request, f"La modification du dossier {number} est {done}. L'employeur en est prévenu.")
    return redirect(page_url(request, number))


def _run(request: PersonRequest, number: str, gesture: str, typed: Typed) -> None:
    common = {"actor": request.actor, "number": number, "version": shown_version(request)}
    which = number_in(request.POST.get("modification", ""))
    if gesture == REFUSE:
        deciding_modifications.refuse(modification_id=which, reason=typed.value(WHY), **common)  # type: ignore[arg-type]
        return
    amount = parse_amount(typed.value(AMOUNT)) if AMOUNT in typed.fields else None
    deciding_modifications.accept(modification_id=which, amount=amount, reason=typed.value(REASON), **common)  # type: ignore[arg-type]


def _field_of(error: InvalidValue, gesture: str) -> str:
    if gesture == REFUSE:
        return WHY
    return REASON if isinstance(error, MissingReason | NirInText) else AMOUNT


def _engaged(dossier: Dossier) -> FundingShown | None:
    """What the agreement that stands engaged."""
    decisions = versions_of(dossier)
    return shown_decision(decisions[0].funding) if decisions else None


def _show(
    request: PersonRequest, dossier: Dossier, waiting: Waiting | None, typed: Typed, status: int = 200
) -> HttpResponse:
    frame = frame_of(request, dossier)
    context: dict[str, Any] = {"typed": typed, "waiting": waiting, "can": waiting is not None, "is_own": False}
    if waiting is not None:
        lines = showing.check_lines(queries.checks_in(dossier, waiting.after))
        own = waiting.told.modification.filed_by_id == request.actor.user_id
        context |= {
            "told": shown(waiting.told, dossier, Audience.OPCO, pieces_of_modification(waiting.told.modification.pk)),
            "problems": [line for line in lines if line.tone != "ok"],
            "passed": [line for line in lines if line.tone == "ok"],
            "tally": showing.tally(lines),
            "is_own": own or frame["possible"].is_own,
            "must_hold": dossier.is_open and not frame["possible"].is_mine,
            "fields": typed.fields,
            "funding": shown_estimate(waiting.estimate) if waiting.estimate else None,
            "engaged": _engaged(dossier) if waiting.estimate else None,
            "no_more": why_no_more(dossier, paris_today(timezone.now()), NO_MORE) if AMOUNT in typed.fields else "",
        }
    return render(request, "desk/modification.html", frame | context, status=status)
