"""Booking without an account, and the private link that comes with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import services
from bookings.access import booking_by_token, manage_url, token_of
from bookings.api.answers import guest_answer
from bookings.api.inputs import GuestBookingInput, ReasonInput, RescheduleInput, asked_language
from bookings.api.keys import offer_of, pick
from bookings.api.outputs import GuestBookingSerializer
from bookings.api.paying import (
    CheckoutInput,
    CheckoutSerializer,
    FirstCheckoutSerializer,
    asked_gateway,
    checkout_answer,
    first_checkout,
)
from bookings.discretion import discreet
from bookings.models import Booking
from bookings.selectors import whole_bookings
from bookings.services.booking import PatientDetails
from core.actor import Actor
from core.api.idempotency import Idempotent
from core.api.limits import LimitedWrites


class GuestBookedSerializer(FirstCheckoutSerializer, GuestBookingSerializer):
    manage_token = serializers.CharField(help_text="Whoever has it may cancel: keep it private.")
    manage_url = serializers.URLField()

    class Meta(GuestBookingSerializer.Meta):
        fields = [
            *GuestBookingSerializer.Meta.fields,
            "manage_token",
            "manage_url",
            *FirstCheckoutSerializer().fields,
        ]
        read_only_fields = fields


class GuestBooking(Idempotent, LimitedWrites):
    """Books a free start for anybody."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="guest_booking_create", request=GuestBookingInput, responses={201: GuestBookedSerializer}
    )
    def post(self, request: Request, slug: str) -> Response:
        pk = self.once(request, lambda: self._book(request, slug))
        return Response(guest_booked(whole_bookings().get(pk=pk), asked_gateway(request)), status=201)

    @staticmethod
    def _book(request: Request, slug: str) -> UUID:
        asked = GuestBookingInput(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        service = pick(offer_of(slug)[1], given["service"])
        who = services.who_books(request.user)
        with discreet(who["user"], given["email"]):
            booking = services.book(
                service=service,
                starts_at=given["start"],
                patient=PatientDetails(
                    name=given["name"],
                    email=given["email"],
                    phone=given["phone"],
                    reason=given["reason"],
                    language=given.get("language") or asked_language(),
                    timezone=given.get("timezone") or service.professional.timezone,
                ),
                **who,
            )
        return booking.pk


class Managed(LimitedWrites):
    """Whoever holds the token speaks for the patient of that one booking."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class ManagedBooking(Managed):
    @extend_schema(operation_id="manage_retrieve", responses=GuestBookingSerializer)
    def get(self, request: Request, token: str) -> Response:
        return Response(guest_answer(booking_by_token(token)))


class ManagedCancel(Managed):
    """Cancels, with what the professional's policy gives back."""

    @extend_schema(operation_id="manage_cancel", request=ReasonInput, responses=GuestBookingSerializer)
    def post(self, request: Request, token: str) -> Response:
        booking = booking_by_token(token)
        asked = ReasonInput(data=request.data)
        asked.is_valid(raise_exception=True)
        booking = services.cancel(booking_id=booking.pk, actor=Actor("patient"), **asked.validated_data)
        return Response(guest_answer(booking))


class ManagedReschedule(Managed):
    """Moves to another free start; payment and links stay valid."""

    @extend_schema(
        operation_id="manage_reschedule", request=RescheduleInput, responses=GuestBookingSerializer
    )
    def post(self, request: Request, token: str) -> Response:
        booking = booking_by_token(token)
        asked = RescheduleInput(data=request.data)
        asked.is_valid(raise_exception=True)
        with discreet():
            booking = services.reschedule(
                booking_id=booking.pk,
                starts_at=asked.validated_data["start"],
                reason=asked.validated_data["reason"],
                actor=Actor("patient"),
            )
        return Response(guest_answer(booking))


class ManagedPayment(Managed):
    """Opens the checkout (again) while the time is held."""

    @extend_schema(operation_id="manage_payment", request=CheckoutInput, responses=CheckoutSerializer)
    def post(self, request: Request, token: str) -> Response:
        return Response(checkout_answer(booking_by_token(token), asked_gateway(request)))


def guest_booked(booking: Booking, gateway: str) -> dict[str, Any]:
    """The answer to a new booking."""
    links = {"manage_token": token_of(booking), "manage_url": manage_url(booking)}
    return guest_answer(booking) | links | first_checkout(booking, gateway)
