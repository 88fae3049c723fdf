"""Indexes for lists and searches of the administration, across practices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_unclaimed_patients"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("email_index", ""), _negated=True),
                fields=["email_index"],
                name="patient_email_anywhere",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("phone_index", ""), _negated=True),
                fields=["phone_index"],
                name="patient_phone_anywhere",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["-created_at"], name="patient_latest"),
        ),
    ]
