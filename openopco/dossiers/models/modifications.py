"""What changes in a request once it is sent: signalled, decided, each value before and after kept."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.enums import ChangeKind, Channel, ModificationState, choices
from openopco.dossiers.models.decisions import Decision
from openopco.dossiers.models.dossier import Dossier
from openopco.organisations.models import Provider
from openopco.trainees.models import NirSecret, Trainee

M = ModificationState
_PREPARED, _PROPOSED = Q(state=M.PREPAREE), Q(state=M.PROPOSEE)
_DECIDED = Q(state__in=[M.ACCEPTEE, M.REFUSEE])


class Modification(models.Model):
    """A change that the employer signals (« dans les 8 jours »), in his own words or by telephone. `known_typed` is raw until
    it is sent; `notice_due_on` the last day to tell of it in time. `people`: of an accepted one, those who then follow the
    course, as a snapshot lists them."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="modifications")
    state = models.CharField(max_length=12, choices=choices(ModificationState), default=M.PREPAREE)
    channel = models.CharField(max_length=12, choices=choices(Channel), default=Channel.EN_LIGNE)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    known_typed = models.CharField(max_length=20, blank=True, default="")
    known_on = models.DateField(null=True)
    notice_due_on = models.DateField(null=True)
    reason = models.TextField(blank=True, default="")
    proposed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_label = models.CharField(max_length=200, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    amount_granted = CentsField(null=True)
    people = models.JSONField(default=list)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="modification")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["dossier"], condition=_PROPOSED, name="modification_one_open"),
            UniqueConstraint(
                fields=["dossier", "filed_by"], condition=_PREPARED, name="modification_one_prepared_each"
            ),
            CheckConstraint(
                name="modification_proposed_is_complete",
                condition=(_PREPARED & Q(proposed_at=None, known_on=None, notice_due_on=None))
                | (
                    ~_PREPARED
                    & Q(proposed_at__isnull=False, known_on__isnull=False, notice_due_on__isnull=False)
                    & Q(notice_due_on__gte=F("known_on"))
                    & ~Q(reason="")
                ),
            ),
            CheckConstraint(
                name="modification_closed_when_not_open",
                condition=(Q(state__in=[M.PREPAREE, M.PROPOSEE]) & Q(closed_at=None))
                | (
                    Q(state__in=[M.ACCEPTEE, M.REFUSEE, M.RETIREE])
                    & Q(closed_at__isnull=False, closed_at__gte=F("proposed_at"))
                ),
            ),
            CheckConstraint(
                name="modification_decided_by_someone",
                condition=(_DECIDED & Q(decided_by__isnull=False)) | (~_DECIDED & Q(decided_by=None)),
            ),
            CheckConstraint(
                name="modification_not_decided_by_its_filer",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
            ),
            CheckConstraint(name="modification_refused_with_reason", condition=~Q(state=M.REFUSEE) | ~Q(answer="")),
            CheckConstraint(
                name="modification_amount_when_accepted",
                condition=Q(amount_granted=None) | Q(state=M.ACCEPTEE, amount_granted__gte=0),
            ),
            CheckConstraint(
                name="modification_decision_has_amount",
                condition=Q(decision=None) | Q(state=M.ACCEPTEE, amount_granted__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["dossier", "id"], name="modification_by_dossier")]

    def __str__(self) -> str:
        return f"{self.dossier_id}, {self.state}"


class ModificationItem(models.Model):
    """One change, both values raw: a field (`row` and `name`), a trainee who leaves or joins (`row`; `trainee` where the
    directory knows him, `nir_after` in the vault), the provider, or the whole course (« annulation »)."""

    modification = models.ForeignKey(Modification, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12, choices=choices(ChangeKind))
    row = models.CharField(max_length=12, default="", blank=True)
    name = models.CharField(max_length=40)
    before = models.TextField(default="", blank=True)
    after = models.TextField(default="", blank=True)
    nir_after = models.ForeignKey(NirSecret, on_delete=models.PROTECT, null=True, related_name="+")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["modification", "row", "name"], name="modification_item_once"),
            CheckConstraint(
                name="modification_item_kind_known", condition=Q(kind__in=[kind.value for kind in ChangeKind])
            ),
            CheckConstraint(
                name="modification_item_provider_named",
                condition=~Q(kind=ChangeKind.ORGANISME) | Q(provider__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
