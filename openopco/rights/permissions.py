"""What may be done, and by whom: the one table of rights. `docs/rights.md` is generated from it."""

from dataclasses import dataclass
from enum import StrEnum

from openopco.kernel.errors import Forbidden
from openopco.rights.actor import PLACED_ROLES, Actor, Grant, Role


class Permission(StrEnum):
    DOSSIER_READ = "dossier.read"
    DESK_READ = "desk.read"
    COURSE_READ = "course.read"
    DOSSIER_CREATE = "dossier.create"
    DRAFT_WRITE = "draft.write"
    DOSSIER_SEND = "dossier.send"
    DOSSIER_ANSWER = "dossier.answer"
    DOSSIER_CANCEL = "dossier.cancel"
    DOSSIER_RESUME = "dossier.resume"
    DOSSIER_FILE_FOR = "dossier.file_for"
    DOSSIER_TAKE = "dossier.take"
    DOSSIER_ASSIGN = "dossier.assign"
    DOSSIER_INSTRUCT = "dossier.instruct"
    DOSSIER_DECIDE = "dossier.decide"
    DOSSIER_LAPSE = "dossier.lapse"
    DOSSIER_REVIVE = "dossier.revive"
    MODIFICATION_PROPOSE = "modification.propose"
    MODIFICATION_DECIDE = "modification.decide"
    COURSE_CONFIRM = "course.confirm"
    MESSAGE_WRITE = "message.write"
    NOTE_WRITE = "note.write"
    NOTE_READ = "note.read"
    NIR_REVEAL = "nir.reveal"
    TRAINEE_WRITE = "trainee.write"
    ESTABLISHMENT_WRITE = "establishment.write"
    ESTABLISHMENT_VERIFY = "establishment.verify"
    ORGANISATION_READ = "organisation.read"
    BANK_ACCOUNT_PROPOSE = "bank_account.propose"
    BANK_ACCOUNT_CONFIRM = "bank_account.confirm"
    MEMBERSHIP_READ = "membership.read"
    MEMBERSHIP_DECIDE = "membership.decide"
    LIST_EXPORT = "list.export"
    STATISTICS_READ = "statistics.read"
    MEMBERSHIP_MANAGE = "membership.manage"
    FEEDBACK_READ = "feedback.read"
    STAFF_MANAGE = "staff.manage"
    PARAMETER_MANAGE = "parameter.manage"
    TEMPLATE_MANAGE = "template.manage"
    REFERENCE_MANAGE = "reference.manage"
    FUNDING_READ = "funding.read"
    FUNDING_MANAGE = "funding.manage"
    ACCOUNT_MANAGE = "account.manage"
    CLAIM_READ = "claim.read"
    CLAIM_WRITE = "claim.write"
    MANDATE_ACCEPT = "mandate.accept"
    SERVICE_CHECK = "service.check"
    PAYMENT_READ = "payment.read"
    PAYMENT_PREPARE = "payment.prepare"
    PAYMENT_RELEASE = "payment.release"
    PAYMENT_RECORD = "payment.record"
    SETTLEMENT_READ = "settlement.read"


_EMPLOYER = frozenset(
    {
        Permission.DOSSIER_READ,
        Permission.DOSSIER_CREATE,
        Permission.DRAFT_WRITE,
        Permission.DOSSIER_SEND,
        Permission.DOSSIER_ANSWER,
        Permission.DOSSIER_CANCEL,
        Permission.DOSSIER_RESUME,
        Permission.MODIFICATION_PROPOSE,
        Permission.COURSE_CONFIRM,
        Permission.MESSAGE_WRITE,
        Permission.TRAINEE_WRITE,
        Permission.ESTABLISHMENT_WRITE,
        Permission.MEMBERSHIP_READ,
        Permission.LIST_EXPORT,
        Permission.CLAIM_READ,
        Permission.CLAIM_WRITE,
        Permission.SETTLEMENT_READ,
    }
)
# Beside what the establishment's declarants may do.
_ESTABLISHMENT_ADMINISTRATOR = frozenset(
    {Permission.MEMBERSHIP_MANAGE, Permission.BANK_ACCOUNT_PROPOSE, Permission.MANDATE_ACCEPT}
)
# What is shown to who teaches of a request that was granted; nothing that opens the request itself.
_PROVIDER = frozenset(
    {
        Permission.COURSE_READ,
        Permission.MEMBERSHIP_READ,
        Permission.CLAIM_READ,
        Permission.CLAIM_WRITE,
        Permission.SETTLEMENT_READ,
        Permission.LIST_EXPORT,
    }
)
_OFFICER = frozenset(
    {
        Permission.DOSSIER_READ,
        Permission.DESK_READ,
        Permission.DOSSIER_FILE_FOR,
        Permission.DOSSIER_TAKE,
        Permission.DOSSIER_ASSIGN,
        Permission.DOSSIER_INSTRUCT,
        Permission.DOSSIER_DECIDE,
        Permission.DOSSIER_REVIVE,
        Permission.MODIFICATION_PROPOSE,
        Permission.MODIFICATION_DECIDE,
        Permission.COURSE_CONFIRM,
        Permission.MESSAGE_WRITE,
        Permission.NOTE_READ,
        Permission.NOTE_WRITE,
        Permission.NIR_REVEAL,
        Permission.ESTABLISHMENT_VERIFY,
        Permission.ORGANISATION_READ,
        Permission.MEMBERSHIP_READ,
        Permission.MEMBERSHIP_DECIDE,
        Permission.LIST_EXPORT,
        Permission.STATISTICS_READ,
        Permission.MEMBERSHIP_MANAGE,
        Permission.FUNDING_READ,
        Permission.CLAIM_READ,
    }
)
_ADMINISTRATOR = frozenset(
    {
        Permission.FEEDBACK_READ,
        Permission.STAFF_MANAGE,
        Permission.MEMBERSHIP_READ,
        Permission.PARAMETER_MANAGE,
        Permission.LIST_EXPORT,
        Permission.STATISTICS_READ,
        Permission.TEMPLATE_MANAGE,
        Permission.REFERENCE_MANAGE,
        Permission.FUNDING_READ,
        Permission.FUNDING_MANAGE,
        Permission.PAYMENT_READ,
    }
)

# Who checks that the service was done reads what was said of it; who pays reads the request alone.
_CONTROLLER = frozenset(
    {
        Permission.DOSSIER_READ,
        Permission.DESK_READ,
        Permission.NOTE_READ,
        Permission.FUNDING_READ,
        Permission.CLAIM_READ,
        Permission.SERVICE_CHECK,
        Permission.PAYMENT_READ,
    }
)
_ACCOUNTANT = frozenset(
    {
        Permission.DOSSIER_READ,
        Permission.DESK_READ,
        Permission.FUNDING_READ,
        Permission.ACCOUNT_MANAGE,
        Permission.BANK_ACCOUNT_PROPOSE,
        Permission.BANK_ACCOUNT_CONFIRM,
        Permission.CLAIM_READ,
        Permission.PAYMENT_READ,
        Permission.PAYMENT_PREPARE,
        Permission.PAYMENT_RELEASE,
        Permission.PAYMENT_RECORD,
        Permission.LIST_EXPORT,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EMPLOYEUR: _EMPLOYER,
    Role.RESPONSABLE: _ESTABLISHMENT_ADMINISTRATOR,
    Role.ORGANISME: _PROVIDER,
    Role.GESTIONNAIRE: _OFFICER,
    Role.ADMINISTRATEUR: _ADMINISTRATOR,
    Role.CONTROLEUR: _CONTROLLER,
    Role.COMPTABLE: _ACCOUNTANT,
    Role.SYSTEME: frozenset(
        {
            Permission.DOSSIER_LAPSE,
            Permission.DOSSIER_ASSIGN,
            Permission.DOSSIER_READ,
            Permission.PARAMETER_MANAGE,
            Permission.REFERENCE_MANAGE,
            Permission.PAYMENT_RECORD,
        }
    ),
}
# What `DOSSIER_FILE_FOR` brings along, on what one typed oneself alone: nobody else has to answer for it.
WHILE_FILING = frozenset({Permission.DRAFT_WRITE, Permission.DOSSIER_SEND})
# Nobody decides what he filed, whatever other role he holds.
NOT_ON_ONES_OWN = frozenset(
    {
        Permission.BANK_ACCOUNT_CONFIRM,
        Permission.PAYMENT_RELEASE,
        Permission.DOSSIER_TAKE,
        Permission.DOSSIER_DECIDE,
        Permission.DOSSIER_REVIVE,
        Permission.MODIFICATION_DECIDE,
        Permission.MEMBERSHIP_DECIDE,
        Permission.MEMBERSHIP_MANAGE,
        Permission.SERVICE_CHECK,
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a right is asked about. `typed_by` is who created it, `filed_by` who sent it, `hands` who else typed of it: user
    ids.

    An employer's grant reaches the subjects of its establishment; unconfirmed, only those its holder typed. A provider's
    reaches those of the provider."""

    establishment_id: int | None = None
    typed_by: int | None = None
    filed_by: int | None = None
    provider_id: int | None = None
    hands: frozenset[int] = frozenset()


def may(actor: Actor, permission: Permission, subject: Subject | None = None) -> bool:
    """Whether one of the actor's grants carries the permission and reaches the subject (None: any subject)."""
    if subject is not None and permission in NOT_ON_ONES_OWN and _is_ones_own(actor, subject):
        return False
    if any(permission in PERMISSIONS[grant.role] and _reaches(grant, actor, subject) for grant in actor.grants):
        return True
    return permission in WHILE_FILING and _files_for(actor, subject)


def require(actor: Actor, permission: Permission, subject: Subject | None = None) -> None:
    """Raises `Forbidden` unless `may`."""
    if not may(actor, permission, subject):
        raise Forbidden


def _files_for(actor: Actor, subject: Subject | None) -> bool:
    if not any(Permission.DOSSIER_FILE_FOR in PERMISSIONS[grant.role] for grant in actor.grants):
        return False
    return subject is None or (actor.user_id is not None and subject.typed_by == actor.user_id)


def _is_ones_own(actor: Actor, subject: Subject) -> bool:
    return actor.user_id is not None and actor.user_id in (subject.typed_by, subject.filed_by, *subject.hands)


def _reaches(grant: Grant, actor: Actor, subject: Subject | None) -> bool:
    if subject is None or grant.role not in PLACED_ROLES:
        return True
    if grant.provider_id is not None:
        return grant.confirmed and grant.provider_id == subject.provider_id
    if grant.establishment_id != subject.establishment_id:
        return False
    return grant.confirmed or subject.typed_by == actor.user_id
