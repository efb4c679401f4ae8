"""What is done to accounts. Registration and passwords go through allauth; `receivers` tell the journal of them."""

import html
import uuid
from typing import Any
from urllib.parse import urljoin

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.template.loader import render_to_string
from django.urls import reverse

from openopco import journal
from openopco.accounts.enums import AccountKind
from openopco.accounts.errors import EmailTaken, OneselfDisabled, OwnSecondFactor
from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.identifiers import parse_email
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.mail import queue_mail
from openopco.opco import identity
from openopco.rights import Actor, Permission, require

SUBJECT = "account"


@action
def open_opco_account(*, actor: Actor, email: str, first_name: str = "", last_name: str = "") -> User:
    """An account for one of the OPCO's own people, without a password and without any role. By an administrator or the
    console. Raises `EmailTaken`, `InvalidValue`, `Forbidden`."""
    _require_staff_right(actor)
    email = parse_email(email)
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    names = {"first_name": refuse_nir(clean_line(first_name)), "last_name": refuse_nir(clean_line(last_name))}
    user = User.objects.create_user(email, kind=AccountKind.OPCO, **names)
    _tell(user, "account.opened", actor, {"kind": user.kind})
    return user


@action
def send_set_password_link(*, actor: Actor, user: User) -> None:
    """Mails the link by which the person chooses a password; it lives as long as a reset link. By an administrator or
    the console. Raises `Forbidden`."""
    _require_staff_right(actor)
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
    context = {"user": user, "identity": identity(), "url": urljoin(settings.PUBLIC_URL, path)}
    queue_mail(
        to=user.email,
        subject=f"{identity().product} : choisissez votre mot de passe",
        text=_plain("account/email/set_password_message.txt", context),
        unique_key=f"account.set_password:{user.pk}:{token}",
    )


@action
def rename_user(*, actor: Actor, user_id: int, first_name: str, last_name: str) -> User:
    """The person's own name. Raises `Forbidden`, `InvalidValue`."""
    user = _lock_own(actor, user_id)
    user.first_name, user.last_name = refuse_nir(clean_line(first_name)), refuse_nir(clean_line(last_name))
    if not (user.first_name and user.last_name):
        raise InvalidValue("Indiquez votre prénom et votre nom.")
    user.save(update_fields=["first_name", "last_name"])
    _tell(user, "account.renamed", actor)
    return user


@action
def disable_user(*, actor: Actor, user_id: int) -> User:
    """Closes the door at once: sessions end. By an administrator. Raises `Forbidden`, `OneselfDisabled`."""
    require(actor, Permission.STAFF_MANAGE)
    if actor.user_id == user_id:
        raise OneselfDisabled
    user = _lock(user_id)
    if user.is_active:
        _set_active(user, False)
        _end_sessions(user_id)
        _tell(user, "account.disabled", actor)
    return user


@action
def enable_user(*, actor: Actor, user_id: int) -> User:
    """Opens the door again. By an administrator. Raises `Forbidden`."""
    require(actor, Permission.STAFF_MANAGE)
    user = _lock(user_id)
    if not user.is_active:
        _set_active(user, True)
        _tell(user, "account.enabled", actor)
    return user


@action
def reset_second_factor(*, actor: Actor, user_id: int) -> User:
    """For who has lost both his telephone and his codes: he sets a new one up at his next sign-in, and is told by mail.
    Sessions end. By an administrator, never for himself. Raises `Forbidden`, `OwnSecondFactor`."""
    require(actor, Permission.STAFF_MANAGE)
    if actor.user_id == user_id:
        raise OwnSecondFactor
    user = _lock(user_id)
    if Authenticator.objects.filter(user_id=user_id).delete()[0]:
        _end_sessions(user_id)
        _tell(user, "account.second_factor_reset", actor)
        _mail_second_factor_reset(user)
    return user


@action
def end_session(*, actor: Actor, user_id: int, session_id: int) -> None:
    """Signs one of the person's browsers out; a session that is over, or another's, changes nothing. By the person, or
    an administrator. Raises `Forbidden`."""
    user = _lock_own_or_managed(actor, user_id)
    rows = UserSession.objects.filter(user_id=user_id, pk=session_id)
    Session.objects.filter(session_key__in=[row.session_key for row in rows.order_by("pk")]).delete()
    if rows.delete()[0]:
        _tell(user, "account.session_ended", actor)


@action
def end_sessions(*, actor: Actor, user_id: int, but: str | None = None) -> int:
    """Signs the person out everywhere, `but` the session of that key. Returns how many sessions ended. By the person,
    or an administrator. Raises `Forbidden`."""
    user = _lock_own_or_managed(actor, user_id)
    ended = _end_sessions(user_id, but)
    if ended:
        _tell(user, "account.sessions_ended", actor, {"count": ended})
    return ended


@action
def note_event(*, actor: Actor, user_id: int, event: str) -> None:
    """Tells the journal what has just been done to an account through allauth."""
    _tell(_lock(user_id), event, actor)


def _require_staff_right(actor: Actor) -> None:
    if not actor.is_system:
        require(actor, Permission.STAFF_MANAGE)


def _lock(user_id: int) -> User:
    return User.objects.select_for_update().get(pk=user_id)


def _lock_own(actor: Actor, user_id: int) -> User:
    if actor.user_id != user_id:
        raise Forbidden
    return _lock(user_id)


def _lock_own_or_managed(actor: Actor, user_id: int) -> User:
    if actor.user_id != user_id:
        require(actor, Permission.STAFF_MANAGE)
    return _lock(user_id)


def _mail_second_factor_reset(user: User) -> None:
    context = {"user": user, "identity": identity(), "url": urljoin(settings.PUBLIC_URL, reverse("account_login"))}
    queue_mail(
        to=user.email,
        subject=f"{identity().product} : double authentification à refaire",
        text=_plain("account/email/second_factor_reset_message.txt", context),
        unique_key=f"account.second_factor_reset:{uuid.uuid4().hex}",
    )


def _plain(template: str, context: dict[str, Any]) -> str:
    """Plain text: what the template engine escaped as HTML is written as it was typed."""
    return html.unescape(render_to_string(template, context)).strip()


def _set_active(user: User, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def _end_sessions(user_id: int, but: str | None = None) -> int:
    rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=but or "")
    keys = list(rows.order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _tell(user: User, event: str, actor: Actor, payload: dict[str, Any] | None = None) -> None:
    journal.record(subject_kind=SUBJECT, subject_id=user.pk, event=event, actor=actor, payload=payload)
