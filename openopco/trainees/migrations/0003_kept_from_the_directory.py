"""Keeps the people that a pending person typed out of the employer's directory, those already there too."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def keep_out_the_unconfirmed(apps: Any, schema_editor: Any) -> None:
    trainees, memberships = apps.get_model("trainees", "Trainee"), apps.get_model("habilitations", "Membership")
    waiting = memberships.objects.filter(state="PENDING").values_list("user_id", "establishment_id")
    for user_id, establishment_id in waiting.order_by("id"):
        trainees.objects.filter(created_by_id=user_id, establishment_id=establishment_id).update(unconfirmed=True)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
        ("habilitations", "0001_initial"),
        ("trainees", "0002_dated_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="trainee",
            name="unconfirmed",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(keep_out_the_unconfirmed, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="trainee",
            index=models.Index(
                condition=models.Q(("unconfirmed", True)), fields=["establishment"], name="trainee_unconfirmed"
            ),
        ),
    ]
