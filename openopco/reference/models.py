"""Nomenclatures that others publish. No key refers to these rows: what is signed keeps code and words."""

from django.db import models
from django.db.models import F, Q

from openopco.reference.enums import PENDING, Dataset, EditionState, Nomenclature, Origin, Zone


class Commune(models.Model):
    """A commune of today, or an arrondissement of Paris, Lyon or Marseille (`parent_code` is the city's)."""

    insee_code = models.CharField("code Insee", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    folded_name = models.CharField("nom pour la recherche", max_length=100, db_index=True)
    department = models.CharField("département", max_length=3)
    zone = models.CharField("zone", max_length=5, choices=Zone)
    parent_code = models.CharField("commune de l'arrondissement", max_length=5, blank=True)

    class Meta:
        verbose_name = "commune"
        ordering = ["folded_name", "insee_code"]
        constraints = [models.CheckConstraint(condition=Q(zone__in=Zone.values), name="reference_commune_zone_known")]

    def __str__(self) -> str:
        return self.name


class CommunePostalCode(models.Model):
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="postal_codes", verbose_name="commune")
    postal_code = models.CharField("code postal", max_length=5, db_index=True)

    class Meta:
        verbose_name = "code postal d'une commune"
        verbose_name_plural = "codes postaux des communes"
        ordering = ["postal_code", "commune__folded_name", "commune_id"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "postal_code"], name="reference_postal_code_once_per_commune")
        ]

    def __str__(self) -> str:
        return self.postal_code


class NafCode(models.Model):
    """A subclass (« 7120A »), the level that Sirene gives. `search` is its code and label, folded."""

    nomenclature = models.CharField("nomenclature", max_length=8, choices=Nomenclature)
    code = models.CharField("code", max_length=5)
    label = models.CharField("libellé", max_length=200)
    search = models.CharField("texte pour la recherche", max_length=220)

    class Meta:
        verbose_name = "code NAF"
        verbose_name_plural = "codes NAF"
        ordering = ["nomenclature", "code"]
        constraints = [
            models.UniqueConstraint(fields=["nomenclature", "code"], name="reference_naf_code_once"),
            models.CheckConstraint(
                condition=Q(nomenclature__in=Nomenclature.values), name="reference_naf_nomenclature_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Idcc(models.Model):
    """A collective agreement. `active` is None where the producer doesn't say whether it is still in force."""

    code = models.CharField("code", max_length=4, primary_key=True)
    label = models.CharField("libellé court", max_length=300)
    search = models.CharField("texte pour la recherche", max_length=320)
    active = models.BooleanField("en vigueur", null=True)

    class Meta:
        verbose_name = "convention collective"
        verbose_name_plural = "conventions collectives"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class ReferenceEdition(models.Model):
    """An edition of a data set, in force or not. Its licence asks that producer and date be named: doors show them.

    Shipped, it is known by its file's `digest`; brought by somebody, `published_on` is its date and its rows wait in an
    `EditionRows` until a second person has validated it. `against_id` is the edition that `comparison` compares it with.
    `imported_at` is when its rows last took effect. People are ids and labels: their room stands above this one."""

    dataset = models.CharField("jeu de données", max_length=20, choices=Dataset)
    origin = models.CharField("origine", max_length=8, choices=Origin, default=Origin.SHIPPED)
    state = models.CharField("état", max_length=12, choices=EditionState, default=EditionState.IN_FORCE)
    name = models.CharField("nom", max_length=200)
    producer = models.CharField("producteur", max_length=200, blank=True)
    licence = models.CharField("licence", max_length=100, blank=True)
    as_of = models.CharField("date des données", max_length=100)
    published_on = models.DateField("édition du", null=True)
    source = models.CharField("source", max_length=300)
    row_count = models.PositiveIntegerField("nombre de lignes")
    digest = models.CharField("empreinte du fichier", max_length=64)
    deposited_by_id = models.BigIntegerField("déposée par", null=True)
    deposited_by = models.CharField("déposée par (nom)", max_length=160, blank=True)
    deposited_at = models.DateTimeField("déposée le", null=True)
    comparison = models.JSONField("comparaison", null=True)
    against_id = models.BigIntegerField("comparée avec", null=True)
    validated_by_id = models.BigIntegerField("validée par", null=True)
    validated_by = models.CharField("validée par (nom)", max_length=160, blank=True)
    validated_at = models.DateTimeField("validée le", null=True)
    restored_by = models.CharField("rétablie par", max_length=160, blank=True)
    restored_at = models.DateTimeField("rétablie le", null=True)
    discarded_by = models.CharField("écartée par", max_length=160, blank=True)
    discarded_at = models.DateTimeField("écartée le", null=True)
    starts_on = models.DateField("prend effet le", null=True)
    imported_at = models.DateTimeField("importée le", null=True)
    replaced_at = models.DateTimeField("remplacée le", null=True)

    class Meta:
        verbose_name = "édition d'une nomenclature"
        verbose_name_plural = "éditions des nomenclatures"
        ordering = ["dataset", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(dataset__in=Dataset.values), name="reference_edition_dataset_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="reference_edition_origin_known"),
            models.CheckConstraint(condition=Q(state__in=EditionState.values), name="reference_edition_state_known"),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(state=EditionState.IN_FORCE), name="reference_edition_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(state=EditionState.VALIDATED), name="reference_edition_one_next"
            ),
            models.UniqueConstraint(
                fields=["dataset", "digest"], condition=Q(state__in=PENDING), name="reference_edition_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[EditionState.IN_FORCE, EditionState.REPLACED]) | Q(imported_at__isnull=False),
                name="reference_edition_in_force_was_imported",
            ),
            models.CheckConstraint(
                condition=~Q(state=EditionState.TO_VALIDATE) | Q(comparison__isnull=False),
                name="reference_edition_compared_first",
            ),
            models.CheckConstraint(
                condition=~Q(state=EditionState.VALIDATED)
                | (Q(starts_on__isnull=False) & (Q(validated_at__isnull=False) | Q(restored_at__isnull=False))),
                name="reference_edition_next_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(validated_by_id__isnull=True)
                | Q(deposited_by_id__isnull=True)
                | ~Q(validated_by_id=F("deposited_by_id")),
                name="reference_edition_second_pair_of_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.as_of})"

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING


class EditionRows(models.Model):
    """The rows of an edition whose rows are not, or no longer, those of the tables: a gzipped CSV, see `shapes.pack`."""

    edition = models.OneToOneField(ReferenceEdition, on_delete=models.CASCADE, related_name="kept")
    packed = models.BinaryField()

    class Meta:
        verbose_name = "lignes d'une édition"
        verbose_name_plural = "lignes des éditions"

    def __str__(self) -> str:
        return f"lignes de l'édition {self.edition_id}"
