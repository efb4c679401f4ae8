"""Keeping the employer's directory up to date with what requests say of people."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from openopco.trainees.models import Trainee


@dataclass(frozen=True, slots=True)
class TraineeIdentity:
    """What a form tells of a person, typed. Codes are those of `trainees.enums`."""

    last_name: str
    first_name: str
    birth_date: date
    sex: str
    csp: str
    education_level: int
    birth_name: str = ""
    postal_code: str = ""
    city: str = ""
    employee_number: str = ""
    contract_type: str = ""
    rqth: bool = False

    def as_columns(self) -> dict[str, Any]:
        return asdict(self)


def keep_trainee(
    *,
    establishment_id: int,
    user_id: int,
    identity: TraineeIdentity,
    nir_id: int | None,
    nir_absent_reason: str,
    known_id: int | None = None,
) -> Trainee:
    """Creates or updates the person: the one named by `known_id`, else the one who has that NIR, else that name and birth
    date. Called inside an action that has checked the right."""
    trainee = _find(establishment_id, identity, nir_id, known_id) or Trainee(
        establishment_id=establishment_id, created_by_id=user_id
    )
    for name, value in identity.as_columns().items():
        setattr(trainee, name, value)
    if nir_id or trainee.nir_id is None:
        trainee.nir_id, trainee.nir_absent_reason = nir_id, "" if nir_id else nir_absent_reason
    trainee.save()
    return trainee


def _find(establishment_id: int, identity: TraineeIdentity, nir_id: int | None, known_id: int | None) -> Trainee | None:
    own = Trainee.objects.filter(establishment_id=establishment_id).order_by("id")
    if known_id and (known := own.filter(pk=known_id).first()):
        return known
    if nir_id and (same_nir := own.filter(nir_id=nir_id).first()):
        return same_nir
    namesakes = own.filter(birth_date=identity.birth_date)
    return namesakes.filter(last_name=identity.last_name, first_name=identity.first_name).first()
