"""The portal as gunicorn serves it, with failpoints in what sends a request."""

from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection

from tests.faults.failpoints import Countdown, die

portal = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if not environ["PATH_INFO"].endswith("/envoyer/"):
        return portal(environ, start_response)
    counting = Countdown()
    with connection.execute_wrapper(counting):
        answer = portal(environ, start_response)
    die("answer")
    return answer
