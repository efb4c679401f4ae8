"""The OPCO's own accounts, transfers in batches, what the bank told of them, what payees have to give back. Amounts in euros,
integer cents in the columns.

A `Due` of the room of billing is in one live line at most. What an order, or a batch, adds up to is kept beside it, and
`payments.reconciling` finds the figures that disagree."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.payments.enums import BatchStage, BatchState, EventKind, OrderState, Outcome, OverpaymentState
from openopco.payments.rules import stage_of

ZERO = Decimal(0)
LONGEST_REASON = 300


def _person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class DebtorAccount(models.Model):
    """The account of the OPCO that a fund is paid from: typed by an accountant, checked by another. One in force per fund.
    Its number is on every payee's statement: it is not sealed."""

    fund = models.CharField(max_length=16, choices=Fund.choices)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True, default="")
    set_by = _person()
    set_by_label = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    confirmed_by = _person(null=True)
    confirmed_by_label = models.CharField(max_length=200, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "compte débiteur"
        ordering = ["fund", "-id"]
        constraints = [
            CheckConstraint(name="debtor_account_fund_known", condition=Q(fund__in=Fund.values)),
            CheckConstraint(name="debtor_account_has_number", condition=~Q(iban="") & ~Q(holder="")),
            CheckConstraint(
                name="debtor_account_four_eyes",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("set_by")),
            ),
            UniqueConstraint(
                fields=["fund"],
                condition=Q(confirmed_at__isnull=False, ended_at=None),
                name="debtor_account_one_in_force",
            ),
            UniqueConstraint(
                fields=["fund"], condition=Q(confirmed_at=None, ended_at=None), name="debtor_account_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.holder}"

    @property
    def is_in_force(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None


class PaymentBatch(models.Model):
    """The transfers of one fund on one day: one file. Who prepared it never releases it; it is released once. Who released it
    never says that the bank has not received it: `cancel_reason` is what another then said. How many of its transfers stay
    debited, were rejected, were given back, and for how much, is kept as they move: a list reads no transfer."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=35, unique=True)
    debtor = models.ForeignKey(DebtorAccount, on_delete=models.PROTECT, related_name="batches")
    fund = models.CharField(max_length=16, choices=Fund.choices)
    execution_date = models.DateField()
    count = models.PositiveIntegerField(default=0)
    total = CentsField(default=ZERO)
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.PREPARE)
    prepared_by = _person()
    prepared_by_label = models.CharField(max_length=200)
    prepared_at = models.DateTimeField()
    released_by = _person(null=True)
    released_by_label = models.CharField(max_length=200, blank=True, default="")
    released_at = models.DateTimeField(null=True)
    cancelled_by = _person(null=True)
    cancelled_by_label = models.CharField(max_length=200, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    settled = models.PositiveIntegerField(default=0)
    settled_total = CentsField(default=ZERO)
    rejected = models.PositiveIntegerField(default=0)
    rejected_total = CentsField(default=ZERO)
    returned = models.PositiveIntegerField(default=0)
    returned_total = CentsField(default=ZERO)
    digest = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    storage_name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "lot de virements"
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="payment_batch_state_known", condition=Q(state__in=BatchState.values)),
            CheckConstraint(name="payment_batch_not_negative", condition=Q(total__gte=0)),
            CheckConstraint(
                name="payment_batch_four_eyes", condition=Q(released_by=None) | ~Q(released_by=F("prepared_by"))
            ),
            CheckConstraint(
                name="payment_batch_signed_by_state",
                condition=Q(state=BatchState.PREPARE, released_at=None, cancelled_at=None)
                | Q(state=BatchState.EMIS, released_by__isnull=False, released_at__isnull=False, cancelled_at=None)
                | Q(state=BatchState.ANNULE, released_at=None, cancelled_by__isnull=False, cancelled_at__isnull=False)
                | Q(
                    state=BatchState.NON_RECU,
                    released_by__isnull=False,
                    released_at__isnull=False,
                    cancelled_by__isnull=False,
                    cancelled_at__isnull=False,
                )
                & ~Q(cancelled_by=F("released_by"))
                & ~Q(cancel_reason=""),
            ),
            CheckConstraint(
                name="payment_batch_file_of_a_released_one",
                condition=Q(storage_name="", digest="")
                | Q(state__in=[BatchState.EMIS, BatchState.NON_RECU]) & ~Q(digest="") & ~Q(storage_name=""),
            ),
            CheckConstraint(
                name="payment_batch_told_within_it",
                condition=Q(
                    count__gte=F("settled") + F("rejected") + F("returned"),
                    total__gte=F("settled_total") + F("rejected_total") + F("returned_total"),
                ),
            ),
            CheckConstraint(
                name="payment_batch_told_once_released",
                condition=Q(state=BatchState.EMIS) | Q(settled=0, rejected=0, returned=0),
            ),
            *(
                CheckConstraint(
                    name=f"payment_batch_{told}_counts",
                    condition=Q(**{told: 0, f"{told}_total": 0}) | Q(**{f"{told}__gt": 0, f"{told}_total__gt": 0}),
                )
                for told in ("settled", "rejected", "returned")
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def stage(self) -> BatchStage:
        """Where it is, as the bank told it."""
        return stage_of(
            BatchState(self.state),
            waiting=self.waiting,
            settled=self.settled,
            rejected=self.rejected,
            returned=self.returned,
        )

    @property
    def waiting(self) -> int:
        """The transfers that the bank has said nothing final of."""
        return self.count - self.settled - self.rejected - self.returned

    @property
    def waiting_total(self) -> Decimal:
        left: Decimal = self.total - self.settled_total - self.rejected_total - self.returned_total
        return left


class BankFile(models.Model):
    """A file of the bank that was read: the same content is read once. The counts are of its events."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=35)
    read_by = _person(null=True)
    read_by_label = models.CharField(max_length=200)
    read_at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    without_effect = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    to_see = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "fichier de la banque"
        ordering = ["-id"]
        constraints = [CheckConstraint(name="bank_file_has_digest", condition=~Q(sha256="") & ~Q(kind=""))]

    def __str__(self) -> str:
        return self.name


class PaymentOrder(models.Model):
    """One transfer to one payee. `holder`, `masked` and `remittance` are as they were sent. `end_to_end` serves once for
    ever. `answer` is the last file of the bank that moved it; `ended_on` the day it was rejected, given back or cancelled."""

    end_to_end = models.CharField(max_length=35, unique=True)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="orders")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=70)
    masked = models.CharField(max_length=45)
    amount = CentsField()
    remittance = models.CharField(max_length=140)
    state = models.CharField(max_length=8, choices=OrderState.choices, default=OrderState.PREPARE)
    reason_code = models.CharField(max_length=35, blank=True, default="")
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    settled_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    answer = models.ForeignKey(BankFile, on_delete=models.PROTECT, null=True, related_name="orders")

    class Meta:
        verbose_name = "ordre de virement"
        ordering = ["id"]
        constraints = [
            CheckConstraint(name="payment_order_state_known", condition=Q(state__in=OrderState.values)),
            CheckConstraint(name="payment_order_counts", condition=Q(amount__gt=0) & ~Q(remittance="")),
            CheckConstraint(
                name="payment_order_of_one_payee",
                condition=Q(provider=None, establishment__isnull=False) | Q(provider__isnull=False, establishment=None),
            ),
            CheckConstraint(
                name="payment_order_dated_by_state",
                condition=Q(state__in=[OrderState.PREPARE, OrderState.EMIS], settled_on=None, ended_on=None)
                | Q(state=OrderState.REGLE, settled_on__isnull=False, ended_on=None)
                | Q(state=OrderState.RENDU, settled_on__isnull=False, ended_on__isnull=False) & ~Q(reason="")
                | Q(state=OrderState.REJETE, settled_on=None, ended_on__isnull=False) & ~Q(reason="")
                | Q(state=OrderState.ANNULE, settled_on=None, ended_on__isnull=False),
            ),
            CheckConstraint(
                name="payment_order_back_once_debited",
                condition=Q(settled_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("settled_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-id"], name="payment_order_by_provider"),
            models.Index(fields=["establishment", "-id"], name="payment_order_by_establishment"),
            models.Index(fields=["batch", "state"], name="payment_order_by_batch"),
        ]

    def __str__(self) -> str:
        return self.end_to_end

    @property
    def payee(self) -> Provider | Establishment:
        payee = self.provider or self.establishment
        assert payee is not None
        return payee


class OrderLine(models.Model):
    """What a transfer pays of one `Due`. `credited` is what a credit note took back of it once it was paid: an
    `Overpayment`. `is_live`: its transfer waits, is at the bank, or is settled."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="lines")
    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="order_lines")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="order_lines")
    amount = CentsField()
    credited = CentsField(default=ZERO)
    is_live = models.BooleanField(default=True)

    class Meta:
        verbose_name = "ligne de virement"
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["due"], condition=Q(is_live=True), name="order_line_one_live_per_due"),
            CheckConstraint(
                name="order_line_counts", condition=Q(amount__gt=0, credited__gte=0, credited__lte=F("amount"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.due_id} {self.amount}"


class BankEvent(models.Model):
    """One thing that the bank told, once: `key` is the same wherever and whenever it is told."""

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="events")
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    end_to_end = models.CharField(max_length=35, blank=True, default="")
    batch_reference = models.CharField(max_length=35, blank=True, default="")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="events")
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, null=True, related_name="events")
    amount = CentsField(null=True)
    day = models.DateField(null=True)
    reason_code = models.CharField(max_length=35, blank=True, default="")
    note = models.CharField(max_length=105, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    seen_by = _person(null=True)
    seen_by_label = models.CharField(max_length=200, blank=True, default="")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "fait dit par la banque"
        ordering = ["id"]
        constraints = [
            CheckConstraint(name="bank_event_kind_known", condition=Q(kind__in=EventKind.values)),
            CheckConstraint(name="bank_event_outcome_known", condition=Q(outcome__in=Outcome.values)),
            CheckConstraint(
                name="bank_event_seen_by_somebody",
                condition=~Q(outcome=Outcome.TRAITE) | Q(seen_by__isnull=False, seen_at__isnull=False) & ~Q(words=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(outcome__in=[Outcome.INCONNU, Outcome.REFUSE]), name="bank_event_to_see"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.end_to_end or self.batch_reference}"


class Overpayment(models.Model):
    """What a payee has to give back: a credit note came after it was paid. `content` is the letter that asks it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="overpayments")
    amount = CentsField()
    recovered = CentsField(default=ZERO)
    state = models.CharField(max_length=12, choices=OverpaymentState.choices, default=OverpaymentState.A_REMBOURSER)
    reason = models.CharField(max_length=LONGEST_REASON)
    content = models.JSONField(default=dict)
    noted_by = _person(null=True)
    noted_by_label = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "trop-perçu"
        ordering = ["-id"]
        constraints = [
            CheckConstraint(
                name="overpayment_within_bounds",
                condition=Q(amount__gt=0, recovered__gte=0, recovered__lte=F("amount")) & ~Q(reason=""),
            ),
            CheckConstraint(
                name="overpayment_settled_when_recovered",
                condition=Q(state=OverpaymentState.SOLDE, recovered=F("amount"))
                | Q(state=OverpaymentState.A_REMBOURSER, recovered__lt=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Decimal:
        left: Decimal = self.amount - self.recovered
        return left


class DueCredit(models.Model):
    """What a credit note took back of what is due; with its `overpayment` where it was paid already."""

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="credits")
    overpayment = models.OneToOneField(Overpayment, on_delete=models.PROTECT, null=True, related_name="credit")
    amount = CentsField()
    reason = models.CharField(max_length=LONGEST_REASON)
    noted_by = _person(null=True)
    noted_by_label = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "reprise d'une somme due"
        ordering = ["id"]
        constraints = [CheckConstraint(name="due_credit_counts", condition=Q(amount__gt=0) & ~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.due_id} {self.amount}"


class Recovery(models.Model):
    """Money that came back of an overpayment, as the OPCO's statement tells it: the same reference counts once. Negative, it
    went to the payee again: the bank had given back the transfer itself."""

    overpayment = models.ForeignKey(Overpayment, on_delete=models.PROTECT, related_name="recoveries")
    amount = CentsField()
    received_on = models.DateField()
    reference = models.CharField(max_length=60)
    noted_by = _person(null=True)
    noted_by_label = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "remboursement reçu"
        ordering = ["id"]
        constraints = [
            UniqueConstraint(fields=["overpayment", "reference"], name="recovery_once"),
            CheckConstraint(name="recovery_counts", condition=~Q(amount=0) & ~Q(reference="")),
        ]

    def __str__(self) -> str:
        return self.reference
