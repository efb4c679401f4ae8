"""The raw draft beside a request: what was typed, as typed."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from openopco.dossiers.models.dossier import Dossier
from openopco.trainees.models import NirSecret, Trainee


class DraftRow(models.Model):
    """A repeated part of a draft: a trainee. The NIR is never among its raw fields: `nir` points into the vault."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, null=True, related_name="+")
    nir = models.ForeignKey(NirSecret, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["dossier", "key"], name="draft_row_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DraftField(models.Model):
    """What was typed in one field, as typed. `row` is the key of a `DraftRow`, or empty."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="fields")
    row = models.CharField(max_length=12, default="", blank=True)
    name = models.CharField(max_length=40)
    value = models.TextField(default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["dossier", "row", "name"], name="draft_field_once")]

    def __str__(self) -> str:
        return self.name
