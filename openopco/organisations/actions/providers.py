"""Training providers: found in the registries, keyed by hand, verified, suspended. Shared by all employers, so that an
employer changes only what he keyed himself and nobody has verified yet."""

import dataclasses
from typing import Any

from django.utils import timezone

from openopco.base.actions import action
from openopco.kernel.errors import Forbidden
from openopco.kernel.identifiers import parse_siret
from openopco.kernel.nir import refuse_nir
from openopco.organisations import fields, registries
from openopco.organisations.actions.common import assign, creator, insert, recheck_later, refuse_known, tell
from openopco.organisations.enums import Nature, ProviderStatus, Source
from openopco.organisations.errors import ClosedEstablishment, NotFound
from openopco.organisations.models import Provider
from openopco.organisations.registries import CompanyFacts, Declaration, ProviderFacts, Qualiopi
from openopco.rights import SYSTEM, Actor, Permission, may, require

QUALIOPI_COLUMNS = {
    Nature.ACTION: "qualiopi_actions",
    Nature.BILAN: "qualiopi_bilans",
    Nature.VAE: "qualiopi_vae",
    Nature.APPRENTISSAGE: "qualiopi_apprentissage",
}


def find_or_create_provider(*, actor: Actor, siret: str) -> Provider:
    """The provider of a SIRET, kept with the registries' facts the first time. Anybody who signed in may call it,
    outside a transaction. Raises InvalidValue, NotFound, Unavailable (then: by hand), ClosedEstablishment, TooMany."""
    siret = parse_siret(siret)
    known = Provider.objects.filter(siret=siret).first()
    if known is not None:
        return known
    facts = registries.lookup_provider(siret)
    if not facts.company.is_active:
        raise ClosedEstablishment("Cet organisme est fermé d'après le répertoire officiel. Vérifiez le SIRET.")
    return _keep(actor=actor, facts=facts)


@action
def create_provider_by_hand(*, actor: Actor, siret: str, **raw: str) -> Provider:
    """Keeps what somebody keyed because the registries are silent: « à vérifier ». `raw`: name (required), nda,
    address, postal_code, city, phone, email, as typed. Raises InvalidValue, InvalidFields, AlreadyKnown, TooMany."""
    siret, user_id = parse_siret(siret), creator(actor)
    values = fields.read({"name": "", **raw}, fields.PROVIDER)
    refuse_known(Provider, siret)
    provider = Provider(siret=siret, source=Source.HAND, created_by_id=user_id, **values)
    insert(provider)
    tell(provider, "created", actor, {"source": Source.HAND.value})
    recheck_later(provider)
    return provider


@action
def complete_provider(*, actor: Actor, provider_id: int, **raw: str) -> Provider:
    """Corrects a provider the actor keyed and nobody verified; an officer, any. Raises Forbidden, InvalidFields."""
    provider = _lock(provider_id)
    own = provider.created_by_id == actor.user_id and not provider.verified and provider.source == Source.HAND
    if not own and not may(actor, Permission.ESTABLISHMENT_VERIFY):
        raise Forbidden
    _save_changes(provider, fields.read(raw, fields.PROVIDER), "completed", actor)
    return provider


@action
def verify_provider(
    *, actor: Actor, provider_id: int, certified: dict[Nature, bool] | None = None, **raw: str
) -> Provider:
    """An officer vouches for a provider, with what it is certified for. Raises Forbidden, InvalidFields."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    provider = _lock(provider_id)
    flags = {QUALIOPI_COLUMNS[nature]: value for nature, value in (certified or {}).items()}
    values = {**fields.read(raw, fields.PROVIDER), **flags, "verified": True}
    _save_changes(provider, values, "verified", actor)
    return provider


@action
def set_provider_status(*, actor: Actor, provider_id: int, status: ProviderStatus, reason: str) -> Provider:
    """Suspends a provider, or lifts it. No registry undoes a suspension. Raises Forbidden."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    provider = _lock(provider_id)
    before, provider.status = provider.status, status
    provider.save()
    tell(provider, "status", actor, {"before": before, "after": status.value, "reason": refuse_nir(reason)[:500]})
    return provider


def recheck_provider(provider_id: int) -> bool:
    """Asks the registries again; True when they told all. For the job, outside a transaction. Raises Unavailable."""
    siret = Provider.objects.values_list("siret", flat=True).get(pk=provider_id)
    try:
        facts = registries.lookup_provider(siret)
    except NotFound:
        return False
    _merge(provider_id=provider_id, facts=facts)
    return facts.declaration is not None


@action
def _keep(*, actor: Actor, facts: ProviderFacts) -> Provider:
    user_id = creator(actor)
    provider, is_new = Provider.objects.get_or_create(
        siret=facts.company.siret,
        defaults={
            "created_by_id": user_id,
            "source": Source.REGISTRY,
            "facts_at": timezone.now(),
            **_identity(facts.company),
            **_declared(facts.declaration, Source.REGISTRY),
        },
    )
    if is_new:
        tell(provider, "created", actor, {"source": Source.REGISTRY.value, "listed": provider.verified})
        if not provider.verified:
            recheck_later(provider)
    return provider


@action
def _merge(*, provider_id: int, facts: ProviderFacts) -> None:
    provider = _lock(provider_id)
    columns = _identity(facts.company) | _declared(facts.declaration, Source(provider.source))
    if not facts.company.is_active:
        columns["status"] = ProviderStatus.FERME
    changed = assign(provider, columns)
    provider.facts_at = timezone.now()
    provider.save()
    if changed:
        tell(provider, "rechecked", SYSTEM, {"fields": changed})


def _identity(company: CompanyFacts) -> dict[str, Any]:
    return {
        "name": company.name,
        "address": company.address,
        "postal_code": company.postal_code,
        "city": company.city,
        "insee_code": company.insee_code,
    }


def _declared(listed: Declaration | None, source: Source) -> dict[str, Any]:
    """What the public list changes. Read or not, it never takes away a number that people keyed: it may be too new for
    the list, and an officer looks. A number that came from the list goes when the list drops it."""
    if listed is None or (not listed.is_there and source == Source.HAND):
        return {}
    flags = {f"qualiopi_{each.name}": getattr(listed.qualiopi, each.name) for each in dataclasses.fields(Qualiopi)}
    if listed.is_there and not listed.nda:
        return flags
    return {**flags, "nda": listed.nda, "verified": True, "source": Source.REGISTRY}


def _save_changes(provider: Provider, values: dict[str, Any], event: str, actor: Actor) -> None:
    changed = assign(provider, values)
    if changed:
        provider.save()
        tell(provider, event, actor, {"fields": changed})


def _lock(provider_id: int) -> Provider:
    return Provider.objects.select_for_update().get(pk=provider_id)
