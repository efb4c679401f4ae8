"""Following a request: a personal mark, journalled nowhere."""

from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.dossiers.actions._common import person
from openopco.dossiers.errors import TooManyFollowed
from openopco.dossiers.models import Dossier, Follow, News
from openopco.dossiers.news import mark_seen
from openopco.dossiers.queries import find
from openopco.rights import Actor, Permission, require

MOST_FOLLOWED = 200


@action
def follow(*, actor: Actor, number: str) -> Dossier:
    """From now on the actor is told what happens to the request; twice is once. Raises `UnknownDossier`, `Forbidden`,
    `TooManyFollowed`."""
    require(actor, Permission.NOTE_READ)
    dossier = find(actor=actor, number=number)
    # His own row is the lock: two windows together do not pass the limit.
    User.objects.select_for_update().get(pk=person(actor))
    mine = Follow.objects.filter(user_id=person(actor))
    if mine.filter(dossier=dossier).exists():
        return dossier
    if mine.count() >= MOST_FOLLOWED:
        raise TooManyFollowed
    Follow.objects.create(user_id=person(actor), dossier=dossier, since=timezone.now())
    return dossier


@action
def unfollow(*, actor: Actor, number: str) -> Dossier:
    """Ends it; what was new to him is no news any more, unless he holds the request. Raises `UnknownDossier`."""
    require(actor, Permission.NOTE_READ)
    dossier = find(actor=actor, number=number)
    Follow.objects.filter(user_id=person(actor), dossier=dossier).delete()
    if dossier.holder_id != actor.user_id:
        mark_seen(News.objects.filter(reader_id=person(actor), dossier=dossier), timezone.now())
    return dossier
