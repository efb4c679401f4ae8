"""The life of an agreement: whether its course began, and what gave it back once it had lapsed."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from openopco.dossiers.models.dossier import Dossier


class CourseStart(models.Model):
    """« La formation a commencé »: said once, by the employer, or by an officer who was told."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="course_start")
    started_on = models.DateField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by_label = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id}, {self.started_on}"


class LapseLifting(models.Model):
    """An officer gave back an agreement that had lapsed: why, and until when it is now good."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="liftings")
    reason = models.TextField()
    good_until = models.DateField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_by_label = models.CharField(max_length=200)
    lifted_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(name="lifting_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.dossier_id}, {self.good_until}"
