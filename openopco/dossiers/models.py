"""A request, whatever its kind: one narrow row for lists and decisions, its raw draft beside it, and what people said of it."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.documents.models import Document
from openopco.dossiers.enums import CLOSED_STATES, OPEN_STATES, CorrectionState, ItemKind, State, WaitingFor, choices
from openopco.organisations.models import Establishment, Provider
from openopco.trainees.models import NirSecret, Trainee

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
_DECIDED = Q(state__in=[State.ACCORDEE, State.REFUSEE, State.SANS_SUITE, State.CADUQUE])


class Dossier(models.Model):
    """One request. Lists and counts read this row alone; amounts are euros HT."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - a draft has none
    kind = models.CharField(max_length=4)
    state = models.CharField(max_length=24, choices=choices(State), default=State.BROUILLON)
    waiting_for = models.CharField(max_length=12, choices=choices(WaitingFor), default=WaitingFor.EMPLOYEUR)
    is_open = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
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
            models.Index(
                fields=["establishment", "waiting_for", "due_on", "-updated_at"], name="dossier_by_est_waiting"
            ),
            models.Index(fields=["due_on", "id"], condition=Q(is_open=True), name="dossier_open_by_due"),
            models.Index(fields=["state", "due_on", "id"], name="dossier_by_state_due"),
            models.Index(fields=["state", "-id"], name="dossier_by_state_newest"),
            models.Index(fields=["holder", "due_on", "id"], condition=Q(is_open=True), name="dossier_by_holder_due"),
            models.Index(fields=["establishment"], condition=Q(unconfirmed=True), name="dossier_unconfirmed"),
        ]

    def __str__(self) -> str:
        return self.number or f"Brouillon {self.key}"


class DraftRow(models.Model):
    """A repeated part of a draft: a trainee. The NIR is never among its raw fields: `nir` points into the vault."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, null=True, related_name="+")
    nir = models.ForeignKey(NirSecret, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["dossier", "key"], name="draft_row_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DraftField(models.Model):
    """What was typed in one field, as typed. `row` is the key of a `DraftRow`, or empty."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="fields")
    row = models.CharField(max_length=12, default="", blank=True)
    name = models.CharField(max_length=40)
    value = models.TextField(default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["dossier", "row", "name"], name="draft_field_once")]

    def __str__(self) -> str:
        return self.name


class Transmission(models.Model):
    """What was sent, as it was sent: the snapshot has legal force and never changes."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="transmission")
    snapshot = models.JSONField()
    attested = models.TextField()
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.dossier)


class Receipt(models.Model):
    """The acknowledgement of a transmission: one for ever. Its PDF is made by a job, `document` then names it."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="receipt")
    issued_at = models.DateTimeField()
    storage_name = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return str(self.dossier)


class Message(models.Model):
    """A word between the employer and the OPCO, in the dossier."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    from_opco = models.BooleanField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(name="message_says_something", condition=~Q(body=""))]

    def __str__(self) -> str:
        return f"{self.author_label}, {self.created_at:%d/%m/%Y}"


class Note(models.Model):
    """An officer's note: the OPCO's people alone read it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(name="note_says_something", condition=~Q(body=""))]

    def __str__(self) -> str:
        return f"{self.author_label}, {self.created_at:%d/%m/%Y}"


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


class Decision(models.Model):
    """What the OPCO decided, as it was decided: amounts in euros HT, the reason the employer reads, the request's snapshot."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=24, choices=choices(State))
    amount_asked = CentsField()
    amount_granted = CentsField(null=True)
    reason = models.TextField(blank=True, default="")
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


DOSSIER_DOCUMENT = "dossier"


def pieces_of(dossier_id: int) -> models.QuerySet[Document]:
    """The pieces attached to a request, oldest first."""
    return Document.objects.filter(owner_kind=DOSSIER_DOCUMENT, owner_id=dossier_id).order_by("id")
