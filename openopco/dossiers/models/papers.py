"""What an officer typed for an employer: how the request came, from whom, and the paper itself."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from openopco.documents.models import Document
from openopco.dossiers.enums import Reception, choices
from openopco.dossiers.models.dossier import Dossier


class PaperFiling(models.Model):
    """A request received by mail, by e-mail or by telephone, typed by an officer (`recorded_by`, who is also the dossier's
    `created_by`). `recorded_on`: the day in Paris. `confirmed_by`: who, at the employer's, said yes by telephone.
    `also_typed`: the user ids of the officers who began it, or who typed the employer's answers: they don't decide it either."""

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="paper")
    reception = models.CharField(max_length=12, choices=choices(Reception))
    received_on = models.DateField()
    sender = models.CharField(max_length=120)
    contact = models.CharField(max_length=200, blank=True, default="")
    confirmed_by = models.CharField(max_length=120, blank=True, default="")
    scan = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by_label = models.CharField(max_length=200)
    recorded_on = models.DateField()
    also_typed = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [
            CheckConstraint(name="paper_known_reception", condition=Q(reception__in=list(Reception))),
            CheckConstraint(name="paper_not_from_the_future", condition=Q(received_on__lte=F("recorded_on"))),
            CheckConstraint(name="paper_from_somebody", condition=~Q(sender="") & ~Q(recorded_by_label="")),
            CheckConstraint(
                name="paper_mail_is_scanned", condition=~Q(reception=Reception.COURRIER) | Q(scan__isnull=False)
            ),
            CheckConstraint(
                name="paper_call_is_confirmed", condition=~Q(reception=Reception.TELEPHONE) | ~Q(confirmed_by="")
            ),
        ]
        indexes = [models.Index(fields=["recorded_by", "-id"], name="paper_by_typist")]

    def __str__(self) -> str:
        return str(self.dossier)
