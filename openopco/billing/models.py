"""Certificates, invoices, claims, service-done checks, and what is due of them. Amounts in euros HT, integer cents in the
columns; hours in minutes.

A claim is what a payee sends for one agreement: a provider's invoice (subrogation), or an employer's request for a refund. Once
the service is found done, each commitment line that it draws on has its `Due`: what the room of payments pays, once."""

import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.billing.certificates import Stage
from openopco.billing.enums import ClaimState, DueState, InvoiceKind, Origin, Outcome
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Base, Fund, Payee
from openopco.funding.models import Commitment
from openopco.organisations.models import Establishment, Provider

ZERO = Decimal(0)
CLAIM_DOCUMENT = "claim"
_SENT = ~Q(state__in=[ClaimState.BROUILLON, ClaimState.RETIREE])
_STAGES = [(stage.value, stage.label) for stage in Stage]


def _person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class BillingMandate(models.Model):
    """A provider lets the portal make its invoices, in its name and on its behalf (CGI 289, I-2): accepted once, by one of
    its administrators; ended, no further invoice is made."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="billing_mandates")
    terms = models.CharField(max_length=20)
    accepted_by = _person()
    accepted_by_label = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "mandat de facturation"
        constraints = [
            UniqueConstraint(fields=["provider"], condition=Q(ended_at=None), name="billing_mandate_one_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.accepted_at:%d/%m/%Y}"


class InvoiceSeries(models.Model):
    """The last rank given in an issuer's series of a year. Its row is the last that an invoice locks, so that no rank is
    ever skipped: whoever takes one is already sure to keep it."""

    siren = models.CharField(max_length=9)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "série de factures"
        constraints = [UniqueConstraint(fields=["siren", "year"], name="invoice_series_once")]

    def __str__(self) -> str:
        return f"{self.siren} {self.year} {self.last}"


class Invoice(models.Model):
    """An invoice or a credit note, as it was issued: never changed. `number` is as its issuer wrote it, `identity` what no
    two of that issuer may share; `content` is what `einvoice.keeping.to_json` writes."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="invoices")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=8, choices=InvoiceKind.choices, default=InvoiceKind.FACTURE)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    siren = models.CharField(max_length=9)
    number = models.CharField(max_length=60)
    identity = models.CharField(max_length=60)
    issued_on = models.DateField()
    net = CentsField()
    vat = CentsField()
    minutes = models.PositiveIntegerField(null=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64, db_index=True)
    # What was deposited; of one that the portal made, where its Factur-X is kept once it is drawn.
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="+")
    storage_name = models.CharField(max_length=120, blank=True, default="")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    created_by = _person()
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # Of one deposited whose claim was refused or withdrawn: its number may be deposited again.
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "facture"
        ordering = ["-created_at", "-id"]
        constraints = [
            UniqueConstraint(
                fields=["siren", "identity"], condition=Q(set_aside_at=None), name="invoice_number_once_per_issuer"
            ),
            CheckConstraint(
                name="invoice_of_the_series_is_never_set_aside",
                condition=Q(set_aside_at=None) | ~Q(origin=Origin.GENEREE),
            ),
            CheckConstraint(name="invoice_kind_known", condition=Q(kind__in=InvoiceKind.values)),
            CheckConstraint(name="invoice_origin_known", condition=Q(origin__in=Origin.values)),
            CheckConstraint(name="invoice_counts", condition=Q(net__gt=0, vat__gte=0) & ~Q(identity="")),
            CheckConstraint(
                name="invoice_credit_note_corrects",
                condition=Q(kind=InvoiceKind.AVOIR, corrects__isnull=False)
                | Q(kind=InvoiceKind.FACTURE, corrects=None),
            ),
        ]
        indexes = [models.Index(fields=["provider", "-id"], name="invoice_by_provider")]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `ValueError` for one that was issued already."""
        if not self._state.adding:
            raise ValueError("an invoice that was issued is not changed: make a credit note")
        super().save(*args, **kwargs)

    @property
    def with_vat(self) -> Decimal:
        total: Decimal = self.net + self.vat
        return total


class Claim(models.Model):
    """What one payee asks for one agreement: its `provider`, or, where there is none, the employer, whose `establishment` is
    always told. A draft keeps what was typed in `typed`, field by field, until it is sent; one refused keeps it for the
    next. `is_final`: nothing more will be claimed of the agreement."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="claims")
    payee = models.CharField(max_length=10, choices=Payee.choices)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="claims")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, choices=ClaimState.choices, default=ClaimState.BROUILLON)
    is_final = models.BooleanField(default=True)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="claim")
    typed = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    net = CentsField(default=ZERO)
    accepted = CentsField(default=ZERO)
    opened_by = _person()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_by = _person(null=True)
    sent_by_label = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    # By when the controller means to answer; by when the payee is to complete, once pieces are asked.
    due_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "demande de règlement"
        ordering = ["-updated_at", "-id"]
        constraints = [
            CheckConstraint(name="claim_state_known", condition=Q(state__in=ClaimState.values)),
            CheckConstraint(
                name="claim_of_one_payee",
                condition=Q(payee=Payee.ORGANISME, provider__isnull=False) | Q(payee=Payee.EMPLOYEUR, provider=None),
            ),
            CheckConstraint(
                name="claim_sent_whole",
                condition=~_SENT | Q(sent_by__isnull=False, sent_at__isnull=False, due_on__isnull=False, net__gt=0),
            ),
            CheckConstraint(
                name="claim_accepted_when_done",
                condition=Q(state=ClaimState.VALIDEE, accepted__gte=0, accepted__lte=F("net"))
                | ~Q(state=ClaimState.VALIDEE) & Q(accepted=0),
            ),
            UniqueConstraint(
                fields=["dossier", "payee"],
                condition=Q(state__in=[ClaimState.BROUILLON, ClaimState.DEPOSEE, ClaimState.A_COMPLETER]),
                name="claim_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="claim_to_check"),
            models.Index(fields=["provider", "-updated_at", "-id"], name="claim_by_provider"),
            models.Index(fields=["establishment", "-updated_at", "-id"], name="claim_by_establishment"),
            models.Index(
                fields=["establishment"],
                condition=Q(
                    payee=Payee.EMPLOYEUR, state__in=[ClaimState.A_COMPLETER, ClaimState.BROUILLON, ClaimState.REFUSEE]
                ),
                name="claim_begun",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.payee} {self.state}"


class ClaimLine(models.Model):
    """What is claimed of one expense: in euros HT, before anything is checked."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    base = models.CharField(max_length=12, choices=Base.choices)
    amount = CentsField()

    class Meta:
        verbose_name = "ligne de demande"
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["claim", "base"], name="claim_line_once"),
            CheckConstraint(name="claim_line_counts", condition=Q(amount__gt=0, base__in=Base.values)),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.base} {self.amount}"


class Certificate(models.Model):
    """What the provider attests of one trainee, who is named by the `row` of his enrolment; hours since the beginning. Signed
    online by the provider (`Origin.GENEREE`), or keyed beside the scan that the claim carries.
    Never changed: another one takes its place."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="certificates")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="certificates")
    row = models.CharField(max_length=12)
    trainee = models.CharField(max_length=210)
    stage = models.CharField(max_length=14, choices=_STAGES, default=Stage.FINAL)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    minutes = models.PositiveIntegerField()
    planned_minutes = models.PositiveIntegerField()
    signatory = models.CharField(max_length=120, blank=True, default="")
    signatory_role = models.CharField(max_length=120, blank=True, default="")
    # Of one signed online: what its page says, as it was signed.
    page = models.JSONField(default=dict)
    signed_on = models.DateField(null=True)
    given_by = _person()
    given_by_label = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "certificat de réalisation"
        ordering = ["id"]
        constraints = [
            UniqueConstraint(
                fields=["dossier", "row"], condition=Q(replaced_at=None), name="certificate_one_standing_per_trainee"
            ),
            CheckConstraint(
                name="certificate_hours_within_planned",
                condition=Q(minutes__gt=0, minutes__lte=F("planned_minutes"), ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.row} {self.minutes}"

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60

    @property
    def planned_hours(self) -> Decimal:
        return Decimal(self.planned_minutes) / 60


class ServiceCheck(models.Model):
    """One look of a controller at a claim: what he concluded, why, and, by row of enrolment, the minutes he found followed.
    He never is who decided the agreement, nor who sent the claim."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="checks")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    minutes = models.JSONField(default=dict)
    amount = CentsField(default=ZERO)
    words = models.TextField(blank=True, default="")
    checked_by = _person()
    checked_by_label = models.CharField(max_length=200)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = "contrôle de service fait"
        ordering = ["id"]
        constraints = [
            CheckConstraint(name="service_check_outcome_known", condition=Q(outcome__in=Outcome.values)),
            CheckConstraint(name="service_check_says_why", condition=Q(outcome=Outcome.FAIT) | ~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.outcome}"


class Due(models.Model):
    """An amount that the OPCO owes on one commitment line, since the service was found done. `credited` is what a credit
    note took back of it. The room of payments alone moves `state`, by `billing.dues`."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="dues")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="dues")
    fund = models.CharField(max_length=16, choices=Fund.choices)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    amount = CentsField()
    credited = CentsField(default=ZERO)
    state = models.CharField(max_length=10, choices=DueState.choices, default=DueState.A_PAYER)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "somme due"
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["claim", "commitment"], name="due_once_per_line"),
            CheckConstraint(name="due_counts", condition=Q(amount__gt=0, credited__gte=0, credited__lte=F("amount"))),
            CheckConstraint(name="due_state_known", condition=Q(state__in=DueState.values)),
            CheckConstraint(
                name="due_of_one_payee",
                condition=Q(provider=None, establishment__isnull=False) | Q(provider__isnull=False, establishment=None),
            ),
        ]
        indexes = [models.Index(fields=["fund", "id"], condition=Q(state=DueState.A_PAYER), name="due_to_pay")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount}"

    @property
    def payable(self) -> Decimal:
        left: Decimal = self.amount - self.credited
        return left
