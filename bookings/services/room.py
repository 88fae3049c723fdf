"""The booking's room: when its door opens and closes."""

from __future__ import annotations

from datetime import timedelta

from bookings.models import Booking
from meetings.models import Meeting
from meetings.services import create_meeting, move_meeting

# The join window (design, 4): from ten minutes before the start until the end of the booked time.
JOIN_BEFORE = timedelta(minutes=10)


def new_meeting(booking: Booking) -> Meeting:
    return create_meeting(
        host_key=str(booking.professional_id),
        opens_at=booking.starts_at - JOIN_BEFORE,
        closes_at=booking.ends_at,
        limit_minutes=booking.meeting_limit_minutes,
        kind=booking.modality,
    )


def move_room(booking: Booking) -> None:
    if booking.meeting_id is not None:
        booking.meeting = move_meeting(
            meeting_id=booking.meeting_id,
            opens_at=booking.starts_at - JOIN_BEFORE,
            closes_at=booking.ends_at,
            limit_minutes=booking.meeting_limit_minutes,
        )
