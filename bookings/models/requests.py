"""Wishes for an appointment when no time suits."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional, User
from bookings.models.bookings import Booking
from bookings.models.services import Service
from core.fields import EncryptedTextField
from core.models import DataKey


class RequestStatus(models.TextChoices):
    PENDING = "pending", _("waiting for an answer")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("declined")
    EXPIRED = "expired", _("expired")
    # Whoever asked has left.
    WITHDRAWN = "withdrawn", _("withdrawn")


class PartOfDay(models.TextChoices):
    ANY = "any", _("any time")
    MORNING = "morning", _("in the morning")
    AFTERNOON = "afternoon", _("in the afternoon")
    EVENING = "evening", _("in the evening")


class BookingRequest(models.Model):
    """A wish without a slot, to be turned into a booking. Who asks, and their words, are sealed under a key of
    the request's own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="requests")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="requests")
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="booking_requests"
    )
    data_key = models.OneToOneField(DataKey, on_delete=models.SET_NULL, null=True, related_name="+")
    name = EncryptedTextField(_("name"))
    email = EncryptedTextField(_("e-mail"))
    email_index = models.CharField(max_length=32, blank=True, editable=False)
    phone = EncryptedTextField(_("phone"))
    message = EncryptedTextField(_("message"))
    closing_reason = EncryptedTextField()
    preferred_from = models.DateField(_("from"), null=True, blank=True)
    preferred_until = models.DateField(_("until"), null=True, blank=True)
    part_of_day = models.CharField(
        _("part of the day"), max_length=10, choices=PartOfDay, default=PartOfDay.ANY
    )
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.PENDING)
    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="es")
    timezone = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("request for an appointment")
        verbose_name_plural = _("requests for an appointment")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(preferred_from__isnull=True)
                | Q(preferred_until__isnull=True)
                | Q(preferred_until__gte=F("preferred_from")),
                name="request_order",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.ACCEPTED, booking__isnull=False)
                | (~Q(status=RequestStatus.ACCEPTED) & Q(booking__isnull=True)),
                name="request_accepted_is_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["professional", "status", "created_at"], name="request_by_status"),
            models.Index(fields=["professional", "email_index"], name="request_email"),
            # For the administration, across practices.
            models.Index(fields=["email_index"], name="request_email_anywhere", condition=~Q(email_index="")),
            models.Index(fields=["-created_at"], name="request_latest"),
            models.Index(fields=["status", "-created_at"], name="request_status_latest"),
            models.Index(fields=["expires_at"], name="request_expires", condition=Q(status="pending")),
            # Whoever verifies an address takes over what was asked for with it.
            models.Index(
                fields=["email_index"],
                name="request_unclaimed",
                condition=Q(user=None) & ~Q(email_index=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
