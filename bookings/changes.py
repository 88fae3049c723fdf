"""What a patient may still change about a booking, until when, and what it costs: told before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, CancelledBy
from bookings.services.closing import is_in_time, may_cancel, refund_when_cancelled
from bookings.services.moving import may_move
from payments.models import Payment, PaymentStatus


@dataclass(frozen=True)
class Changes:
    """`refund`: what would go back now of what has been paid, None where nothing has been; `free_until`: until when
    all of it does, None where that is over or does not matter."""

    can_move: bool
    can_cancel: bool
    asks_again: bool
    refund: Decimal | None
    free_until: datetime | None


def changes_of(booking: Booking, payment: Payment | None, now: datetime) -> Changes:
    """`professional.policy` must be loaded; `payment` is the booking's, where it has one."""
    policy = booking.professional.policy
    is_paid = payment is not None and payment.status == PaymentStatus.PAID
    binds = booking.status == Status.CONFIRMED and booking.is_paid_online and is_in_time(booking, now)
    return Changes(
        can_move=may_move(booking, CancelledBy.PATIENT, now),
        can_cancel=may_cancel(booking, CancelledBy.PATIENT, now),
        asks_again=not policy.auto_accept or booking.status == Status.WAITING_FOR_PROFESSIONAL,
        refund=refund_when_cancelled(booking, CancelledBy.PATIENT, now) if is_paid else None,
        free_until=booking.starts_at - timedelta(hours=booking.cancellation_hours) if binds else None,
    )
