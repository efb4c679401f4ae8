"""The OPCO's own colours and logo. Their addresses change with them, so that browsers keep them for ever."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from openopco.opco import identity
from openopco.opco.colours import theme, theme_digest
from openopco.opco.logo import logo


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


def logo_url() -> str:
    """Where the logo is; empty without one."""
    found = logo()
    return reverse("logo", args=[found.digest]) if found else ""


@require_safe
@login_not_required
@cache_control(public=True, max_age=31_536_000, immutable=True)
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    found = logo()
    if found is None or digest != found.digest:
        raise Http404
    return HttpResponse(found.content, content_type="image/png")
