"""What each officer watches: the requests he follows, and what happened that he has not read yet."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from openopco.dossiers.enums import NewsKind, choices
from openopco.dossiers.models.dossier import Dossier


class Follow(models.Model):
    """A request that an officer keeps an eye on, whoever holds it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["user", "dossier"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.dossier_id}"


class News(models.Model):
    """That something of a kind happened to a request, for one reader, the last time it did; `seen_at` once he opened it.
    A GET may write that alone."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=choices(NewsKind))
    by_label = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "news"
        constraints = [
            UniqueConstraint(fields=["reader", "dossier", "kind"], name="news_once_of_a_kind"),
            CheckConstraint(name="news_kind_known", condition=Q(kind__in=[kind.value for kind in NewsKind])),
            CheckConstraint(
                name="news_seen_after_it_happened", condition=Q(seen_at=None) | Q(seen_at__gte=models.F("at"))
            ),
        ]
        indexes = [models.Index(fields=["reader", "dossier"], condition=Q(seen_at=None), name="news_unread")]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.dossier_id} {self.kind}"
