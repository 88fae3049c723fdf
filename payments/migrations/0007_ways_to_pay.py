"""At which gateways a payment may be paid."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_money_on_its_way"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="gateways",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), blank=True, default=list, size=None
            ),
        ),
    ]
