"""Keeping the employer's directory up to date with what requests say of people."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from openopco.habilitations.effects import on_accepted
from openopco.habilitations.models import Membership
from openopco.organisations.models import Establishment
from openopco.trainees.models import Trainee, sort_key_of
from openopco.trainees.vault import blind_of


@dataclass(frozen=True, slots=True)
class TraineeIdentity:
    """What a form tells of a person, typed. Codes are those of the lists of this OPCO."""

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
    own_only: bool = False,
) -> Trainee:
    """Creates or updates the person: the one named by `known_id`, else the one who has that NIR, else that name and
    birth date. `own_only`: among those `user_id` typed himself, for somebody whose membership is not accepted yet.
    Called inside an action that has checked the right; ids never come from a form."""
    # Two requests that bring the same new person wait for each other here.
    Establishment.objects.select_for_update().get(pk=establishment_id)
    reach = Trainee.objects.filter(establishment_id=establishment_id).order_by("id")
    reach = reach.filter(created_by_id=user_id) if own_only else reach.filter(unconfirmed=False)
    trainee = _find(reach, identity, nir_id, known_id)
    trainee = trainee or Trainee(establishment_id=establishment_id, created_by_id=user_id, unconfirmed=own_only)
    for name, value in identity.as_columns().items():
        setattr(trainee, name, value)
    if nir_id or trainee.nir_id is None:
        trainee.nir_id, trainee.nir_absent_reason = nir_id, "" if nir_id else nir_absent_reason
    trainee.save()
    return trainee


@on_accepted
def confirm_trainees(membership: Membership) -> None:
    """The people that the person typed enter the employer's directory."""
    if membership.establishment_id is None:
        return
    waiting = Trainee.objects.filter(establishment_id=membership.establishment_id, unconfirmed=True)
    waiting.filter(created_by_id=membership.user_id).update(unconfirmed=False)


def _find(
    reach: QuerySet[Trainee], identity: TraineeIdentity, nir_id: int | None, known_id: int | None
) -> Trainee | None:
    if known_id and (known := reach.filter(pk=known_id).first()):
        return known
    if nir_id and (same_nir := reach.filter(nir__blind=blind_of(nir_id)).first()):
        return same_nir
    namesakes = reach.filter(
        sort_key=sort_key_of(identity.last_name, identity.first_name), birth_date=identity.birth_date
    )
    # Two different NIR are two people, namesakes born on the same day or not.
    return namesakes.filter(Q(nir__isnull=True) if nir_id else Q()).first()
