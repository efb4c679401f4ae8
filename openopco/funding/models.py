"""Rules decided here, envelopes, companies' accounts, and what is engaged. Amounts in euros HT, integer cents in the columns.

The database holds the ledger's first laws: an envelope that blocks is never overspent, an account never goes below what was
paid in, and of each commitment engaged ≥ invoiced ≥ ordered ≥ paid ≥ 0."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.models import Decision, Dossier
from openopco.funding.enums import Base, Cumulation, Fund, Mode, Payee
from openopco.organisations.models import Company

ZERO = Decimal(0)


def _person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class FundingRule(models.Model):
    """A rule that this OPCO added to those shipped. Never changed: it is ended, and another takes its place. `terms` is what
    `funding.terms.dump` writes."""

    code = models.CharField(max_length=60, unique=True)
    label = models.CharField(max_length=200)
    fund = models.CharField(max_length=16, choices=Fund.choices)
    bases = models.JSONField()
    priority = models.PositiveSmallIntegerField()
    cumulation = models.CharField(max_length=12, choices=Cumulation.choices, default=Cumulation.ADDITIF)
    budget = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=300)
    terms = models.JSONField()
    created_by = _person()
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "règle de financement"
        ordering = ["priority", "code"]
        constraints = [
            CheckConstraint(name="funding_rule_has_words", condition=~Q(code="") & ~Q(label="") & ~Q(source="")),
            CheckConstraint(name="funding_rule_fund_known", condition=Q(fund__in=Fund.values)),
            CheckConstraint(name="funding_rule_cumulation_known", condition=Q(cumulation__in=Cumulation.values)),
        ]

    def __str__(self) -> str:
        return self.code


class RuleEnding(models.Model):
    """A rule, shipped or added, that no longer reaches the requests granted after a day."""

    code = models.CharField(max_length=60, unique=True)
    last_day = models.DateField()
    reason = models.CharField(max_length=500)
    ended_by = _person()
    ended_by_label = models.CharField(max_length=200)
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = "fin d'une règle"
        constraints = [CheckConstraint(name="rule_ending_has_reason", condition=~Q(reason="") & ~Q(code=""))]

    def __str__(self) -> str:
        return f"{self.code} {self.last_day}"


class Envelope(models.Model):
    """What a fund may give in a year, for a branch or, with an empty `idcc`, for all that have none of their own."""

    year = models.PositiveSmallIntegerField()
    fund = models.CharField(max_length=16, choices=Fund.choices)
    idcc = models.CharField(max_length=4, blank=True, default="")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    amount = CentsField()
    engaged = CentsField(default=ZERO)
    paid = CentsField(default=ZERO)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "enveloppe"
        ordering = ["-year", "fund", "idcc"]
        constraints = [
            UniqueConstraint(fields=["year", "fund", "idcc"], name="envelope_once"),
            CheckConstraint(name="envelope_fund_known", condition=Q(fund__in=Fund.values)),
            CheckConstraint(name="envelope_mode_known", condition=Q(mode__in=Mode.values)),
            CheckConstraint(
                name="envelope_not_negative",
                condition=Q(amount__gte=0, paid__gte=0, engaged__gte=F("paid")),
            ),
            CheckConstraint(
                name="envelope_blocking_is_not_overspent",
                condition=~Q(mode=Mode.BLOQUANTE) | Q(engaged__lte=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.fund} {self.idcc or 'toutes branches'}"

    @property
    def left(self) -> Decimal:
        """Below zero where one that is only followed went beyond."""
        left: Decimal = self.amount - self.engaged
        return left

    @property
    def is_blocking(self) -> bool:
        return self.mode == Mode.BLOQUANTE


class EnvelopeChange(models.Model):
    """How an envelope came to its amount: each act, with who, why, and what it then held."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="changes")
    amount = CentsField()
    reason = models.CharField(max_length=300)
    changed_by = _person()
    changed_by_label = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "mouvement d'enveloppe"
        ordering = ["-changed_at", "-id"]
        constraints = [CheckConstraint(name="envelope_change_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.amount}"


class CompanyBudget(models.Model):
    """What a company (SIREN) was granted in a year under one budget. The most it may have is said by the rules."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField()
    budget = models.CharField(max_length=60)
    engaged = CentsField(default=ZERO)

    class Meta:
        verbose_name = "budget d'entreprise"
        constraints = [
            UniqueConstraint(fields=["company", "year", "budget"], name="company_budget_once"),
            CheckConstraint(name="company_budget_not_negative", condition=Q(engaged__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.year} {self.budget}"


class VoluntaryAccount(models.Model):
    """A company's voluntary payments, under its agreement with the OPCO."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="voluntary_account")
    agreement = models.CharField(max_length=60)
    signed_on = models.DateField()
    pays_ancillary = models.BooleanField(default=False)
    pays_wages = models.BooleanField(default=False)
    paid_in = CentsField(default=ZERO)
    engaged = CentsField(default=ZERO)
    opened_by = _person()
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = "compte de versements volontaires"
        constraints = [
            CheckConstraint(name="voluntary_account_has_agreement", condition=~Q(agreement="")),
            CheckConstraint(
                name="voluntary_account_not_overdrawn", condition=Q(engaged__gte=0, paid_in__gte=F("engaged"))
            ),
        ]

    def __str__(self) -> str:
        return self.agreement

    @property
    def balance(self) -> Decimal:
        balance: Decimal = self.paid_in - self.engaged
        return balance


class VoluntaryPayment(models.Model):
    """Money that a company paid in, as the OPCO's bank statement tells it."""

    account = models.ForeignKey(VoluntaryAccount, on_delete=models.PROTECT, related_name="payments")
    amount = CentsField()
    received_on = models.DateField()
    reference = models.CharField(max_length=60)
    noted_by = _person()
    noted_by_label = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "versement volontaire"
        ordering = ["-received_on", "-id"]
        constraints = [
            UniqueConstraint(fields=["account", "reference"], name="voluntary_payment_once"),
            CheckConstraint(name="voluntary_payment_counts", condition=Q(amount__gt=0) & ~Q(reference="")),
        ]

    def __str__(self) -> str:
        return self.reference


class Commitment(models.Model):
    """A line that the OPCO engaged on a request: what for, on which fund, under which rule, to whom. One row for the whole
    life of the line: agreements issued anew change its amount, and each change is a `CommitmentChange`."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="commitments")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    base = models.CharField(max_length=12, choices=Base.choices)
    fund = models.CharField(max_length=16, choices=Fund.choices)
    rule_code = models.CharField(max_length=60)
    payee = models.CharField(max_length=10, choices=Payee.choices)
    budget = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    sentence = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, null=True, related_name="commitments")
    rank = models.PositiveSmallIntegerField()
    amount = CentsField()
    invoiced = CentsField(default=ZERO)
    ordered = CentsField(default=ZERO)
    paid = CentsField(default=ZERO)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "engagement"
        ordering = ["dossier", "rank", "id"]
        constraints = [
            UniqueConstraint(
                fields=["dossier", "base", "fund", "rule_code", "payee", "year"], name="commitment_line_once"
            ),
            CheckConstraint(
                name="commitment_amounts_in_order",
                condition=Q(paid__gte=0, ordered__gte=F("paid"), invoiced__gte=F("ordered"), amount__gte=F("invoiced")),
            ),
            CheckConstraint(name="commitment_base_known", condition=Q(base__in=Base.values)),
            CheckConstraint(name="commitment_fund_known", condition=Q(fund__in=Fund.values)),
            CheckConstraint(name="commitment_payee_known", condition=Q(payee__in=Payee.values)),
        ]
        indexes = [
            models.Index(fields=["envelope", "id"], name="commitment_by_envelope"),
            models.Index(fields=["company", "payee"], condition=Q(amount__gt=F("invoiced")), name="commitment_left"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.base} {self.amount}"


class CommitmentChange(models.Model):
    """Each time a line was engaged, raised, lowered or released: the ledger of commitments. `delta` may be negative."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="changes")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=32)
    delta = CentsField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "mouvement d'engagement"
        ordering = ["id"]
        constraints = [CheckConstraint(name="commitment_change_moves", condition=~Q(delta=0))]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.event} {self.delta}"
