"""A seal keeps the codes of its events too: it can be checked without them, and each of them against it. No seal was
made before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_heartbeats"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditseal",
            name="event_macs",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
    ]
