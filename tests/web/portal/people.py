"""Browsers of the people around a garage, and what a page says once its tags are gone."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.rights import Actor

INSIDE = re.compile(r"\([^()]*\)")
TABLE = re.compile(r'(?:FROM|UPDATE|INTO) "?([a-z_]+)')


def browser_of(actor: Actor) -> Client:
    """A signed-in browser."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text_of(response: HttpResponse) -> str:
    """What people read, white space evened out."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"[\s\u00a0\u202f]+", " ", words)


def title_of(response: HttpResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), flags=re.DOTALL)
    assert found
    return html.unescape(found[1]).strip()


def _outside(sql: str) -> str:
    """A statement without what it says in parentheses: the columns that are questions of their own."""
    while (shorter := INSIDE.sub("", sql)) != sql:
        sql = shorter
    return sql


@contextmanager
def queries() -> Iterator[list[str]]:
    """The first table of each query of the block, in order: an N+1 is a readable difference."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    for query in captured.captured_queries:
        table = TABLE.search(_outside(query["sql"])) or TABLE.search(query["sql"])
        found.append(table[1] if table else query["sql"][:40])
