"""The audit: rows that nobody changes or deletes, not even by the application's own account of the database. Only the
seal of an event is written later, once."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION core_audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'core_auditevent' THEN
        IF OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL THEN
            OLD.seal_id := NEW.seal_id;
            IF OLD IS NOT DISTINCT FROM NEW THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is never changed.' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_keep();
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON core_auditseal
    FOR EACH ROW EXECUTE FUNCTION core_audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_keep();
"""
# The tables go with it, and their triggers with them.
LET_GO = "DROP FUNCTION core_audit_keep CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_scheduling"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("mac", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("action", models.CharField(max_length=60, verbose_name="what")),
                ("actor_id", models.UUIDField(null=True, verbose_name="account")),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                ("via", models.CharField(blank=True, max_length=10, verbose_name="by way of")),
                ("route", models.CharField(blank=True, max_length=120, verbose_name="page or endpoint")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("object_type", models.CharField(blank=True, max_length=60, verbose_name="kind of thing")),
                ("object_id", models.CharField(blank=True, max_length=64, verbose_name="thing")),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("mac", models.BinaryField()),
                (
                    "seal",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="core.auditseal",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit",
                "indexes": [
                    models.Index(fields=["-at"], name="audit_at"),
                    models.Index(fields=["actor_id", "-at"], name="audit_actor"),
                    models.Index(
                        condition=models.Q(("object_id", ""), _negated=True),
                        fields=["object_id", "-at"],
                        name="audit_object",
                    ),
                    models.Index(fields=["action", "-at"], name="audit_action"),
                    models.Index(
                        condition=models.Q(("request_id", ""), _negated=True),
                        fields=["request_id"],
                        name="audit_request",
                    ),
                    models.Index(condition=models.Q(("seal", None)), fields=["id"], name="audit_unsealed"),
                    django.contrib.postgres.indexes.GinIndex(fields=["subjects"], name="audit_subjects"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
