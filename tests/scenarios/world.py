"""Who and what is there before a journey begins. The rest is done by the journey itself, through the screens."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from openopco.accounts.models import User
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import PARIS, format_date
from openopco.kernel.text import fold
from openopco.organisations.actions.establishments import complete_establishment, find_or_create_establishment
from openopco.organisations.models import Establishment
from openopco.reference.enums import Zone
from openopco.reference.models import Commune, CommunePostalCode, Idcc
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.factories import AcceptedFactory, StaffRoleFactory

ACTIF = "83135297600011"
AXEPT = "834 267 023 00028"
COMMUNES = (("68154", "Illzach", "68110"), ("68224", "Mulhouse", "68100"), ("68224", "Mulhouse", "68200"))
MORE_COMMUNES = (("68056", "Brunstatt-Didenheim", "68200"),)


@dataclass(frozen=True, slots=True)
class World:
    """The address of the portal, and who knows the password to it."""

    site: str
    employer: User
    officer: User
    second_officer: User
    place: Establishment

    @classmethod
    def made(cls, site: str) -> "World":
        _nomenclatures()
        employer = UserFactory.create(email="employeur@demo.example", first_name="Camille", last_name="Martin")
        officer = _officer("gestionnaire@demo.example", "Nadia", "Benali")
        second = _officer("gestionnaire2@demo.example", "Étienne", "Rousseau")
        place = find_or_create_establishment(actor=actor_for(employer), siret=ACTIF)
        AcceptedFactory.create(user=employer, establishment=place, decided_by=officer)
        complete_establishment(
            actor=actor_for(employer),
            establishment_id=place.pk,
            headcount_exact="3",
            email="contact@demo.example",
            phone="03 89 00 00 00",
        )
        return cls(site, employer, officer, second, place)


def _officer(email: str, first_name: str, last_name: str) -> User:
    user = OpcoUserFactory.create(email=email, first_name=first_name, last_name=last_name)
    StaffRoleFactory.create(user=user, role=StaffRoleName.GESTIONNAIRE)
    return user


def _nomenclatures() -> None:
    for insee, name, code in COMMUNES + MORE_COMMUNES:
        Commune.objects.get_or_create(
            insee_code=insee,
            defaults={"name": name, "folded_name": fold(name), "department": "68", "zone": Zone.METRO},
        )
        CommunePostalCode.objects.create(commune_id=insee, postal_code=code)
    label = "Convention collective nationale du commerce et de la réparation de l'automobile"
    Idcc.objects.create(code="1090", label=label, search=fold(label), active=True)


def day(days: int) -> str:
    """« jj/mm/aaaa », that many days from today in Paris."""
    return format_date(_today() + timedelta(days=days))


def _today() -> date:
    return timezone.now().astimezone(PARIS).date()
