"""The lists that an officer keeps under a name."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class SavedFilter(models.Model):
    """A narrowed list of the desk, as its address says it (« vue=moi&etat=transmise »), for one person. The default is the
    one his worklist opens on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=40)
    address = models.CharField(max_length=1000)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user", "folded"], name="saved_filter_named_once"),
            UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="saved_filter_one_default"),
            CheckConstraint(name="saved_filter_has_a_name", condition=~Q(folded="")),
        ]

    def __str__(self) -> str:
        return self.name
