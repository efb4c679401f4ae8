"""Uploads and documents for the tests."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from openopco.documents.actions import accept_upload
from openopco.documents.models import Document
from openopco.rights import Actor

from . import hostile


def upload(name: str = "programme.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """An upload whose declared type is wrong on purpose: nobody may believe it."""
    return SimpleUploadedFile(name, hostile.pdf() if content is None else content, "text/html")


def document(actor: Actor, **changes: Any) -> Document:
    """A document accepted through the door, in the zone « programme » of draft 7."""
    given: dict[str, Any] = {"owner_kind": "draft", "owner_id": 7, "zone": "programme", "upload": None, **changes}
    given["upload"] = given["upload"] or upload()
    return accept_upload(actor=actor, **given)
