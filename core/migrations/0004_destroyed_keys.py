"""A destroyed data key stays as a note of it, without the key. The index tells at every start which master keys are in
use."""

from django.db import migrations, models

import core.models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_audit"),
    ]

    operations = [
        migrations.AddField(
            model_name="datakey",
            name="destroyed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="datakey",
            index=models.Index(
                core.models.MasterKeyId("wrapped"),
                condition=models.Q(("destroyed_at", None)),
                name="data_key_master",
            ),
        ),
        migrations.AddConstraint(
            model_name="datakey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("destroyed_at", None), models.Q(("wrapped", b""), _negated=True)),
                    models.Q(("destroyed_at__isnull", False), ("wrapped", b"")),
                    _connector="OR",
                ),
                name="data_key_or_note_of_it",
            ),
        ),
    ]
