"""An action de formation as typed, constrained rows: they exist from transmission on, and follow each correction."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from openopco.base.fields import CentsField
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment, Provider
from openopco.trainees.enums import NirAbsentReason, Sex
from openopco.trainees.models import NirSecret, Trainee, looks_like_code
from openopco.training.enums import AncillaryCost, Modality, Nature


class TrainingAction(models.Model):
    """The course of a request. `hours` per trainee; `cost` in euros HT for the whole action."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="training_action")
    internal = models.BooleanField(default=False)
    title = models.CharField(max_length=255)
    nature = models.CharField(max_length=10, choices=Nature.choices)
    modality = models.CharField(max_length=12, choices=Modality.choices)
    theme = models.CharField(max_length=40, blank=True, default="", db_default="")
    certification = models.CharField(max_length=12, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField()
    minutes = models.PositiveIntegerField()
    cost = CentsField()
    place_postal_code = models.CharField(max_length=5, blank=True, default="")
    place_city = models.CharField(max_length=120, blank=True, default="")
    headcount = models.PositiveIntegerField()
    idcc = models.CharField(max_length=4)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=20, blank=True, default="")
    subrogation = models.BooleanField(default=False)
    voluntary = models.BooleanField(default=False)
    comment = models.TextField(blank=True, default="")
    done_at = models.CharField(max_length=120)
    done_on = models.DateField()

    class Meta:
        constraints = [
            CheckConstraint(name="training_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            CheckConstraint(name="training_lasts", condition=Q(minutes__gt=0)),
            CheckConstraint(name="training_cost_not_negative", condition=Q(cost__gte=0)),
            CheckConstraint(name="training_nature_known", condition=Q(nature__in=Nature.values)),
            CheckConstraint(name="training_modality_known", condition=Q(modality__in=Modality.values)),
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """A trainee of a request, as declared when it was sent: the employer's directory may change, this does not follow it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="enrolments")
    row = models.CharField(max_length=12)
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="+")
    last_name = models.CharField(max_length=100)
    birth_name = models.CharField(max_length=100, blank=True, default="")
    first_name = models.CharField(max_length=100)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices)
    postal_code = models.CharField(max_length=5, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    employee_number = models.CharField(max_length=40, blank=True, default="")
    csp = models.CharField(max_length=3)
    contract_type = models.CharField(max_length=3, blank=True, default="")
    education_level = models.PositiveSmallIntegerField()
    rqth = models.BooleanField(default=False)
    nir = models.ForeignKey(NirSecret, on_delete=models.PROTECT, null=True, related_name="+")
    nir_absent_reason = models.CharField(max_length=20, choices=NirAbsentReason.choices, blank=True, default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["dossier", "row"], name="enrolment_row_once"),
            CheckConstraint(name="enrolment_nir_xor_reason", condition=Q(nir__isnull=True) ^ Q(nir_absent_reason="")),
            CheckConstraint(name="enrolment_level_shape", condition=Q(education_level__gte=1, education_level__lte=99)),
            CheckConstraint(name="enrolment_sex_known", condition=Q(sex__in=Sex.values)),
            CheckConstraint(name="enrolment_csp_shape", condition=looks_like_code("csp")),
            CheckConstraint(
                name="enrolment_contract_type_shape",
                condition=Q(contract_type="") | looks_like_code("contract_type"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class AncillaryLine(models.Model):
    """A line of frais annexes: amount in euros HT for the whole quantity."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="ancillary_lines")
    kind = models.CharField(max_length=12, choices=AncillaryCost.choices)
    quantity = models.PositiveIntegerField()
    amount = CentsField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["dossier", "kind"], name="ancillary_kind_once"),
            CheckConstraint(name="ancillary_counts", condition=Q(quantity__gt=0, amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CourseTemplate(models.Model):
    """« Modèle de formation »: what an establishment keeps of a course to file it again. Raw text, as in a draft."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    values = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["establishment", "name"], name="course_template_name_once")]

    def __str__(self) -> str:
        return self.name
