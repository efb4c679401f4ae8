"""The inbox of each person, and what each wants by mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openopco.notifications.enums import Pace


class Notice(models.Model):
    """One line in one person's inbox. `unique_key` makes telling twice harmless."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    unique_key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "notification"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "created_at", "id"], name="notice_inbox"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "unique_key"], name="notice_told_once"),
            models.CheckConstraint(
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"), name="notice_url_is_ours"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MailPreference(models.Model):
    """Somebody's choice, for one kind of notice, of when a mail comes too. No row: the kind's own default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    pace = models.CharField(max_length=8, choices=Pace.choices)

    class Meta:
        verbose_name = "préférence de notification"
        ordering = ["user_id", "kind"]
        indexes = [models.Index(fields=["user", "kind"], condition=Q(pace="daily"), name="mail_preference_daily")]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="mail_preference_once"),
            models.CheckConstraint(condition=Q(pace__in=Pace.values), name="mail_preference_pace_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.pace}"


class Digest(models.Model):
    """The mail of a morning to one person: one a day at most, and where the next one begins."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    last_notice_id = models.BigIntegerField()

    class Meta:
        verbose_name = "résumé du jour"
        ordering = ["user_id", "-day"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
