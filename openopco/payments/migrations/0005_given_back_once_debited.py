from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_days_of_what_came_back")]
    operations = [
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.CheckConstraint(
                condition=Q(settled_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("settled_on")),
                name="payment_order_back_once_debited",
            ),
        ),
    ]
