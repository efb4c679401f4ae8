"""Whether the person behind a request is known to act for the employer, and what happens once he is."""

from django.db.models import Q

from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import sees_all_of
from openopco.habilitations.effects import on_accepted
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import hold_accepted_membership
from openopco.rights import Actor


def is_unconfirmed(actor: Actor, establishment_id: int) -> bool:
    """Whether nobody has accepted yet that the actor acts for the establishment. Inside the transaction that writes the
    answer down; no query for those who were accepted."""
    if sees_all_of(actor, establishment_id):
        return False
    return not hold_accepted_membership(user_id=actor.user_id, establishment_id=establishment_id)


@on_accepted
def confirm_requests(membership: Membership) -> None:
    """What the person typed and sent for the establishment is now the establishment's, like anybody's."""
    if membership.establishment_id is None:
        return
    typed = Q(state=State.BROUILLON, created_by_id=membership.user_id) | Q(filed_by_id=membership.user_id)
    waiting = Dossier.objects.filter(establishment_id=membership.establishment_id, unconfirmed=True)
    waiting.filter(typed).update(unconfirmed=False)
