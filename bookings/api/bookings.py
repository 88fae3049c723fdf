"""Bookings of who is signed in, on either side, and the verbs on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings import services
from bookings.access import join_state, role_in
from bookings.api import making
from bookings.api.answers import booking_answer, bookings_answer, own_seat, require_seat
from bookings.api.filters import BookingFilter
from bookings.api.inputs import (
    AccountBookingInput,
    BookingByHandInput,
    ChangeInput,
    PracticeRescheduleInput,
    ReasonInput,
    RescheduleInput,
)
from bookings.api.outputs import BookingSerializer
from bookings.api.paying import NO_CHECKOUT, FirstCheckoutSerializer, asked_gateway, first_checkout
from bookings.api.people import signed_in
from bookings.discretion import discreet
from bookings.models import Booking, Channel
from bookings.selectors import bookings_for, whole_bookings
from core.actor import Actor
from core.api.idempotency import Idempotent
from core.api.limits import LimitedWrites
from core.errors import Missing, NotAllowed


class BookedSerializer(FirstCheckoutSerializer, BookingSerializer):
    class Meta(BookingSerializer.Meta):
        fields = [*BookingSerializer.Meta.fields, *FirstCheckoutSerializer().fields]
        read_only_fields = fields


class AcceptedSerializer(BookingSerializer):
    message = serializers.CharField()

    class Meta(BookingSerializer.Meta):
        fields = [*BookingSerializer.Meta.fields, "message"]
        read_only_fields = fields


@extend_schema_view(get=extend_schema(operation_id="bookings_list"))
class BookingList(Idempotent, LimitedWrites, generics.ListAPIView[Booking]):
    """Own bookings, as a patient or as a professional; the latest first."""

    serializer_class = BookingSerializer
    filterset_class = BookingFilter
    queryset = Booking.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = signed_in(request)
        found = self.filter_queryset(bookings_for(user).order_by("-starts_at", "id"))
        return self.get_paginated_response(bookings_answer(self.paginate_queryset(found) or [], user))

    @extend_schema(
        operation_id="bookings_create",
        request=PolymorphicProxySerializer(
            component_name="BookingInput",
            serializers=[AccountBookingInput, BookingByHandInput],
            resource_type_field_name=None,
        ),
        responses={201: BookedSerializer},
    )
    def post(self, request: Request) -> Response:
        """A patient books in the account's name; a professional, or medical administration for one, by hand."""
        pk = self.once(request, lambda: making.book(request))
        booking = whole_bookings().get(pk=pk)
        shown = booking_answer(booking, signed_in(request))
        # By hand, the patient is sent the link to pay.
        opened = (
            NO_CHECKOUT
            if booking.channel == Channel.MANUAL
            else first_checkout(booking, asked_gateway(request))
        )
        return Response(shown | opened, status=201)


class BookingDetail(APIView):
    @extend_schema(operation_id="bookings_retrieve", responses=BookingSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        return Response(booking_answer(own_seat(user, booking_id)[0], user))

    @extend_schema(operation_id="bookings_update", request=ChangeInput, responses=BookingSerializer)
    def patch(self, request: Request, booking_id: UUID) -> Response:
        """What is written about it; its time is moved by `reschedule`."""
        user = signed_in(request)
        role = own_seat(user, booking_id)[1]
        asked = ChangeInput(data=request.data)
        asked.is_valid(raise_exception=True)
        booking = services.change_booking(
            booking_id=booking_id, actor=Actor(role, user.pk), **asked.validated_data
        )
        return Response(booking_answer(booking, user))


class BookingCancel(APIView):
    """Cancels. The patient gets back what the policy says, everything when the professional cancels."""

    @extend_schema(operation_id="bookings_cancel", request=ReasonInput, responses=BookingSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        role = own_seat(user, booking_id)[1]
        reason = _reason(request)
        booking = services.cancel(booking_id=booking_id, actor=Actor(role, user.pk), reason=reason)
        return Response(booking_answer(booking, user))


class BookingReject(APIView):
    """The professional declines a request; what was paid goes back in full."""

    @extend_schema(operation_id="bookings_reject", request=ReasonInput, responses=BookingSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        actor = require_seat(user, booking_id, "professional")
        booking = services.reject(booking_id=booking_id, actor=actor, reason=_reason(request))
        return Response(booking_answer(booking, user))


class BookingNoShow(APIView):
    """The professional says, after the start and some grace, that the patient did not come."""

    @extend_schema(operation_id="bookings_no_show", request=None, responses=BookingSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        actor = require_seat(user, booking_id, "professional")
        return Response(booking_answer(services.mark_no_show(booking_id=booking_id, actor=actor), user))


class BookingReschedule(APIView):
    """Moves to another free start; payment and links stay valid."""

    @extend_schema(
        operation_id="bookings_reschedule", request=PracticeRescheduleInput, responses=BookingSerializer
    )
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        role = own_seat(user, booking_id)[1]
        by_practice = role == "professional"
        asked = (PracticeRescheduleInput if by_practice else RescheduleInput)(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        with discreet(None if by_practice else user, user.email):
            booking = services.reschedule(
                booking_id=booking_id, starts_at=given.pop("start"), actor=Actor(role, user.pk), **given
            )
        return Response(booking_answer(booking, user))


class BookingAccept(APIView):
    """The professional accepts a request."""

    @extend_schema(operation_id="bookings_accept_meeting", request=None, responses=AcceptedSerializer)
    def patch(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        booking = whole_bookings().filter(pk=booking_id).first()
        if booking is None:
            raise Missing
        if role_in(booking, user) != "professional":
            raise NotAllowed(_("Not authorized to accept this meeting"), code="not_your_meeting")
        booking = services.accept(booking_id=booking_id, actor=Actor("professional", user.pk))
        return Response(booking_answer(booking, user) | {"message": _accepted(booking)})


def _reason(request: Request) -> str:
    asked = ReasonInput(data=request.data)
    asked.is_valid(raise_exception=True)
    reason: str = asked.validated_data["reason"]
    return reason


def _accepted(booking: Booking) -> str:
    if not booking.has_meeting:
        return _("Booking confirmed.")
    if join_state(booking).can_join:
        return _("Booking confirmed. Both parties can now join the meeting.")
    return _("Booking confirmed. Both parties can join when the meeting room opens.")
