"""Mail to send and mail sent: one row per recipient, with a Message-ID that never changes."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MailState(models.TextChoices):
    QUEUED = "queued", "À envoyer"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Abandonné"


class OutgoingMail(models.Model):
    message_id = models.CharField(max_length=200, unique=True)
    unique_key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_by = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_outgoingmail_state_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) & ~Q(delivered_by="")
                | ~Q(state="sent") & Q(sent_at__isnull=True, delivered_by=""),
                name="mail_outgoingmail_sent_when_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="queued"), name="mail_outgoingmail_queued"),
            models.Index(fields=["to", "-id"], name="mail_outgoingmail_to"),
        ]

    def __str__(self) -> str:
        return self.message_id


class MailAttachment(models.Model):
    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
