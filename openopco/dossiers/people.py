"""Who is on the employer's side of a request."""

from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import visible_to
from openopco.habilitations.queries import actor_for, people_of_establishment


def employers_of(dossier: Dossier) -> set[int]:
    """Those whose attachment is accepted, and who filed it if he still sees it."""
    confirmed = set(people_of_establishment(dossier.establishment_id))
    filer = dossier.filed_by or dossier.created_by
    sees = visible_to(actor_for(filer)).filter(pk=dossier.pk).exists()
    return confirmed | ({filer.pk} if sees else set())
