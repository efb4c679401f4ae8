"""What was sent, as it was sent, and its acknowledgement."""

from django.db import models

from openopco.dossiers.models.dossier import Dossier


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
