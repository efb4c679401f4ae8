"""Roles at the OPCO: one administrator gives, another confirms, the holder does neither (CNIL, SAN-2026-003)."""

from collections.abc import Sequence

from django.utils import timezone

from openopco.accounts.actions import disable_user, open_opco_account, send_set_password_link
from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.habilitations import notices
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.errors import AccountantsAlone, FourEyes, LastAdministrators, NotPossibleNow
from openopco.habilitations.models import StaffRole
from openopco.habilitations.queries import active_administrators
from openopco.habilitations.rules import LEAST_ADMINISTRATORS, may_hold_together, may_lose_an_administrator
from openopco.journal.actions import record
from openopco.kernel.errors import InvalidValue
from openopco.rights import SYSTEM, Actor, Permission, require


@action
def grant_staff_role(*, actor: Actor, user_id: int, role: StaffRoleName) -> StaffRole:
    """An administrator proposes a role for somebody of the OPCO; it counts once another confirms it.
    Raises Forbidden, FourEyes, AccountantsAlone, InvalidValue."""
    require(actor, Permission.STAFF_MANAGE)
    user = User.objects.select_for_update().get(pk=user_id)
    _refuse_unfit(actor, user, role)
    granted = StaffRole.objects.create(user=user, role=role, granted_by_id=actor.user_id, granted_at=timezone.now())
    _record(granted, "granted", actor)
    notices.tell_who_may_confirm(granted)
    return granted


@action
def open_staff_account(*, actor: Actor, email: str, first_name: str, last_name: str, role: str) -> User:
    """An account of the OPCO with the first role proposed for it, or neither; the invitation goes with the
    confirmation. Raises Forbidden, EmailTaken, InvalidValue."""
    user = open_opco_account(actor=actor, email=email, first_name=first_name, last_name=last_name)
    grant_staff_role(actor=actor, user_id=user.pk, role=StaffRoleName(role))
    return user


@action
def confirm_staff_role(*, actor: Actor, role_id: int) -> StaffRole:
    """A second administrator confirms: the role counts from now on, and who has no password yet is invited to choose
    one. Raises Forbidden, FourEyes, NotPossibleNow."""
    require(actor, Permission.STAFF_MANAGE)
    granted = _lock(role_id)
    if actor.user_id in (granted.granted_by_id, granted.user_id):
        raise FourEyes
    if granted.since is not None or granted.until is not None:
        raise NotPossibleNow("Ce rôle n'attend plus de confirmation.")
    granted.confirmed_by_id, granted.since = actor.user_id, timezone.now()
    granted.save()
    _tell(granted, "confirmed", actor, "Un rôle à l'OPCO a été confirmé : il prend effet.")
    if not granted.user.has_usable_password():
        send_set_password_link(actor=actor, user=granted.user)
    return granted


@action
def end_staff_role(*, actor: Actor, role_id: int) -> StaffRole:
    """Ends a role at once, or withdraws a proposed one. Raises Forbidden, LastAdministrators, NotPossibleNow."""
    require(actor, Permission.STAFF_MANAGE)
    # The administrators' rows are one lock: two of them cannot dismiss each other.
    list(StaffRole.objects.select_for_update().filter(role=StaffRoleName.ADMINISTRATEUR).order_by("id"))
    held = _lock(role_id)
    if held.until is not None:
        raise NotPossibleNow("Ce rôle a déjà pris fin.")
    if held.user_id in active_administrators() and held.role == StaffRoleName.ADMINISTRATEUR and held.since:
        _keep_enough()
    held.until = timezone.now()
    held.save()
    _tell(held, "ended", actor, "Un rôle à l'OPCO a pris fin.")
    return held


@action
def close_staff_account(*, actor: Actor, user_id: int) -> User:
    """Disables an account of the OPCO: its sessions end, its roles rest. Raises Forbidden, OneselfDisabled,
    LastAdministrators, InvalidValue."""
    require(actor, Permission.STAFF_MANAGE)
    list(StaffRole.objects.select_for_update().filter(role=StaffRoleName.ADMINISTRATEUR).order_by("id"))
    if not User.objects.get(pk=user_id).is_opco:
        raise InvalidValue("Ce compte n'est pas un compte de l'OPCO.")
    if user_id != actor.user_id and user_id in active_administrators():
        _keep_enough()
    return disable_user(actor=actor, user_id=user_id)


@action
def make_first_administrators(*, users: Sequence[User]) -> list[StaffRole]:
    """For the command alone, once: the first two administrators, who may then appoint the others by four eyes.
    Raises InvalidValue for one person twice, somebody outside the OPCO, or where administrators exist."""
    if len({user.pk for user in users}) != LEAST_ADMINISTRATORS:
        raise InvalidValue("Il faut deux personnes différentes.")
    if not all(user.is_opco and user.is_active for user in users):
        raise InvalidValue("Un administrateur est un compte de l'OPCO, actif.")
    if active_administrators():
        raise InvalidValue("Il y a déjà des administrateurs : c'est à eux d'en nommer d'autres.")
    return [_make_first(user) for user in users]


def _make_first(user: User) -> StaffRole:
    now = timezone.now()
    made = StaffRole.objects.create(
        user=user, role=StaffRoleName.ADMINISTRATEUR, by_command=True, granted_at=now, since=now
    )
    _record(made, "first", SYSTEM)
    return made


def _refuse_unfit(actor: Actor, user: User, role: StaffRoleName) -> None:
    if user.pk == actor.user_id:
        raise FourEyes
    if not (user.is_opco and user.is_active):
        raise InvalidValue("Ce rôle est pour une personne de l'OPCO, dont le compte est actif.")
    held = {StaffRoleName(each.role) for each in StaffRole.objects.filter(user=user, until__isnull=True)}
    if role in held:
        raise InvalidValue("Cette personne a déjà ce rôle, ou il attend d'être confirmé.")
    if not may_hold_together({*held, role}):
        raise AccountantsAlone


def _keep_enough() -> None:
    if not may_lose_an_administrator(len(active_administrators())):
        raise LastAdministrators


def _lock(role_id: int) -> StaffRole:
    return StaffRole.objects.select_for_update().get(pk=role_id)


def _tell(role: StaffRole, event: str, actor: Actor, sentence: str) -> None:
    _record(role, event, actor)
    notices.tell_administrators(role, event, sentence)


def _record(role: StaffRole, event: str, actor: Actor) -> None:
    record(
        subject_kind="staff_role",
        subject_id=role.pk,
        event=f"staff_role.{event}",
        actor=actor,
        payload={"user": role.user_id, "role": role.role},
    )
