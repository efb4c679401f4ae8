from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0017_points_by_request")]

    operations = [
        migrations.AddField(
            model_name="paperfiling",
            name="also_typed",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
