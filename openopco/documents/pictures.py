"""The first pages of a file as pictures, drawn by a limited child each time they are asked for: nothing is kept."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from openopco.base.children import run_child, start_line
from openopco.documents.enums import ContentType
from openopco.documents.rules import LIMITS
from openopco.kernel.errors import Unavailable

DRAWABLE: Final = frozenset({ContentType.PDF, ContentType.JPEG, ContentType.PNG})
PICTURE_TYPE: Final = "image/jpeg"
_START = start_line("openopco.documents.inspector.drawing")
_TURNS = threading.BoundedSemaphore(2)


def draw_pages(
    content: bytes, *, first: int = 1, most: int = LIMITS.picture_pages, patience: float = LIMITS.picture_wall_seconds
) -> list[bytes]:
    """Pages `first` and following as JPEG, `most` of them: as many as the file has and lets be drawn, perhaps none. Slow (a
    fifth of a second, `LIMITS.picture_wall_seconds` at worst): call it outside any transaction.

    Raises `Unavailable` when too many are being drawn at once, once `patience` (seconds) is over."""
    with _turn(patience), tempfile.TemporaryDirectory(prefix="openopco-pages-") as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        order = {"path": str(path), "folder": folder, "first": first, "most": most}
        # A child that dies has met a file that can't be drawn: what it drew before stands.
        with suppress(subprocess.SubprocessError), Path(folder, "answer").open("wb") as out:
            run_child(_START, order, seconds=LIMITS.picture_wall_seconds, out=out)
        return list(_drawn(Path(folder), first, most))


def _drawn(folder: Path, first: int, most: int) -> Iterator[bytes]:
    for number in range(first, first + most):
        path = folder / f"{number}.jpg"
        if not path.exists():
            return
        yield path.read_bytes()


@contextmanager
def _turn(patience: float) -> Iterator[None]:
    if not _TURNS.acquire(timeout=patience):
        raise Unavailable("Beaucoup de fichiers sont en cours d'affichage : réessayez dans une minute.")
    try:
        yield
    finally:
        _TURNS.release()
