"""The letters that the OPCO wrote on a request, each as it was issued."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from openopco.dossiers.enums import LetterKind, choices
from openopco.dossiers.models.corrections import CorrectionRequest
from openopco.dossiers.models.decisions import Decision
from openopco.dossiers.models.dossier import Dossier


class Letter(models.Model):
    """One letter for each decision and each correction asked. `content` is all that is printed, and never changes, whatever
    becomes of the template; `template_version` says which words it was made of. Its PDF is made by a job, `storage_name` then
    names it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=choices(LetterKind))
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="letter")
    correction = models.OneToOneField(CorrectionRequest, on_delete=models.PROTECT, null=True, related_name="letter")
    template_version = models.PositiveIntegerField()
    content = models.JSONField()
    issued_at = models.DateTimeField()
    storage_name = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                name="letter_of_one_thing",
                condition=Q(kind=LetterKind.COMPLEMENT, correction__isnull=False, decision=None)
                | Q(
                    kind__in=[LetterKind.ACCORD, LetterKind.REFUS, LetterKind.SANS_SUITE],
                    decision__isnull=False,
                    correction=None,
                ),
            ),
            UniqueConstraint(fields=["storage_name"], condition=~Q(storage_name=""), name="letter_file_is_its_own"),
        ]
        indexes = [Index(fields=["issued_at"], condition=Q(storage_name=""), name="letter_without_pdf")]

    def __str__(self) -> str:
        return f"{self.kind} {self.dossier_id}"
