"""The demonstration answers to this machine alone, whatever address it was bound to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from config.settings.checks import is_loopback


class LoopbackOnlyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_loopback(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        return HttpResponseForbidden(
            "La démonstration ne répond que sur cette machine.", content_type="text/plain; charset=utf-8"
        )
