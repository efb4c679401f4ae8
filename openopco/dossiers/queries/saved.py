"""The lists that an officer keeps under a name."""

from openopco.base.prepared import Prepared
from openopco.dossiers.models import SavedFilter
from openopco.rights import Actor


def saved_lists(actor: Actor) -> list[SavedFilter]:
    """The actor's own, by name. One query."""
    return _of_person(actor.user_id) if actor.user_id else []


_of_person: Prepared[SavedFilter] = Prepared(
    (int,), lambda user_id: SavedFilter.objects.filter(user_id=user_id).order_by("folded")
)
