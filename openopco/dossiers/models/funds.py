"""When the funds of a branch, or all funds, are exhausted: nothing is granted on them until they reopen."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


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
