"""Files that a job makes once of what a row says, kept in the default storage under a name of ours."""

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

log = structlog.get_logger(__name__)


def keep_once(name: str, content: bytes) -> str:
    """Writes it, over what a job killed halfway left there. Returns the name kept."""
    if default_storage.exists(name):
        default_storage.delete(name)
    return str(default_storage.save(name, ContentFile(content)))


def read_kept(name: str, *, what: str) -> bytes | None:
    """Its content; None where the storage fails: what the row says is enough to make it again."""
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except Exception as error:
        # Each storage has its own family of errors.
        log.warning("storage failed", what=what, error=type(error).__name__)
        return None
