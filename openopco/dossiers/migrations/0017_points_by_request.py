"""What was asked anew is now counted by request: every month is counted again, by the sweep."""

from typing import Any

from django.db import migrations
from django.utils import timezone


def count_again(apps: Any, schema_editor: Any) -> None:
    months = apps.get_model("dossiers", "TalliedMonth").objects.filter(touched_at=None)
    months.update(touched_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0016_decision_funding")]

    operations = [migrations.RunPython(count_again, migrations.RunPython.noop)]
