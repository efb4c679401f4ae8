"""Asking for the journal entries of a period as a file."""

from datetime import date
from uuid import UUID

from openopco import journal
from openopco.base import works
from openopco.base.actions import action
from openopco.base.models import Work
from openopco.base.sheets import Format
from openopco.kernel.calendar import format_date
from openopco.kernel.errors import InvalidValue
from openopco.payments.errors import InvalidFields
from openopco.rights import Actor, Permission, require

ENTRIES_KIND = "payments.entries"
LONGEST_DAYS = 366


@action
def ask_entries(*, actor: Actor, first: date, last: date, format: str, key: UUID) -> Work:
    """Queues the entries of both days and of all between. Raises Forbidden, InvalidFields, InvalidValue, TooManyWorks,
    WorkAlreadyAsked."""
    require(actor, Permission.PAYMENT_READ)
    if format not in set(Format):
        raise InvalidValue("Choisissez un format.")
    if last < first:
        raise InvalidFields({"last": "La fin vient avant le début : vérifiez les deux dates."})
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidFields({"last": "Demandez une année au plus à la fois."})
    work = works.start(
        kind=ENTRIES_KIND,
        title=f"Écritures du {format_date(first)} au {format_date(last)} ({format.upper()})",
        asked_by=actor.person_id,
        key=key,
        args={"first": first.isoformat(), "last": last.isoformat(), "format": format},
        total=None,
    )
    payload = {"du": first.isoformat(), "au": last.isoformat(), "format": format}
    journal.record(subject_kind="work", subject_id=work.pk, event="entries.asked", actor=actor, payload=payload)
    return work
