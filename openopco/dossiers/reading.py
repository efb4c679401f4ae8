"""Who at the OPCO opens which request: kept, and slowed beyond what anybody examines (ASVS 2.4.1)."""

from datetime import timedelta

from django.utils import timezone

from openopco import journal
from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.base.jobs import sweep
from openopco.dossiers.errors import TooManyReads
from openopco.dossiers.models import Dossier
from openopco.habilitations.queries import active_administrators
from openopco.journal.models import Entry, ReadAudit
from openopco.kernel.calendar import paris_today
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register
from openopco.opco import parameters
from openopco.rights import SYSTEM, Actor

READ, REFUSED, TOLD = "dossier.read", "dossier.too_many", "lecture.en_masse"
WINDOW = timedelta(minutes=10)
TOO_MANY = register(
    NoticeKind("dossier.too_many", "Lecture de nombreux dossiers par un compte", compulsory=True, readers=Readers.OPCO)
)


def note_opening(*, actor: Actor, dossier: Dossier) -> None:
    """Keeps that an officer opened a request, once for each in ten minutes; employers open their own freely. May be
    called by a GET. Raises `TooManyReads` beyond the « mass_reading_limit » of distinct requests within ten minutes."""
    if not actor.is_opco:
        return
    now = timezone.now()
    mine = ReadAudit.objects.filter(actor_id=actor.user_id, at__gte=now - WINDOW)
    opened = set(mine.filter(what=READ).order_by().values_list("subject_id", flat=True).distinct())
    if dossier.pk in opened:
        return
    if len(opened) >= parameters.value("mass_reading_limit", on=paris_today(now)):
        if not mine.filter(what=REFUSED).exists():
            journal.audit_read(actor=actor, subject_kind="dossier", subject_id=dossier.pk, what=REFUSED)
        raise TooManyReads
    journal.audit_read(actor=actor, subject_kind="dossier", subject_id=dossier.pk, what=READ)


@sweep("dossiers.mass_reading", every_seconds=60)
def tell_of_mass_reading() -> int:
    """Journals the accounts that were slowed and tells the administrators, once for each refusal kept. A GET, which
    refused, may not write that itself. Returns how many were told."""
    lately = timezone.now() - timedelta(hours=24)
    refusals = ReadAudit.objects.filter(what=REFUSED, at__gte=lately, actor_id__isnull=False).order_by("id")
    return sum(_tell(refusal) for refusal in refusals)


@action
def _tell(refusal: ReadAudit) -> bool:
    assert refusal.actor_id is not None
    # The account's row is the lock of its chain.
    User.objects.select_for_update().get(pk=refusal.actor_id)
    told = Entry.objects.filter(subject_kind="user", subject_id=refusal.actor_id, event=TOLD)
    if told.filter(payload__refus=refusal.pk).exists():
        return False
    payload = {"refus": refusal.pk, "a": refusal.at.isoformat()}
    journal.record(subject_kind="user", subject_id=refusal.actor_id, event=TOLD, actor=SYSTEM, payload=payload)
    notify(
        user_ids=active_administrators(),
        kind=TOO_MANY.code,
        title="Un compte de gestionnaire ouvre beaucoup de dossiers en peu de temps : vérifiez.",
        url="/administration/",
        subject_kind="user",
        subject_id=refusal.actor_id,
        unique_key=f"dossier.too_many:{refusal.pk}",
    )
    return True
