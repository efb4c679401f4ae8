"""What the bank says of a file that it has not done with yet is kept. Each batch learns how many of its transfers stay debited,
were rejected or given back, and for how much: until then, their list would have gone through them all."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, F, Q, Sum

from openopco.base.fields import CentsField

KINDS = {
    "pending": "En cours",
    "accepted": "Accepté",
    "rejected": "Rejeté",
    "booked": "Débité",
    "returned": "Rendu",
    "received": "Reçu",
}
TOLD = {"settled": "regle", "rejected": "rejete", "returned": "rendu"}


def _count(apps: Any, schema_editor: Any) -> None:
    Batch, Order = apps.get_model("payments", "PaymentBatch"), apps.get_model("payments", "PaymentOrder")
    for name, state in TOLD.items():
        of_it = Order.objects.filter(state=state, batch__state="emis").order_by().values("batch")
        for each in of_it.annotate(number=Count("pk"), total=Sum("amount")).order_by("batch"):
            changes = {name: each["number"], f"{name}_total": each["total"]}
            Batch.objects.filter(pk=each["batch"]).update(**changes)


def _counter(name: str) -> list[migrations.AddField]:
    kept = {name: models.PositiveIntegerField(default=0), f"{name}_total": CentsField(default=Decimal("0"))}
    return [migrations.AddField(model_name="paymentbatch", name=each, field=field) for each, field in kept.items()]


def _constraint(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        model_name="paymentbatch", constraint=models.CheckConstraint(condition=condition, name=f"payment_batch_{name}")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_unreceived_batches_and_refunds_given_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="bankevent", name="bank_event_kind_known"),
        migrations.AlterField(
            model_name="bankevent",
            name="kind",
            field=models.CharField(choices=list(KINDS.items()), max_length=8),
        ),
        migrations.AddConstraint(
            model_name="bankevent",
            constraint=models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="bank_event_kind_known"),
        ),
        *(field for name in sorted(TOLD) for field in _counter(name)),
        _constraint(
            "told_within_it",
            Q(
                count__gte=F("settled") + F("rejected") + F("returned"),
                total__gte=F("settled_total") + F("rejected_total") + F("returned_total"),
            ),
        ),
        _constraint("told_once_released", Q(state="emis") | Q(settled=0, rejected=0, returned=0)),
        *(
            _constraint(
                f"{name}_counts",
                Q(**{name: 0, f"{name}_total": 0}) | Q(**{f"{name}__gt": 0, f"{name}_total__gt": 0}),
            )
            for name in TOLD
        ),
        # Last: no table is altered once its rows have moved.
        migrations.RunPython(_count, migrations.RunPython.noop),
    ]
