"""People in directories, and NIR whose keys are right."""

from datetime import date

import factory
from stdnum.fr import nir as standard

from openopco.organisations.models import Establishment
from openopco.reference.enums import Csp
from openopco.rights import Actor
from openopco.trainees.directory import TraineeIdentity
from openopco.trainees.enums import NirAbsentReason, Sex
from openopco.trainees.models import Trainee
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import employer
from tests.organisations.factories import EstablishmentFactory

NIR = "295109912611193"
MASKED = "2 95 •• •• ••• ••• ••"


def nir(number: int) -> str:
    """An invented NIR of a woman born in October 1995."""
    base = f"2951099126{number:03d}"
    return base + standard.calc_check_digits(base)


def identity(**changes: object) -> TraineeIdentity:
    told: dict[str, object] = {
        "last_name": "Durand",
        "first_name": "Élise",
        "birth_date": date(1995, 10, 3),
        "sex": Sex.F.value,
        "csp": Csp.EMPLOYE.value,
        "education_level": 4,
    }
    return TraineeIdentity(**{**told, **changes})  # type: ignore[arg-type]


class TraineeFactory(factory.django.DjangoModelFactory[Trainee]):
    """Without a NIR, for a reason."""

    class Meta:
        model = Trainee

    establishment = factory.SubFactory(EstablishmentFactory)
    created_by = factory.SubFactory(UserFactory)
    last_name = factory.Sequence(lambda n: f"Nom {n:03d}")
    first_name = "Prénom"
    birth_date = date(1990, 1, 2)
    sex = Sex.M
    csp = Csp.EMPLOYE
    education_level = 3
    nir_absent_reason = NirAbsentReason.NOT_YET_ASSIGNED


def two_colleagues(*, second_accepted: bool = True) -> tuple[Establishment, Actor, Actor]:
    """An establishment, its accepted Alice, and Bob."""
    garage = EstablishmentFactory.create()
    return garage, employer(garage), employer(garage, accepted=second_accepted)
