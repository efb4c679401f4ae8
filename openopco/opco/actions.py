"""What people change in this room: they leave an opinion, administrators read it and set dated parameters."""

from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.journal import record
from openopco.kernel.errors import Forbidden
from openopco.kernel.nir import refuse_nir
from openopco.opco import parameters, rules
from openopco.opco.defaults import DEFAULTS
from openopco.opco.errors import ParameterAlreadySet, TooMuchFeedback, UnknownParameter, WrongParameterValue
from openopco.opco.models import Feedback, Parameter
from openopco.rights import Actor, Permission, require


@action
def leave_feedback(
    *, actor: Actor, page: str, body: str = "", rating: str | int | None = None, anonymous: bool = False
) -> Feedback:
    """Keeps an opinion on the portal, of anybody signed in; `anonymous` keeps no author. Not journalled: the journal
    would name who asked not to be. Raises Forbidden, EmptyFeedback, WrongRating, FeedbackTooLong, TooMuchFeedback."""
    if actor.user_id is None:
        raise Forbidden
    note = rules.feedback_rating(rating)
    words = rules.feedback_body(body, note)
    _slow_down(actor.user_id)
    return Feedback.objects.create(
        page=rules.feedback_page(page), rating=note, body=words, author_id=None if anonymous else actor.user_id
    )


@action
def mark_feedback_read(*, actor: Actor, feedback_id: int) -> Feedback:
    """Marks an opinion as read; twice is once. Administrators. Raises Forbidden, Feedback.DoesNotExist."""
    require(actor, Permission.FEEDBACK_READ)
    feedback = Feedback.objects.select_for_update().get(pk=feedback_id)
    if feedback.read_at is None:
        feedback.read_at = timezone.now()
        feedback.save(update_fields=["read_at"])
        record(subject_kind="feedback", subject_id=feedback.pk, event="feedback.read", actor=actor)
    return feedback


@action
def set_parameter(*, actor: Actor, code: str, value: Any, starts_on: date, source: str) -> Parameter:
    """Gives a parameter a value from a day on. Administrators, and the system on their command. Other processes see it
    within `parameters.KEPT_SECONDS`. Raises Forbidden, UnknownParameter, WrongParameterValue, ParameterAlreadySet."""
    require(actor, Permission.PARAMETER_MANAGE)
    if code not in DEFAULTS:
        raise UnknownParameter
    if not DEFAULTS[code].accepts(value) or not source.strip():
        raise WrongParameterValue
    row = Parameter(
        code=code,
        value=value,
        starts_on=starts_on,
        source=refuse_nir(source.strip())[:300],
        created_by=actor.label[:160],
    )
    _insert(row)
    payload = {"code": code, "value": value, "starts_on": starts_on.isoformat(), "source": row.source}
    record(subject_kind="parameter", subject_id=row.pk, event="parameter.set", actor=actor, payload=payload)
    transaction.on_commit(parameters.forget)
    return row


def _insert(row: Parameter) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ParameterAlreadySet from error


def _slow_down(user_id: int) -> None:
    key, now = f"opco:feedback:{user_id}", timezone.now().timestamp()
    moments = rules.recent(cache.get(key, []), now)
    if len(moments) >= rules.FEEDBACK_PER_HOUR:
        raise TooMuchFeedback
    cache.set(key, [*moments, now], timeout=int(rules.HOUR))
