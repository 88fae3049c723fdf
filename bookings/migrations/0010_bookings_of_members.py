"""How often a member has used the plan: counted beside a table that people are booking in."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0009_plans"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("membership__isnull", False)),
                fields=["membership"],
                name="booking_of_member",
            ),
        ),
    ]
