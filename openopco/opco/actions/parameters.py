"""Administrators date what their OPCO decides: a parameter gets a value from a day on, a planned one may be withdrawn."""

from datetime import date, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.journal import record
from openopco.kernel.calendar import paris_today
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.opco import parameters
from openopco.opco.defaults import ALWAYS, DEFAULTS
from openopco.opco.errors import (
    AlreadyInForce,
    DayOutOfReach,
    MissingSource,
    ParameterAlreadySet,
    PastDay,
    UnknownParameter,
    WrongParameterValue,
)
from openopco.opco.models import Parameter
from openopco.rights import Actor, Permission, require

FARTHEST: Final = timedelta(days=3660)


@action
def set_parameter(
    *, actor: Actor, code: str, value: Any, starts_on: date, source: str, late_reason: str = ""
) -> Parameter:
    """Gives a parameter a value from a day on; a day already past wants its reason, for what was decided since then is not
    decided again. Administrators, and the system on their command. Other processes see it within
    `parameters.KEPT_SECONDS`. Raises Forbidden, UnknownParameter, WrongParameterValue, MissingSource, PastDay,
    DayOutOfReach, NirInText, ParameterAlreadySet."""
    require(actor, Permission.PARAMETER_MANAGE)
    if code not in DEFAULTS:
        raise UnknownParameter
    if not DEFAULTS[code].accepts(value):
        raise WrongParameterValue
    row = Parameter(
        code=code,
        value=value,
        starts_on=starts_on,
        source=_words(source),
        late_reason=_reason_of_a_past_day(starts_on, late_reason),
        created_by=actor.label[:160],
    )
    if not row.source:
        raise MissingSource
    _insert(row)
    return _told(actor, row, "parameter.set")


@action
def withdraw_parameter(*, actor: Actor, parameter_id: int) -> Parameter:
    """Takes back a value planned for a later day; withdrawn already, it stays so. Both rows are kept. Administrators.
    Raises Forbidden, Parameter.DoesNotExist, AlreadyInForce."""
    require(actor, Permission.PARAMETER_MANAGE)
    planned = Parameter.objects.select_for_update().get(pk=parameter_id, withdrawn=False)
    if planned.starts_on <= paris_today(timezone.now()):
        raise AlreadyInForce
    same_day = Parameter.objects.filter(code=planned.code, starts_on=planned.starts_on, revision__gt=planned.revision)
    if later := same_day.order_by("revision").first():
        return later
    row = Parameter(
        code=planned.code,
        value=planned.value,
        starts_on=planned.starts_on,
        revision=planned.revision + 1,
        withdrawn=True,
        source=planned.source,
        created_by=actor.label[:160],
    )
    row.save(force_insert=True)
    return _told(actor, row, "parameter.withdrawn")


def _insert(row: Parameter) -> None:
    same_day = list(Parameter.objects.filter(code=row.code, starts_on=row.starts_on))
    if parameters.standing(same_day):
        raise ParameterAlreadySet
    row.revision = len(same_day)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ParameterAlreadySet from error


def _told(actor: Actor, row: Parameter, event: str) -> Parameter:
    payload = {
        "code": row.code,
        "value": row.value,
        "starts_on": row.starts_on.isoformat(),
        "source": row.source,
        "late_reason": row.late_reason,
    }
    record(subject_kind="parameter", subject_id=row.pk, event=event, actor=actor, payload=payload)
    transaction.on_commit(parameters.forget)
    return row


def _reason_of_a_past_day(starts_on: date, reason: str) -> str:
    """Kept only where the day is past. Raises PastDay, DayOutOfReach."""
    today = paris_today(timezone.now())
    if not ALWAYS <= starts_on <= today + FARTHEST:
        raise DayOutOfReach
    if starts_on >= today:
        return ""
    if not (words := _words(reason)):
        raise PastDay
    return words


def _words(raw: str) -> str:
    return refuse_nir(clean_line(raw))[:300]
