"""What the bank gave back, it had debited: not after. Of two days that can't both be true, the later one stands. Apart from the
constraint that follows: no table is altered once its rows have moved."""

from typing import Any

from django.db import migrations
from django.db.models import F


def _put_right(apps: Any, schema_editor: Any) -> None:
    orders = apps.get_model("payments", "PaymentOrder").objects
    orders.filter(ended_on__lt=F("settled_on")).update(ended_on=F("settled_on"))


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_what_the_bank_told_of_a_batch")]
    operations = [migrations.RunPython(_put_right, migrations.RunPython.noop)]
