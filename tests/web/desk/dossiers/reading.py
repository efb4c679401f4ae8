"""Shared words of the desk's tests."""

from typing import Any

from django.test import Client
from lxml import html

from openopco.dossiers.models import Dossier
from openopco.rights import Actor
from tests.dossiers.factories import number_of


def url(dossier: Dossier, page: str = "") -> str:
    return f"/gestion/dossiers/{number_of(dossier)}/{page}"


def text_of(response: Any) -> str:
    """What people read of a page, spaces made plain."""
    return " ".join(html.fromstring(response.content).text_content().split())


def found(response: Any, path: str) -> Any:
    """The elements of a page that an XPath finds."""
    return html.fromstring(response.content).xpath(path)


def title_of(response: Any) -> str:
    return str(html.fromstring(response.content).findtext(".//title"))


def post(client: Client, dossier: Dossier, page: str, *, version: int | None = None, **typed: Any) -> Any:
    """Posts as the page that the officer has before him would; `version` is the one it showed."""
    shown = Dossier.objects.get(pk=dossier.pk).version if version is None else version
    return client.post(url(dossier, page), {"version": shown, **typed})


def now(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def holds(actor: Actor, dossier: Dossier) -> bool:
    return now(dossier).holder_id == actor.user_id
