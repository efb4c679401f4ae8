"""Views of the page of components. They keep nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.web.gallery import samples
from openopco.web.gallery.forms import SampleForm

COMMUNES = {"68110": ["ILLZACH"], "68200": ["MULHOUSE", "BRUNSTATT-DIDENHEIM"]}


@require_safe
@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    refused = SampleForm({}, prefix="refus")
    return render(
        request,
        "gallery/components.html",
        {**samples.context(), "form": SampleForm(prefix="essai"), "refused": refused},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def dialog_page(request: HttpRequest) -> HttpResponse:
    """A page that also opens in a dialog: refused when empty, else it goes back to the components."""
    if request.POST.get("siret"):
        return redirect("gallery:components")
    status = 422 if request.method == "POST" else 200
    return render(request, "gallery/dialog.html", {"is_refused": status != 200}, status=status)


@require_safe
@login_not_required
def public_page(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/public.html", {"form": SampleForm(prefix="essai")})


@require_safe
@login_not_required
def communes(request: HttpRequest) -> JsonResponse:
    code = request.GET.get("code", "")
    found = [{"name": name, "insee_code": "", "postal_code": code} for name in COMMUNES.get(code, [])]
    return JsonResponse({"communes": found})


@require_POST
@login_not_required
def save_field(request: HttpRequest) -> JsonResponse:
    """Answers as a draft does: « conflit » is refused with another value, « panne » fails, « faux » is an error."""
    value, revision = request.POST.get("value", ""), int(request.POST.get("revision") or 0)
    if value == "panne":
        return JsonResponse({}, status=500)
    if value == "conflit" and revision < 9:
        return JsonResponse({"current": "L'autre valeur", "revision": 9, "by": "Alice Martin", "at": ""}, status=409)
    error = "Cette valeur ne convient pas." if value == "faux" else ""
    return JsonResponse({"revision": revision + 1, "saved_at": timezone.now().isoformat(), "error": error})


@require_POST
@login_not_required
def take_file(request: HttpRequest) -> HttpResponse:
    """Answers as a zone does; a name that holds « refus » is refused."""
    upload = request.FILES.get("file")
    if upload is None or "refus" in (upload.name or ""):
        return JsonResponse({"message": "Ce fichier n'est pas un PDF : enregistrez-le en PDF."}, status=422)
    file = samples.SampleFile("d", upload.name or "", f"{upload.size} o", "Vérifié", "ok")
    return JsonResponse({"html": render_to_string("components/file.html", {"file": file})})
