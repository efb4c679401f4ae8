"""What surrounds the requests of people who are signed in: the end of their session, their second factor."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from openopco.accounts.enums import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT
from openopco.accounts.models import User
from openopco.accounts.queries import has_totp, is_mfa_required
from openopco.accounts.rules import Lifetime, lacks_second_factor, must_note_seen

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_OVER = "Votre session a pris fin. Reconnectez-vous : vous reviendrez à la page où vous étiez."


class SessionLifetimeMiddleware:
    """Ends sessions left idle, and those that have lasted a day's work. Costs nothing to who has no session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = timezone.now()
        signed_in_at, seen_at = _moment(request, SIGNED_IN_AT, now), _moment(request, SEEN_AT, now)
        if _lifetime().is_over(now=now, signed_in_at=signed_in_at, seen_at=seen_at):
            logout(request)
            messages.info(request, SESSION_OVER)
        elif must_note_seen(now=now, seen_at=seen_at) or SIGNED_IN_AT not in request.session:
            request.session.setdefault(SIGNED_IN_AT, int(now.timestamp()))
            request.session[SEEN_AT] = int(now.timestamp())


class SecondFactorMiddleware:
    """Sends one of the OPCO's own people who has no second factor to set it up, before any page that needs sign-in."""

    # What is needed to set it up, or to leave.
    OPEN_VIEWS = frozenset({"mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate", "account_logout"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        if not is_mfa_required() or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in self.OPEN_VIEWS or not isinstance(request.user, User) or _has_second_factor(request, request.user):
            return None
        return redirect("mfa_activate_totp")


def _has_second_factor(request: HttpRequest, user: User) -> bool:
    """Remembered by the session: asked of the database once."""
    if not user.is_opco or request.session.get(SECOND_FACTOR):
        return True
    if lacks_second_factor(is_opco=True, has_totp=has_totp(user), required=True):
        return False
    request.session[SECOND_FACTOR] = True
    return True


def _moment(request: HttpRequest, key: str, default: datetime) -> datetime:
    seconds = request.session.get(key)
    return default if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _lifetime() -> Lifetime:
    return Lifetime(idle=settings.OPENOPCO_SESSION_IDLE, absolute=settings.OPENOPCO_SESSION_LIFETIME)
