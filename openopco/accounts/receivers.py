"""What follows from what allauth did: sessions dated and ended, the journal told. Connected when the room starts."""

from time import time
from typing import Any

import structlog
from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from openopco.accounts import actions
from openopco.accounts.enums import ENROLLED_AT, SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT
from openopco.accounts.models import User
from openopco.accounts.queries import actor_of

log = structlog.get_logger("openopco.accounts")


@receiver(user_logged_in)
def date_session(request: HttpRequest, user: User, **_: Any) -> None:
    now = int(time())
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now
    log.info("signed_in", user_id=user.pk)


@receiver(user_login_failed)
def log_failure(**_: Any) -> None:
    log.info("sign_in_failed")


@receiver(account_signals.email_confirmed)
def note_confirmation(email_address: Any, **_: Any) -> None:
    """Not sooner: an entry at registration would cost what a known address does not."""
    _note(email_address.user, "account.email_confirmed")


@receiver(account_signals.email_changed)
def note_email_change(user: User, from_email_address: Any, **_: Any) -> None:
    """A first address, just confirmed, replaces none."""
    if from_email_address:
        _note(user, "account.email_changed")


@receiver([account_signals.password_changed, account_signals.password_set])
def after_password_change(request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old password is shown out; the person stays where he changed it."""
    _note(user, "account.password_changed")
    actions.end_sessions(actor=actor_of(user), user_id=user.pk, but=request.session.session_key)


@receiver(account_signals.password_reset)
def after_password_reset(user: User, **_: Any) -> None:
    _note(user, "account.password_reset")
    actions.end_sessions(actor=actor_of(user), user_id=user.pk)


@receiver(mfa_signals.authenticator_added)
def after_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[SECOND_FACTOR] = True
        request.session[ENROLLED_AT] = time()
        _note(user, "account.second_factor_added")


@receiver(mfa_signals.authenticator_removed)
def after_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        request.session.pop(SECOND_FACTOR, None)
        _note(user, "account.second_factor_removed")


@receiver(mfa_signals.authenticator_reset)
def after_codes_renewed(user: User, **_: Any) -> None:
    _note(user, "account.recovery_codes_renewed")


def _note(user: User, event: str) -> None:
    actions.note_event(actor=actor_of(user), user_id=user.pk, event=event)
