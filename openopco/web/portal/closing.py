"""From when and until when requests are taken: told on the dashboard, before one is begun."""

from datetime import date, timedelta
from typing import Final

from openopco.kernel.calendar import format_date
from openopco.opco import parameters

# Sooner, nobody would remember it.
NOTICE: Final = timedelta(days=90)


def opening_notice(today: date) -> str:
    """The first days to send that come soon, for actions of days to come; empty when there is none."""
    opens = [
        (each.since, date.fromisoformat(each.value)) for each in parameters.versions("first_submission") if each.value
    ]
    told = [(since, first) for since, first in opens if today < first <= today + NOTICE]
    return " ".join(
        f"Les demandes pour une action qui débute à partir du {format_date(since)} s'ouvrent le {format_date(first)}."
        for since, first in told
    )


def closing_notice(today: date) -> str:
    """What an employer should know of the last days to send, for an action that starts about now; empty when nothing is
    near."""
    limits = parameters.value("last_submission", today)
    if limits is None:
        return ""
    last, late_from, late_last = (date.fromisoformat(limits[key]) for key in ("last_day", "late_from", "late_last_day"))
    if today < last - NOTICE:
        return ""
    if today <= last:
        return (
            f"Une demande pour une action qui débute avant le {format_date(late_from)} s'envoie au plus tard le "
            f"{format_date(last)} ; à partir du {format_date(late_from)}, au plus tard le {format_date(late_last)}."
        )
    return f"Les demandes de cette période devaient être envoyées avant le {format_date(last)}. {_afterwards(today)}".strip()


def _afterwards(today: date) -> str:
    """From which day of start other criteria apply; empty where none are known yet."""
    coming = next((each for each in parameters.versions("last_submission") if each.since > today), None)
    kept = "Vos brouillons sont gardés."
    return (
        f"{kept} Une action qui débute à partir du {format_date(coming.since)} suit d'autres dates." if coming else kept
    )
