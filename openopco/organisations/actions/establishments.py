"""Employers' establishments: found in the registry, keyed by hand, completed, verified, checked again."""

from typing import Any

from django.utils import timezone

from openopco.base.actions import action
from openopco.journal.actions import record
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden, Unavailable
from openopco.kernel.identifiers import parse_siret, siren_of
from openopco.organisations import fields, registries
from openopco.organisations.actions.common import assign, creator, insert, recheck_later, refuse_known, tell
from openopco.organisations.enums import Source
from openopco.organisations.errors import ClosedEstablishment, NotFound
from openopco.organisations.models import Company, Establishment
from openopco.organisations.queries import knows_private
from openopco.organisations.registries import CompanyFacts, OpcoFacts
from openopco.rights import SYSTEM, Actor, Permission, Subject, require

COMPLETED = (
    "Quelqu'un a déjà complété ces informations : vous pourrez les changer quand votre rattachement sera accepté."
)


def find_or_create_establishment(*, actor: Actor, siret: str) -> Establishment:
    """The establishment of a SIRET, kept with the registry's facts the first time. Anybody who signed in may call it,
    outside a transaction. Raises InvalidValue, NotFound, Unavailable (then: by hand), ClosedEstablishment, TooMany."""
    siret = parse_siret(siret)
    known = Establishment.objects.select_related("company").filter(siret=siret).first()
    if known is None:
        facts = registries.lookup_company(siret)
        _refuse_closed(facts.is_active)
        return _keep(actor=actor, facts=facts, opco=_opco(siret))
    _refuse_closed(known.is_active)
    return known


@action
def create_establishment_by_hand(*, actor: Actor, siret: str, **raw: str) -> Establishment:
    """Keeps what somebody keyed because the registry is silent: « à vérifier », and asked again by a job. `raw`: name
    (required), address, postal_code, city, naf, headcount_exact, idcc, email, phone, as typed.
    Raises InvalidValue, InvalidFields, AlreadyKnown, TooMany."""
    siret, user_id = parse_siret(siret), creator(actor)
    values = fields.read({"name": "", **raw}, fields.IDENTITY | fields.COMPLETION)
    headcount = values.pop("headcount_exact", None)
    refuse_known(Establishment, siret)
    company = _company(siret, values["name"])
    if company.headcount_exact is None:
        # Told already at another of its places: whoever keys this one by hand may be anybody.
        _set_headcount(company, headcount, actor)
    establishment = Establishment(siret=siret, company=company, source=Source.HAND, created_by_id=user_id, **values)
    insert(establishment)
    tell(establishment, "created", actor, {"source": Source.HAND.value})
    recheck_later(establishment)
    return establishment


@action
def complete_establishment(*, actor: Actor, establishment_id: int, **raw: str) -> Establishment:
    """Completes what the registry does not tell: headcount_exact (of the whole SIREN), idcc, email, phone; and, while
    the establishment is keyed by hand and unverified, its identity. Whose membership waits changes nothing that somebody
    else typed. Raises Forbidden, InvalidFields."""
    establishment = _lock(establishment_id)
    require(actor, Permission.ESTABLISHMENT_WRITE, Subject(establishment.pk, typed_by=establishment.created_by_id))
    if not knows_private(actor, establishment):
        raise Forbidden(COMPLETED)
    by_hand = establishment.source == Source.HAND and not establishment.verified
    values = fields.read(raw, fields.COMPLETION | (fields.IDENTITY if by_hand else frozenset()))
    if "headcount_exact" in values:
        _set_headcount(establishment.company, values.pop("headcount_exact"), actor)
    _save_changes(establishment, values, "completed", actor)
    return establishment


@action
def verify_establishment(
    *, actor: Actor, establishment_id: int, opco_slug: str | None = None, **raw: str
) -> Establishment:
    """An officer vouches for an establishment, correcting its identity if need be. Raises Forbidden, InvalidFields."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    establishment = _lock(establishment_id)
    values = fields.read(raw, fields.COMPLETION | fields.IDENTITY)
    if "headcount_exact" in values:
        _set_headcount(establishment.company, values.pop("headcount_exact"), actor)
    if opco_slug is not None:
        values["opco_slug"] = opco_slug
    _save_changes(establishment, {**values, "verified": True}, "verified", actor)
    return establishment


def recheck_establishment(establishment_id: int) -> bool:
    """Asks the registry again; True when it answered. For the job, outside a transaction. Raises Unavailable."""
    siret = Establishment.objects.values_list("siret", flat=True).get(pk=establishment_id)
    try:
        facts = registries.lookup_company(siret)
    except NotFound:
        return False
    _merge(establishment_id=establishment_id, facts=facts, opco=_opco(siret))
    return True


@action
def _keep(*, actor: Actor, facts: CompanyFacts, opco: OpcoFacts) -> Establishment:
    user_id = creator(actor)
    company = _company(facts.siret, facts.name, facts.company_headcount_band)
    establishment, is_new = Establishment.objects.get_or_create(
        siret=facts.siret,
        defaults={
            "company": company,
            "created_by_id": user_id,
            "idcc": opco.idcc or _only(facts.idccs),
            **_columns(facts, opco),
        },
    )
    if is_new:
        tell(establishment, "created", actor, {"source": Source.REGISTRY.value, "opco": opco.slug})
    return establishment


@action
def _merge(*, establishment_id: int, facts: CompanyFacts, opco: OpcoFacts) -> None:
    establishment = _lock(establishment_id)
    columns = _columns(facts, opco)
    if not opco.slug:
        columns.pop("opco_slug")
    # What people completed is theirs: the registry's agreement only fills an empty one.
    columns["idcc"] = establishment.idcc or opco.idcc or _only(facts.idccs)
    company = establishment.company
    if assign(company, {"name": facts.name, "headcount_band": facts.company_headcount_band}):
        company.save()
    at = columns.pop("facts_at")
    changed = assign(establishment, columns)
    establishment.facts_at = at
    establishment.save()
    if changed:
        tell(establishment, "rechecked", SYSTEM, {"fields": changed})


def _columns(facts: CompanyFacts, opco: OpcoFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "address": facts.address,
        "postal_code": facts.postal_code,
        "city": facts.city,
        "insee_code": facts.insee_code,
        "naf": facts.naf,
        "headcount_band": facts.headcount_band,
        "is_active": facts.is_active,
        "opco_slug": opco.slug,
        "source": Source.REGISTRY,
        "verified": True,
        "facts_at": timezone.now(),
    }


def _company(siret: str, name: str, band: str = "") -> Company:
    company, _ = Company.objects.get_or_create(siren=siren_of(siret), defaults={"name": name, "headcount_band": band})
    return company


def _set_headcount(company: Company, headcount: int | None, actor: Actor) -> None:
    """The headcount is the legal unit's: every establishment of the SIREN shares it."""
    if headcount is None or headcount == company.headcount_exact:
        return
    company = Company.objects.select_for_update().get(pk=company.pk)
    before, company.headcount_exact = company.headcount_exact, headcount
    company.headcount_at = paris_today(timezone.now())
    company.save()
    record(
        subject_kind="company",
        subject_id=company.pk,
        event="company.headcount",
        actor=actor,
        payload={"before": before, "after": headcount},
    )


def _save_changes(establishment: Establishment, values: dict[str, Any], event: str, actor: Actor) -> None:
    changed = assign(establishment, values)
    if changed:
        establishment.save()
        tell(establishment, event, actor, {"fields": changed})
    establishment.company.refresh_from_db()


def _lock(establishment_id: int) -> Establishment:
    found = Establishment.objects.select_related("company").select_for_update(of=("self",))
    return found.get(pk=establishment_id)


def _opco(siret: str) -> OpcoFacts:
    try:
        return registries.opco_of(siret)
    except Unavailable:
        return OpcoFacts()


def _only(codes: tuple[str, ...]) -> str:
    return codes[0] if len(codes) == 1 else ""


def _refuse_closed(is_active: bool) -> None:
    if not is_active:
        raise ClosedEstablishment
