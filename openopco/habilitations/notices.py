"""What the room tells people of. No name of a person, no reason: these sentences go by mail."""

from openopco.habilitations.models import Membership, StaffRole
from openopco.habilitations.queries import active_administrators, people_of_establishment
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register

DECIDED = register(
    NoticeKind("membership.decided", "Réponse sur un rattachement", compulsory=True, act="Voir mes habilitations")
)
JOINED = register(
    NoticeKind("membership.joined", "Nouvelle personne rattachée à mon établissement", act="Vérifier qui agit pour moi")
)
STAFF = register(
    NoticeKind(
        "staff.role", "Changement d'un rôle à l'OPCO", compulsory=True, readers=Readers.OPCO, act="Vérifier les comptes"
    )
)
MEMBERSHIPS_URL = "/habilitations/"
STAFF_URL = "/administration/comptes/"


def tell_holder(membership: Membership, sentence: str) -> None:
    """To the person of the membership, once per state."""
    notify(
        user_ids=[membership.user_id],
        kind=DECIDED.code,
        title=sentence,
        url=MEMBERSHIPS_URL,
        subject_kind="membership",
        subject_id=membership.pk,
        unique_key=f"membership:{membership.pk}:{membership.state}",
    )


def tell_colleagues(membership: Membership) -> None:
    """To those who already act for the establishment: a stranger let in by mistake is seen at once."""
    colleagues = set(people_of_establishment(membership.establishment_id)) - {membership.user_id}
    notify(
        user_ids=colleagues,
        kind=JOINED.code,
        title=f"Une nouvelle personne peut agir pour {membership.establishment.name}.",
        url=MEMBERSHIPS_URL,
        subject_kind="membership",
        subject_id=membership.pk,
        unique_key=f"membership:{membership.pk}:joined",
    )


def tell_administrators(role: StaffRole, event: str, sentence: str) -> None:
    """To every administrator and to the holder: no role comes or goes unseen."""
    notify(
        user_ids={*active_administrators(), role.user_id},
        kind=STAFF.code,
        title=sentence,
        url=STAFF_URL,
        subject_kind="staff_role",
        subject_id=role.pk,
        unique_key=f"staff_role:{role.pk}:{event}",
    )
