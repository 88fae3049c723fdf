"""`cancel` and `expire`: a booking ends before its time, and what that means for the money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bookings import events
from bookings.lifecycle_table import Status
from bookings.models import Booking, CancelledBy
from bookings.services.money import nothing_owed_any_more, refund, refund_in_full, share
from bookings.services.transition import lock_booking, move, require, tell
from core.actor import SYSTEM, Actor


def notice_hours(booking: Booking, now: datetime) -> int:
    """Whole hours before the start; 0 once it has passed."""
    return max(0, int((booking.starts_at - now).total_seconds() // 3600))


def refund_when_cancelled(booking: Booking, by: str, now: datetime) -> Decimal:
    """How much of the price goes back: all, unless the patient cancels later than the policy allows."""
    policy = booking.professional.policy
    in_time = (booking.starts_at - now).total_seconds() >= policy.cancellation_hours * 3600
    # A request nobody has accepted yet binds nobody.
    if by != CancelledBy.PATIENT or in_time or booking.status == Status.WAITING_FOR_PROFESSIONAL:
        return booking.price
    return share(booking.price, policy.late_refund_percent, booking.currency)


@transaction.atomic
def cancel(*, booking_id: UUID, actor: Actor, reason: str = "") -> Booking:
    """Cancels for whoever `actor` is, with refund by policy. Raises Refused (`wrong_state`), Missing."""
    booking = lock_booking(booking_id)
    require(booking, "cancel", Status.CANCELLED)
    _cancel(booking, CancelledBy(actor.kind), actor, reason)
    return booking


def cancel_for_absence(booking: Booking) -> None:
    """Only the patient came: it counts as cancelled by the professional. The caller holds the lock."""
    _cancel(booking, CancelledBy.PROFESSIONAL, SYSTEM, "professional_absent")


def _cancel(booking: Booking, by: CancelledBy, actor: Actor, reason: str) -> None:
    now = timezone.now()
    owed_back = refund_when_cancelled(booking, by, now)
    was_unpaid = booking.status == Status.PENDING_PAYMENT
    hours = notice_hours(booking, now)
    move(booking, "cancel", Status.CANCELLED, actor, reason=reason, cancelled_by=by, notice_hours=hours)
    if was_unpaid:
        nothing_owed_any_more(booking)
    else:
        refund(booking, owed_back, "cancelled")
    tell(
        events.AppointmentCancelled,
        booking,
        cancelled_by=str(by),
        cancellation_reason=reason,
        original_start_time=booking.starts_at,
        cancelled_at=now,
        cancellation_notice=hours,
    )


@transaction.atomic
def expire(*, booking_id: UUID) -> Booking:
    """The hold is over, nobody answered, or nobody came. Raises Refused (`wrong_state`), Missing."""
    booking = lock_booking(booking_id)
    expire_locked(booking)
    return booking


def expire_locked(booking: Booking) -> None:
    before = booking.status
    move(booking, "expire", Status.EXPIRED, SYSTEM)
    if before == Status.PENDING_PAYMENT:
        nothing_owed_any_more(booking)
    else:
        refund_in_full(booking, "expired")
    tell(events.AppointmentExpired, booking, from_status=before)
