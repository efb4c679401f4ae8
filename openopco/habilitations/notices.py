"""What the room tells people of. No name of a person, no reason: these sentences go by mail."""

from collections.abc import Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone

from openopco import opco
from openopco.habilitations.models import Invitation, Membership, StaffRole
from openopco.habilitations.queries import active_administrators, administrators_of, people_of
from openopco.kernel.calendar import format_date, paris_today
from openopco.mail import queue_mail
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register

DECIDED = register(
    NoticeKind("membership.decided", "Réponse sur un rattachement", compulsory=True, act="Voir mes habilitations")
)
JOINED = register(
    NoticeKind(
        "membership.joined",
        "Nouvelle personne rattachée à mon établissement ou à mon organisme",
        act="Vérifier qui agit pour moi",
    )
)
ASKED = register(
    NoticeKind(
        "membership.asked", "Demande à rejoindre mon établissement ou mon organisme", act="Répondre à la demande"
    )
)
LEFT = register(
    NoticeKind(
        "membership.left",
        "Personne qui n'agit plus pour mon établissement ou mon organisme",
        act="Vérifier qui agit pour moi",
    )
)
DECLINED = register(
    NoticeKind("membership.declined", "Invitation déclinée", readers=Readers.ALL, act="Voir qui agit encore")
)
STAFF = register(
    NoticeKind(
        "staff.role", "Changement d'un rôle à l'OPCO", compulsory=True, readers=Readers.OPCO, act="Vérifier les comptes"
    )
)
MEMBERSHIPS_URL = "/habilitations/"
STAFF_URL = "/administration/comptes/"
INVITATION_URL = "/invitations/{token}/"


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
    colleagues = set(people_of(membership.place)) - {membership.user_id}
    notify(
        user_ids=colleagues,
        kind=JOINED.code,
        title=f"Une nouvelle personne peut agir pour {membership.organisation.name}.",
        url=MEMBERSHIPS_URL,
        subject_kind="membership",
        subject_id=membership.pk,
        unique_key=f"membership:{membership.pk}:joined",
    )


def tell_administrators(role: StaffRole, event: str, sentence: str) -> None:
    """To every administrator and to the holder: no role comes or goes unseen."""
    _tell_of_role({*active_administrators(), role.user_id}, role, event, sentence)


def tell_who_may_confirm(role: StaffRole) -> None:
    """To the administrators who neither proposed the role nor would hold it."""
    told = set(active_administrators()) - {role.granted_by_id, role.user_id}
    _tell_of_role(told, role, "granted", "Un rôle à l'OPCO attend d'être confirmé par un second administrateur.")


def _tell_of_role(user_ids: Iterable[int], role: StaffRole, event: str, sentence: str) -> None:
    notify(
        user_ids=user_ids,
        kind=STAFF.code,
        title=sentence,
        url=STAFF_URL,
        subject_kind="staff_role",
        subject_id=role.pk,
        unique_key=f"staff_role:{role.pk}:{event}",
    )


def tell_somebody_asks(membership: Membership) -> None:
    """To those who may answer in the establishment."""
    name = membership.organisation.name
    _tell(
        membership,
        administrators_of(membership.place),
        ASKED,
        f"Une personne demande à agir pour {name} : acceptez ou refusez.",
        "asked",
    )


def tell_somebody_left(membership: Membership, *, but: int | None) -> None:
    """To the administrators who remain, less whoever did it."""
    told = set(administrators_of(membership.place)) - {but, membership.user_id}
    _tell(membership, told, LEFT, f"Une personne n'agit plus pour {membership.organisation.name}.", "left")


def tell_new_role(membership: Membership) -> None:
    """To its holder, each time."""
    role, moment = membership.role_in_words.lower(), f"{timezone.now():%Y%m%d%H%M%S%f}"
    sentence = f"Votre qualité pour {membership.organisation.name} a changé : {role}."
    _tell(membership, [membership.user_id], DECIDED, sentence, f"role:{moment}")


def tell_declined(invitation: Invitation) -> None:
    """To whoever sent it."""
    notify(
        user_ids=[invitation.invited_by_id],
        kind=DECLINED.code,
        title=f"Une invitation à agir pour {invitation.organisation.name} a été déclinée.",
        url=MEMBERSHIPS_URL,
        subject_kind="invitation",
        subject_id=invitation.pk,
        unique_key=f"invitation:{invitation.pk}:declined",
    )


def mail_invitation(invitation: Invitation, token: str) -> None:
    """The link, to the address that it is for: the only place where it is ever written."""
    identity, place = opco.identity(), invitation.organisation
    link = urljoin(settings.PUBLIC_URL, INVITATION_URL.format(token=token))
    queue_mail(
        to=invitation.email,
        subject=f"Invitation à agir pour {place.name} sur {identity.product}",
        text=(
            f"Bonjour,\n\nOn vous invite à agir pour {place.name} sur {identity.product}, en qualité de "
            f"« {invitation.role_in_words} ».\n\nPour accepter ou décliner, ouvrez ce lien avant le "
            f"{format_date(paris_today(invitation.expires_at))} :\n{link}\n\nSans compte, vous en créerez un avec cette "
            f"adresse e-mail. Si vous n'attendiez pas cette invitation, ne faites rien.\n\n{identity.name}\n"
        ),
        unique_key=f"invitation:{invitation.pk}:{invitation.sendings}",
    )


def _tell(membership: Membership, user_ids: Iterable[int], kind: NoticeKind, sentence: str, event: str) -> None:
    notify(
        user_ids=user_ids,
        kind=kind.code,
        title=sentence,
        url=MEMBERSHIPS_URL,
        subject_kind="membership",
        subject_id=membership.pk,
        unique_key=f"membership:{membership.pk}:{event}",
    )
