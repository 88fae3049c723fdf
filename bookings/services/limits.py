"""At most one meeting in progress and one confirmed meeting waiting now, for each professional (source 1)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from core.errors import Refused
from meetings.models import Meeting


def another_waits_now(booking: Booking) -> bool:
    """This booking's room is open, and so is that of another confirmed one."""
    now = timezone.now()
    meeting = booking.meeting
    if meeting is None or not meeting.opens_at <= now < meeting.closes_at:
        return False
    return (
        Booking.objects.filter(
            professional_id=booking.professional_id,
            status=Status.CONFIRMED,
            meeting__opens_at__lte=now,
            meeting__closes_at__gt=now,
        )
        .exclude(pk=booking.pk)
        .exists()
    )


def another_is_in_progress(booking: Booking) -> bool:
    return meeting_in_progress(booking) is not None


def meeting_in_progress(booking: Booking) -> Meeting | None:
    """The professional's running meeting, if it is another booking's."""
    return (
        Meeting.objects.filter(
            booking__professional_id=booking.professional_id, booking__status=Status.IN_PROGRESS
        )
        .exclude(booking=booking)
        .first()
    )


def maximum_meetings() -> Refused:
    return Refused(_("Professional already has maximum meetings"), code="max_meetings")
