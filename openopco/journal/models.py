"""Append-only rows: entries chained per subject, seals that chain the heads, and who read what."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Entry(models.Model):
    """What happened to a subject, by whom, when. Rows refer to ids and labels, never upward by foreign key.

    Triggers refuse every change but the purge of `payload` and `payload_salt` to NULL."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(null=True, blank=True)
    payload_salt = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001 - null once purged
    payload_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "sequence"], name="journal_entry_chain"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="journal_entry_sequence_from_one"),
            models.CheckConstraint(
                condition=Q(sequence=1, previous_digest="") | (Q(sequence__gt=1) & ~Q(previous_digest="")),
                name="journal_entry_first_has_no_previous",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} · {self.sequence} {self.event}"


class Seal(models.Model):
    """The heads of the chains that moved since the seal before. `heads` holds [kind, id, sequence, digest] rows;
    `last_entry_id` is the highest entry looked at."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    last_entry_id = models.BigIntegerField()
    heads = models.JSONField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="journal_seal_number_from_one")]

    def __str__(self) -> str:
        return f"seal {self.number}"


class ReadAudit(models.Model):
    """Who read what sensitive thing, when and why (a NIR, an attachment, an export)."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="journal_readaudit_subject"),
            models.Index(fields=["actor_id", "at"], name="journal_readaudit_actor"),
            # Who read what lately: the page of administrators, and the alert on mass reading.
            models.Index(fields=["what", "at"], name="journal_readaudit_what"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject_kind} {self.subject_id}"
