"""Who acts, and in what capacity. Pure: `habilitations` fills an `Actor` once per request, everything else only asks it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from openopco.kernel.errors import Forbidden


class Role(StrEnum):
    """A capacity in which somebody acts. Codes never change; people see `ROLE_LABELS`."""

    EMPLOYEUR = "employeur"
    RESPONSABLE = "responsable"
    ORGANISME = "organisme"
    GESTIONNAIRE = "gestionnaire"
    ADMINISTRATEUR = "administrateur"
    CONTROLEUR = "controleur"
    COMPTABLE = "comptable"
    SYSTEME = "systeme"


ROLE_LABELS = {
    Role.EMPLOYEUR: "Employeur",
    Role.RESPONSABLE: "Administrateur d'établissement",
    Role.ORGANISME: "Organisme de formation",
    Role.GESTIONNAIRE: "Gestionnaire",
    Role.ADMINISTRATEUR: "Administrateur",
    Role.CONTROLEUR: "Contrôleur",
    Role.COMPTABLE: "Comptable",
    Role.SYSTEME: "Système",
}
# Capacities that reach one establishment, or one training provider; who holds RESPONSABLE is EMPLOYEUR, or ORGANISME, there
# as well.
PLACED_ROLES = frozenset({Role.EMPLOYEUR, Role.RESPONSABLE, Role.ORGANISME})
OPCO_ROLES = frozenset({Role.GESTIONNAIRE, Role.ADMINISTRATEUR, Role.CONTROLEUR, Role.COMPTABLE})


@dataclass(frozen=True, slots=True)
class Grant:
    """One capacity. `establishment_id` and `provider_id` are None for the OPCO's own people. A grant that is not `confirmed`
    (« rattachement à valider ») reaches only what its holder typed himself: of a provider, nothing."""

    role: Role
    establishment_id: int | None = None
    confirmed: bool = True
    provider_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the system, with all that it may do it as. `label` is what the journal keeps of the name."""

    user_id: int | None
    label: str
    grants: tuple[Grant, ...] = field(default=())

    @property
    def person_id(self) -> int:
        """The id of who acts. Raises `Forbidden` for the system: people alone type, decide and write."""
        if self.user_id is None:
            raise Forbidden
        return self.user_id

    @property
    def is_opco(self) -> bool:
        return any(grant.role in OPCO_ROLES for grant in self.grants)

    @property
    def is_system(self) -> bool:
        return any(grant.role is Role.SYSTEME for grant in self.grants)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def employer_grants(self) -> Iterator[Grant]:
        return (grant for grant in self.grants if grant.role is Role.EMPLOYEUR)

    def provider_grants(self) -> Iterator[Grant]:
        return (grant for grant in self.grants if grant.role is Role.ORGANISME)


ANONYMOUS = Actor(user_id=None, label="Anonyme")
SYSTEM = Actor(user_id=None, label="OpenOPCO", grants=(Grant(Role.SYSTEME),))
