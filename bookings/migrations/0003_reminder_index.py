from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart and concurrently: bookings go on being written meanwhile."""

    atomic = False
    dependencies = [("bookings", "0002_scheduling")]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("next_reminder_at__isnull", False), ("status", "confirmed")),
                fields=["next_reminder_at"],
                name="booking_reminder",
            ),
        ),
    ]
