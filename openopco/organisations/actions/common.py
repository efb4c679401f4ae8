"""What the writes of establishments and providers share."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.journal.actions import record
from openopco.kernel.errors import Forbidden
from openopco.organisations.errors import AlreadyKnown, TooMany
from openopco.organisations.models import Establishment, Organisation, Provider
from openopco.organisations.rules import MOST_CREATED_PER_DAY
from openopco.rights import Actor

FIRST_RECHECK = timedelta(minutes=10)


def creator(actor: Actor) -> int:
    """The person who keeps an organisation: whoever signed in, up to a daily number. Raises Forbidden, TooMany."""
    if actor.user_id is None:
        raise Forbidden
    since = timezone.now() - timedelta(days=1)
    made = {"created_by_id": actor.user_id, "created_at__gte": since}
    if Establishment.objects.filter(**made).count() + Provider.objects.filter(**made).count() >= MOST_CREATED_PER_DAY:
        raise TooMany
    return actor.user_id


def refuse_known(model: type[Establishment] | type[Provider], siret: str) -> None:
    """Raises AlreadyKnown."""
    if model.objects.filter(siret=siret).exists():
        raise AlreadyKnown


def insert(organisation: Organisation) -> None:
    """Of two people who key the same SIRET at once, the second gets AlreadyKnown."""
    try:
        organisation.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyKnown from error


def kind_of(organisation: Organisation) -> str:
    return organisation._meta.model_name or ""


def tell(organisation: Organisation, event: str, actor: Actor, payload: dict[str, Any]) -> None:
    """Journals what happened; payloads hold codes and names of columns, no address, mail or telephone."""
    kind = kind_of(organisation)
    record(subject_kind=kind, subject_id=organisation.pk, event=f"{kind}.{event}", actor=actor, payload=payload)


def recheck_later(organisation: Organisation) -> None:
    """Queues a new question to the registry for what could not be verified now."""
    kind, now = kind_of(organisation), timezone.now()
    enqueue(
        "organisations.recheck",
        unique_key=f"organisations.recheck:{kind}:{organisation.pk}:{now:%Y%m%d}",
        run_at=now + FIRST_RECHECK,
        kind=kind,
        pk=organisation.pk,
    )


def assign(row: Any, values: dict[str, Any]) -> list[str]:
    """Sets the columns that differ, and returns their names, sorted."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    return changed
