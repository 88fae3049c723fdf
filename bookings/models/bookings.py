"""Appointments and their history."""

from __future__ import annotations

import uuid
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, Professional
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.models.plans import Membership
from bookings.models.ranges import TsTzRange
from bookings.models.services import MEETING_MODALITIES, Modality, Service
from core.fields import EncryptedTextField
from meetings.models import Meeting


class Channel(models.TextChoices):
    PUBLIC = "public", _("public page")
    ACCOUNT = "account", _("patient's account")
    MANUAL = "manual", _("entered by the practice")


class CancelledBy(models.TextChoices):
    PATIENT = "patient", _("the patient")
    PROFESSIONAL = "professional", _("the professional")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("the system")


class Absent(models.TextChoices):
    """Who did not come to a meeting that never took place."""

    PATIENT = "patient", _("the patient")
    PROFESSIONAL = "professional", _("the professional")
    BOTH = "both", _("both")


class WhyExpired(StrEnum):
    """Which time ran out: to pay, to answer, or that of the meeting."""

    UNPAID = "unpaid"
    UNANSWERED = "unanswered"
    NOBODY_CAME = "nobody_came"


class Booking(models.Model):
    """One appointment of one patient with one professional. Only the verbs in `services` write it.

    What service and policy said at booking time (price, limit, buffers, terms of cancelling) is copied, so that later
    edits change nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="bookings")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings")
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="booking"
    )
    status = models.CharField(max_length=24, choices=Status.choices)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PUBLIC)
    modality = models.CharField(max_length=10, choices=Modality)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The professional's time this takes, buffers included.
    blocked_from = models.DateTimeField()
    blocked_until = models.DateTimeField()
    # Who the patient is across practices (blind index of the e-mail): nobody is in two places at once.
    patient_identity = models.CharField(max_length=32, blank=True)
    # Part of the private link: a new one ends the links sent before.
    link_version = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    # By whose terms the price is a member's.
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    meeting_limit_minutes = models.PositiveSmallIntegerField()
    reason = EncryptedTextField(key="patient.data_key")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="es")
    timezone = models.CharField(max_length=64, blank=True)
    hold_ends_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=12, choices=CancelledBy, blank=True)
    # The terms under which it was booked: until how many hours before the start a patient cancels without loss, and
    # the percentage that goes back later than that.
    cancellation_hours = models.PositiveSmallIntegerField(default=24)
    late_refund_percent = models.PositiveSmallIntegerField(default=0)
    # Paid in person: nothing is asked for online.
    pays_at_practice = models.BooleanField(_("paid at the practice"), default=False)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    # The professional's own; the patient does not read them.
    notes = EncryptedTextField(_("notes"), key="patient.data_key")
    closing_reason = EncryptedTextField(key="patient.data_key")
    move_reason = EncryptedTextField(key="patient.data_key")
    absent = models.CharField(max_length=12, choices=Absent, blank=True)
    notice_hours = models.IntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="booking_status_known"),
            models.CheckConstraint(condition=Q(price__gte=0), name="booking_price"),
            models.CheckConstraint(condition=Q(late_refund_percent__lte=100), name="booking_late_refund"),
            models.CheckConstraint(
                condition=Q(
                    ends_at__lte=F("starts_at") + timedelta(minutes=480),
                    blocked_from__gte=F("starts_at") - timedelta(minutes=240),
                    blocked_until__lte=F("ends_at") + timedelta(minutes=240),
                ),
                name="booking_longest",
            ),
            models.CheckConstraint(
                condition=Q(
                    ends_at__gt=F("starts_at"),
                    blocked_from__lte=F("starts_at"),
                    blocked_until__gte=F("ends_at"),
                ),
                name="booking_order",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PENDING_PAYMENT) | Q(hold_ends_at__isnull=False),
                name="booking_hold_ends",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(cancelled_by=""), name="booking_cancelled_by"
            ),
            ExclusionConstraint(
                name="booking_professional_once",
                expressions=[
                    ("professional", RangeOperators.EQUAL),
                    (TsTzRange("blocked_from", "blocked_until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=HOLDING),
            ),
            ExclusionConstraint(
                name="booking_patient_once",
                expressions=[
                    ("patient_identity", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=HOLDING) & ~Q(patient_identity=""),
            ),
        ]
        indexes = [
            models.Index(fields=["professional", "starts_at"], name="booking_agenda"),
            models.Index(fields=["professional", "status", "-starts_at"], name="booking_by_status"),
            models.Index(fields=["patient", "-starts_at"], name="booking_of_patient"),
            models.Index(
                fields=["membership"], name="booking_of_member", condition=Q(membership__isnull=False)
            ),
            # For the administration, across practices.
            models.Index(fields=["-starts_at"], name="booking_latest"),
            models.Index(fields=["status", "-starts_at"], name="booking_status_latest"),
            models.Index(fields=["hold_ends_at"], name="booking_hold", condition=Q(status="pending_payment")),
            models.Index(
                fields=["answer_due_at"],
                name="booking_answer",
                condition=Q(status="waiting_for_professional"),
            ),
            models.Index(fields=["ends_at"], name="booking_over", condition=Q(status="confirmed")),
            models.Index(
                fields=["next_reminder_at"],
                name="booking_reminder",
                condition=Q(status="confirmed", next_reminder_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def duration_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def has_meeting(self) -> bool:
        return self.modality in MEETING_MODALITIES

    @property
    def is_free(self) -> bool:
        return self.price == 0

    @property
    def is_paid_online(self) -> bool:
        return not self.is_free and not self.pays_at_practice

    @property
    def why_expired(self) -> WhyExpired | None:
        """None unless it has expired. Money that came too late does not make it a paid one."""
        if self.status != Status.EXPIRED:
            return None
        if self.absent:
            return WhyExpired.NOBODY_CAME
        return WhyExpired.UNANSWERED if self.answer_due_at else WhyExpired.UNPAID


class BookingEvent(models.Model):
    """One line of a booking's history. Rows are only ever added. Words somebody gave as a reason may tell of
    their health: they stand sealed on the booking, not here."""

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=24)
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["booking", "id"], name="booking_event_story")]

    def __str__(self) -> str:
        return f"{self.verb} {self.booking_id}"
