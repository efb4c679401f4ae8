"""Has a limited child process open a stranger's file, and reads its verdict."""

import hashlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openopco.base.children import run_child, start_line
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import KINDS, LIMITS, clean_name, extension_of, kept_name, kind_for_extension
from openopco.kernel.errors import Unavailable

_START = start_line("openopco.documents.inspector.child")
_LONGEST_ANSWER = 1000
# Opening files is heavy work: two at once in a process, the others wait their turn, then are told to come back.
_TURNS = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A file that may come in: its safe name, what it is kept as, the digest of what is kept (`sha256`) and that of
    what the person sent (`source_sha256`)."""

    name: str
    kind: str
    content_type: str
    content: bytes
    sha256: str
    source_sha256: str
    pages: int

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: str
    pages: int
    rebuilt: bool


def examine(name: str, chunks: Iterable[bytes]) -> ExaminedFile:
    """Opens the file in the child. Slow (a fraction of a second, 20 s at worst): call it outside any transaction.

    Raises `RefusedFile`, or `Unavailable` when too many files are being opened at once."""
    safe_name = clean_name(name)
    extension = extension_of(safe_name)
    with _turn(), tempfile.TemporaryDirectory(prefix="openopco-") as folder:
        path, output = Path(folder, "file"), Path(folder, "rebuilt")
        source_sha256 = _write(path, chunks)
        if path.stat().st_size == 0:
            raise RefusedFile(RefusalCode.EMPTY)
        if kind_for_extension(extension) is None:
            raise RefusedFile(RefusalCode.UNSUPPORTED_TYPE)
        answer = _ask_child({"path": str(path), "extension": extension, "output": str(output)}, Path(folder, "answer"))
        kind = KINDS[answer.kind]
        content = (output if answer.rebuilt else path).read_bytes()
    return ExaminedFile(
        name=kept_name(safe_name, kind),
        kind=kind.code,
        content_type=kind.content_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        source_sha256=source_sha256,
        pages=answer.pages,
    )


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=LIMITS.child_wall_seconds):
        raise Unavailable("Beaucoup de fichiers sont en cours de contrôle : réessayez dans une minute.")
    try:
        yield
    finally:
        _TURNS.release()


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    """Writes the file and returns its digest. Raises `RefusedFile` as soon as it is too big."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LIMITS.file_bytes:
                raise RefusedFile(RefusalCode.TOO_BIG)
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _ask_child(order: dict[str, str], answer: Path) -> _Answer:
    """A child that dies, answers nonsense or takes too long has met a file that nobody should open."""
    try:
        with answer.open("wb") as out:
            run_child(_START, order, seconds=LIMITS.child_wall_seconds, out=out)
        return _read_answer(answer)
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedFile(RefusalCode.TOO_COMPLEX) from error


def _read_answer(path: Path) -> _Answer:
    with path.open("rb") as file:
        answer = json.loads(file.read(_LONGEST_ANSWER))
    if "refused" in answer:
        raise RefusedFile(RefusalCode(answer["refused"]))
    return _Answer(KINDS[answer["kind"]].code, int(answer["pages"]), bool(answer["rebuilt"]))
