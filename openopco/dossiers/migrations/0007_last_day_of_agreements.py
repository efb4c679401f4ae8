"""Each agreement learns its last day, until then reckoned when its page was read: that of the claim, and never sooner than
two months from now, so that everybody is warned first."""

from datetime import date, timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

from openopco.kernel.calendar import add_months, paris_today

SHIPPED_MONTHS = 4
LEAST_DAYS = 60
FILL = """UPDATE dossiers_dossier SET due_on =
    (SELECT good_until FROM agreement_days WHERE agreement_days.ends_on = dossiers_dossier.ends_on)
    WHERE state = 'accordee'"""


def _fill(apps: Any, schema_editor: Any) -> None:
    """One pass over the requests, whatever their number: the days are few."""
    Dossier, Parameter = apps.get_model("dossiers", "Dossier"), apps.get_model("opco", "Parameter")
    granted = Dossier.objects.filter(state="accordee")
    days = list(granted.order_by("ends_on").values_list("ends_on", flat=True).distinct())
    if not days:
        return
    known = list(Parameter.objects.filter(code="claim_months").order_by("starts_on").values_list("starts_on", "value"))
    least = paris_today(timezone.now()) + timedelta(days=LEAST_DAYS)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE agreement_days (ends_on date PRIMARY KEY, good_until date NOT NULL)")
        rows = [(day.isoformat(), max(add_months(day, _months(known, day)), least).isoformat()) for day in days]
        cursor.executemany("INSERT INTO agreement_days (ends_on, good_until) VALUES (%s, %s)", rows)
        cursor.execute(FILL)
        cursor.execute("DROP TABLE agreement_days")


def _months(known: list[tuple[date, int]], day: date) -> int:
    return next((value for since, value in reversed(known) if since <= day), SHIPPED_MONTHS)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0006_modifications"), ("opco", "0001_initial")]
    operations = [migrations.RunPython(_fill, migrations.RunPython.noop)]
