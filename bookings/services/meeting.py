"""`start`, `finish`, `mark no-show`: the booking while its time runs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import events
from bookings.access import require_joinable
from bookings.lifecycle_table import Status
from bookings.models import Booking
from bookings.services.closing import cancel_for_absence, expire_locked
from bookings.services.limits import another_is_in_progress, maximum_meetings
from bookings.services.transition import lock_booking, lock_with_professional, move, require, tell
from core.actor import SYSTEM, Actor
from core.errors import Refused
from meetings.models import EndReason, Meeting
from meetings.selectors import who_came
from meetings.services import end_meeting, start_clock


@transaction.atomic
def start(*, booking_id: UUID, actor: Actor) -> Booking:
    """The clock starts; for the second person it simply runs already.

    Raises Refused (`not_ready_to_join`, `too_early`, `too_late`, `no_meeting`, `max_meetings`), Missing.
    """
    booking = lock_with_professional(booking_id)
    require_joinable(booking)
    if booking.status == Status.IN_PROGRESS:
        return booking
    if another_is_in_progress(booking):
        raise maximum_meetings()
    move(booking, "start", Status.IN_PROGRESS, actor)
    booking.meeting = start_clock(meeting_id=_meeting_id(booking))
    if booking.meeting.started_at and booking.meeting.ends_at:
        tell(
            events.AppointmentStarted,
            booking,
            started_at=booking.meeting.started_at,
            ends_at=booking.meeting.ends_at,
        )
    return booking


@transaction.atomic
def finish(*, booking_id: UUID, actor: Actor) -> Booking:
    """Completed: by the clock, by the professional, or by hand where there is no meeting. Idempotent.

    Raises Refused (`wrong_state`, `too_early`), Missing.
    """
    booking = lock_booking(booking_id)
    if booking.status == Status.COMPLETED:
        return booking
    require(booking, "finish", Status.COMPLETED)
    if booking.status == Status.CONFIRMED and booking.has_meeting:
        raise Refused(_("The meeting has not started."), code="wrong_state")
    if booking.starts_at > timezone.now() and booking.status == Status.CONFIRMED:
        raise Refused(_("This appointment has not begun yet."), code="too_early")
    move(booking, "finish", Status.COMPLETED, actor)
    if booking.meeting_id is not None:
        reason = EndReason.LIMIT if actor.kind == "system" else EndReason(actor.kind)
        booking.meeting = end_meeting(meeting_id=booking.meeting_id, reason=reason)
    tell(
        events.AppointmentCompleted,
        booking,
        completed_at=timezone.now(),
        duration=_minutes_taken(booking),
        attendance_status="ATTENDED",
    )
    return booking


@transaction.atomic
def mark_no_show(*, booking_id: UUID, actor: Actor) -> Booking:
    """The patient did not come, says the professional after start and grace. The money stays.

    Raises Refused (`wrong_state`, `too_early`), Missing.
    """
    booking = lock_booking(booking_id)
    require(booking, "mark_no_show", Status.NO_SHOW)
    grace = timedelta(minutes=booking.professional.policy.no_show_grace_minutes)
    if timezone.now() < booking.starts_at + grace:
        raise Refused(_("It is too early to say that the patient did not come."), code="too_early")
    _no_show(booking, actor)
    return booking


@transaction.atomic
def close_window(*, booking_id: UUID) -> Booking:
    """The booked time of a confirmed meeting is over and it never started: who came decides (design, 3)."""
    booking = lock_booking(booking_id)
    if booking.status != Status.CONFIRMED or booking.meeting_id is None or booking.ends_at > timezone.now():
        return booking
    came = who_came(booking.meeting_id)
    if "patient" in came:
        cancel_for_absence(booking)
    elif "professional" in came:
        _no_show(booking, SYSTEM)
    else:
        expire_locked(booking)
    return booking


def _no_show(booking: Booking, actor: Actor) -> None:
    move(booking, "mark_no_show", Status.NO_SHOW, actor)
    tell(
        events.AppointmentCompleted,
        booking,
        completed_at=timezone.now(),
        duration=0,
        attendance_status="NO_SHOW",
    )


def start_when_both_are_there(meeting_id: UUID) -> None:
    """Both stand in the room: the clock starts by itself."""
    booking_id = Booking.objects.filter(meeting_id=meeting_id).values_list("pk", flat=True).first()
    if booking_id is not None:
        start(booking_id=booking_id, actor=SYSTEM)


def _meeting_id(booking: Booking) -> UUID:
    if booking.meeting_id is None:
        raise Refused(_("This appointment has no online meeting."), code="no_meeting")
    return booking.meeting_id


def _minutes_taken(booking: Booking) -> int:
    meeting: Meeting | None = booking.meeting
    if meeting is None or meeting.started_at is None or meeting.ended_at is None:
        return booking.duration_minutes
    return round((meeting.ended_at - meeting.started_at).total_seconds() / 60)
