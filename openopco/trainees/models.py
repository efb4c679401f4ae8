"""The people trained, employer by employer, and the vault of their social security numbers (NIR)."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact

from openopco.kernel.text import fold
from openopco.organisations.models import Establishment
from openopco.trainees.enums import NirAbsentReason, Sex


def looks_like_code(column: str) -> Q:
    """A code of a list: something, in capitals, without a space. Which codes there are, `opco.lists` says by day."""
    return Q(**{column: Upper(column)}) & ~Q(**{column: ""}) & ~Q(**{f"{column}__contains": " "})


def new_secret_id() -> int:
    """An id known before the row exists, since the ciphertext is bound to it; below 2**53, which JSON keeps exact."""
    return secrets.randbits(52) + 1


def sort_key_of(last_name: str, first_name: str) -> str:
    """Equal for names that differ only by case, accents or hyphens."""
    return f"{fold(last_name)} {fold(first_name)}"[:210]


class NirSecret(models.Model):
    """One NIR as one person typed it, sealed under the vault's key and bound to this very row.

    `blind` finds the same number again without opening anything; its key is another. Only `vault` reads this table."""

    id = models.BigIntegerField(primary_key=True, default=new_secret_id, editable=False)
    sealed = models.BinaryField()
    blind = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "NIR scellé"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["blind", "created_by"], name="nir_secret_once_per_person"),
            models.CheckConstraint(condition=Exact(Length("blind"), 64), name="nir_secret_blind_length"),
        ]

    def __str__(self) -> str:
        return f"NIR {self.pk}"


class Trainee(models.Model):
    """A person in an employer's directory. Either the NIR is in the vault, or a reason says why it is not.

    `rqth` (reconnaissance de la qualité de travailleur handicapé) is health data: in no list, log or journal."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="trainees")
    last_name = models.CharField(max_length=100)
    birth_name = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=100)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices)
    postal_code = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=120, blank=True)
    employee_number = models.CharField(max_length=40, blank=True)
    csp = models.CharField(max_length=3)
    contract_type = models.CharField(max_length=3, blank=True)
    education_level = models.PositiveSmallIntegerField()
    rqth = models.BooleanField(default=False)
    nir = models.ForeignKey(NirSecret, null=True, blank=True, on_delete=models.PROTECT, related_name="trainees")
    nir_absent_reason = models.CharField(max_length=20, choices=NirAbsentReason.choices, blank=True)
    search = models.CharField(max_length=360, editable=False)
    sort_key = models.CharField(max_length=210, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Typed by somebody whose membership nobody has accepted yet: until then the employer's directory does not have him.
    unconfirmed = models.BooleanField(default=False)

    class Meta:
        verbose_name = "stagiaire"
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["establishment", "sort_key", "id"], name="trainee_directory"),
            models.Index(fields=["establishment"], condition=Q(unconfirmed=True), name="trainee_unconfirmed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(nir__isnull=True) ^ Q(nir_absent_reason=""), name="trainee_nir_xor_reason"
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="trainee_sex_known"),
            models.CheckConstraint(condition=looks_like_code("csp"), name="trainee_csp_shape"),
            models.CheckConstraint(
                condition=Q(education_level__gte=1, education_level__lte=99), name="trainee_level_shape"
            ),
            models.CheckConstraint(
                condition=Q(contract_type="") | looks_like_code("contract_type"), name="trainee_contract_type_shape"
            ),
            models.CheckConstraint(
                condition=Q(nir_absent_reason__in=["", *NirAbsentReason.values]), name="trainee_absent_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key_of(self.last_name, self.first_name)
        names = dict.fromkeys([self.last_name, self.first_name, self.birth_name, self.employee_number])
        self.search = " ".join(fold(name) for name in names if name)[:360]
        super().save(*args, **kwargs)
