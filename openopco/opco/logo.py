"""The OPCO's logo: a PNG file named by the settings, read once, refused at the start where it is anything else."""

import functools
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from openopco.opco.identities import identity

# PNG alone: an SVG may hold a script, and would have to be cleaned.
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = struct.Struct(">I4sII")
MOST_BYTES: Final = 300_000
MOST_SIDE: Final = 2000


@dataclass(frozen=True, slots=True)
class Logo:
    """The picture, its size in pixels, and what names it for browsers."""

    content: bytes
    width: int
    height: int
    digest: str


def logo() -> Logo | None:
    """This installation's logo; None without one. Raises ImproperlyConfigured, in words for whoever starts the program."""
    path = identity().logo
    return _read(path) if path else None


@functools.lru_cache(maxsize=4)
def _read(path: str) -> Logo:
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ImproperlyConfigured(f"OPENOPCO_LOGO={path!r} ne peut pas être lu.") from error
    width, height = _size(content)
    if len(content) > MOST_BYTES or not 0 < width <= MOST_SIDE or not 0 < height <= MOST_SIDE:
        raise ImproperlyConfigured(
            f"OPENOPCO_LOGO={path!r} : un fichier PNG de {MOST_BYTES // 1000} ko et {MOST_SIDE} pixels de côté au plus."
        )
    return Logo(content, width, height, hashlib.sha256(content).hexdigest()[:12])


def _size(content: bytes) -> tuple[int, int]:
    """As its header says; nothing where it is no PNG."""
    if not content.startswith(SIGNATURE) or len(content) < len(SIGNATURE) + HEADER.size:
        return 0, 0
    _, kind, width, height = HEADER.unpack_from(content, len(SIGNATURE))
    return (width, height) if kind == b"IHDR" else (0, 0)
