from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart and concurrently: patients go on being written meanwhile."""

    atomic = False
    dependencies = [("accounts", "0005_specialties")]

    operations = [
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("user", None), models.Q(("email_index", ""), _negated=True)),
                fields=["email_index"],
                name="patient_unclaimed",
            ),
        ),
    ]
