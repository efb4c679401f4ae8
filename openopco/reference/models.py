"""Nomenclatures that others publish. No key refers to these rows: what is signed keeps code and words."""

from django.db import models
from django.db.models import Q

from openopco.reference.enums import Dataset, Nomenclature, Zone


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
    """Which edition of a data set is loaded. Its licence asks that producer and date be named: doors show them."""

    dataset = models.CharField("jeu de données", max_length=20, choices=Dataset, unique=True)
    name = models.CharField("nom", max_length=200)
    producer = models.CharField("producteur", max_length=200)
    licence = models.CharField("licence", max_length=100)
    as_of = models.CharField("date des données", max_length=100)
    source = models.CharField("source", max_length=200)
    row_count = models.PositiveIntegerField("nombre de lignes")
    digest = models.CharField("empreinte du fichier", max_length=64)
    imported_at = models.DateTimeField("importé le")

    class Meta:
        verbose_name = "édition d'une nomenclature"
        verbose_name_plural = "éditions des nomenclatures"
        ordering = ["dataset"]
        constraints = [
            models.CheckConstraint(condition=Q(dataset__in=Dataset.values), name="reference_edition_dataset_known")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.as_of})"
