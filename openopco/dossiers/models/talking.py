"""What people said of a request."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from openopco.dossiers.models.dossier import Dossier


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
