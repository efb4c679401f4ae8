"""The lists that can be taken away as files: each declares its columns once, and the rows that its reader sees."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from openopco.accounts.models import User
from openopco.base.sheets import Column
from openopco.dossiers.enums import STATE_WORDS, Audience, State
from openopco.dossiers.models import NO_DUE_DATE, Dossier
from openopco.dossiers.queries import Filters, portfolio_of, visible_to
from openopco.dossiers.queries.history import with_first_answer
from openopco.exports.errors import UnknownList
from openopco.exports.finance import FINANCE
from openopco.exports.registers import REGISTERS
from openopco.exports.settlements import SETTLEMENTS
from openopco.exports.shape import PLACE, Asked, List
from openopco.exports.tallies import TALLIES
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.kernel.errors import Forbidden
from openopco.opco.models import Feedback
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor, Permission, require

__all__ = ["LISTS", "PAGE", "Asked", "List", "count_up_to", "filters_as_asked", "find", "pages_of", "person"]
PAGE = 2000


def find(code: str) -> List:
    """Raises `UnknownList`."""
    if code not in LISTS:
        raise UnknownList
    return LISTS[code]


def pages_of(listed: List, asked: Asked, actor: Callable[[], Actor]) -> Iterator[list[Any]]:
    """The rows by pages, by the key of the last row of each: none is skipped at the end of a million, none is kept. Who
    reads is asked again at each page."""
    for rows in listed.parts:
        after = 0
        while page := list(rows(actor(), asked).filter(pk__gt=after).order_by("pk")[:PAGE]):
            yield page
            after = page[-1].pk


# --- filters ---------------------------------------------------------------------------------------------------------


def filters_as_asked(filters: Filters) -> dict[str, Any]:
    """The filters of a list of requests as a work keeps them: JSON, without what is empty."""
    values = {each.name: getattr(filters, each.name) for each in fields(filters)}
    return {name: _kept(value) for name, value in values.items() if value not in (None, "")}


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"amount": str(value)} if isinstance(value, Decimal) else value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else Decimal(value["amount"])


def _filters(asked: Asked) -> Filters:
    return Filters(**{name: _read(value) for name, value in asked.get("filters", {}).items()})


# --- requests --------------------------------------------------------------------------------------------------------


def _desk(actor: Actor, asked: Asked) -> QuerySet[Dossier]:
    require(actor, Permission.DOSSIER_TAKE)
    return with_first_answer(portfolio_of(actor, _filters(asked)).select_related("holder", "establishment"))


def _of_employer(actor: Actor, asked: Asked) -> QuerySet[Dossier]:
    here = {grant.establishment_id for grant in actor.employer_grants()}
    if asked["establishment"] not in here:
        raise Forbidden
    found = visible_to(actor).filter(establishment_id=asked["establishment"])
    return with_first_answer(_filters(asked).narrow(found, is_few=True))


def _state(audience: Audience) -> Callable[[Dossier], str]:
    words = STATE_WORDS[audience]
    return lambda dossier: words[State(dossier.state)]


def _due(dossier: Dossier) -> date | None:
    return None if dossier.due_on == NO_DUE_DATE else dossier.due_on


def _holder(dossier: Dossier) -> str:
    return dossier.holder.full_name if dossier.holder else ""


_REQUEST = (
    Column("Intitulé de la formation", lambda dossier: dossier.title, 40),
    Column("Organisme de formation", lambda dossier: dossier.provider_name or "Formation interne", 30),
    Column("Début", lambda dossier: dossier.starts_on, 11),
    Column("Fin", lambda dossier: dossier.ends_on, 11),
    Column("Stagiaires", lambda dossier: dossier.trainee_count, 10),
    Column("Coût demandé HT", lambda dossier: dossier.amount_asked),
    Column("Montant accordé HT", lambda dossier: dossier.amount_granted),
    Column("Envoyée le", lambda dossier: dossier.sent_at),
    Column("Décidée le", lambda dossier: dossier.__dict__["answered_at"]),
    Column("Échéance", _due, 11),
)
_NUMBER = Column("Numéro", lambda dossier: dossier.number or "Brouillon", 18)

# --- the others ------------------------------------------------------------------------------------------------------


def _memberships(actor: Actor, asked: Asked) -> QuerySet[Membership]:
    require(actor, Permission.MEMBERSHIP_DECIDE)
    return Membership.objects.filter(state=MembershipState.PENDING).select_related("user", "establishment", "provider")


def _establishments(actor: Actor, asked: Asked) -> QuerySet[Establishment]:
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    return Establishment.objects.filter(verified=False)


def _providers(actor: Actor, asked: Asked) -> QuerySet[Provider]:
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    return Provider.objects.filter(verified=False)


def _feedback(actor: Actor, asked: Asked) -> QuerySet[Feedback]:
    require(actor, Permission.FEEDBACK_READ)
    return Feedback.objects.filter(read_at=None) if asked.get("unread") else Feedback.objects.all()


LISTS: Mapping[str, List] = {
    listed.code: listed
    for listed in (
        List(
            "dossiers",
            "Dossiers à traiter",
            "dossiers",
            "dossier",
            (
                _NUMBER,
                Column("État", _state(Audience.OPCO), 22),
                Column("Employeur", lambda dossier: dossier.employer_name, 36),
                Column("SIRET", lambda dossier: dossier.establishment.siret, 16),
                *_REQUEST,
                Column("Traité par", _holder, 24),
                Column("Dernier mouvement", lambda dossier: dossier.updated_at),
            ),
            _desk,
        ),
        List(
            "demandes",
            "Mes demandes",
            "demandes",
            "demande",
            (_NUMBER, Column("Où elle en est", _state(Audience.EMPLOYEUR), 22), *_REQUEST),
            _of_employer,
        ),
        List(
            "rattachements",
            "Rattachements à valider",
            "rattachements",
            "rattachement",
            (
                Column("Demandé le", lambda each: each.requested_at),
                Column("Prénom", lambda each: each.user.first_name, 18),
                Column("Nom", lambda each: each.user.last_name, 24),
                Column("Adresse e-mail", lambda each: each.user.email, 32),
                Column("Pour", lambda each: each.organisation.name, 36),
                Column("SIRET", lambda each: each.organisation.siret, 16),
                Column("En tant que", lambda each: "organisme" if each.provider_id else "employeur", 14),
                Column("Justificatif joint", lambda each: "oui" if each.proof_id else "non", 16),
            ),
            _memberships,
        ),
        List(
            "etablissements",
            "Établissements à vérifier",
            "etablissements",
            "établissement",
            (*PLACE, Column("Code NAF", lambda place: place.naf, 10), Column("IDCC", lambda place: place.idcc, 8)),
            _establishments,
        ),
        List(
            "organismes",
            "Organismes à vérifier",
            "organismes",
            "organisme",
            (*PLACE, Column("N° de déclaration d'activité", lambda provider: provider.nda, 16)),
            _providers,
        ),
        List(
            "avis",
            "Avis reçus",
            "avis",
            "avis",
            (
                Column("Reçu le", lambda each: each.created_at),
                Column("Note", lambda each: each.rating, 6),
                Column("Avis", lambda each: each.body, 80),
                Column("Page", lambda each: each.page, 30),
                Column("Lu le", lambda each: each.read_at),
            ),
            _feedback,
        ),
        *REGISTERS,
        *TALLIES,
        *SETTLEMENTS,
        *FINANCE,
    )
}


def person(user_id: int) -> User:
    """Who asked for a work."""
    return User.objects.get(pk=user_id)


def count_up_to(rows: QuerySet[Model], most: int) -> int:
    """How many rows there are, never beyond `most` + 1."""
    return rows.order_by()[: most + 1].count()
