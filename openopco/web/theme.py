"""The sheet of the OPCO's own colours. Its address changes with it, so that browsers keep it for ever."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from openopco.opco import identity
from openopco.opco.colours import theme, theme_digest


def theme_url() -> str:
    """Where the sheet is; empty where the colours are the shipped ones."""
    digest = theme_digest(identity())
    return reverse("theme", args=[digest]) if digest else ""


@require_safe
@login_not_required
@cache_control(public=True, max_age=31_536_000, immutable=True)
def sheet(request: HttpRequest, digest: str) -> HttpResponse:
    if digest != theme_digest(identity()):
        raise Http404
    return HttpResponse(theme(identity()), content_type="text/css; charset=utf-8")
