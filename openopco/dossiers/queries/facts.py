"""What stands around a draft: the employer, the provider, the pieces, as plain facts."""

from dataclasses import replace

from openopco.documents.models import Document
from openopco.dossiers.draft import EmployerFacts, PieceView, ProviderFacts
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.queries import knows_agreement, knows_private
from openopco.reference.queries import idcc_label
from openopco.rights import Actor


def piece_view(document: Document, *, is_closed: bool = False) -> PieceView:
    return PieceView(
        str(document.key),
        document.zone,
        document.name,
        document.size,
        document.state,
        document.content_type,
        is_closed=is_closed,
    )


def employer_facts(
    establishment: Establishment, *, with_labels: bool = True, reader: Actor | None = None
) -> EmployerFacts:
    """What the house knows of the employer, less what this reader, if any, may not know; one query for the agreement's
    label, if wanted."""
    known = _all_known(establishment)
    if reader is not None and not knows_private(reader, establishment):
        idcc = known.idcc if knows_agreement(reader, establishment) else ""
        known = replace(known, headcount=None, email="", phone="", idcc=idcc, contributions_paid=None)
    return replace(known, idcc_label=idcc_label(known.idcc)) if known.idcc and with_labels else known


def _all_known(establishment: Establishment) -> EmployerFacts:
    return EmployerFacts(
        name=establishment.name,
        siret=establishment.siret,
        address=establishment.address,
        postal_code=establishment.postal_code,
        city=establishment.city,
        naf=establishment.naf,
        headcount=establishment.company.headcount_exact,
        idcc=establishment.idcc,
        idcc_label="",
        verified=establishment.verified,
        email=establishment.email,
        phone=establishment.phone,
        headcount_band=establishment.headcount_band,
        contributions_paid=establishment.company.contributions_paid,
        contributions_on=establishment.company.contributions_on,
    )


def provider_facts(provider: Provider) -> ProviderFacts:
    return ProviderFacts(
        name=provider.name,
        siret=provider.siret,
        nda=provider.nda,
        address=provider.address,
        postal_code=provider.postal_code,
        city=provider.city,
        phone=provider.phone,
        email=provider.email,
        qualiopi_actions=provider.qualiopi_actions,
        qualiopi_bilans=provider.qualiopi_bilans,
        qualiopi_vae=provider.qualiopi_vae,
        status=provider.status,
        verified=provider.verified,
    )
