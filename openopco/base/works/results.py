"""The file that a long work made, as its owner takes it."""

from typing import IO, Any

import structlog
from django.core.files.storage import default_storage

from openopco.base.models import Work
from openopco.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
SILENT = "Les fichiers sont momentanément inaccessibles : réessayez dans quelques minutes."


def open_result(work: Work) -> IO[Any] | None:
    """The file, ready to be read; None where it is gone. The caller closes it. Raises `Unavailable`."""
    try:
        if not default_storage.exists(work.result_name):
            return None
        file = default_storage.open(work.result_name, "rb")
        # S3 opens nothing before the first read: better now than in the middle of an answer.
        file.seek(0)
    except Exception as error:
        log.warning("storage failed", what="result", error=type(error).__name__)
        raise Unavailable(SILENT) from error
    return file
