"""What stands around a draft: the employer, the provider, the pieces, as plain facts."""

from openopco.documents.models import Document
from openopco.dossiers.draft import EmployerFacts, PieceView, ProviderFacts
from openopco.organisations.models import Establishment, Provider
from openopco.reference.queries import idcc_label


def piece_view(document: Document) -> PieceView:
    return PieceView(
        str(document.key), document.zone, document.name, document.size, document.state, document.content_type
    )


def employer_facts(establishment: Establishment, *, with_labels: bool = True) -> EmployerFacts:
    """What the house knows of the employer; one query for the agreement's label, if wanted."""
    return EmployerFacts(
        name=establishment.name,
        siret=establishment.siret,
        address=establishment.address,
        postal_code=establishment.postal_code,
        city=establishment.city,
        naf=establishment.naf,
        headcount=establishment.company.headcount_exact,
        idcc=establishment.idcc,
        idcc_label=idcc_label(establishment.idcc) if establishment.idcc and with_labels else "",
        verified=establishment.verified,
        email=establishment.email,
        phone=establishment.phone,
        headcount_band=establishment.headcount_band,
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
