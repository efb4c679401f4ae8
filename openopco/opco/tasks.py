"""What this OPCO keeps no longer than it said."""

from datetime import timedelta

from django.utils import timezone

from openopco.base.jobs import sweep
from openopco.kernel.calendar import paris_today
from openopco.mail.actions import purge_before
from openopco.opco import parameters

BATCH = 1000


@sweep("opco.old_mail", every_seconds=3600)
def purge_old_mail() -> int:
    """Deletes the mails that were sent, or given up, longer ago than « mail_kept_days ». The room of mail knows no
    parameter: its floor is lower."""
    now = timezone.now()
    limit = now - timedelta(days=parameters.value("mail_kept_days", on=paris_today(now)))
    gone = 0
    while (count := purge_before(limit, most=BATCH)) == BATCH:
        gone += count
    return gone + count
