"""What a form looks up while one types."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from openopco.reference.queries import communes_for_postal_code


@require_GET
@cache_control(private=True, max_age=86400)
def communes(request: HttpRequest) -> JsonResponse:
    """« Recherche par code postal »: the communes of a whole postal code."""
    found = communes_for_postal_code(request.GET.get("code", "")[:10])
    answer = [{"name": each.name, "insee_code": each.insee_code, "postal_code": each.postal_code} for each in found]
    return JsonResponse({"communes": answer})
