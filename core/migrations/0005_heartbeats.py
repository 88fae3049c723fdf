"""Signs of life of the sweeps; the outbox's deliveries have a name that people read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_destroyed_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="Of its task.", max_length=120, primary_key=True, serialize=False
                    ),
                ),
                ("ran_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.AlterModelOptions(
            name="outboxdelivery",
            options={"verbose_name": "delivery", "verbose_name_plural": "deliveries"},
        ),
    ]
