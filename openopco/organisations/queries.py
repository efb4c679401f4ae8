"""Reads of organisations. Providers are everybody's to choose from; establishments belong to those who act for them."""

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from openopco import opco
from openopco.base.keyset import Page, paginate
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden
from openopco.kernel.text import fold
from openopco.opco.table import OPCOS
from openopco.organisations import fields
from openopco.organisations.enums import ProviderStatus, Source
from openopco.organisations.models import Company, Establishment, OrganisationNote, Provider
from openopco.organisations.rules import is_of_another_opco
from openopco.reference.queries import proposes_opco
from openopco.rights import Actor, Permission, Subject, may, require

LEAST_SEARCHED = 3


def establishment_by_siret(siret: str) -> Establishment | None:
    return Establishment.objects.select_related("company").filter(siret=siret).first()


def provider_by_siret(siret: str) -> Provider | None:
    return Provider.objects.filter(siret=siret).first()


def knows_private(actor: Actor, establishment: Establishment) -> bool:
    """Whether the actor may read, and write again, what people completed of an establishment: he is of the OPCO, his
    membership there is accepted, or he recorded it and nobody else completed it since. At most one query, and only for
    the last."""
    if actor.is_opco or may(actor, Permission.ESTABLISHMENT_WRITE, Subject(establishment.pk)):
        return True
    is_own = actor.user_id is not None and establishment.created_by_id == actor.user_id
    return is_own and not _completed(establishment, but=actor.user_id)


def knows_agreement(actor: Actor, establishment: Establishment) -> bool:
    """Whether the actor may read the IDCC: public where the registry told it, else as `knows_private`."""
    if knows_private(actor, establishment):
        return True
    return establishment.source == Source.REGISTRY and "idcc" not in _completed(establishment)


def _completed(establishment: Establishment, *, but: int | None = None) -> frozenset[str]:
    """What people completed of an establishment and of its company, by the journal; `but` leaves one person's out."""
    at_the_place = Q(subject_kind="establishment", subject_id=establishment.pk)
    of_the_company = Q(subject_kind="company", subject_id=establishment.company_id, event="company.headcount")
    told = Entry.objects.filter(at_the_place & Q(event__in=_COMPLETING) | of_the_company)
    if but is not None:
        told = told.exclude(actor_id=but)
    names: set[str] = set()
    for event, payload in told.order_by("id").values_list("event", "payload"):
        names.update(["headcount_exact"] if event == "company.headcount" else _fields_in(payload))
    return frozenset(names)


_COMPLETING = ("establishment.completed", "establishment.verified")


def _fields_in(payload: dict[str, list[str]] | None) -> frozenset[str]:
    """Forgotten since, it may have been anything."""
    typed = fields.COMPLETION | fields.IDENTITY
    return typed if payload is None else typed & set(payload.get("fields", ()))


def search_providers(actor: Actor, text: str, *, size: int = 10) -> list[Provider]:
    """Providers already known, by a part of their name, city or SIRET. Raises Forbidden to the anonymous."""
    if actor.user_id is None:
        raise Forbidden
    words = fold(text).split()
    if sum(len(word) for word in words) < LEAST_SEARCHED:
        return []
    found = Provider.objects.exclude(status=ProviderStatus.FERME)
    for word in words[:6]:
        found = found.filter(search__contains=word)
    return list(found.order_by("sort_key", "id")[:size])


def find_establishments(actor: Actor, text: str = "", after: str | None = None) -> Page[Establishment]:
    """For officers: all establishments by name, narrowed to those that hold every word typed: a part of the name, of the
    city, of the SIRET. Raises Forbidden."""
    found = establishments_holding(actor, text).select_related("company")
    return paginate(found, keys=("sort_key", "id"), after=after)


def establishments_holding(actor: Actor, text: str) -> QuerySet[Establishment]:
    """For officers: those that hold every word typed, or all. Raises Forbidden."""
    require(actor, Permission.ORGANISATION_READ)
    return Establishment.objects.filter(_holding(text))


def find_providers(actor: Actor, text: str = "", after: str | None = None) -> Page[Provider]:
    """For officers: all providers by name, narrowed as establishments are. Raises Forbidden."""
    return paginate(providers_holding(actor, text), keys=("sort_key", "id"), after=after)


def providers_holding(actor: Actor, text: str) -> QuerySet[Provider]:
    """For officers: those that hold every word typed, or all. Raises Forbidden."""
    require(actor, Permission.ORGANISATION_READ)
    return Provider.objects.filter(_holding(text))


def _holding(text: str) -> Q:
    """A SIRET is often typed in groups: of digits alone, the spaces mean nothing."""
    folded = fold(text)
    words = [folded.replace(" ", "")] if folded.replace(" ", "").isdigit() else folded.split()
    return Q(*(Q(search__contains=word) for word in words[:6]))


def establishment_for_desk(actor: Actor, establishment_id: int) -> Establishment | None:
    """One establishment with its company, for officers. Raises Forbidden."""
    require(actor, Permission.ORGANISATION_READ)
    found = Establishment.objects.select_related("company").annotate(officer_vouched_at=_last_vouching("establishment"))
    return found.filter(pk=establishment_id).first()


def provider_for_desk(actor: Actor, provider_id: int) -> Provider | None:
    """One provider, for officers. Raises Forbidden."""
    require(actor, Permission.ORGANISATION_READ)
    return Provider.objects.annotate(officer_vouched_at=_last_vouching("provider")).filter(pk=provider_id).first()


def sister_establishments(establishment: Establishment, *, most: int = 20) -> list[Establishment]:
    """The other places of the same company, by name; `most` of them."""
    others = Establishment.objects.filter(company_id=establishment.company_id).exclude(pk=establishment.pk)
    return list(others.order_by("sort_key", "id")[:most])


def notes_on(about: Company | Provider, *, most: int = 50) -> list[OrganisationNote]:
    """What officers noted of a company or of a provider, the latest first. The caller has checked the right to read it."""
    mine = {"company" if isinstance(about, Company) else "provider": about}
    return list(OrganisationNote.objects.filter(**mine).order_by("-created_at", "-id")[:most])


def vouched_at(about: Establishment | Provider) -> datetime | None:
    """Since when the identity of what `*_for_desk` read is vouched for: the registry's last answer, or the day an officer
    did; None where nobody has, or nothing tells when."""
    if not about.verified:
        return None
    told: datetime | None = about.facts_at if about.source == Source.REGISTRY else about.__dict__["officer_vouched_at"]
    return told


def _last_vouching(kind: str) -> Subquery:
    told = Entry.objects.filter(subject_kind=kind, subject_id=OuterRef("pk"), event=f"{kind}.verified")
    return Subquery(told.order_by("-id").values("at")[:1])


def establishments_to_verify(actor: Actor, after: str | None = None) -> Page[Establishment]:
    """For officers: what was keyed by hand, oldest first. Raises Forbidden."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    found = Establishment.objects.filter(verified=False).select_related("company")
    return paginate(found, keys=("id",), after=after)


def providers_to_verify(actor: Actor, after: str | None = None) -> Page[Provider]:
    """For officers: what was keyed by hand or not yet found on the public list, oldest first. Raises Forbidden."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    return paginate(Provider.objects.filter(verified=False), keys=("id",), after=after)


def proposed_opco(establishment: Establishment) -> str:
    """The slug of the OPCO: as the registry told, else ours where the IDCC proposes it, else empty."""
    if establishment.opco_slug:
        return establishment.opco_slug
    ours = opco.identity().slug
    return ours if establishment.idcc and proposes_opco(establishment.idcc, ours) else ""


def elsewhere_in_words(establishment: Establishment) -> str:
    """What to tell, kindly, to an employer of another OPCO; empty for ours. It marks, and blocks nothing."""
    ours = opco.identity()
    if not is_of_another_opco(opco_slug=establishment.opco_slug, ours=ours.slug):
        return ""
    name = OPCOS.get(establishment.opco_slug, {}).get("name", establishment.opco_slug)
    return (
        f"D'après le répertoire des OPCO, cet établissement relève plutôt de : {name}. "
        f"Vous pouvez continuer ici ; {ours.name} vérifiera avec vous."
    )
