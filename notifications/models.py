"""Messages go out (e-mail); notifications are shown in the app."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import DataKey


class MessageState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    # It would have come too late to mean anything.
    LAPSED = "lapsed", _("lapsed")


class Message(models.Model):
    """One e-mail, written once and sent with retries. Sealed under the key of the patient it speaks of
    (or one of its own), so that erasing a patient erases their mail too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    # The same event never queues the same message twice.
    dedupe_key = models.CharField(max_length=200, unique=True)
    data_key = models.ForeignKey(DataKey, on_delete=models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="es")
    recipient = EncryptedTextField()
    subject = EncryptedTextField()
    text = EncryptedTextField()
    html = EncryptedTextField()
    calendar = EncryptedTextField()
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=Q(state="queued")),
            models.Index(fields=["state", "created_at"], name="message_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Notification(models.Model):
    """Something shown to a user in the app. The payload holds ids and plain facts; words come from `kind`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["user", "-created_at"], name="notification_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
