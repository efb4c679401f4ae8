"""Many requests at once: chosen in the list, then a page that says exactly what will happen before anything does."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openopco.base.works import TooManyWorks, WorkAlreadyAsked
from openopco.dossiers.actions.batches import ask_batch, title_of
from openopco.dossiers.batching import Act, permission_of
from openopco.dossiers.queries.batches import Scope, looks_before, scope_of_list, scope_of_numbers
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.sizes import format_count
from openopco.opco import parameters
from openopco.rights import Permission, may
from openopco.web.admin.access import needs
from openopco.web.desk import batching
from openopco.web.desk.filters import Trail, read_trail
from openopco.web.desk.phrases import INSERT, Shelf
from openopco.web.desk.typed import Typed
from openopco.web.portal.works import key_of

NOTHING_TICKED = "Cochez au moins un dossier, ou « Tous ceux de cette liste », puis choisissez que faire."
NO_ACT = "Choisissez que faire des dossiers cochés, puis continuez."
STALE = "Cette page date : voici les demandes telles qu'elles sont maintenant. Relisez, puis validez de nouveau."
# Beyond this many, those left out are told in the report alone.
MOST_TOLD = 100
CONFLICT = 409


@require_POST
@needs(Permission.DOSSIER_TAKE)
def choose(request: PersonRequest) -> HttpResponse:
    """From the list to the page of the batch, by its own address."""
    trail, numbers = read_trail(request.GET), request.POST.getlist("d")
    is_whole, code = "toutes" in request.POST, request.POST.get("lot", "")
    if not (numbers or is_whole) or code not in set(Act):
        messages.error(request, NO_ACT if numbers or is_whole else NOTHING_TICKED)
        return redirect(trail.list_url)
    asked = [("toutes", "1")] if is_whole else [("d", number[:20]) for number in numbers[:100]]
    return redirect(f"{reverse('desk:batch', args=[code])}?{urlencode([*trail.values.items(), *asked])}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DOSSIER_TAKE)
def batch(request: PersonRequest, code: str) -> HttpResponse:
    act = _act(code)
    today = paris_today(timezone.now())
    typed = batching.fields_of(act, today)
    if request.method != "POST":
        return _show(request, act, typed)
    # A box that was not ticked is not sent.
    values = {name: request.POST.get(name, "") for name in typed.fields}
    shelf = batching.shelf_of(act, today, request.POST.dict())
    if INSERT in request.POST and shelf:
        return _insert(request, act, typed.holding(values), shelf)
    plan, typed = batching.plan_of(act, typed.holding(values), today, shelf.picker("text").code if shelf else "")
    rows = batching.read_signed(request.POST.get("portee", ""), request.actor, act)
    if typed.errors:
        return _show(request, act, typed, 422)
    if rows is None:
        return _show(request, act, typed.refused(STALE), CONFLICT)
    key = key_of(request)
    try:
        work = ask_batch(actor=request.actor, plan=plan, rows=rows, key=key)
    except WorkAlreadyAsked:
        return redirect("portal:work", key)
    except TooManyWorks as error:
        return _show(request, act, typed.refused(error.message), 429)
    except InvalidValue as error:
        return _show(request, act, typed.refused(error.message), 422)
    return redirect("portal:work", work.key)


def _act(code: str) -> Act:
    try:
        return Act(code)
    except ValueError as error:
        raise Http404 from error


def _insert(request: PersonRequest, act: Act, typed: Typed, shelf: Shelf) -> HttpResponse:
    """The page again with the phrase in the text: nothing is done yet."""
    filled = typed.holding({"text": shelf.text("text", typed.value("text"))})
    return _show(request, act, filled, 422 if shelf.picker("text").error else 200)


def _show(request: PersonRequest, act: Act, typed: Typed, status: int = 200) -> HttpResponse:
    trail = read_trail(request.GET)
    today = paris_today(timezone.now())
    most: int = parameters.value("batch_max_rows", on=today)
    scope = _scope(request, act, trail, most)
    looks = looks_before(scope)
    shelf = batching.shelf_of(act, today, request.POST.dict())
    context: dict[str, Any] = {
        "act": act,
        "picker": shelf.picker("text") if shelf else None,
        "words": batching.WORDS[act],
        "trail": trail,
        "typed": typed,
        "scope": scope,
        "title": title_of(act, len(scope.kept)),
        "left_out": scope.left_out[:MOST_TOLD],
        "untold": max(len(scope.left_out) - MOST_TOLD, 0),
        "failing": [(each, looks[each.pk][0]) for each in scope.kept if looks.get(each.pk, ("", ""))[0]],
        "looking": [
            (each, looks[each.pk][1])
            for each in scope.kept
            if each.pk in looks and not looks[each.pk][0] and looks[each.pk][1]
        ],
        "most": format_count(most),
        "signed": batching.sign(scope.rows, request.actor, act) if scope.is_whole else "",
        "key": uuid4(),
        "can": scope.is_whole and bool(scope.kept) and may(request.actor, permission_of(act)),
    }
    if status == 200 and not scope.is_whole:
        status = 422
    return render(request, "desk/batch.html", context, status=status)


def _scope(request: PersonRequest, act: Act, trail: Trail, most: int) -> Scope:
    if "toutes" in request.GET:
        filters = trail.filters(paris_today(timezone.now()))
        return scope_of_list(actor=request.actor, act=act, filters=filters, most=most)
    return scope_of_numbers(actor=request.actor, act=act, numbers=request.GET.getlist("d"), most=most)
