"""`start`, `finish`, `mark no-show`: the booking while its time runs, and who came to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import events
from bookings.access import require_joinable
from bookings.domain.lifecycle_table import Status, sources
from bookings.models import Absent, Booking
from bookings.services.closing import cancel_for_absence, expire_for_absence
from bookings.services.limits import another_is_in_progress, maximum_meetings, meeting_in_progress
from bookings.services.transition import (
    free_room,
    lock_booking,
    lock_with_professional,
    move,
    require,
    require_actor,
    tell,
)
from core.actor import SYSTEM, Actor
from core.errors import Refused
from meetings.models import EndReason, Meeting, ParticipantRole
from meetings.selectors import who_came
from meetings.services import arrive, both_came, end_meeting, keep_open, start_clock

# How long the next patient's room stays open for a professional who is still finishing another meeting.
CHANGEOVER = timedelta(minutes=10)


@transaction.atomic
def start(*, booking_id: UUID, actor: Actor) -> Booking:
    """Somebody comes, and the clock starts; for the second person it simply runs already.

    Raises Refused (`not_ready_to_join`, `too_early`, `too_late`, `no_meeting`, `max_meetings`), NotAllowed,
    Missing.
    """
    require_actor("start", actor)
    booking = lock_with_professional(booking_id)
    require_joinable(booking)
    meeting_id = _meeting_id(booking)
    if actor.kind in ParticipantRole.values:
        booking.meeting = arrive(meeting_id=meeting_id, role=actor.kind)
    if booking.status == Status.IN_PROGRESS:
        return booking
    if another_is_in_progress(booking):
        raise maximum_meetings()
    move(booking, "start", Status.IN_PROGRESS, actor)
    booking.meeting = start_clock(meeting_id=meeting_id)
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

    A meeting that only one side ever came to is not completed by ending it: it waits again, and who has come
    when its time is over decides (`close_window`).

    Raises Refused (`wrong_state`, `too_early`), NotAllowed, Missing.
    """
    require_actor("finish", actor)
    booking = lock_booking(booking_id)
    if booking.status == Status.COMPLETED:
        return booking
    require(booking, "finish", Status.COMPLETED, actor)
    if booking.status == Status.CONFIRMED and booking.has_meeting:
        raise Refused(_("The meeting has not started."), code="wrong_state")
    if booking.starts_at > timezone.now() and booking.status == Status.CONFIRMED:
        raise Refused(_("This appointment has not begun yet."), code="too_early")
    if booking.meeting_id is not None:
        if actor.kind in ParticipantRole.values:
            arrive(meeting_id=booking.meeting_id, role=actor.kind)  # whoever ends it is there
        reason = EndReason.LIMIT if actor.kind == "system" else EndReason(actor.kind)
        booking.meeting = end_meeting(meeting_id=booking.meeting_id, reason=reason)
        if not both_came(booking.meeting_id):
            _wait_again(booking, actor)
            return booking
    move(booking, "finish", Status.COMPLETED, actor)
    _completed(booking, "ATTENDED", minutes_taken(booking))
    return booking


def may_finish_by_hand(booking: Booking, now: datetime) -> bool:
    """Where there is no meeting, from the start on."""
    return booking.status == Status.CONFIRMED and not booking.has_meeting and now >= booking.starts_at


@transaction.atomic
def wait_again(*, booking_id: UUID) -> Booking:
    """Its clock ran out with only one side there. Idempotent. Raises Missing."""
    booking = lock_booking(booking_id)
    if booking.status == Status.IN_PROGRESS:
        _wait_again(booking, SYSTEM)
    return booking


def _wait_again(booking: Booking, actor: Actor) -> None:
    move(booking, "wait", Status.CONFIRMED, actor)


def may_mark_no_show(booking: Booking, now: datetime) -> bool:
    """After start and grace; whether the patient was in the room is asked when it is said."""
    grace = timedelta(minutes=booking.professional.policy.no_show_grace_minutes)
    return booking.status in sources("mark_no_show") and now >= booking.starts_at + grace


@transaction.atomic
def mark_no_show(*, booking_id: UUID, actor: Actor) -> Booking:
    """The patient did not come, says the professional after start and grace. The money stays.

    Raises Refused (`wrong_state`, `too_early`, `patient_came`), NotAllowed, Missing.
    """
    booking = lock_booking(booking_id)
    require(booking, "mark_no_show", Status.NO_SHOW, actor)
    if not may_mark_no_show(booking, timezone.now()):
        raise Refused(_("It is too early to say that the patient did not come."), code="too_early")
    if booking.meeting_id is not None and "patient" in who_came(booking.meeting_id):
        raise Refused(_("The patient has been in the room."), code="patient_came")
    _no_show(booking, actor)
    return booking


@transaction.atomic
def close_window(*, booking_id: UUID) -> Booking:
    """The room of a confirmed booking closes and there was no meeting: who came decides (design, 3).

    A patient who waits for a professional still busy with another meeting is not sent away.
    """
    booking = lock_with_professional(booking_id)
    meeting = booking.meeting
    if booking.status != Status.CONFIRMED or meeting is None or meeting.closes_at > timezone.now():
        return booking
    came = who_came(meeting.pk)
    if "patient" in came:
        running = meeting_in_progress(booking)
        if running is not None and running.ends_at is not None:
            keep_open(meeting_id=meeting.pk, until=running.ends_at + CHANGEOVER)
        else:
            cancel_for_absence(booking)
    elif "professional" in came:
        _no_show(booking, SYSTEM)
    else:
        expire_for_absence(booking)
    return booking


def _no_show(booking: Booking, actor: Actor) -> None:
    move(booking, "mark_no_show", Status.NO_SHOW, actor, absent=Absent.PATIENT)
    free_room(booking)
    _completed(booking, "NO_SHOW", 0)


def _completed(booking: Booking, attendance: str, minutes: int) -> None:
    tell(
        events.AppointmentCompleted,
        booking,
        completed_at=timezone.now(),
        duration=minutes,
        attendance_status=attendance,
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


def minutes_taken(booking: Booking) -> int:
    """How long the meeting took, at least one minute; without a meeting that ran, what was booked."""
    meeting: Meeting | None = booking.meeting
    if meeting is None or meeting.started_at is None or meeting.ended_at is None:
        return booking.duration_minutes
    return max(1, round((meeting.ended_at - meeting.started_at).total_seconds() / 60))
