"""What the OPCO decided, each version kept."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.enums import State, choices
from openopco.dossiers.models.dossier import Dossier


class Decision(models.Model):
    """What the OPCO decided, as it was decided: amounts in euros HT, the reason the employer reads, the request's snapshot."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=24, choices=choices(State))
    amount_asked = CentsField()
    amount_granted = CentsField(null=True)
    reason = models.TextField(blank=True, default="")
    # Of the standard reason the text began with, in the list of its outcome: what statistics count by.
    reason_code = models.CharField(max_length=40, blank=True, default="")
    # What it engages and what it leaves to the employer, line by line, as decided (`dossiers.funders`).
    funding = models.JSONField(default=dict, db_default={})
    snapshot = models.JSONField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by_label = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["dossier", "version"], name="decision_version_once"),
            CheckConstraint(
                name="decision_amount_when_granted",
                condition=(
                    Q(outcome=State.ACCORDEE)
                    & Q(amount_granted__isnull=False, amount_granted__gte=0, amount_granted__lte=F("amount_asked"))
                )
                | (Q(outcome__in=[State.REFUSEE, State.SANS_SUITE]) & Q(amount_granted=None)),
            ),
            CheckConstraint(name="decision_refused_with_reason", condition=Q(outcome=State.ACCORDEE) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} v{self.version}"
