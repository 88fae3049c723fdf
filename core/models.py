"""What every app stands on: data keys and the outbox of domain events."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from core import crypto


class DataKey(models.Model):
    """One key for one person's data, wrapped by the installation's master key.

    It stands in a table of its own: destroying the row makes all that it sealed unreadable, in old
    backups of the other tables too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def create(cls) -> DataKey:
        key = cls()
        key.wrapped = crypto.wrap(crypto.new_data_key(), key._place)
        key.save(force_insert=True)
        return key

    @property
    def _place(self) -> bytes:
        return f"data_key:{self.pk}".encode()

    @cached_property
    def secret(self) -> bytes:
        """The unwrapped key. Raises DecryptError when the master key is not the right one."""
        return crypto.unwrap(bytes(self.wrapped), self._place)


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
        verbose_name_plural = "outbox deliveries"
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_once_per_handler")]
        indexes = [
            models.Index(fields=["due_at"], name="outbox_due", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["dead_at"], name="outbox_dead", condition=Q(dead_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


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
