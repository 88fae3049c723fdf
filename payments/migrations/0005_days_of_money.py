"""Indexes for sums of a period: what was paid and what went back in it, whatever the history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_gateways"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status", "paid")), fields=["paid_at"], name="payment_paid_at"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("status", "succeeded")), fields=["done_at"], name="refund_done_at"
            ),
        ),
    ]
