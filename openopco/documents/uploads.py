"""How much of an upload is read at all."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from openopco.documents.rules import LIMITS


class CappedUploadHandler(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: passes on one byte more than a file may have, then lets the rest go by. The door
    sees a file that is too big and says so, and no disk or memory was filled."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        left = LIMITS.file_bytes + 1 - start
        return raw_data[:left] if left > 0 else None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        return None
