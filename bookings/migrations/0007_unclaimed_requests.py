from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart and concurrently: requests go on being written meanwhile."""

    atomic = False
    dependencies = [("bookings", "0006_request_withdrawn")]

    operations = [
        AddIndexConcurrently(
            model_name="bookingrequest",
            index=models.Index(
                condition=models.Q(("user", None), models.Q(("email_index", ""), _negated=True)),
                fields=["email_index"],
                name="request_unclaimed",
            ),
        ),
    ]
