"""The lists of organisations, of people, and of what administrators set."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from openopco.accounts.models import User
from openopco.base.sheets import Column
from openopco.dossiers import kinds
from openopco.dossiers.models import FundClosure, PaperFiling, PortfolioRule
from openopco.dossiers.papers import came_in_words
from openopco.dossiers.queries.papers import typed_by
from openopco.exports.shape import PLACE, Asked, List, yes
from openopco.habilitations.enums import MembershipState, StaffRoleName
from openopco.habilitations.models import Absence, Invitation, Membership, StaffRole
from openopco.habilitations.places import Place
from openopco.habilitations.queries import all_staff, colleagues, coming_absences, is_open, pending_invitations
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.queries import establishments_holding, providers_holding
from openopco.reference.queries import idcc_label
from openopco.reference.regions import REGIONS
from openopco.rights import Actor, Permission, Subject, require


def _companies(actor: Actor, asked: Asked) -> QuerySet[Establishment]:
    return establishments_holding(actor, asked.get("text", ""))


def _providers(actor: Actor, asked: Asked) -> QuerySet[Provider]:
    return providers_holding(actor, asked.get("text", ""))


def _people(actor: Actor, asked: Asked) -> QuerySet[Membership]:
    require(actor, Permission.MEMBERSHIP_MANAGE, Subject(asked["establishment"]))
    return colleagues(actor, Place(establishment_id=asked["establishment"]))


def _invited(actor: Actor, asked: Asked) -> QuerySet[Invitation]:
    return pending_invitations(actor, Place(establishment_id=asked["establishment"]))


def _accounts(actor: Actor, asked: Asked) -> QuerySet[User]:
    return all_staff(actor)


def _papers(actor: Actor, asked: Asked) -> QuerySet[PaperFiling]:
    return typed_by(actor)


def _closures(actor: Actor, asked: Asked) -> QuerySet[FundClosure]:
    require(actor, Permission.PARAMETER_MANAGE)
    return FundClosure.objects.all()


def _rules(actor: Actor, asked: Asked) -> QuerySet[PortfolioRule]:
    require(actor, Permission.PARAMETER_MANAGE)
    return PortfolioRule.objects.filter(ended_at=None).select_related("officer")


def _absences(actor: Actor, asked: Asked) -> QuerySet[Absence]:
    if asked.get("everybody"):
        require(actor, Permission.STAFF_MANAGE)
        return coming_absences()
    require(actor, Permission.DOSSIER_TAKE)
    return coming_absences(actor.user_id)


def _roles(user: User) -> str:
    live: list[StaffRole] = user.live_roles  # type: ignore[attr-defined]
    return ", ".join(f"{StaffRoleName(role.role).label}{'' if role.since else ' (à confirmer)'}" for role in live)


def _branch(row: FundClosure) -> str:
    return f"{row.idcc} {idcc_label(row.idcc)}".strip() if row.idcc else "Toutes les branches"


def _capacity(each: Membership | Invitation) -> str:
    """Given when the person is accepted: an invitation says already which."""
    if isinstance(each, Membership) and each.state == MembershipState.PENDING:
        return "À valider"
    return each.get_role_display()


def _standing(each: Membership | Invitation) -> str:
    if isinstance(each, Membership):
        return "À valider" if each.state == MembershipState.PENDING else "Rattachée"
    return "Invitée, sans réponse" if is_open(each) else "Invitation expirée"


def _address(each: Membership | Invitation) -> str:
    return each.user.email if isinstance(each, Membership) else each.email


def _since(each: Membership | Invitation) -> datetime:
    return each.requested_at if isinstance(each, Membership) else each.created_at


def _of_person(name: str) -> Callable[[Membership | Invitation], Any]:
    """What is known of somebody who has an account."""
    return lambda each: attrgetter(name)(each) if isinstance(each, Membership) else None


_CHECKED = Column("Identité vérifiée", lambda place: yes(place.verified), 16)

REGISTERS = (
    List(
        "entreprises",
        "Entreprises",
        "entreprises",
        "établissement",
        (
            *PLACE,
            Column("Code NAF", lambda place: place.naf, 10),
            Column("IDCC", lambda place: place.idcc, 8),
            Column("En activité", lambda place: yes(place.is_active), 11),
            _CHECKED,
        ),
        _companies,
    ),
    List(
        "organismes-connus",
        "Organismes de formation",
        "organismes",
        "organisme",
        (
            *PLACE,
            Column("N° de déclaration d'activité", lambda each: each.nda, 16),
            Column("Situation", lambda each: each.get_status_display(), 16),
            _CHECKED,
        ),
        _providers,
    ),
    List(
        "personnes",
        "Personnes rattachées à l'établissement",
        "personnes",
        "personne",
        (
            Column("Prénom", _of_person("user.first_name"), 18),
            Column("Nom", _of_person("user.last_name"), 24),
            Column("Adresse e-mail", _address, 32),
            Column("Qualité", _capacity, 16),
            Column("Rattachement", _standing, 22),
            Column("Demandé ou invité le", _since),
            Column("Accepté le", _of_person("decided_at")),
        ),
        _people,
        _invited,
    ),
    List(
        "comptes",
        "Comptes de l'OPCO",
        "comptes",
        "compte",
        (
            Column("Prénom", lambda user: user.first_name, 18),
            Column("Nom", lambda user: user.last_name, 24),
            Column("Adresse e-mail", lambda user: user.email, 32),
            Column("Rôles", _roles, 36),
            Column("Actif", lambda user: yes(user.is_active), 8),
        ),
        _accounts,
    ),
    List(
        "saisies",
        "Saisies commencées",
        "saisies",
        "saisie",
        (
            Column("Employeur", lambda each: each.dossier.employer_name, 36),
            Column("Intitulé de la formation", lambda each: each.dossier.title, 40),
            Column("Demande", lambda each: came_in_words(each.reception, each.received_on), 36),
            Column("Modifiée le", lambda each: each.dossier.updated_at),
        ),
        _papers,
    ),
    List(
        "fonds",
        "Fonds épuisés",
        "fonds",
        "déclaration",
        (
            Column("Branche", _branch, 40),
            Column("Épuisés à partir du", lambda each: each.closed_on, 14),
            Column("Rouverts le", lambda each: each.reopened_on, 14),
            Column("Ce que les employeurs lisent", lambda each: each.sentence, 60),
            Column("Source", lambda each: each.source, 36),
        ),
        _closures,
    ),
    List(
        "portefeuilles",
        "Règles des portefeuilles",
        "portefeuilles",
        "règle",
        (
            Column("Gestionnaire", lambda rule: rule.officer.full_name, 24),
            Column("Branche (IDCC)", lambda rule: rule.idcc, 14),
            Column("Région", lambda rule: REGIONS.get(rule.region, ""), 24),
            Column("Type de demande", lambda rule: kinds.get(rule.kind).label if rule.kind else "", 24),
            Column("Coût HT à partir de", lambda rule: rule.amount_from),
            Column("Coût HT jusqu'à", lambda rule: rule.amount_to),
            Column("La règle", lambda rule: "Confier" if rule.assigns else "Proposer", 12),
        ),
        _rules,
    ),
    List(
        "absences",
        "Absences en cours et à venir",
        "absences",
        "absence",
        (
            Column("Absence de", lambda each: each.user.full_name, 24),
            Column("Du", lambda each: each.starts_on, 11),
            Column("Au", lambda each: each.ends_on, 11),
            Column("Remplacement par", lambda each: each.replacement.full_name, 24),
        ),
        _absences,
    ),
)
