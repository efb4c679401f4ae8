"""Figures kept by month of sending, so that no page ever counts the requests themselves. Kept by `tallying`."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.enums import ItemKind, State
from openopco.organisations.models import Provider

# A delay longer than this is counted with it: the median and the ninetieth percentile stay exact to the day below it.
LONGEST_DELAY = 366
_SENT = [state.value for state in State if state is not State.BROUILLON]


class TalliedMonth(models.Model):
    """A month in which requests were sent, named by its first day in Paris. `touched_at`: when something moved in it that
    is not counted yet, NULL once all is."""

    month = models.DateField(unique=True)
    touched_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(name="tallied_month_is_a_first_day", condition=Q(month__day=1)),
            CheckConstraint(
                name="tallied_month_counted_or_due", condition=Q(touched_at__isnull=False) | Q(counted_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], condition=Q(touched_at__isnull=False), name="tallied_month_due")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class TallyReading(models.Model):
    """How far the journal was read for what moved: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_entry_id = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(name="tally_reading_alone", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.last_entry_id)


class StateTally(models.Model):
    """Requests sent in a month, of a branch (empty: not known), by where they stand today. `granted`: of these, how many
    were, lapsed or cancelled since or not."""

    month = models.ForeignKey(TalliedMonth, on_delete=models.CASCADE, related_name="+", db_index=False)
    idcc = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=24)
    count = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    amount_asked = CentsField()
    amount_granted = CentsField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["month", "idcc", "state"], name="state_tally_once"),
            CheckConstraint(name="state_tally_is_sent", condition=Q(state__in=_SENT)),
            CheckConstraint(name="state_tally_counts", condition=Q(count__gte=1, granted__lte=F("count"))),
            CheckConstraint(
                name="state_tally_granted_within_asked",
                condition=Q(amount_granted__gte=0, amount_granted__lte=F("amount_asked")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idcc} {self.state}: {self.count}"


class ProviderTally(models.Model):
    """Requests sent in a month, of a branch, taught by a provider (NULL: by the employer himself)."""

    month = models.ForeignKey(TalliedMonth, on_delete=models.CASCADE, related_name="+", db_index=False)
    idcc = models.CharField(max_length=4, blank=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["month", "idcc", "provider"], name="provider_tally_once"),
            UniqueConstraint(fields=["month", "idcc"], condition=Q(provider=None), name="provider_tally_none_once"),
            CheckConstraint(
                name="provider_tally_counts", condition=Q(count__gte=1) & Q(count__gte=F("granted") + F("refused"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.count}"


class DelayTally(models.Model):
    """How many requests sent in a month, of a branch, were decided that many days later, counted in Paris."""

    month = models.ForeignKey(TalliedMonth, on_delete=models.CASCADE, related_name="+", db_index=False)
    idcc = models.CharField(max_length=4, blank=True)
    days = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["month", "idcc", "days"], name="delay_tally_once"),
            CheckConstraint(name="delay_tally_counts", condition=Q(count__gte=1, days__lte=LONGEST_DELAY)),
        ]

    def __str__(self) -> str:
        return f"{self.days} j: {self.count}"


class PointTally(models.Model):
    """Of how many requests sent in a month a field or a piece was asked anew, by the standard reason's code (empty: words
    of the officer's own). What was withdrawn does not count."""

    month = models.ForeignKey(TalliedMonth, on_delete=models.CASCADE, related_name="+", db_index=False)
    idcc = models.CharField(max_length=4, blank=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=40)
    reason_code = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["month", "idcc", "kind", "name", "reason_code"], name="point_tally_once"),
            CheckConstraint(
                name="point_tally_counts", condition=Q(count__gte=1, kind__in=[kind.value for kind in ItemKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"
