"""The text of a mail cut into plain text and links that lead to this very portal. Other addresses stay text."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

ADDRESS = re.compile(r"https?://[^\s<>\"'»)]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; a link where `path` is not empty. The path keeps the reader on the address he came by."""

    text: str
    path: str = ""


def pieces_of(text: str, *, own_hosts: Set[str]) -> list[Piece]:
    """`own_hosts`: « host:port » under which the portal is read now."""
    return list(_cut(text, {*own_hosts, urlsplit(settings.PUBLIC_URL).netloc}))


def _cut(text: str, hosts: Set[str]) -> Iterator[Piece]:
    start = 0
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?")
        if path := _own_path(address, hosts):
            yield Piece(text[start : found.start()])
            yield Piece(address, path)
            start = found.start() + len(address)
    yield Piece(text[start:])


def _own_path(address: str, hosts: Set[str]) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_ours = parts.netloc in hosts
    # « //evil » would leave: a path begins with a single slash.
    path = f"/{parts.path.lstrip('/')}"
    return f"{path}?{parts.query}" if is_ours and parts.query else path if is_ours else ""
