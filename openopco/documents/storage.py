"""The contents themselves, in Django's default storage (a folder, or S3). What goes wrong there is `Unavailable`."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from openopco.documents.models import Document, storage_name
from openopco.kernel.errors import Unavailable

log = structlog.get_logger(__name__)


def keep(document: Document, content: bytes) -> str:
    """Writes the content under a name of ours, which it gives to the document and returns. Raises `Unavailable`."""
    with _storage_speaks("keep"):
        name = default_storage.save(storage_name(document, ""), ContentFile(content))
    document.content.name = name
    return name


def open_content(document: Document) -> "File[bytes]":
    """The content, ready to be read from its start. The caller closes it. Raises `Unavailable`."""
    with _storage_speaks("open"):
        file = default_storage.open(document.content.name or "", "rb")
        # S3 opens nothing before the first read: better now than in the middle of an answer.
        try:
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file


def read_content(document: Document) -> bytes:
    with open_content(document) as file, _storage_speaks("read"):
        return bytes(file.read())


def erase(name: str) -> None:
    """Deletes a content; one that is gone already is well gone. Raises `Unavailable`."""
    with _storage_speaks("erase"):
        default_storage.delete(name)


def names_in(folder: str) -> list[str]:
    """Names of the contents in a folder, sorted; none where there is no such folder. Raises `Unavailable`."""
    with _storage_speaks("list"):
        try:
            return sorted(f"{folder}/{name}" for name in default_storage.listdir(folder)[1])
        except FileNotFoundError:
            return []


@contextmanager
def _storage_speaks(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Each storage has its own family of errors; all of them mean the same to the person who waits.
        log.warning("storage failed", what=what, error=type(error).__name__)
        raise Unavailable("Les fichiers sont momentanément inaccessibles : réessayez dans quelques minutes.") from error
