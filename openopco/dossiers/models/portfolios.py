"""Who handles what: rules by branch, region, kind and amount, and the requests they propose."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from openopco.base.fields import CentsField
from openopco.dossiers.models.dossier import Dossier


class PortfolioRule(models.Model):
    """New requests of a branch, a region, a kind, between two amounts (euros HT, both included) go to an officer: given to
    him at once, or proposed first. What is empty means any; the rule that says most wins, then the oldest."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    idcc = models.CharField(max_length=4, blank=True, default="")
    region = models.CharField(max_length=2, blank=True, default="")
    kind = models.CharField(max_length=4, blank=True, default="")
    amount_from = CentsField(null=True)
    amount_to = CentsField(null=True)
    assigns = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                name="portfolio_rule_amounts_in_order",
                condition=Q(amount_from=None) | Q(amount_to=None) | Q(amount_to__gte=F("amount_from")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.idcc} {self.region} {self.kind}".strip()


class Proposal(models.Model):
    """A request that a rule proposes to an officer: first among those he may take."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.officer_id}"
