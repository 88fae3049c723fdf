"""What staff do about money, and what they say of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_money_kept_in_sight"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("refund_asked", "asked for a refund"),
                            ("refund_retried", "had a refund tried again"),
                            ("refund_by_hand", "gave a refund by hand"),
                            ("question_closed", "closed the question about money that does not match"),
                        ],
                        max_length=20,
                    ),
                ),
                ("staff_id", models.UUIDField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("given_by", models.CharField(blank=True, max_length=80)),
                ("given_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="question_closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("questioned_at__isnull", False)),
                fields=["questioned_at"],
                name="attempt_in_question",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["-created_at"], name="payment_latest"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["status", "-created_at"], name="refund_status"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["-created_at"], name="refund_latest"),
        ),
        migrations.AddField(
            model_name="staffnote",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="staff_notes", to="payments.payment"
            ),
        ),
        migrations.AddField(
            model_name="staffnote",
            name="refund",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff_notes",
                to="payments.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("verb", "question_closed"), ("refund__isnull", False), _connector="OR"),
                name="staff_note_on_refund",
            ),
        ),
    ]
