"""Where a booking is paid, as the API tells it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings import services
from bookings.api.answers import own_seat
from bookings.api.people import signed_in
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from bookings.services.money import SUBJECT
from core.errors import NotAllowed, Refused
from payments.models import Payment
from payments.selectors import payment_of
from payments.ways import gateway_in_use, ways_to_pay

NO_CHECKOUT: dict[str, Any] = {"checkout_url": None, "init_point": None, "ways_to_pay": []}
# Apps that know MercadoPago alone look for this name.
MERCADOPAGO = "mercadopago"


class CheckoutInput(serializers.Serializer[dict[str, Any]]):
    gateway = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="One of `ways_to_pay`; else the one whose checkout is open, or the first.",
    )


class SessionInput(CheckoutInput):
    booking = serializers.UUIDField()


class CheckoutSerializer(serializers.Serializer[Any]):
    checkout_url = serializers.URLField()
    gateway = serializers.CharField()
    init_point = serializers.URLField(
        allow_null=True, help_text="The same address where it is MercadoPago's, else null."
    )
    ways_to_pay = serializers.ListField(
        child=serializers.CharField(),
        help_text="The gateways that take this amount now, the first preferred.",
    )


class FirstCheckoutSerializer(serializers.Serializer[Any]):
    """With a new booking; nulls when nothing is owed, or the gateway does not answer."""

    checkout_url = serializers.URLField(
        allow_null=True, help_text="Where to pay before `hold_ends_at`; null when nothing is owed."
    )
    init_point = serializers.URLField(
        allow_null=True, help_text="The same address where it is MercadoPago's, else null."
    )
    ways_to_pay = serializers.ListField(
        child=serializers.CharField(),
        help_text="Also where no checkout could be opened; empty when nothing is owed.",
    )


def checkout_answer(booking: Booking, gateway: str = "") -> dict[str, Any]:
    """Opens the checkout. Raises Refused."""
    return opened_checkout(services.checkout_url(booking, gateway=gateway), payment_of(SUBJECT, booking.pk))


def opened_checkout(url: str, payment: Payment | None) -> dict[str, Any]:
    """Of whatever is paid there."""
    opened_at = gateway_in_use(payment) if payment else ""
    return {
        "checkout_url": url,
        "gateway": opened_at,
        "init_point": url if opened_at == MERCADOPAGO else None,
        "ways_to_pay": names_of_ways(payment),
    }


def first_checkout(booking: Booking, gateway: str = "") -> dict[str, Any]:
    """With the answer to a new booking. A gateway that is down takes nothing back: it can be paid a bit later."""
    if booking.status != Status.PENDING_PAYMENT:
        return NO_CHECKOUT
    try:
        opened = checkout_answer(booking, gateway)
    except Refused:
        return NO_CHECKOUT | {"ways_to_pay": names_of_ways(payment_of(SUBJECT, booking.pk))}
    return {name: opened[name] for name in NO_CHECKOUT}


def names_of_ways(payment: Payment | None) -> list[str]:
    return [way.name for way in ways_to_pay(payment)] if payment else []


def asked_gateway(request: Request) -> str:
    asked = CheckoutInput(data=request.data)
    asked.is_valid(raise_exception=True)
    return str(asked.validated_data["gateway"])


class BookingPayment(APIView):
    """Opens the checkout of the patient's booking while its time is held."""

    @extend_schema(operation_id="bookings_payment", request=CheckoutInput, responses=CheckoutSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        booking = _own_booking(request, booking_id)
        return Response(checkout_answer(booking, asked_gateway(request)))


class CheckoutSession(APIView):
    """The same, with the booking in the body."""

    @extend_schema(
        operation_id="payments_checkout_session", request=SessionInput, responses=CheckoutSerializer
    )
    def post(self, request: Request) -> Response:
        asked = SessionInput(data=request.data)
        asked.is_valid(raise_exception=True)
        booking = _own_booking(request, asked.validated_data["booking"])
        return Response(checkout_answer(booking, asked.validated_data["gateway"]))


def _own_booking(request: Request, booking_id: UUID) -> Booking:
    """The patient's, who asks. Raises Missing, or NotAllowed for its professional."""
    booking, role = own_seat(signed_in(request), booking_id)
    if role != "patient":
        raise NotAllowed
    return booking
