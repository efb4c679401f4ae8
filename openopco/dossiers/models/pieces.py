"""The pieces attached to a request."""

from django.db import models

from openopco.documents.models import Document

DOSSIER_DOCUMENT = "dossier"


def pieces_of(dossier_id: int) -> models.QuerySet[Document]:
    """The pieces attached to a request, oldest first."""
    return Document.objects.filter(owner_kind=DOSSIER_DOCUMENT, owner_id=dossier_id).order_by("id")
