"""When the funds of a branch, or all funds, are exhausted: nothing is granted on them until they reopen. Or when the envelope
that would serve one request is."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.models.dossier import Dossier


class FundClosure(models.Model):
    """Declared by an administrator, with what employers read and where it comes from. `idcc` is empty for all branches;
    it runs from `closed_on` until the eve of `reopened_on`."""

    idcc = models.CharField(max_length=4, blank=True, default="")
    closed_on = models.DateField()
    sentence = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    reopened_on = models.DateField(null=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Whether everybody concerned has been told of each end.
    told_closed = models.BooleanField(default=False)
    told_reopened = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["idcc"], condition=Q(reopened_on=None), name="fund_closure_one_at_a_time"),
            CheckConstraint(name="fund_closure_is_worded", condition=~Q(sentence="") & ~Q(source="")),
            CheckConstraint(
                name="fund_closure_reopened_by_someone",
                condition=Q(reopened_on=None, reopened_by=None)
                | Q(reopened_on__isnull=False, reopened_by__isnull=False),
            ),
            CheckConstraint(
                name="fund_closure_reopens_after", condition=Q(reopened_on=None) | Q(reopened_on__gte=F("closed_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idcc or 'toutes'} {self.closed_on}"

    def runs_on(self, day: date) -> bool:
        return self.closed_on <= day and (self.reopened_on is None or day < self.reopened_on)


class FundHold(models.Model):
    """A request that waits for an envelope: which one (`envelope`, a name of the room that keeps them, and its `year`), and
    what its employer reads of it. Once freed, `promised` is what the envelope keeps for it while it is open."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    sentence = models.CharField(max_length=500)
    year = models.PositiveSmallIntegerField()
    envelope = models.CharField(max_length=40)
    promised = CentsField(default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["dossier"], condition=Q(until=None), name="fund_hold_one_at_a_time"),
            CheckConstraint(name="fund_hold_is_worded", condition=~Q(sentence="") & ~Q(envelope="")),
            CheckConstraint(name="fund_hold_ends_after", condition=Q(until=None) | Q(until__gte=F("since"))),
            CheckConstraint(
                name="fund_hold_promises_once_freed",
                condition=Q(promised=0) | Q(promised__gt=0, until__isnull=False),
            ),
        ]
        indexes = [
            Index(fields=["envelope", "dossier"], condition=Q(until=None), name="fund_hold_open"),
            Index(fields=["envelope"], condition=Q(promised__gt=0), name="fund_hold_promised"),
            Index(fields=["until"], name="fund_hold_until"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.envelope}"
