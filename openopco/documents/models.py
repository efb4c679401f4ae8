"""What people uploaded. The room knows owners by kind and id alone; who may see what is for their own room to say."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from openopco.documents.enums import ContentType, State

FOLDER = "documents"


def storage_name(document: "Document", filename: str) -> str:
    """Where the content is kept: the day, then a name drawn at random. Nothing of the person's file name goes there."""
    return f"{FOLDER}/{document.created_at:%Y-%m-%d}/{secrets.token_hex(16)}"


class Shelf(models.Model):
    """One row per owner that has documents: locked while its quota is checked, so that two uploads can't both pass."""

    owner_kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "shelves"
        constraints = [models.UniqueConstraint(fields=["owner_kind", "owner_id"], name="documents_shelf_owner")]

    def __str__(self) -> str:
        return f"{self.owner_kind} {self.owner_id}"


class Document(models.Model):
    """One kept file. `size` and `sha256` are of the content kept, `source_sha256` of what the person sent.
    `scanned`: an antivirus looked at it; a safe document not scanned comes from an installation without one."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner_kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()
    zone = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40, choices=ContentType.choices)
    content = models.FileField(upload_to=storage_name, max_length=120, blank=True)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    scanned = models.BooleanField(default=False)
    reason = models.CharField(max_length=120, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_kind", "owner_id", "zone", "source_sha256"], name="documents_document_once_per_zone"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="documents_document_known_state"),
            models.CheckConstraint(
                condition=Q(content_type__in=ContentType.values), name="documents_document_known_type"
            ),
            models.CheckConstraint(condition=Q(size__gt=0, pages__gt=0), name="documents_document_not_empty"),
            # An infected content is destroyed; every other one is there.
            models.CheckConstraint(
                condition=Q(state=State.INFECTED, content="") | (~Q(state=State.INFECTED) & ~Q(content="")),
                name="documents_document_content_by_state",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=[State.INFECTED, State.ERROR]) & ~Q(reason=""))
                | (Q(state__in=[State.PENDING, State.SAFE]) & Q(reason="")),
                name="documents_document_reason_by_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PENDING) | Q(scanned=False), name="documents_document_pending_not_scanned"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="documents_by_state"),
            models.Index(fields=["uploaded_by", "created_at"], name="documents_by_uploader"),
        ]

    def __str__(self) -> str:
        return f"document {self.key}"

    @property
    def kind_label(self) -> str:
        """« PDF », « JPEG », « PNG »."""
        return ContentType(self.content_type).label
