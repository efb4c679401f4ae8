"""Who is on the employer's side of a request."""

from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import visible_to
from openopco.habilitations.queries import actor_for, people_of_establishment


def employers_of(dossier: Dossier) -> set[int]:
    """Those whose attachment is accepted, and who filed it if he still sees it; never an officer who typed it for them."""
    confirmed = set(people_of_establishment(dossier.establishment_id))
    filer = dossier.filed_by or dossier.created_by
    actor = actor_for(filer)
    sees = not actor.is_opco and visible_to(actor).filter(pk=dossier.pk).exists()
    return confirmed | ({filer.pk} if sees else set())
