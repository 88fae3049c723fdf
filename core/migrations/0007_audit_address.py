"""The audit is searched by address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_audit_seal_codes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("address", ""), _negated=True),
                fields=["address", "-at"],
                name="audit_address",
            ),
        ),
    ]
