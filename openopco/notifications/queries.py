"""Reading one's inbox."""

from django.db.models.expressions import RawSQL

from openopco.base.keyset import Page, paginate
from openopco.base.prepared import steady_cursor
from openopco.notifications.enums import Pace
from openopco.notifications.kinds import NoticeKind, registered_kinds
from openopco.notifications.models import MailPreference, Notice
from openopco.notifications.rules import MOST_COUNTED, pace_of

# Written by hand: every page asks it. It stops counting at 99.
UNREAD = """SELECT COUNT(*) FROM (
    SELECT 1 FROM notifications_notice WHERE user_id = %s AND read_at IS NULL LIMIT %s) AS unread"""
# Its name among the figures read with a person's access.
UNREAD_COUNT = "unread_count"


def unread_figure(user_id: int) -> RawSQL:
    return RawSQL(f"({UNREAD})", [user_id, MOST_COUNTED])  # noqa: S611


def unread_count(user_id: int) -> int:
    """How many notices the person has not read. One indexed query."""
    with steady_cursor() as cursor:
        cursor.execute(UNREAD, [user_id, MOST_COUNTED])
        return int(cursor.fetchone()[0])


def inbox(user_id: int, after: str | None = None, *, size: int = 25) -> Page[Notice]:
    """One page of the person's notices, latest first."""
    return paginate(
        Notice.objects.filter(user_id=user_id), keys=("created_at", "id"), after=after, size=size, descending=True
    )


def own_notice(user_id: int, notice_id: int) -> Notice | None:
    """One of the person's own notices; None for anybody else's."""
    return Notice.objects.filter(user_id=user_id, pk=notice_id).first()


def mail_choices(user_id: int) -> list[tuple[NoticeKind, Pace]]:
    """Every kind, and when the person gets a mail for it."""
    choices = dict(MailPreference.objects.filter(user_id=user_id).values_list("kind", "pace"))
    return [(kind, pace_of(kind, choices.get(kind.code))) for kind in registered_kinds()]
