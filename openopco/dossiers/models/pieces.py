"""The pieces attached to a request, and to its modifications."""

from django.db import models

from openopco.documents.models import Document

DOSSIER_DOCUMENT, MODIFICATION_DOCUMENT = "dossier", "modification"


def pieces_of(dossier_id: int) -> models.QuerySet[Document]:
    """The pieces attached to a request, oldest first."""
    return Document.objects.filter(owner_kind=DOSSIER_DOCUMENT, owner_id=dossier_id).order_by("id")


def pieces_of_modification(modification_id: int) -> models.QuerySet[Document]:
    """The pieces joined to a modification, oldest first."""
    return Document.objects.filter(owner_kind=MODIFICATION_DOCUMENT, owner_id=modification_id).order_by("id")
