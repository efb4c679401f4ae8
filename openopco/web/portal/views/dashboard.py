"""« Mon tableau de bord »: what waits for me, what moved, what is new."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from openopco.dossiers import kinds, overview, queries
from openopco.dossiers.enums import State
from openopco.dossiers.funds import closure_for
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_membership
from openopco.kernel.calendar import paris_today
from openopco.opco import changelog
from openopco.organisations.models import Establishment
from openopco.web.components.markup import filled_each
from openopco.web.menu import home_of
from openopco.web.portal import todo, wording
from openopco.web.portal.closing import closing_notice, opening_notice
from openopco.web.portal.rows import recent_of

MOST_NEWS = 3
CHIP = '<a class="chip" href="{}">{} <b>{}</b></a>'
SHOWN_STATES = (State.COMPLEMENT_DEMANDE, State.TRANSMISE, State.EN_INSTRUCTION, State.ACCORDEE, State.REFUSEE)


@require_safe
def dashboard(request: PersonRequest) -> HttpResponse:
    """The employer's first page; the OPCO's people have theirs, and so have those of a training provider."""
    if request.user.is_opco:
        return redirect(home_of(request.actor) or "account_profile")
    membership = current_membership(request)
    if membership is not None and membership.provider_id is not None:
        return redirect("provider:dashboard")
    context: dict[str, Any] = {
        "kinds": kinds.all_kinds(),
        "key": uuid4(),
        "news": _news(),
        "closing": closing_notice(paris_today(timezone.now())),
        "opening": opening_notice(paris_today(timezone.now())),
        "is_pending": membership is not None and membership.state == MembershipState.PENDING,
    }
    if membership is not None and membership.establishment is not None:
        context |= _requests(request, membership.establishment)
        context["funds"] = closure_for(membership.establishment.idcc, paris_today(timezone.now()))
    return render(request, "portal/dashboard.html", context)


def _requests(request: PersonRequest, establishment: Establishment) -> dict[str, Any]:
    actor, place = request.actor, establishment.pk
    counts = overview.state_counts(actor=actor, establishment_id=place)
    if not counts:
        return {"establishment": establishment}
    waiting = queries.awaiting_employer(actor=actor, establishment_id=place) if _waits(counts) else []
    return {
        "establishment": establishment,
        "todo": todo.items_of(waiting, establishment, actor, is_granted=State.ACCORDEE in counts),
        "more_todo": _waits(counts) - len(waiting),
        "recent": recent_of(wording.lines_of(queries.recent(actor=actor, establishment_id=place), actor))
        if set(counts) != {State.BROUILLON}
        else "",
        "states": _chips(counts),
        "total": sum(counts.values()),
    }


def _waits(counts: dict[State, int]) -> int:
    return counts.get(State.BROUILLON, 0) + counts.get(State.COMPLEMENT_DEMANDE, 0)


def _chips(counts: dict[State, int]) -> SafeString:
    """The states of my requests, how many are in each, and where they are."""
    requests = reverse("portal:requests")
    shown = ((state, counts[state]) for state in SHOWN_STATES if state in counts)
    return filled_each(
        CHIP,
        ((f"{requests}?etat={state}", wording.WORDS[state], wording.capped(count)) for state, count in shown),
        "\n",
    )


def _news() -> tuple[str, ...]:
    latest = changelog.news()[:1]
    return latest[0].lines[:MOST_NEWS] if latest else ()
