"""The live part: may I join, start, end, and how it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sessions
from bookings import services
from bookings.access import SeatRole, join_state, require_joinable, seat_of
from bookings.api.answers import booking_answer, own_seat, require_seat
from bookings.api.outputs import BookingSerializer, MeetingStatus, Seat, meeting_status
from bookings.api.people import signed_in
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from core.actor import Actor
from core.api.fields import InstantField
from live.tickets import SignIn
from meetings.providers import join_details
from meetings.selectors import MeetingView, meeting_view, participant_of


class MeetingStateSerializer(serializers.Serializer[Any]):
    """Times and the rest of the clock are the database's; `now` lets a client set its own countdown right."""

    booking_id = serializers.UUIDField()
    booking_status = serializers.ChoiceField(choices=Status.choices)
    meeting_status = serializers.ChoiceField(choices=MeetingStatus.choices, allow_null=True)
    room = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=Seat.choices)
    can_join = serializers.BooleanField()
    reason = serializers.CharField(
        allow_blank=True, help_text="Why not: not_ready_to_join, too_early, too_late, no_meeting."
    )
    remaining_ms = serializers.IntegerField(allow_null=True, help_text="Null while no clock runs.")
    meeting_start_time = InstantField(allow_null=True)
    meeting_end_time = InstantField(allow_null=True)
    meeting_opens_at = InstantField(allow_null=True)
    meeting_closes_at = InstantField(allow_null=True)
    present = serializers.ListField(
        child=serializers.ChoiceField(choices=Seat.choices), help_text="Who is in the room now."
    )
    now = InstantField(allow_null=True)


class JoinSerializer(MeetingStateSerializer):
    join = serializers.DictField(
        allow_null=True,
        help_text="What the provider needs to let this person in; null when `can_join` is not.",
    )


class StartedSerializer(BookingSerializer):
    remaining_ms = serializers.IntegerField(allow_null=True)

    class Meta(BookingSerializer.Meta):
        fields = [*BookingSerializer.Meta.fields, "remaining_ms"]
        read_only_fields = fields


class JoinMeeting(APIView):
    """Whether the room may be entered, and with what. Before its opening: `can_join` false, and when it opens."""

    @extend_schema(operation_id="bookings_join_meeting", responses=JoinSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        booking, role = seat_of(booking_id, user)
        if join_state(booking).code != "too_early":
            require_joinable(booking)
        state = _state(booking, role)
        sign_in = SignIn(user.pk, sessions.id_of(request._request, request.auth))
        state["join"] = _join(booking, role, sign_in) if state["can_join"] else None
        return Response(JoinSerializer(state).data)


class StartMeeting(APIView):
    """Starts the clock; for the second person it runs already."""

    @extend_schema(operation_id="bookings_start_meeting", request=None, responses=StartedSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        _booking, role = seat_of(booking_id, user)
        booking = services.start(booking_id=booking_id, actor=Actor(role, user.pk))
        remaining = meeting_view(booking.meeting).remaining_ms if booking.meeting else None
        return Response(booking_answer(booking, user) | {"remaining_ms": remaining})


class EndMeeting(APIView):
    """The professional ends the meeting before its time."""

    @extend_schema(operation_id="bookings_end_meeting", request=None, responses=BookingSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        user = signed_in(request)
        actor = require_seat(user, booking_id, "professional")
        return Response(booking_answer(services.finish(booking_id=booking_id, actor=actor), user))


class MeetingStatusView(APIView):
    """How the meeting stands now."""

    @extend_schema(operation_id="bookings_meeting_status", responses=MeetingStateSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        booking, role = own_seat(signed_in(request), booking_id)
        return Response(MeetingStateSerializer(_state(booking, role)).data)


def _state(booking: Booking, role: SeatRole) -> dict[str, Any]:
    door = join_state(booking)
    view: MeetingView | None = meeting_view(booking.meeting) if booking.meeting else None
    return {
        "booking_id": booking.pk,
        "booking_status": booking.status,
        "meeting_status": meeting_status(booking),
        "room": booking.meeting.room if booking.meeting else None,
        "role": role,
        "can_join": door.can_join,
        "reason": door.code,
        "remaining_ms": view and view.remaining_ms,
        "meeting_start_time": view and view.started_at,
        "meeting_end_time": view and (view.ended_at or view.ends_at),
        "meeting_opens_at": door.opens_at,
        "meeting_closes_at": door.closes_at,
        "present": sorted(view.present) if view else [],
        "now": view and view.now,
    }


def _join(booking: Booking, role: SeatRole, sign_in: SignIn) -> dict[str, Any] | None:
    if booking.meeting is None:
        return None
    name = booking.professional.name if role == "professional" else booking.patient.shown_name
    return join_details(booking.meeting, participant_of(booking.meeting.pk, role), name, sign_in)
