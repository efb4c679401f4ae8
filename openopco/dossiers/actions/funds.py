"""Declaring that funds are exhausted, then that they are open again."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.dossiers import funds
from openopco.dossiers.actions._common import known_branch, person
from openopco.dossiers.errors import AlreadyClosed, NotPossibleNow
from openopco.dossiers.models import FundClosure
from openopco.dossiers.waiting import tell_later
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, refuse_too_long
from openopco.rights import Actor, Permission, require

SUBJECT = "funds"
LONGEST_SENTENCE, LONGEST_SOURCE = 500, 300


@action
def close_funds(*, actor: Actor, idcc: str, closed_on: date, sentence: str, source: str) -> FundClosure:
    """The funds of a branch (all of them where `idcc` is empty) are exhausted from a day on; employers read `sentence`.
    Raises `Forbidden`, `InvalidValue`, `AlreadyClosed`."""
    require(actor, Permission.PARAMETER_MANAGE)
    code = known_branch(idcc)
    words = refuse_too_long(refuse_nir(clean_line(sentence)), LONGEST_SENTENCE)
    origin = refuse_too_long(refuse_nir(clean_line(source)), LONGEST_SOURCE)
    if not words or not origin:
        raise InvalidValue("Écrivez ce que les employeurs liront, et d'où vient la décision.")
    if FundClosure.objects.select_for_update().filter(idcc=code, reopened_on=None).exists():
        raise AlreadyClosed
    closure = FundClosure.objects.create(
        idcc=code,
        closed_on=closed_on,
        sentence=words,
        source=origin,
        closed_by_id=person(actor),
        created_at=timezone.now(),
    )
    _record(closure, "fonds.epuises", actor)
    return closure


@action
def reopen_funds(*, actor: Actor, closure_id: int) -> FundClosure:
    """From today on: the requests that waited come back, the oldest first. Raises `Forbidden`, `NotPossibleNow` where it is
    done, or for none."""
    require(actor, Permission.PARAMETER_MANAGE)
    closure = FundClosure.objects.select_for_update().filter(pk=closure_id, reopened_on=None).first()
    if closure is None:
        raise NotPossibleNow("Ces fonds sont déjà rouverts.")
    # What was planned and never began is reopened on the day it would have.
    closure.reopened_on, closure.reopened_by_id = max(paris_today(timezone.now()), closure.closed_on), person(actor)
    closure.save()
    _record(closure, "fonds.rouverts", actor)
    return closure


def _record(closure: FundClosure, event: str, actor: Actor) -> None:
    payload = {"idcc": closure.idcc, "du": closure.closed_on.isoformat(), "source": closure.source}
    journal.record(subject_kind=SUBJECT, subject_id=closure.pk, event=event, actor=actor, payload=payload)
    tell_later(closure, paris_today(timezone.now()))
    transaction.on_commit(funds.closures.forget)
