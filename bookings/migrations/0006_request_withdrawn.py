from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_link_version")]

    operations = [
        migrations.RemoveConstraint(model_name="bookingrequest", name="request_status_known"),
        migrations.AlterField(
            model_name="bookingrequest",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "waiting for an answer"),
                    ("accepted", "accepted"),
                    ("rejected", "declined"),
                    ("expired", "expired"),
                    ("withdrawn", "withdrawn"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["pending", "accepted", "rejected", "expired", "withdrawn"])
                ),
                name="request_status_known",
            ),
        ),
    ]
