"""`accept` and `reject`: the professional answers a request."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import events
from bookings.domain.lengths import kept_reason
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from bookings.services.limits import another_waits_now, maximum_meetings
from bookings.services.money import refund_in_full
from bookings.services.transition import free_room, lock_booking, lock_with_professional, move, require, tell
from core.actor import Actor
from core.errors import Refused


@transaction.atomic
def accept(*, booking_id: UUID, actor: Actor) -> Booking:
    """Raises Refused (`wrong_state`, `too_late`, `max_meetings`), NotAllowed, Missing."""
    booking = lock_with_professional(booking_id)
    require(booking, "accept", Status.CONFIRMED, actor)
    if timezone.now() >= booking.ends_at:
        raise Refused(_("The time of this appointment is over."), code="too_late")
    if another_waits_now(booking):
        raise maximum_meetings()
    move(booking, "accept", Status.CONFIRMED, actor, accepted_at=timezone.now())
    tell(events.AppointmentConfirmed, booking, start_time=booking.starts_at, automatic=False)
    return booking


@transaction.atomic
def reject(*, booking_id: UUID, actor: Actor, reason: str = "") -> Booking:
    """Frees the time and gives the money back in full. Raises Refused (`wrong_state`, `reason_too_long`),
    NotAllowed, Missing."""
    booking = lock_booking(booking_id)
    move(booking, "reject", Status.REJECTED, actor, closing_reason=kept_reason(reason))
    refund_in_full(booking, "rejected")
    free_room(booking)
    tell(events.AppointmentRejected, booking)
    return booking
