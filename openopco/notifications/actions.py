"""Telling people, and what they do with it."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.text import clean_line
from openopco.mail import queue_mail
from openopco.notifications.enums import Pace
from openopco.notifications.kinds import NoticeKind, kind_of, registered_kinds
from openopco.notifications.models import MailPreference, Notice
from openopco.notifications.rules import pace_of
from openopco.opco.texts.catalogue import NOTICE
from openopco.opco.texts.mails import mail_in_force
from openopco.rights import Actor


@transaction.atomic
def notify(
    *,
    user_ids: Iterable[int],
    kind: str,
    title: str,
    url: str,
    subject_kind: str,
    subject_id: int,
    unique_key: str,
    template: str = NOTICE,
    values: Mapping[str, str] = MappingProxyType({}),
) -> list[Notice]:
    """Tells each active person once, in the caller's transaction, with a mail for those who want one, in the words of
    `template` filled with `values`. Called by other rooms' actions and jobs. `url` is a path of ours; `title` one French
    sentence without personal data, since it goes by mail. Returns the new notices. Raises `KeyError` for an unknown kind,
    `ValueError` for an address that is not ours."""
    known = kind_of(kind)
    if not url.startswith("/") or url.startswith("//"):
        # Said here too: SQLite leaves out, without a word, the rows that break a constraint.
        raise ValueError("a notice leads to a path of the portal")
    people = _untold(set(user_ids), unique_key)
    line = clean_line(title)[:200]
    notices = [
        Notice(
            user=person,
            kind=known.code,
            title=line,
            url=url,
            subject_kind=subject_kind,
            subject_id=subject_id,
            unique_key=unique_key,
            created_at=timezone.now(),
        )
        for person in people
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    filled = {"evenement": line, "lien": urljoin(settings.PUBLIC_URL, url), **values}
    _mail(known, people, template, filled, unique_key=unique_key)
    return list(Notice.objects.filter(user__in=people, unique_key=unique_key).order_by("user_id"))


@action
def mark_read(*, actor: Actor, notice_ids: Sequence[int] | None = None) -> int:
    """Marks the actor's own notices as read, all of them when no id is given. Other people's are left alone."""
    unread = Notice.objects.filter(user_id=_person(actor), read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=timezone.now())


@action
def set_mail_pace(*, actor: Actor, kind: str, pace: str) -> MailPreference:
    """Chooses when a kind of notice comes by mail too. Raises `InvalidValue` for an unknown or compulsory kind, an unknown
    pace."""
    known = next((each for each in registered_kinds() if each.code == kind), None)
    if known is None or pace not in Pace.values:
        raise InvalidValue("Ce choix n'existe pas.")
    if known.compulsory:
        raise InvalidValue("Ce message est toujours envoyé : il touche à vos droits ou à un délai.")
    preference, _ = MailPreference.objects.update_or_create(user_id=_person(actor), kind=kind, defaults={"pace": pace})
    return preference


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id


def _untold(user_ids: set[int], unique_key: str) -> list[User]:
    told = Notice.objects.filter(user_id__in=user_ids, unique_key=unique_key).values("user_id")
    return list(User.objects.filter(pk__in=user_ids, is_active=True).exclude(pk__in=told).order_by("pk"))


def _mail(kind: NoticeKind, people: list[User], template: str, values: Mapping[str, str], *, unique_key: str) -> None:
    choices = dict(MailPreference.objects.filter(user__in=people, kind=kind.code).values_list("user_id", "pace"))
    wanting = [person for person in people if pace_of(kind, choices.get(person.pk)) is Pace.AT_ONCE]
    if not wanting:
        return
    words = mail_in_force(template, {"acte": kind.act, **values}, timezone.now())
    for person in wanting:
        queue_mail(
            to=person.email, subject=words.subject, text=words.body, unique_key=f"notice:{person.pk}:{unique_key}"
        )
