"""Indexes for lists and searches of the administration, across practices."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_lists_of_staff"),
        ("bookings", "0007_unclaimed_requests"),
        ("meetings", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["-starts_at"], name="booking_latest"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["status", "-starts_at"], name="booking_status_latest"),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(
                condition=models.Q(("email_index", ""), _negated=True),
                fields=["email_index"],
                name="request_email_anywhere",
            ),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(fields=["-created_at"], name="request_latest"),
        ),
        migrations.AddIndex(
            model_name="bookingrequest",
            index=models.Index(fields=["status", "-created_at"], name="request_status_latest"),
        ),
    ]
