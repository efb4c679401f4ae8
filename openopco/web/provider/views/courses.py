"""« Mon tableau de bord » and « Mes dossiers » of a training provider: the requests granted where it teaches."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Decision, Dossier
from openopco.funding.enums import Payee
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.kernel.calendar import paris_today
from openopco.kernel.text import clean_line
from openopco.rights import Permission, Subject, may
from openopco.training import taught
from openopco.web.billing.cards import Card, settlement_card
from openopco.web.portal.memberships import external_only
from openopco.web.portal.wording import count_in_words
from openopco.web.provider.access import acting_for_provider
from openopco.web.provider.wording import WORDS, line_of

LONGEST_SEARCH = 100
RECENT = 5


@require_safe
@acting_for_provider
def dashboard(request: PersonRequest, membership: Membership) -> HttpResponse:
    """The first page: what was granted lately, or that one's attachment waits."""
    context = _frame(membership)
    if not context["is_pending"]:
        asked = taught.Asked(_provider_id(membership))
        found = taught.courses_of(actor=request.actor, asked=asked, size=RECENT)
        context["lines"] = [line_of(course) for course in found.items]
    return render(request, "provider/dashboard.html", context)


@require_safe
@acting_for_provider
def courses(request: PersonRequest, membership: Membership) -> HttpResponse:
    """All of them, searched, narrowed to a state, those that moved last first."""
    context = _frame(membership)
    if not context["is_pending"]:
        context |= _found(request, _provider_id(membership))
    return render(request, "provider/courses.html", context)


@require_safe
@external_only
def course(request: PersonRequest, number: str) -> HttpResponse:
    """One of them, of whichever provider one acts for."""
    try:
        found = taught.find_course(actor=request.actor, number=number)
    except UnknownDossier as error:
        raise Http404 from error
    settlement = _settlement(request, found)
    context = {
        "line": line_of(found),
        "settlement": settlement,
        "is_refunded": settlement is None and found.state is State.ACCORDEE,
        "dossier": {"number": found.number},
    }
    return render(request, "provider/course.html", context)


def _settlement(request: PersonRequest, found: taught.Course) -> Card | None:
    """What the OPCO pays to the provider of it, and what was invoiced: nothing of what it pays to the employer."""
    dossier = Dossier.objects.get(pk=found.dossier_id)
    decision = Decision.objects.filter(dossier=dossier).order_by("-version").first()
    can_write = may(request.actor, Permission.CLAIM_WRITE, Subject(provider_id=dossier.provider_id))
    today = paris_today(timezone.now())
    funding = decision.funding if decision else {}
    return settlement_card(dossier, funding, side=Payee.ORGANISME, can_write=can_write, today=today)


def _frame(membership: Membership) -> dict[str, Any]:
    return {"provider": membership.provider, "is_pending": membership.state == MembershipState.PENDING}


def _provider_id(membership: Membership) -> int:
    assert membership.provider_id is not None
    return membership.provider_id


def _found(request: PersonRequest, provider_id: int) -> dict[str, Any]:
    search = clean_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    state = request.GET.get("etat", "")
    state = state if state in {each.value for each in taught.STATES} else ""
    asked = taught.Asked(provider_id, state, search)
    page = taught.courses_of(actor=request.actor, asked=asked, after=request.GET.get("after"))
    return {
        "page": page,
        "lines": [line_of(course) for course in page.items],
        "count": count_in_words(taught.count_courses(actor=request.actor, asked=asked), "dossier", "dossiers"),
        "search": search,
        "state": state,
        "is_narrowed": bool(search or state),
        "chips": [
            _chip("Tous", "", search, state),
            *(_chip(WORDS[each], each, search, state) for each in taught.STATES),
        ],
    }


@dataclass(frozen=True, slots=True)
class Chip:
    """A state to narrow the list to; the search is kept."""

    label: str
    url: str
    current: bool


def _chip(label: str, state: State | str, search: str, current: str) -> Chip:
    words = {name: value for name, value in (("etat", str(state)), ("q", search)) if value}
    return Chip(label, f"?{urlencode(words)}", str(state) == current)
