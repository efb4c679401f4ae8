"""Reads of organisations. Providers are everybody's to choose from; establishments belong to those who act for them."""

from openopco import opco
from openopco.base.keyset import Page, paginate
from openopco.kernel.errors import Forbidden
from openopco.kernel.text import fold
from openopco.opco.table import OPCOS
from openopco.organisations.enums import ProviderStatus
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.rules import is_of_another_opco
from openopco.reference.queries import proposes_opco
from openopco.rights import Actor, Permission, require

LEAST_SEARCHED = 3


def establishment_by_siret(siret: str) -> Establishment | None:
    return Establishment.objects.select_related("company").filter(siret=siret).first()


def provider_by_siret(siret: str) -> Provider | None:
    return Provider.objects.filter(siret=siret).first()


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
