"""The vault of NIR (décret 2019-341, art. 2-C-12°): the only reader of `NirSecret`. A NIR comes in by `store_nir`, is
masked for who typed it, and comes out whole by `reveal` alone, with a reason, a journal entry and a limit."""

from collections.abc import Iterable
from datetime import date

from django.db.models import ProtectedError
from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.base.crypto import blind_index, key_id_of, seal, unseal
from openopco.habilitations.queries import active_administrators
from openopco.journal.actions import audit_read, record
from openopco.journal.models import ReadAudit
from openopco.kernel.errors import Forbidden
from openopco.kernel.identifiers import check_nir_against, format_nir, mask_nir, parse_nir
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register
from openopco.rights import Actor, Permission, may, require
from openopco.trainees.errors import ReasonNeeded, TooManyReveals
from openopco.trainees.models import NirSecret, new_secret_id
from openopco.trainees.rules import ORPHAN_AFTER, REVEAL_WINDOW, is_real_reason, may_reveal_again, window_of

PURPOSE = "trainees.nir"
READ = "nir"
TOO_MANY = register(
    NoticeKind(
        "nir.too_many",
        "Lecture répétée de NIR par un compte",
        compulsory=True,
        readers=Readers.OPCO,
        act="Vérifier ce compte",
    )
)


@action
def store_nir(*, actor: Actor, raw: str) -> int:
    """Seals a NIR as typed and returns the id of its secret; typed again by the same person, the same id.
    Raises InvalidValue (its message repeats no digit), Forbidden."""
    if not may(actor, Permission.DOSSIER_FILE_FOR):
        require(actor, Permission.TRAINEE_WRITE)
    if actor.user_id is None:
        raise Forbidden
    nir = parse_nir(raw)
    blind, pk = blind_index(nir, PURPOSE), new_secret_id()
    NirSecret.objects.bulk_create(
        [NirSecret(id=pk, blind=blind, created_by_id=actor.user_id, sealed=seal(nir, _context(pk)))],
        ignore_conflicts=True,
    )
    return NirSecret.objects.values_list("pk", flat=True).get(blind=blind, created_by_id=actor.user_id)


def mask(secret: NirSecret, viewer: Actor | None = None) -> str:
    """« 2 95 •• •• ••• ••• •• »; empty when `viewer` neither typed that number himself nor is an officer. Without a
    viewer, the caller has asked that question."""
    if viewer is not None and not _visible(viewer, [secret]):
        return ""
    return mask_nir(_open(secret))


def shown_to(viewer: Actor, secrets: Iterable[NirSecret]) -> frozenset[int]:
    """Ids of the secrets whose mask is for the viewer to see. One query at most, however many they are."""
    return frozenset(secret.pk for secret in _visible(viewer, list(secrets)))


def masked(*, actor: Actor, secret_id: int) -> str:
    """As `mask`, for one id; empty when it is not for the actor to see, or not there."""
    return masked_many(actor=actor, secret_ids=[secret_id]).get(secret_id, "")


def masked_many(*, actor: Actor, secret_ids: Iterable[int]) -> dict[int, str]:
    """Masked NIR by id, of the numbers that the actor typed himself; an officer sees all. Two queries at most."""
    secrets = list(NirSecret.objects.filter(pk__in=set(secret_ids)).order_by("pk"))
    return {secret.pk: mask_nir(_open(secret)) for secret in _visible(actor, secrets)}


def reveal(*, actor: Actor, secret_id: int, reason: str) -> str:
    """The whole NIR, formatted, for an officer who says why: journalled, audited, `MOST_REVEALS` in ten minutes.
    POST only, outside a transaction (the alert must outlive the refusal). Raises Forbidden, ReasonNeeded,
    TooManyReveals, NirSecret.DoesNotExist."""
    require(actor, Permission.NIR_REVEAL)
    reason = refuse_nir(clean_line(reason))[:500]
    if actor.user_id is None or not is_real_reason(reason):
        raise ReasonNeeded
    nir = _reveal(actor=actor, user_id=actor.user_id, secret_id=secret_id, reason=reason)
    if nir is None:
        raise TooManyReveals
    return format_nir(nir)


def warnings_of(secret: NirSecret, sex: str | None, birth_date: date | None) -> list[str]:
    """Where the sealed NIR contradicts what else was typed of the person: French warnings, none of which may block."""
    return check_nir_against(_open(secret), sex, birth_date)


def blind_of(secret_id: int) -> str:
    """The blind index of a secret: equal for equal NIR, whoever typed them."""
    return NirSecret.objects.values_list("blind", flat=True).get(pk=secret_id)


def current_key_id() -> str:
    """The key that seals now: what a rotation brings every secret to."""
    return key_id_of(seal("", "rotation"))


@action
def reseal(*, secret_id: int, key_id: str) -> bool:
    """Seals one secret again under the first key of the keyring; False when it was so already. For the rotation."""
    secret = NirSecret.objects.select_for_update().get(pk=secret_id)
    if key_id_of(bytes(secret.sealed)) == key_id:
        return False
    secret.sealed = seal(_open(secret), _context(secret.pk))
    secret.save(update_fields=["sealed"])
    return True


def forget_orphans() -> int:
    """Deletes the secrets that nothing has pointed at for a month. Returns how many."""
    old = NirSecret.objects.filter(created_at__lt=timezone.now() - ORPHAN_AFTER, trainees__isnull=True)
    return sum(_forget(secret) for secret in old.order_by("pk")[:500])


def _forget(secret: NirSecret) -> bool:
    try:
        secret.delete()
    except ProtectedError:
        return False
    return True


@action
def _reveal(*, actor: Actor, user_id: int, secret_id: int, reason: str) -> str | None:
    # The account's row is the lock that makes its reveals count one after the other.
    User.objects.select_for_update().get(pk=user_id)
    secret = NirSecret.objects.select_for_update().get(pk=secret_id)
    since = timezone.now() - REVEAL_WINDOW
    if not may_reveal_again(ReadAudit.objects.filter(actor_id=user_id, what=READ, at__gte=since).count()):
        _alert(actor, user_id, secret_id)
        return None
    audit_read(actor=actor, subject_kind="nir", subject_id=secret.pk, what=READ, reason=reason)
    record(subject_kind="nir", subject_id=secret.pk, event="nir.revealed", actor=actor, payload={"reason": reason})
    return _open(secret)


def _alert(actor: Actor, user_id: int, secret_id: int) -> None:
    record(subject_kind="user", subject_id=user_id, event="nir.too_many", actor=actor, payload={"secret": secret_id})
    notify(
        user_ids=active_administrators(),
        kind=TOO_MANY.code,
        title="Un compte de gestionnaire affiche beaucoup de NIR en peu de temps : vérifiez.",
        url="/administration/",
        subject_kind="user",
        subject_id=user_id,
        unique_key=f"nir.too_many:{user_id}:{window_of(timezone.now())}",
    )


def _visible(viewer: Actor, secrets: list[NirSecret]) -> list[NirSecret]:
    """Those whose number the viewer typed himself, in this secret or in one of his own; all of them for an officer."""
    others = [secret.blind for secret in secrets if secret.created_by_id != viewer.user_id]
    if not others or may(viewer, Permission.NIR_REVEAL):
        return secrets
    retyped = set(
        NirSecret.objects.filter(blind__in=others, created_by_id=viewer.user_id).values_list("blind", flat=True)
    )
    return [each for each in secrets if each.created_by_id == viewer.user_id or each.blind in retyped]


def _context(secret_id: int) -> str:
    return f"trainees_nirsecret.sealed:{secret_id}"


def _open(secret: NirSecret) -> str:
    return unseal(bytes(secret.sealed), _context(secret.pk))
