"""Rows of the room: dated parameters decided here, and what people think of the portal."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from openopco.opco.rules import MAX_BODY


class Parameter(models.Model):
    """A value decided by this OPCO, in force from `starts_on` until the next one of the same code. A row is never
    changed or removed: what was decided under it must stay explicable. A day planned in error gets one more row of a
    higher `revision`, that withdraws it."""

    code = models.CharField("paramètre", max_length=60)
    value = models.JSONField("valeur")
    starts_on = models.DateField("en vigueur depuis")
    revision = models.PositiveSmallIntegerField("rang du jour", default=0)
    withdrawn = models.BooleanField("retire ce jour", default=False)
    source = models.CharField("source", max_length=300)
    late_reason = models.CharField("raison d'une date passée", max_length=300, blank=True, default="")
    created_by = models.CharField("saisi par", max_length=160)
    created_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "paramètre daté"
        verbose_name_plural = "paramètres datés"
        ordering = ("code", "starts_on", "revision")
        constraints = (
            models.UniqueConstraint(fields=("code", "starts_on", "revision"), name="parameter_one_value_a_day"),
            models.CheckConstraint(condition=Q(withdrawn=False) | Q(revision__gt=0), name="parameter_withdraws_a_row"),
            models.CheckConstraint(condition=~Q(source=""), name="parameter_has_a_source"),
        )

    def __str__(self) -> str:
        return f"{self.code} ({self.starts_on:%d/%m/%Y})"


class ListVersion(models.Model):
    """What an entry of a list says from a day on: its words, its place, whether forms still offer it. Rows are added,
    never changed: a code once used keeps its meaning. The last row of a day counts, unless it withdraws the others."""

    list_code = models.CharField("liste", max_length=30)
    code = models.CharField("code", max_length=40)
    revision = models.PositiveSmallIntegerField("rang")
    starts_on = models.DateField("à partir du")
    label = models.CharField("libellé", max_length=120)
    text = models.TextField("texte", max_length=MAX_BODY, blank=True, default="")
    natures = models.JSONField("natures", default=list)
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    is_open = models.BooleanField("proposée", default=True)
    withdrawn = models.BooleanField("retire ce jour", default=False)
    created_by = models.CharField("saisi par", max_length=160)
    created_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "entrée de liste"
        verbose_name_plural = "entrées de liste"
        ordering = ("list_code", "code", "revision")
        constraints = (
            models.UniqueConstraint(fields=("list_code", "code", "revision"), name="list_version_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(label=""), name="list_version_has_words"),
        )

    def __str__(self) -> str:
        return f"{self.list_code}.{self.code} ({self.starts_on:%d/%m/%Y})"


class Feedback(models.Model):
    """« Donnez votre avis ». `author_id` is a user's id, kept only where its author wished to be known."""

    page = models.CharField("page", max_length=200)
    rating = models.PositiveSmallIntegerField("note", null=True, blank=True)
    body = models.TextField("avis", max_length=MAX_BODY, blank=True)
    author_id = models.BigIntegerField("auteur", null=True, blank=True)
    created_at = models.DateTimeField("reçu le", default=timezone.now, editable=False)
    read_at = models.DateTimeField("lu le", null=True, blank=True)

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("created_at", "id"), name="feedback_by_age"),
            models.Index(fields=("created_at", "id"), name="feedback_unread", condition=Q(read_at=None)),
        )
        constraints = (
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="feedback_rating_1_to_5"),
            models.CheckConstraint(condition=~Q(body="") | ~Q(rating=None), name="feedback_says_something"),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(read_at__gte=F("created_at")), name="feedback_read_after_written"
            ),
        )

    def __str__(self) -> str:
        return f"Avis n° {self.pk}"


class TemplateVersion(models.Model):
    """The words of a letter or of a mail, from `starts_on` until another version of the same template takes over. A row is
    never changed or removed: a letter issued under it must stay explicable."""

    code = models.CharField("modèle", max_length=40)
    version = models.PositiveIntegerField("version")
    starts_on = models.DateField("à partir du")
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    created_by = models.CharField("enregistré par", max_length=160)
    created_at = models.DateTimeField("enregistré le", editable=False)

    class Meta:
        verbose_name = "version d'un modèle"
        verbose_name_plural = "versions des modèles"
        ordering = ("code", "version")
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="template_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="template_version_from_1"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(body=""), name="template_version_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
