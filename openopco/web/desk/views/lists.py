"""« Mes listes »: the narrowed lists that an officer keeps under a name, and the page of the keyboard's shortcuts."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openopco.dossiers.actions import lists
from openopco.dossiers.errors import BadListName, NothingNarrowed, TooManyLists, UnknownList
from openopco.dossiers.queries import saved_lists
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.filters import list_url, read_trail

READ_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_WRITE)
@needs(Permission.DOSSIER_TAKE)
def keep(request: PersonRequest) -> HttpResponse:
    """« Enregistrer cette liste »: the one that the address names."""
    trail = read_trail(request.GET)
    typed = request.POST.get("name", "")
    if request.method != "POST":
        return render(request, "desk/lists/keep.html", {"trail": trail, "typed": typed})
    try:
        kept = lists.save_list(
            actor=request.actor, name=typed, address=trail.query.removeprefix("?"), is_default="defaut" in request.POST
        )
    except (InvalidValue, NothingNarrowed, TooManyLists) as error:
        context = {"trail": trail, "typed": typed, "error": error.message, "default": "defaut" in request.POST}
        return render(request, "desk/lists/keep.html", context, status=422)
    messages.success(request, f"La liste « {kept.name} » est enregistrée.")
    return redirect(trail.list_url)


@require_safe
@needs(Permission.DOSSIER_TAKE)
def mine(request: PersonRequest) -> HttpResponse:
    return _show(request)


@require_http_methods(["POST"])
@needs(Permission.DOSSIER_TAKE)
def change(request: PersonRequest, list_id: int) -> HttpResponse:
    """Renames, makes it the default or no longer, or deletes it: the button says which."""
    typed = request.POST.get("name", "")
    try:
        said = _change(request, list_id, typed)
    except UnknownList as error:
        raise Http404 from error
    except BadListName as error:
        return _show(request, wrong={list_id: error.message}, typed={list_id: typed}, status=422)
    messages.success(request, said)
    return redirect("desk:lists")


def _change(request: PersonRequest, list_id: int, typed: str) -> str:
    verb = request.POST.get("verbe", "")
    if verb == "supprimer":
        lists.delete_list(actor=request.actor, list_id=list_id)
        return "La liste est supprimée. Les dossiers, eux, n'ont pas changé."
    if verb in ("defaut", "sans-defaut"):
        kept = lists.make_default(actor=request.actor, list_id=list_id, is_default=verb == "defaut")
        return f"« {kept.name} » {'s’ouvre' if kept.is_default else 'ne s’ouvre plus'} d'abord.".replace("’", "'")
    kept = lists.rename_list(actor=request.actor, list_id=list_id, name=typed)
    return f"La liste s'appelle maintenant « {kept.name} »."


def _show(
    request: PersonRequest,
    *,
    wrong: dict[int, str] | None = None,
    typed: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = [
        {
            "kept": kept,
            "url": list_url(kept.address),
            "name": (typed or {}).get(kept.pk, kept.name),
            "error": (wrong or {}).get(kept.pk, ""),
        }
        for kept in saved_lists(request.actor)
    ]
    return render(
        request, "desk/lists/mine.html", {"rows": rows, "wrong": wrong, "most": lists.MOST_LISTS}, status=status
    )


SHORTCUTS, ONE_YEAR = "raccourcis", 365 * 24 * 3600


@require_http_methods(READ_WRITE)
@needs(Permission.DOSSIER_TAKE)
def shortcuts(request: PersonRequest) -> HttpResponse:
    """What each key does, and the switch: kept on this device, where a keyboard is or is not spoken to."""
    if request.method != "POST":
        return render(request, "desk/shortcuts.html", {"off": request.COOKIES.get(SHORTCUTS) == "non"})
    answer = redirect("desk:shortcuts")
    wanted = "non" if request.POST.get("actifs") == "non" else "oui"
    secure = request.is_secure()
    answer.set_cookie(
        SHORTCUTS, wanted, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=secure, path="/gestion/"
    )
    return answer
