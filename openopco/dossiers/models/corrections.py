"""What an officer asks to be corrected, point by point."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from openopco.dossiers.enums import CorrectionState, ItemKind, choices
from openopco.dossiers.models.dossier import Dossier
from openopco.trainees.models import NirSecret


class CorrectionRequest(models.Model):
    """What an officer asks to be corrected or added, and by when. At most one is open on a dossier."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="corrections")
    state = models.CharField(max_length=12, choices=choices(CorrectionState), default=CorrectionState.OUVERTE)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(blank=True, default="")
    due_on = models.DateField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["dossier"], condition=Q(state=CorrectionState.OUVERTE), name="correction_one_open"
            ),
            CheckConstraint(
                name="correction_closed_when_not_open",
                condition=Q(state=CorrectionState.OUVERTE, closed_at=None)
                | Q(state__in=[CorrectionState.REPONDUE, CorrectionState.RETIREE], closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}, {self.due_on}"


class CorrectionItem(models.Model):
    """One point: a field (`row` and `name`) or a piece (`name` is its zone), why, and both values: of a NIR only whether
    one was given, `nir_before` pointing into the vault."""

    request = models.ForeignKey(CorrectionRequest, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=8, choices=choices(ItemKind))
    row = models.CharField(max_length=12, default="", blank=True)
    name = models.CharField(max_length=40)
    reason = models.TextField()
    # Of the standard reason the text began with: what statistics count by.
    reason_code = models.CharField(max_length=40, blank=True, default="")
    before = models.TextField(default="", blank=True)
    after = models.TextField(default="", blank=True)
    nir_before = models.ForeignKey(NirSecret, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["request", "kind", "row", "name"], name="correction_item_once"),
            CheckConstraint(name="correction_item_kind_known", condition=Q(kind__in=[kind.value for kind in ItemKind])),
            CheckConstraint(name="correction_item_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.name
