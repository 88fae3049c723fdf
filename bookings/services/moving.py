"""`reschedule`: another start for the same booking; payment and links stay valid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings import events
from bookings.lifecycle_table import Status
from bookings.models import Booking
from bookings.services.booking import lost_race, require_free
from bookings.services.room import move_room
from bookings.services.transition import lock_with_professional, move, require, tell
from core.actor import Actor


def reschedule(*, booking_id: UUID, starts_at: datetime, actor: Actor, reason: str = "") -> Booking:
    """Moves to a free start (UTC). When the patient moved it, the professional is asked again unless the
    policy accepts by itself. Raises what `book` raises, and Refused (`wrong_state`)."""
    booking = Booking.objects.select_related("service__professional__policy").filter(pk=booking_id).first()
    try:
        return _reschedule(booking_id, starts_at, actor, reason)
    except IntegrityError as error:
        if booking is None:
            raise
        raise lost_race(booking.service, error) from error


@transaction.atomic
def _reschedule(booking_id: UUID, starts_at: datetime, actor: Actor, reason: str) -> Booking:
    booking = lock_with_professional(booking_id)
    policy = booking.professional.policy
    asks_again = actor.kind == "patient" and not policy.auto_accept
    to = Status.WAITING_FOR_PROFESSIONAL if asks_again else Status(booking.status)
    require(booking, "reschedule", to)
    booking.service.professional = booking.professional
    require_free(booking.service, starts_at, without_booking=booking.pk)
    original, shift = booking.starts_at, starts_at - booking.starts_at
    changes: dict[str, Any] = {
        name: getattr(booking, name) + shift
        for name in ("starts_at", "ends_at", "blocked_from", "blocked_until")
    }
    if to == Status.WAITING_FOR_PROFESSIONAL:
        due = timezone.now() + timedelta(minutes=policy.answer_minutes)
        changes |= {"answer_due_at": min(due, changes["ends_at"]), "accepted_at": None}
    move(booking, "reschedule", to, actor, reason=reason, **changes)
    move_room(booking)
    tell(
        events.AppointmentRescheduled,
        booking,
        rescheduled_by=actor.kind,
        original_start_time=original,
        new_start_time=starts_at,
        reschedule_reason=reason,
    )
    return booking
