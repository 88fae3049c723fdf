"""Money owed, asked for, paid and given back. A payment has a subject it knows only by name and id."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PaymentStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed without payment")


class Payment(models.Model):
    """What one subject owes. `paid` once, by one attempt; what was given back stands in its refunds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    reference = models.CharField(max_length=24, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.PENDING)
    # Where it may be paid, the preferred gateway first. Empty: at all that the installation uses.
    gateways = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    payable_until = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    # When the subject had taken note of the money: until then it is told again, each time from `tell_at` on.
    told_at = models.DateTimeField(null=True, blank=True)
    tell_at = models.DateTimeField(default=timezone.now)
    tells = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="payment_one_per_subject"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="payment_paid_when"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="payment_status"),
            models.Index(fields=["-created_at"], name="payment_latest"),
            models.Index(
                fields=["tell_at"], name="payment_untold", condition=Q(status="paid", told_at__isnull=True)
            ),
            models.Index(fields=["paid_at"], name="payment_paid_at", condition=Q(status="paid")),
        ]

    def __str__(self) -> str:
        return self.reference


class AttemptStatus(models.TextChoices):
    NEW = "new", _("new")
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")


UNDECIDED = (AttemptStatus.NEW, AttemptStatus.OPEN)


class Attempt(models.Model):
    """One checkout at one gateway, under a reference of its own (`<payment reference>-<n>`).

    The row exists before the gateway is asked: its id is the idempotency key, so asking again after a
    crash gives the same checkout. Money may arrive in any status, late ones too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=32, unique=True)
    gateway = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=200, blank=True)
    # What the gateway calls the money once it is there, where that is not what it calls the checkout.
    money_ref = models.CharField(max_length=200, blank=True)
    checkout_url = models.URLField(max_length=2000, blank=True)
    return_url = models.URLField(max_length=1000)
    description = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=AttemptStatus, default=AttemptStatus.NEW)
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    # The one attempt whose money pays the payment; other paid ones go back.
    settles = models.BooleanField(default=False)
    # Since when the money is on its way: the payer has done their part, and a bank takes its time.
    processing_at = models.DateTimeField(null=True, blank=True)
    # Why what the gateway said could not be believed, in a word, and what it said.
    problem = models.CharField(max_length=40, blank=True)
    claim = models.CharField(max_length=120, blank=True)
    # Since when the gateway holds money that is not what was asked for: a person has to look. Null: it does not.
    questioned_at = models.DateTimeField(null=True, blank=True)
    # Staff have dealt with that money: the same word of the gateway raises no question again.
    question_closed_at = models.DateTimeField(null=True, blank=True)
    # When to ask the gateway about what no webhook told; null: nothing more can come.
    poll_at = models.DateTimeField(null=True, blank=True)
    polls = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status__in=["new", "open"]), name="attempt_one_open"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(settles=True), name="attempt_settles_once"
            ),
            models.CheckConstraint(
                condition=Q(settles=False) | Q(status="paid", paid_at__isnull=False),
                name="attempt_settles_when_paid",
            ),
            models.UniqueConstraint(
                fields=["gateway", "money_ref"], condition=~Q(money_ref=""), name="attempt_money_once"
            ),
        ]
        indexes = [
            models.Index(fields=["poll_at"], name="attempt_poll", condition=Q(poll_at__isnull=False)),
            models.Index(fields=["gateway", "provider_ref"], name="attempt_provider_ref"),
            models.Index(
                fields=["questioned_at"],
                name="attempt_in_question",
                condition=Q(questioned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Decimal:
        return self.payment.amount

    @property
    def currency(self) -> str:
        return self.payment.currency


class DisputeState(models.TextChoices):
    OPEN = "open", _("open")
    WON = "won", _("won: the money stays")
    LOST = "lost", _("lost: the money is gone")


class Dispute(models.Model):
    """The payer's bank asks for the money back: with the gateway it is fought out, here it is only seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    status = models.CharField(max_length=10, choices=DisputeState)
    reason = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "provider_id"], name="dispute_once"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None) | Q(~Q(status="open"), closed_at__isnull=False),
                name="dispute_closed_when",
            ),
        ]

    def __str__(self) -> str:
        return self.provider_id


class RefundStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    MANUAL = "manual", _("to be done by hand")


NEEDS_STAFF = (RefundStatus.FAILED, RefundStatus.MANUAL)


class Refund(models.Model):
    """Money owed back for an attempt that was paid, whatever became of it so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    reason = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    # How often the gateway said no for good.
    refusals = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            # One refund for one reason: asking twice gives the same.
            models.UniqueConstraint(fields=["attempt", "reason"], name="refund_once_per_reason"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="refund_due", condition=Q(status="pending")),
            models.Index(fields=["status", "-created_at"], name="refund_status"),
            models.Index(fields=["-created_at"], name="refund_latest"),
            models.Index(fields=["done_at"], name="refund_done_at", condition=Q(status="succeeded")),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"

    @property
    def currency(self) -> str:
        return self.attempt.currency

    @property
    def key(self) -> str:
        """The idempotency key at the gateway. After a no a new one: under the old one it would say no again."""
        return f"{self.pk}-{self.refusals}" if self.refusals else str(self.pk)


class StaffVerb(models.TextChoices):
    REFUND_ASKED = "refund_asked", _("asked for a refund")
    REFUND_RETRIED = "refund_retried", _("had a refund tried again")
    REFUND_BY_HAND = "refund_by_hand", _("gave a refund by hand")
    QUESTION_CLOSED = "question_closed", _("closed the question about money that does not match")


class StaffNote(models.Model):
    """What somebody of the staff did about a payment, or whoever is paid, and what they said of it. Rows are only ever
    added.

    `note` is the reason, or the reference of the transfer: of the money, never of anybody's health.
    """

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="staff_notes")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="staff_notes")
    verb = models.CharField(max_length=20, choices=StaffVerb)
    staff_id = models.UUIDField()
    note = models.CharField(max_length=200, blank=True)
    # Only of what was given back by hand: who did it, and on which day.
    given_by = models.CharField(max_length=80, blank=True)
    given_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb="question_closed") | Q(refund__isnull=False), name="staff_note_on_refund"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.payment_id}"


class ProviderEvent(models.Model):
    """The inbox of webhooks: verified, stored once, processed with retries. Only a hint, never the truth."""

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    reference = models.CharField(max_length=64, blank=True)
    provider_ref = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="provider_event_once")]
        indexes = [models.Index(fields=["due_at"], name="provider_event_due", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


# The sandbox stands for a company elsewhere, but its books lie in the same database.
from payments.sandbox import models as sandbox_books  # noqa: E402, F401
