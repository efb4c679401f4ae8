"""Reading accounts. Each person reads his own; lists of people belong to the doors that hold the right to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from openopco.accounts.models import User
from openopco.accounts.rules import device_name
from openopco.rights import Actor


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in."""

    id: int
    device: str
    ip: str
    since: datetime
    is_current: bool


def actor_of(user: User) -> Actor:
    """The person, without any capacity: enough for the journal of his own account."""
    return Actor(user_id=user.pk, label=str(user))


def has_totp(user: User) -> bool:
    """Whether a second factor is set up. One query."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def is_mfa_required() -> bool:
    """Whether the OPCO's own people need a second factor here. The demonstration waives it."""
    return bool(settings.OPENOPCO_MFA_REQUIRED) and not settings.DEMO


def open_sessions(user: User, current_key: str | None) -> list[OpenSession]:
    """The person's live sessions, the latest first. Two queries; nothing is purged on the way."""
    rows = UserSession.objects.filter(user_id=user.pk).order_by("-created_at", "-pk")
    alive = _alive([row.session_key for row in rows])
    return [_open_session(row, current_key) for row in rows if row.session_key in alive]


def _alive(keys: Sequence[str]) -> frozenset[str]:
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return frozenset(live.order_by("session_key").values_list("session_key", flat=True))


def _open_session(row: UserSession, current_key: str | None) -> OpenSession:
    return OpenSession(
        id=row.pk,
        device=device_name(row.user_agent),
        ip=row.ip,
        since=row.created_at,
        is_current=row.session_key == current_key,
    )


def has_confirmed(user_id: int, email: str) -> bool:
    """Whether the person has shown that the address is his."""
    return bool(EmailAddress.objects.filter(user_id=user_id, email__iexact=email, verified=True).exists())
