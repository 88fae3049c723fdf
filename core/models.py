"""What every app stands on: data keys, the outbox of domain events, the audit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core import crypto


class MasterKeyId(models.Func):
    """Under which master key something is wrapped, as its envelope says: two bytes, which sort as the numbers do."""

    function = "substring"
    arity = 3
    output_field = models.BinaryField()

    def __init__(self, wrapped: str | models.expressions.Combinable, *rest: Any) -> None:
        super().__init__(wrapped, *(rest or (models.Value(2), models.Value(2))))


class DataKey(models.Model):
    """One key for one person's data, wrapped by the installation's master key.

    Backups of the rows do not hold this table (`core.backup`). A destroyed key leaves its row as a note of it, so that
    none comes back from an old backup (ADR 18).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_at=None) & ~Q(wrapped=b"") | Q(destroyed_at__isnull=False, wrapped=b""),
                name="data_key_or_note_of_it",
            )
        ]
        indexes = [
            models.Index(MasterKeyId("wrapped"), name="data_key_master", condition=Q(destroyed_at=None))
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def create(cls) -> DataKey:
        key = cls()
        key.wrapped = crypto.wrap(crypto.new_data_key(), key._place)
        key.save(force_insert=True)
        return key

    @classmethod
    def destroy(cls, ids: Iterable[uuid.UUID | None]) -> int:
        """Nothing that these keys sealed is ever read again. Returns how many there were. Idempotent."""
        living = cls.objects.filter(pk__in=[one for one in ids if one is not None], destroyed_at=None)
        return living.update(wrapped=b"", destroyed_at=Now())

    @property
    def _place(self) -> bytes:
        return f"data_key:{self.pk}".encode()

    @property
    def is_destroyed(self) -> bool:
        return self.destroyed_at is not None

    @cached_property
    def secret(self) -> bytes:
        """The unwrapped key. Raises DecryptError when the master key is not the right one."""
        return crypto.unwrap(bytes(self.wrapped), self._place)

    def rewrap(self) -> None:
        """Under the newest master key; the caller writes it. Raises DecryptError."""
        self.wrapped = crypto.wrap(crypto.unwrap(bytes(self.wrapped), self._place), self._place)


class OutboxEvent(models.Model):
    """A fact of the domain, written in the transaction that made it true."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "created_at"], name="outbox_topic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class OutboxDelivery(models.Model):
    """One handler's turn with an event: retried with backoff until done, or dead after too many tries."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_once_per_handler")]
        indexes = [
            models.Index(fields=["due_at"], name="outbox_due", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["dead_at"], name="outbox_dead", condition=Q(dead_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


class Heartbeat(models.Model):
    """When a sweep last came through, and when it last failed (`core.sweeps`)."""

    name = models.CharField(primary_key=True, max_length=120, help_text="Of its task.")
    ran_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What somebody asked for under a key of their own, so that asking again does nothing more.

    `digest` stands for who asked, what for and under which key; `fingerprint` for what was sent.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    fingerprint = models.CharField(max_length=64)
    result_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.digest


class AuditSeal(models.Model):
    """Closes a batch of events: `digest` is SHA-256 over the seal before it and the codes of the batch, so that
    nobody changes, adds or takes away one of them unseen; `mac` shows that the application made it. Never changed
    (a trigger sees to it). What it says: `core.audit.seals`."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    event_ids = ArrayField(models.BigIntegerField())
    # The events' own codes, 32 bytes each, in the order of their ids.
    event_macs = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    mac = models.BinaryField()

    def __str__(self) -> str:
        return str(self.number)


class AuditEvent(models.Model):
    """Who did or saw what, and whose data it was. Never changed nor deleted (trigger); only the seal comes later.

    Ids, no foreign keys: a row outlives what it speaks of. `subjects` are data keys.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"))
    action = models.CharField(_("what"), max_length=60)
    actor_id = models.UUIDField(_("account"), null=True)
    role = models.CharField(_("role"), max_length=20)
    via = models.CharField(_("by way of"), max_length=10, blank=True)
    route = models.CharField(_("page or endpoint"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    object_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    object_id = models.CharField(_("thing"), max_length=64, blank=True)
    subjects = ArrayField(models.UUIDField(), default=list, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    mac = models.BinaryField()
    seal = models.ForeignKey(
        AuditSeal, null=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit")
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["object_id", "-at"], name="audit_object", condition=~Q(object_id="")),
            models.Index(fields=["action", "-at"], name="audit_action"),
            models.Index(fields=["address", "-at"], name="audit_address", condition=~Q(address="")),
            models.Index(fields=["request_id"], name="audit_request", condition=~Q(request_id="")),
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(seal=None)),
            GinIndex(fields=["subjects"], name="audit_subjects"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"
