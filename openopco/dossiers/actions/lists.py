"""Lists that an officer keeps under a name: his own, journalled nowhere."""

from django.db.models import QuerySet

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.dossiers.actions._common import person
from openopco.dossiers.errors import BadListName, NothingNarrowed, TooManyLists, UnknownList
from openopco.dossiers.models import SavedFilter
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, fold
from openopco.rights import Actor, Permission, require

MOST_LISTS = 20
LONGEST_NAME = 40


@action
def save_list(*, actor: Actor, name: str, address: str, is_default: bool = False) -> SavedFilter:
    """Keeps a list under a name. Raises `BadListName`, `TooManyLists`, `NothingNarrowed`, `Forbidden`."""
    mine = _lock(actor)
    if not address:
        raise NothingNarrowed
    if mine.count() >= MOST_LISTS:
        raise TooManyLists
    kept = SavedFilter(user_id=person(actor), address=address)
    _name(kept, name)
    kept.save()
    return make_default(actor=actor, list_id=kept.pk) if is_default else kept


@action
def rename_list(*, actor: Actor, list_id: int, name: str) -> SavedFilter:
    """Raises `UnknownList`, `BadListName`."""
    kept = _own(actor, list_id)
    _name(kept, name)
    kept.save()
    return kept


@action
def make_default(*, actor: Actor, list_id: int, is_default: bool = True) -> SavedFilter:
    """The worklist opens on it from now on, on no other; or on « Mes dossiers » again. Raises `UnknownList`."""
    kept = _own(actor, list_id)
    SavedFilter.objects.filter(user_id=person(actor), is_default=True).update(is_default=False)
    kept.is_default = is_default
    kept.save()
    return kept


@action
def delete_list(*, actor: Actor, list_id: int) -> None:
    """Raises `UnknownList`."""
    _own(actor, list_id).delete()


def _lock(actor: Actor) -> QuerySet[SavedFilter]:
    """The person's lists, under the lock of his own row."""
    require(actor, Permission.DOSSIER_TAKE)
    User.objects.select_for_update().get(pk=person(actor))
    return SavedFilter.objects.filter(user_id=person(actor))


def _own(actor: Actor, list_id: int) -> SavedFilter:
    found = _lock(actor).filter(pk=list_id).first()
    if found is None:
        raise UnknownList
    return found


def _name(kept: SavedFilter, raw: str) -> None:
    name = refuse_nir(clean_line(raw))
    if not fold(name):
        raise BadListName("Donnez un nom à cette liste.")
    if len(name) > LONGEST_NAME:
        raise BadListName(f"Ce nom est trop long : {LONGEST_NAME} caractères au plus.")
    kept.name, kept.folded = name, fold(name)[:LONGEST_NAME]
    same = SavedFilter.objects.filter(user_id=kept.user_id, folded=kept.folded).exclude(pk=kept.pk)
    if same.exists():
        raise BadListName("Vous avez déjà une liste de ce nom.")
