"""Words what views left unworded: a room's refusal, an address opened the wrong way."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from openopco.kernel.errors import OpenOpcoError
from openopco.web.errors import error_page, refusal


class ErrorPagesMiddleware:
    """Pages for people, a JSON message for scripts. A view that catches the error itself comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content and _reads_pages(request):
            page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OpenOpcoError):
            return None
        page = refusal(request, exception)
        if _reads_pages(request):
            return page
        return JsonResponse({"message": exception.message}, status=page.status_code)


def _reads_pages(request: HttpRequest) -> bool:
    return "application/json" not in request.headers.get("Accept", "")
