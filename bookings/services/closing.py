"""`cancel` and `expire`: a booking ends before its time, and what that means for the money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import events
from bookings.domain.lengths import kept_reason
from bookings.domain.lifecycle_table import Status, sources
from bookings.models import Absent, Booking, CancelledBy
from bookings.services.money import nothing_owed_any_more, refund, refund_in_full, share
from bookings.services.transition import free_room, lock_booking, move, require, tell
from core.actor import SYSTEM, Actor
from core.errors import Refused

# A hold or a request is over by the database's clock.
DUE = Q(status=Status.PENDING_PAYMENT, hold_ends_at__lte=Now()) | Q(
    status=Status.WAITING_FOR_PROFESSIONAL, answer_due_at__lte=Now()
)


def notice_hours(booking: Booking, now: datetime) -> int:
    """Whole hours before the start; 0 once it has passed."""
    return max(0, int((booking.starts_at - now).total_seconds() // 3600))


def is_in_time(booking: Booking, now: datetime) -> bool:
    """Early enough, by the terms it was booked under, for the patient to cancel without loss, or to move."""
    return (booking.starts_at - now).total_seconds() >= booking.cancellation_hours * 3600


def refund_when_cancelled(booking: Booking, by: str, now: datetime) -> Decimal:
    """How much of the price goes back: all, unless the patient cancels later than the policy allows."""
    if not booking.is_paid_online:
        return Decimal(0)
    # A request nobody has accepted yet binds nobody.
    unbound = booking.status == Status.WAITING_FOR_PROFESSIONAL
    if by != CancelledBy.PATIENT or unbound or is_in_time(booking, now):
        return booking.price
    return share(booking.price, booking.late_refund_percent, booking.currency)


def may_cancel(booking: Booking, by: str, now: datetime) -> bool:
    """A patient cancels until the appointment begins; from then on, who comes decides."""
    if booking.status not in sources("cancel"):
        return False
    return by != CancelledBy.PATIENT or booking.status != Status.CONFIRMED or now < booking.starts_at


@transaction.atomic
def cancel(*, booking_id: UUID, actor: Actor, reason: str = "") -> Booking:
    """Cancels for whoever `actor` is, with refund by policy.

    Raises Refused (`wrong_state`, `reason_too_long`; `already_begun` for a patient), Missing.
    """
    booking = lock_booking(booking_id)
    require(booking, "cancel", Status.CANCELLED, actor)
    now, by = timezone.now(), CancelledBy(actor.kind)
    if not may_cancel(booking, by, now):
        raise Refused(
            _(
                "This appointment has begun and cannot be cancelled any more. If the professional does not come, "
                "you get everything back without asking."
            ),
            code="already_begun",
        )
    owed_back, was_unpaid = refund_when_cancelled(booking, by, now), booking.status == Status.PENDING_PAYMENT
    _cancelled(booking, by, actor, closing_reason=kept_reason(reason))
    if was_unpaid:
        nothing_owed_any_more(booking)
    else:
        refund(booking, owed_back, "cancelled")
    free_room(booking)
    return booking


def cancel_for_absence(booking: Booking) -> None:
    """Only the patient came: it counts as cancelled by the professional. The caller holds the lock."""
    _cancelled(booking, CancelledBy.PROFESSIONAL, SYSTEM, absent=Absent.PROFESSIONAL)
    refund_in_full(booking, "cancelled")
    free_room(booking)


def _cancelled(booking: Booking, by: CancelledBy, actor: Actor, **fields: str) -> None:
    now = timezone.now()
    hours = notice_hours(booking, now)
    move(booking, "cancel", Status.CANCELLED, actor, cancelled_by=by, notice_hours=hours, **fields)
    tell(
        events.AppointmentCancelled,
        booking,
        cancelled_by=str(by),
        original_start_time=booking.starts_at,
        cancelled_at=now,
        cancellation_notice=hours,
    )


@transaction.atomic
def expire(*, booking_id: UUID) -> Booking:
    """The hold is over, or nobody answered in time. Raises Refused (`wrong_state`, `not_due`), Missing."""
    booking = lock_booking(booking_id)
    require(booking, "expire", Status.EXPIRED, SYSTEM)
    # Asked again under the lock: it may have been paid, accepted or moved since somebody saw it due.
    if not Booking.objects.filter(DUE, pk=booking.pk).exists():
        raise Refused(_("This appointment still has time."), code="not_due")
    was_unpaid = booking.status == Status.PENDING_PAYMENT
    _expired(booking)
    if was_unpaid:
        nothing_owed_any_more(booking)
    else:
        refund_in_full(booking, "expired")
    free_room(booking)
    return booking


def expire_for_absence(booking: Booking) -> None:
    """Nobody came. The caller holds the lock."""
    _expired(booking, absent=Absent.BOTH)
    refund_in_full(booking, "expired")
    free_room(booking)


def _expired(booking: Booking, **fields: str) -> None:
    before = booking.status
    move(booking, "expire", Status.EXPIRED, SYSTEM, **fields)
    tell(events.AppointmentExpired, booking, from_status=before)
