"""What is counted is counted in an index alone; the requests of an establishment are found by their dates."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_search")]
    operations = [
        migrations.RemoveIndex("dossier", "dossier_by_holder_due"),
        migrations.AddIndex(
            "dossier",
            models.Index(
                fields=["holder", "due_on", "id", "is_open"], condition=Q(is_open=True), name="dossier_held_by_due"
            ),
        ),
        migrations.AddIndex(
            "dossier", models.Index(fields=["establishment", "ends_on", "starts_on"], name="dossier_by_est_dates")
        ),
    ]
