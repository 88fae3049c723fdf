"""What the API says of bookings."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Patient, Professional, User
from bookings.access import join_state, role_in
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Membership, Plan, Service
from core.api.fields import InstantField, MoneyField
from payments.models import Payment


class MeetingStatus(models.TextChoices):
    """How the meeting of a booking stands, in the words of clients: it follows from the booking's status."""

    PENDING = "pending", _("pending")
    WAITING = "waiting", _("waiting")
    ACTIVE = "active", _("active")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


_MEETING_STATUS = {
    Status.PENDING_PAYMENT: MeetingStatus.PENDING,
    Status.WAITING_FOR_PROFESSIONAL: MeetingStatus.WAITING,
    Status.CONFIRMED: MeetingStatus.WAITING,
    Status.IN_PROGRESS: MeetingStatus.ACTIVE,
    Status.COMPLETED: MeetingStatus.COMPLETED,
    Status.CANCELLED: MeetingStatus.CANCELLED,
    Status.REJECTED: MeetingStatus.CANCELLED,
    Status.EXPIRED: MeetingStatus.EXPIRED,
    Status.NO_SHOW: MeetingStatus.EXPIRED,
}


class Seat(models.TextChoices):
    PROFESSIONAL = "professional", _("professional")
    PATIENT = "patient", _("patient")


def meeting_status(booking: Booking) -> MeetingStatus | None:
    return _MEETING_STATUS[Status(booking.status)] if booking.has_meeting else None


class ServiceSerializer(serializers.ModelSerializer[Service]):
    price = MoneyField("price")

    class Meta:
        model = Service
        fields = [
            "id",
            "slug",
            "name",
            "description",
            "modality",
            "duration_minutes",
            "meeting_limit_minutes",
            "price",
            "currency",
        ]
        read_only_fields = fields


class BookedServiceSerializer(serializers.ModelSerializer[Service]):
    class Meta:
        model = Service
        fields = ["id", "slug", "name"]
        read_only_fields = fields


class BookedProfessionalSerializer(serializers.ModelSerializer[Professional]):
    specialty = serializers.SerializerMethodField()

    class Meta:
        model = Professional
        fields = ["id", "slug", "name", "specialty", "city", "timezone"]
        read_only_fields = fields

    def get_specialty(self, professional: Professional) -> str:
        return next((specialty.name for specialty in professional.specialties.all()), "")


class ReachableProfessionalSerializer(BookedProfessionalSerializer):
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta(BookedProfessionalSerializer.Meta):
        fields = [*BookedProfessionalSerializer.Meta.fields, "email"]
        read_only_fields = fields


class NamedPatientSerializer(serializers.ModelSerializer[Patient]):
    """Whoever typed a name and an e-mail may not learn what else the practice has on record under them."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Patient
        fields = ["name"]
        read_only_fields = fields


class BookedPatientSerializer(serializers.ModelSerializer[Patient]):
    name = serializers.CharField(read_only=True)
    email = serializers.EmailField(read_only=True)
    phone = serializers.CharField(read_only=True)

    class Meta:
        model = Patient
        fields = ["id", "name", "email", "phone"]
        read_only_fields = fields


class BookingPaymentSerializer(serializers.ModelSerializer[Payment]):
    amount = MoneyField()
    paid_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = Payment
        fields = ["id", "reference", "amount", "currency", "status", "paid_at"]
        read_only_fields = fields


class BookedPlanSerializer(serializers.ModelSerializer[Plan]):
    class Meta:
        model = Plan
        fields = ["id", "name"]
        read_only_fields = fields


class BookedMembershipSerializer(serializers.ModelSerializer[Membership]):
    plan = BookedPlanSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "plan"]
        read_only_fields = fields


class BookingFactsSerializer(serializers.ModelSerializer[Booking]):
    """What whoever may see a booking sees of it; the two people are shown by those that build on it.

    `context["payments"]` holds the payments by booking id.
    """

    service = BookedServiceSerializer(read_only=True)
    starts_at = InstantField(read_only=True)
    ends_at = InstantField(read_only=True)
    duration_minutes = serializers.IntegerField(read_only=True)
    price = MoneyField("price")
    membership = BookedMembershipSerializer(
        read_only=True, allow_null=True, help_text="By whose terms the price is a member's, if it is."
    )
    payment = serializers.SerializerMethodField()
    meeting_status = serializers.SerializerMethodField()
    meeting_start_time = InstantField(
        source="meeting.started_at", read_only=True, default=None, allow_null=True
    )
    hold_ends_at = InstantField(read_only=True, allow_null=True)
    answer_due_at = InstantField(read_only=True, allow_null=True)
    closed_at = InstantField(read_only=True, allow_null=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)

    class Meta:
        model = Booking
        fields = [
            "id",
            "reference",
            "status",
            "modality",
            "channel",
            "starts_at",
            "ends_at",
            "duration_minutes",
            "price",
            "currency",
            "membership",
            "pays_at_practice",
            "cancellation_hours",
            "late_refund_percent",
            "service",
            "professional",
            "patient",
            "language",
            "timezone",
            "payment",
            "meeting_status",
            "meeting_start_time",
            "hold_ends_at",
            "answer_due_at",
            "closed_at",
            "cancelled_by",
            "notice_hours",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(BookingPaymentSerializer(allow_null=True))
    def get_payment(self, booking: Booking) -> Any:
        payment = self.context["payments"].get(booking.pk)
        return None if payment is None else BookingPaymentSerializer(payment).data

    @extend_schema_field(serializers.ChoiceField(choices=MeetingStatus.choices, allow_null=True))
    def get_meeting_status(self, booking: Booking) -> str | None:
        return meeting_status(booking)


class GuestBookingSerializer(BookingFactsSerializer):
    """A booking as its patient sees it through the private link.

    `context["payments"]` holds the payments by booking id; `context["user"]` is who asks, if anybody signed in.
    """

    professional: serializers.Serializer[Professional] = BookedProfessionalSerializer(read_only=True)
    patient: serializers.Serializer[Patient] = NamedPatientSerializer(read_only=True)
    reason = serializers.CharField(read_only=True)
    closing_reason = serializers.CharField(read_only=True)
    role = serializers.SerializerMethodField(help_text="The asker's side.")
    can_join = serializers.SerializerMethodField(help_text="Whether the room may be entered now.")
    room = serializers.CharField(source="meeting.room", read_only=True, default=None, allow_null=True)
    meeting_opens_at = InstantField(source="meeting.opens_at", read_only=True, default=None, allow_null=True)
    meeting_accepted_at = InstantField(source="accepted_at", read_only=True, allow_null=True)
    meeting_end_time = serializers.SerializerMethodField()

    class Meta(BookingFactsSerializer.Meta):
        fields = [
            *BookingFactsSerializer.Meta.fields,
            "reason",
            "closing_reason",
            "role",
            "can_join",
            "room",
            "meeting_opens_at",
            "meeting_accepted_at",
            "meeting_end_time",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Seat.choices))
    def get_role(self, booking: Booking) -> str:
        user: User | None = self.context.get("user")
        return (role_in(booking, user) if user else None) or Seat.PATIENT

    def get_can_join(self, booking: Booking) -> bool:
        return join_state(booking).can_join

    @extend_schema_field(InstantField(allow_null=True))
    def get_meeting_end_time(self, booking: Booking) -> Any:
        """When it ended, or will."""
        meeting = booking.meeting
        ends = (meeting.ended_at or meeting.ends_at) if meeting else None
        return ends and InstantField().to_representation(ends)


class BookingSerializer(GuestBookingSerializer):
    """A booking as its two people see it in their accounts."""

    professional = ReachableProfessionalSerializer(read_only=True)
    patient = BookedPatientSerializer(read_only=True)

    notes = serializers.CharField(read_only=True, help_text="The professional's own; `` for the patient.")

    class Meta(GuestBookingSerializer.Meta):
        fields = [*GuestBookingSerializer.Meta.fields, "notes"]
        read_only_fields = fields

    def to_representation(self, booking: Booking) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(booking)
        if role_in(booking, self.context["user"]) != "professional":
            shown["notes"] = ""
        if role_in(booking, self.context["user"]) is None:  # has just booked, but never verified the address
            shown["patient"] |= {"email": "", "phone": ""}
        return shown
