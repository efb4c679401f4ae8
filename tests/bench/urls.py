"""The portal, and two floors to measure it against: same middleware, same session, next to no work."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import (  # noqa: F401
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from config.urls import (
    urlpatterns as portal,
)

LINES = "SELECT number, title, employer_name, state, updated_at FROM dossiers_dossier ORDER BY id LIMIT 25"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def bare(request: HttpRequest) -> HttpResponse:
    """The least that a list can be: raw SQL, five columns, no frame."""
    with connection.cursor() as cursor:
        cursor.execute(LINES)
        rows = cursor.fetchall()
    return render(request, "bare.html", {"rows": rows})


urlpatterns = [*portal, path("bench/empty/", empty), path("bench/bare/", bare)]
