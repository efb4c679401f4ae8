"""`/healthz`: what works, for a load balancer and for whoever is on call. Says nothing of anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openopco.base import health


@require_safe
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the portal can serve, 503 when something vital is broken; each part's state in either case."""
    parts = health.report()
    broken = any(part.vital and not part.works for part in parts)
    body = {"ok": not broken, "parts": {part.name: {"ok": part.works, "says": part.says} for part in parts}}
    return JsonResponse(body, status=503 if broken else 200)
