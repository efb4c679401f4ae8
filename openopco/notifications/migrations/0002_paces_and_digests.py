"""When mail comes: at once, once a day, or never. What was chosen before is kept."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PACES = [("at_once", "Tout de suite"), ("daily", "Une fois par jour, le matin"), ("none", "Pas d'e-mail")]


def keep_what_was_chosen(apps: Any, schema_editor: Any) -> None:
    chosen = apps.get_model("notifications", "MailPreference").objects
    chosen.filter(mail=False).update(pace="none")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="mailpreference",
            name="pace",
            field=models.CharField(choices=PACES, default="at_once", max_length=8),
            preserve_default=False,
        ),
        migrations.RunPython(keep_what_was_chosen, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="mailpreference", name="mail"),
        migrations.AddIndex(
            model_name="mailpreference",
            index=models.Index(condition=Q(pace="daily"), fields=["user", "kind"], name="mail_preference_daily"),
        ),
        migrations.AddConstraint(
            model_name="mailpreference",
            constraint=models.CheckConstraint(
                condition=Q(pace__in=["at_once", "daily", "none"]), name="mail_preference_pace_known"
            ),
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("last_notice_id", models.BigIntegerField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "résumé du jour",
                "ordering": ["user_id", "-day"],
                "constraints": [models.UniqueConstraint(fields=("user", "day"), name="digest_once_a_day")],
            },
        ),
    ]
