"""Money that is on its way: nobody should pay again meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_days_of_money"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="processing_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
