"""Reads of the employers' directories. A pending membership reaches only the people that its holder typed."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from openopco.base.keyset import Page, paginate
from openopco.kernel.text import fold
from openopco.rights import Actor, Permission, Subject, may
from openopco.trainees import vault
from openopco.trainees.models import Trainee

MOST_WORDS = 6


def directory(
    actor: Actor, establishment_id: int, text: str = "", after: str | None = None, *, size: int = 25
) -> Page[Trainee]:
    """One page of the people of an establishment that the actor may choose from, by name. RQTH is not loaded."""
    found = _reach(actor).filter(establishment_id=establishment_id).defer("rqth")
    for word in fold(text).split()[:MOST_WORDS]:
        found = found.filter(search__contains=word)
    return paginate(found, keys=("sort_key", "id"), after=after, size=size)


def find_trainee(actor: Actor, trainee_id: int) -> Trainee | None:
    """One person of the actor's directories; None for everybody else's."""
    return _reach(actor).filter(pk=trainee_id).first()


def find_trainees(actor: Actor, establishment_id: int, trainee_ids: Iterable[int]) -> list[Trainee]:
    """Those of an establishment's people that the actor may choose from, by name, their NIR's secret with them."""
    found = _reach(actor).filter(establishment_id=establishment_id, pk__in=set(trainee_ids))
    return list(found.select_related("nir").order_by("sort_key", "id"))


def usable_nirs(actor: Actor, trainees: Iterable[Trainee]) -> set[int]:
    """Ids of the secrets of these people that the actor may put in a request: colleagues share theirs, unseen, once the
    membership is accepted; until then, only a number that he typed himself."""
    given = list(trainees)
    shown = vault.shown_to(actor, [each.nir for each in given if each.nir])
    whole = {each for each in {one.establishment_id for one in given} if reaches_whole_directory(actor, each)}
    return {each.nir_id for each in given if each.nir_id and (each.nir_id in shown or each.establishment_id in whole)}


def reaches_whole_directory(actor: Actor, establishment_id: int) -> bool:
    """Whether the actor's membership is accepted: he sees what his colleagues typed."""
    return may(actor, Permission.TRAINEE_WRITE, Subject(establishment_id))


def _reach(actor: Actor) -> QuerySet[Trainee]:
    grants = list(actor.employer_grants())
    whole = [grant.establishment_id for grant in grants if grant.confirmed]
    own = [grant.establishment_id for grant in grants if not grant.confirmed]
    mine = Q(establishment_id__in=own, created_by_id=actor.user_id)
    return Trainee.objects.filter(Q(establishment_id__in=whole, unconfirmed=False) | mine)
