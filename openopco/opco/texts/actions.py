"""Wording a template from a day on."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.journal import record
from openopco.kernel.calendar import paris_today
from openopco.opco.errors import TemplateChangedMeanwhile
from openopco.opco.models import TemplateVersion
from openopco.opco.texts import rules
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.versions import template_of
from openopco.rights import Actor, Permission, require


@action
def set_template(*, actor: Actor, code: str, words: Words, starts_on: date, last_seen: int) -> TemplateVersion:
    """Gives a template new words from a day on, as its next version; `last_seen` is the latest one that the actor's page
    knew. Earlier versions stay as they are. Administrators. Raises `Forbidden`, `UnknownTemplate`, `BadTemplate`,
    `InvalidValue`, `TemplateChangedMeanwhile`."""
    require(actor, Permission.TEMPLATE_MANAGE)
    template, now = template_of(code), timezone.now()
    tidy = rules.checked(template, words)
    rules.checked_day(starts_on, paris_today(now))
    latest = TemplateVersion.objects.filter(code=code).order_by("-version").first()
    if latest is not None and _is_again(latest, tidy, starts_on, actor):
        return latest
    if (latest.version if latest else 0) != last_seen:
        raise TemplateChangedMeanwhile
    row = TemplateVersion(
        code=code,
        version=last_seen + 1,
        starts_on=starts_on,
        subject=tidy.subject,
        body=tidy.body,
        created_by=actor.label[:160],
        created_at=now,
    )
    _insert(row)
    payload = {"code": code, "version": row.version, "starts_on": starts_on.isoformat()}
    record(subject_kind="template", subject_id=row.pk, event="template.set", actor=actor, payload=payload)
    return row


def _is_again(latest: TemplateVersion, words: Words, starts_on: date, actor: Actor) -> bool:
    """Whether a second click asks for what the first one did."""
    kept = (latest.subject, latest.body, latest.starts_on, latest.created_by)
    return kept == (words.subject, words.body, starts_on, actor.label[:160])


def _insert(row: TemplateVersion) -> None:
    # Two at once: the unique key lets one through.
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TemplateChangedMeanwhile from error
