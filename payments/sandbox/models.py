"""The sandbox company's own books. Only `payments.sandbox` reads or writes them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SandboxStatus(models.TextChoices):
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")


class SandboxCheckout(models.Model):
    """A checkout page with a shop's reference; the reference is the idempotency key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=64, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200, blank=True)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    status = models.CharField(max_length=10, choices=SandboxStatus, default=SandboxStatus.OPEN)
    return_url = models.URLField(max_length=1000)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "payments"
        constraints = [
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="sandbox_refund_limit")
        ]

    def __str__(self) -> str:
        return self.reference


class SandboxRefund(models.Model):
    """The sandbox's memory of idempotency keys."""

    key = models.CharField(primary_key=True, max_length=64)
    checkout = models.ForeignKey(SandboxCheckout, on_delete=models.CASCADE, related_name="refunds")
    amount = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        app_label = "payments"

    def __str__(self) -> str:
        return self.key


class SandboxEvent(models.Model):
    """News for the shop, sent to its webhook until it answers 2xx or the tries are used up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checkout = models.ForeignKey(SandboxCheckout, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "payments"
        indexes = [
            models.Index(fields=["due_at"], name="sandbox_event_due", condition=Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
