"""The narrow row of a request, whatever its kind: what lists and decisions read."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from openopco.base.fields import CentsField
from openopco.dossiers.enums import CLOSED_STATES, OPEN_STATES, State, WaitingFor, choices
from openopco.organisations.models import Establishment, Provider

NO_DUE_DATE = date(9999, 12, 31)
_DRAFT = Q(state=State.BROUILLON)
_OPEN = Q(state__in=sorted(OPEN_STATES))
_UNHELD = Q(state__in=[State.BROUILLON, State.TRANSMISE])
_HELD = Q(state__in=[State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE])
_AWAITED = {
    WaitingFor.EMPLOYEUR: [State.BROUILLON, State.COMPLEMENT_DEMANDE],
    WaitingFor.OPCO: [State.TRANSMISE, State.EN_INSTRUCTION],
    WaitingFor.PERSONNE: sorted({State.ACCORDEE, *CLOSED_STATES}),
}
_GRANTED = Q(state__in=[State.ACCORDEE, State.CADUQUE])
# Cancelled before any decision, or after the agreement, which stays told.
_CANCELLED = Q(state=State.ANNULEE)
_DECIDED = Q(state__in=[State.ACCORDEE, State.REFUSEE, State.SANS_SUITE, State.CADUQUE])


class Dossier(models.Model):
    """One request. Lists and counts read this row alone; amounts are euros HT."""

    # No column: the officer who is away and for whom the act in hand is done, by name. The journal keeps it.
    acted_for = ""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - a draft has none
    kind = models.CharField(max_length=4)
    state = models.CharField(max_length=24, choices=choices(State), default=State.BROUILLON)
    waiting_for = models.CharField(max_length=12, choices=choices(WaitingFor), default=WaitingFor.EMPLOYEUR)
    is_open = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    # The branch typed, else the establishment's, and the region of its address: what lists narrow by. NULL: not known.
    idcc = models.CharField(max_length=4, null=True)  # noqa: DJ001 - added without writing the table anew
    region = models.CharField(max_length=2, null=True)  # noqa: DJ001
    employer_name = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")
    provider_name = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=255, blank=True, default="")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    trainee_count = models.PositiveSmallIntegerField(default=0)
    amount_asked = CentsField(null=True)
    amount_granted = CentsField(null=True)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    due_on = models.DateField(default=NO_DUE_DATE)
    # Only a draft is ever deleted: its copies then stand on their own.
    resumed_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    search = models.TextField(default="", blank=True)
    # Typed, or sent, by somebody whose membership nobody has accepted yet: his colleagues see no such draft, and of such a
    # request no piece.
    unconfirmed = models.BooleanField(default=False)
    # Whether one was ever signalled: the page of a request that never changed does not look for any.
    has_modifications = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            CheckConstraint(
                name="dossier_draft_has_no_number",
                condition=(_DRAFT & Q(number=None, sent_at=None, filed_by=None))
                | (~_DRAFT & Q(number__isnull=False, sent_at__isnull=False, filed_by__isnull=False)),
            ),
            CheckConstraint(
                name="dossier_sent_is_complete",
                condition=_DRAFT
                | Q(starts_on__isnull=False, ends_on__isnull=False, amount_asked__isnull=False, trainee_count__gte=1)
                & ~Q(title=""),
            ),
            CheckConstraint(
                name="dossier_ends_after_start", condition=Q(ends_on__gte=F("starts_on")) | Q(ends_on=None)
            ),
            CheckConstraint(
                name="dossier_decided_by_someone",
                condition=(_DECIDED & Q(decided_at__isnull=False, decided_by__isnull=False))
                | (_CANCELLED & Q(decided_at__isnull=False, decided_by__isnull=False))
                | (~_DECIDED & Q(decided_at=None, decided_by=None)),
            ),
            CheckConstraint(
                name="dossier_granted_within_asked",
                condition=(
                    _GRANTED
                    & Q(amount_granted__isnull=False, amount_granted__gte=0, amount_granted__lte=F("amount_asked"))
                )
                | (~_GRANTED & Q(amount_granted=None)),
            ),
            CheckConstraint(
                name="dossier_not_decided_by_its_filer",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")) & ~Q(decided_by=F("created_by")),
            ),
            CheckConstraint(
                name="dossier_open_follows_state",
                condition=(Q(is_open=True) & _OPEN) | (Q(is_open=False) & ~_OPEN),
            ),
            CheckConstraint(
                name="dossier_held_while_examined",
                condition=(~_HELD | Q(holder__isnull=False)) & (~_UNHELD | Q(holder__isnull=True)),
            ),
            CheckConstraint(
                name="dossier_waits_for_its_state",
                condition=Q(waiting_for=WaitingFor.EMPLOYEUR, state__in=_AWAITED[WaitingFor.EMPLOYEUR])
                | Q(waiting_for=WaitingFor.OPCO, state__in=_AWAITED[WaitingFor.OPCO])
                | Q(waiting_for=WaitingFor.PERSONNE, state__in=_AWAITED[WaitingFor.PERSONNE]),
            ),
            CheckConstraint(
                name="dossier_decided_after_sent", condition=Q(decided_at=None) | Q(decided_at__gte=F("sent_at"))
            ),
            CheckConstraint(
                name="dossier_amount_not_negative", condition=Q(amount_asked=None) | Q(amount_asked__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["establishment", "-updated_at", "-id"], name="dossier_by_establishment"),
            models.Index(fields=["establishment", "state", "-updated_at", "-id"], name="dossier_by_est_state"),
            models.Index(fields=["provider", "-updated_at", "-id"], name="dossier_by_provider"),
            models.Index(
                fields=["establishment", "waiting_for", "due_on", "-updated_at"], name="dossier_by_est_waiting"
            ),
            models.Index(fields=["due_on", "id"], condition=Q(is_open=True), name="dossier_open_by_due"),
            models.Index(fields=["state", "due_on", "id"], name="dossier_by_state_due"),
            models.Index(fields=["state", "-id"], name="dossier_by_state_newest"),
            # `is_open` is in it for SQLite, which would else read each row again to be sure of it.
            models.Index(
                fields=["holder", "due_on", "id", "is_open"], condition=Q(is_open=True), name="dossier_held_by_due"
            ),
            models.Index(fields=["establishment", "ends_on", "starts_on"], name="dossier_by_est_dates"),
            models.Index(fields=["idcc", "due_on", "id"], condition=Q(is_open=True), name="dossier_by_idcc_due"),
            models.Index(fields=["region", "due_on", "id"], condition=Q(is_open=True), name="dossier_by_region_due"),
            models.Index(fields=["idcc", "-id"], name="dossier_by_idcc_newest"),
            models.Index(fields=["region", "-id"], name="dossier_by_region_newest"),
            models.Index(
                fields=["starts_on", "id"], condition=Q(state=State.ACCORDEE), name="dossier_granted_by_start"
            ),
            # Partial, so that no list in the order of sending takes it for its own.
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="dossier_sent_at"),
            models.Index(fields=["establishment"], condition=Q(unconfirmed=True), name="dossier_unconfirmed"),
        ]

    def __str__(self) -> str:
        return self.number or f"Brouillon {self.key}"

    @property
    def starts_before_answer(self) -> bool:
        """Whether the training begins before the day by which the OPCO means to answer; False once nothing is awaited of it."""
        awaited = self.waiting_for == WaitingFor.OPCO and self.due_on != NO_DUE_DATE
        return awaited and self.starts_on is not None and self.starts_on < self.due_on
