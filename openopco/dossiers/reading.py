"""Who at the OPCO opens which request: kept, and slowed beyond what anybody examines (ASVS 2.4.1)."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from openopco import journal
from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.base.jobs import sweep
from openopco.base.prepared import steady_cursor
from openopco.dossiers.errors import TooManyReads
from openopco.dossiers.models import Dossier
from openopco.dossiers.news import note_reading
from openopco.dossiers.queries.marks import Marks, marks_statement, read_marks
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
    NoticeKind(
        "dossier.too_many",
        "Lecture de nombreux dossiers par un compte",
        compulsory=True,
        readers=Readers.OPCO,
        act="Vérifier ce compte",
    )
)


# Whom the request is opened by, the others he opened lately, and what of it is new to him: one question.
OPENED = """SELECT DISTINCT subject_id, 'ouvert', '' FROM journal_readaudit
    WHERE actor_id = %s AND at >= %s AND what = %s UNION ALL """


def open_request(*, actor: Actor, dossier: Dossier) -> Marks:
    """Keeps that an officer opened a request, once for each in ten minutes, and gives what was new to him in it, which is
    then read; employers open their own freely. May be called by a GET. Raises `TooManyReads` beyond the
    « mass_reading_limit » of distinct requests within ten minutes."""
    if not actor.is_opco:
        return Marks()
    now = timezone.now()
    opened, marks = _look(actor, dossier, now)
    if dossier.pk not in opened:
        _note_opening(actor, dossier, now, among=len(opened))
    if marks.news:
        note_reading(actor=actor, dossier=dossier, before=now)
    return marks


def count_opening(*, actor: Actor, dossier: Dossier) -> None:
    """As `open_request` for one who reads a part of it by its own address, a piece: it counts, and nothing new is read."""
    if not actor.is_opco:
        return
    now = timezone.now()
    opened, _ = _look(actor, dossier, now)
    if dossier.pk not in opened:
        _note_opening(actor, dossier, now, among=len(opened))


def note_as_employer(*, actor: Actor, dossier: Dossier) -> None:
    """Keeps that an officer looked at a request as its employer reads it. May be called by a GET."""
    journal.audit_read(actor=actor, subject_kind="dossier", subject_id=dossier.pk, what="dossier.comme_employeur")


def _look(actor: Actor, dossier: Dossier, now: datetime) -> tuple[set[int], Marks]:
    since = ReadAudit.at.field.get_db_prep_value(now - WINDOW, connection)
    marked, values = marks_statement(actor, [dossier.pk])
    with steady_cursor() as cursor:
        cursor.execute(OPENED + marked, [actor.user_id, since, READ, *values])
        rows = cursor.fetchall()
    opened = {pk for pk, what, _ in rows if what == "ouvert"}
    found = read_marks(row for row in rows if row[1] != "ouvert")
    return opened, found.get(dossier.pk, Marks())


def _note_opening(actor: Actor, dossier: Dossier, now: datetime, *, among: int) -> None:
    if among >= parameters.value("mass_reading_limit", on=paris_today(now)):
        refused = ReadAudit.objects.filter(actor_id=actor.user_id, at__gte=now - WINDOW, what=REFUSED)
        if not refused.exists():
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
        title="Un compte de l'OPCO ouvre beaucoup de dossiers en peu de temps : vérifiez.",
        url="/administration/",
        subject_kind="user",
        subject_id=refusal.actor_id,
        unique_key=f"dossier.too_many:{refusal.pk}",
    )
    return True
