"""What is left unread of a request."""

import time
from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse, UnreadablePostError

# Twice what a reverse proxy should let in; and seconds.
LARGEST_UNWANTED, LONGEST_UNWANTED = 64 * 1024 * 1024, 20.0
_STEP = 64 * 1024


class UnreadBodyMiddleware:
    """First of all: lets the rest of a body go by when the answer came before its end (too large, signed out meanwhile,
    no such page). A browser still sending when the connection closes shows a breakdown instead of the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A body that was read whole is kept there.
        if request.method not in {"GET", "HEAD"} and not hasattr(request, "_body"):
            let_go_by(request)
        return response


def let_go_by(request: HttpRequest) -> None:
    """Reads what is left, within limits. Costs nothing where nothing is left."""
    left, deadline = LARGEST_UNWANTED, time.monotonic() + LONGEST_UNWANTED
    with suppress(UnreadablePostError):
        while left > 0 and time.monotonic() < deadline and (chunk := request.read(_STEP)):
            left -= len(chunk)
