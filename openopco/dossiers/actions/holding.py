"""Who holds a request at the desk: take, give back, assign."""

from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.dossiers import workflow
from openopco.dossiers.actions._common import lock, move
from openopco.dossiers.errors import ChangedMeanwhile, HeldByAnother
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import subject_of
from openopco.habilitations import absences
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden
from openopco.rights import Actor, Permission, may


@action
def take(*, actor: Actor, number: str, version: int | None = None) -> Dossier:
    """An officer takes a request that waits. Of two at once the second gets `HeldByAnother`, which names the first.
    Raises `ChangedMeanwhile`, `NotPossibleNow`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_TAKE, number=number)
    if dossier.holder_id == actor.user_id:
        return dossier
    if dossier.holder_id:
        raise HeldByAnother(f"{_holder_name(dossier)} vient de prendre ce dossier.")
    if version is not None and version != dossier.version:
        raise ChangedMeanwhile
    dossier.holder_id = actor.user_id
    move(dossier, workflow.Event.PRENDRE, actor=actor)
    return dossier


@action
def release(*, actor: Actor, number: str, version: int | None = None) -> Dossier:
    """Puts a request back among those that wait for an officer."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    dossier.holder = None
    move(dossier, workflow.Event.RELACHER, actor=actor)
    return dossier


@action
def assign(*, actor: Actor, number: str, to: User, version: int | None = None) -> Dossier:
    """Gives a request to a colleague, who must be allowed to examine it."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_ASSIGN, number=number, version=version)
    if not may(actor_for(to), Permission.DOSSIER_TAKE, subject_of(dossier)):
        raise Forbidden("Cette personne ne peut pas traiter ce dossier.")
    if dossier.holder_id == to.pk:
        return dossier
    workflow.check(dossier, workflow.Event.ASSIGNER)
    dossier.holder = to
    move(dossier, workflow.Event.ASSIGNER, actor=actor, payload={"a": to.pk})
    return dossier


def require_holder(actor: Actor, dossier: Dossier) -> None:
    """Only the officer who holds a request examines and decides it, or who stands in for him while he is away: the journal
    then says for whom. Nobody does so with what he filed. Raises `HeldByAnother`."""
    if dossier.holder_id is None:
        raise HeldByAnother("Prenez d'abord ce dossier : personne ne le traite encore.")
    if dossier.holder_id == actor.user_id:
        return
    today = paris_today(timezone.now())
    if not absences.stands_in(user_id=actor.user_id, for_id=dossier.holder_id, day=today):
        raise HeldByAnother(f"Ce dossier est traité par {_holder_name(dossier)}.")
    if not may(actor, Permission.DOSSIER_TAKE, subject_of(dossier)):
        raise HeldByAnother("Vous avez déposé cette demande : un collègue doit l'examiner.")
    dossier.acted_for = _holder_name(dossier)


def _holder_name(dossier: Dossier) -> str:
    return dossier.holder.full_name if dossier.holder else ""
